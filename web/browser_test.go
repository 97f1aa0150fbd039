package web_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// skipOrFail skips a test whose tool this machine lacks, but fails it where
// everything must run.
func skipOrFail(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func findChromium(t *testing.T) string {
	t.Helper()
	for _, path := range []string{os.Getenv("E2E_CHROME"), "/usr/bin/chromium", "/usr/bin/google-chrome"} {
		if path == "" {
			continue
		}
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	skipOrFail(t, "no Chromium: install it or set E2E_CHROME")
	return ""
}

// tab is one browser window on the panel of a fake server.
type tab struct {
	*testing.T
	ctx    context.Context
	server *fake

	mu     sync.Mutex
	faults []string
}

// openTab starts a browser; whatever it complains about fails the test, apart
// from answers of the server that are errors on purpose.
func openTab(t *testing.T, server *fake) *tab {
	t.Helper()
	allocator, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.NoFirstRun, chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.ExecPath(findChromium(t)), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("lang", "es"))
	ctx, closeTab := chromedp.NewContext(allocator)
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	p := &tab{T: t, ctx: ctx, server: server}
	t.Cleanup(func() { cancel(); closeTab(); stop() })
	p.watchConsole()
	p.phone(false)
	p.dark(false)
	t.Cleanup(p.checkFaults)
	return p
}

func (p *tab) watchConsole() {
	console := chromedp.Console(p.ctx)
	go func() {
		for entry, err := range console {
			if err != nil {
				return
			}
			p.mu.Lock()
			if entry.Source != "network" && entry.Type != "info" && entry.Type != "debug" {
				p.faults = append(p.faults, entry.String())
			}
			p.mu.Unlock()
		}
	}()
}

func (p *tab) checkFaults() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, fault := range p.faults {
		p.Errorf("console: %s", fault)
	}
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.shot("fallo")
		p.Fatal(err)
	}
}

func (p *tab) visit(hash string) {
	p.Helper()
	p.do(chromedp.Navigate(p.server.URL + "/" + hash))
}

// waitFor waits until a JavaScript expression is true.
func (p *tab) waitFor(expression string) {
	p.Helper()
	_, err := chromedp.Run(p.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(40*time.Second)))
	if err != nil {
		p.shot("fallo")
		p.Fatalf("waiting for %s: %v; the page says: %s", expression, err, p.text("body"))
	}
}

// waitText waits until the text of what selector finds contains want.
func (p *tab) waitText(selector, want string) {
	p.Helper()
	p.waitFor(fmt.Sprintf("(document.querySelector(%q)?.innerText ?? '').includes(%q)", selector, want))
}

func evaluate[T any](p *tab, expression string) T {
	p.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.Fatalf("evaluate %s: %v", expression, err)
	}
	return value
}

func (p *tab) text(selector string) string {
	p.Helper()
	return evaluate[string](p, fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector))
}

func (p *tab) click(selector string) {
	p.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

func (p *tab) write(selector, text string) {
	p.Helper()
	p.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

func (p *tab) press(keys string) {
	p.Helper()
	p.do(chromedp.KeyEvent(keys))
}

func (p *tab) phone(on bool) {
	p.Helper()
	if on {
		p.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2)))
		return
	}
	p.do(chromedp.EmulateViewport(1360, 860))
}

// dark also asks for reduced motion, so that no colour is met halfway.
func (p *tab) dark(on bool) {
	p.Helper()
	scheme := map[bool]string{true: "dark", false: "light"}[on]
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if err != nil {
		p.Fatal(err)
	}
}

// shot keeps a picture of the page in the folder E2E_OUT names, if it does.
func (p *tab) shot(name string) {
	folder := os.Getenv("E2E_OUT")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.Logf("screenshot %s: %v", name, err)
		return
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600); err != nil {
		p.Logf("screenshot %s: %v", name, err)
	}
}

// accessible runs the accessibility rules of the file AXE names, if it does.
func (p *tab) accessible(where string) {
	p.Helper()
	path := os.Getenv("AXE")
	if path == "" {
		return
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		p.Fatal(err)
	}
	evaluate[bool](p, string(axe)+";true")
	violations, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](
		`axe.run().then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.target + " " + n.failureSummary).join(" | ")))`, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatal(err)
	}
	if len(violations) > 0 {
		p.Errorf("%s: %s", where, strings.Join(violations, "\n"))
	}
}

func contains(t *testing.T, all []string, want string) {
	t.Helper()
	if !slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, want) }) {
		t.Errorf("got %q, want one that contains %q", all, want)
	}
}
