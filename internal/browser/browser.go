// Package browser drives a real Chromium in tests.
//
// Its one rule: whatever the browser complains about fails the test, apart from
// answers of the server that are errors on purpose.
package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Patience bounds every wait of a Tab; it is not a measurement.
const Patience = 2 * time.Minute

// Missing skips a test whose tool this machine lacks, but fails it under CI=true,
// where everything must run.
func Missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// Path returns where the browser is, or skips the test where there is none.
func Path(t testing.TB) string {
	t.Helper()
	for _, path := range []string{os.Getenv("E2E_CHROME"), "/usr/bin/chromium", "/usr/bin/google-chrome"} {
		if path == "" {
			continue
		}
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	Missing(t, "no Chromium: install it or set E2E_CHROME")
	return ""
}

// Tab is one browser window on a panel. Its methods fail the test when they do
// not succeed; they are for the test's own goroutine.
type Tab struct {
	testing.TB
	ctx context.Context
	url string

	mu       sync.Mutex
	faults   []string
	requests []string
	received int64
}

// Open starts a browser for the panel at url, or skips the test where there is
// none. It ends with the test.
func Open(t testing.TB, url string) *Tab {
	t.Helper()
	folder := ownFolder(t)
	allocator, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.NoFirstRun, chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.ExecPath(Path(t)), chromedp.UserDataDir(filepath.Join(folder, "perfil")), chromedp.Env("TMPDIR="+folder),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("lang", "es"), chromedp.Flag("accept-lang", "es"))
	ctx, closeTab := chromedp.NewContext(allocator)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	p := &Tab{TB: t, ctx: ctx, url: url}
	t.Cleanup(func() { cancel(); closeTab(); stop() })
	p.watchConsole()
	p.watchRequests()
	p.Phone(false)
	p.Dark(false)
	t.Cleanup(p.checkFaults)
	return p
}

// ownFolder returns a folder for all that a browser leaves behind, which goes with
// the test. Its name is short: the browser makes a socket in it.
func ownFolder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "chromium") //nolint:usetesting // t.TempDir's names are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// Its helpers may still write when it is gone itself.
		deadline := time.Now().Add(Patience)
		for {
			err := os.RemoveAll(folder)
			if err == nil {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("remove the browser's folder: %v", err)
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	return folder
}

func (p *Tab) watchConsole() {
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

func (p *Tab) checkFaults() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, fault := range p.faults {
		p.Errorf("console: %s", fault)
	}
}

// Do runs chromedp actions.
func (p *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.Shot("fallo")
		p.Fatal(err)
	}
}

// Visit opens the panel at a path or #fragment.
func (p *Tab) Visit(hash string) {
	p.Helper()
	p.Do(chromedp.Navigate(p.url + "/" + hash))
	// The browser has a new fragment before the page is told.
	p.draw()
}

// draw lets the page draw what it was just told.
func (p *Tab) draw() {
	p.Helper()
	_, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](drawing, chromedp.EvalAwaitPromise))
	for beganAgain(err) {
		_, err = chromedp.Run(p.ctx, chromedp.Evaluate[bool](drawing, chromedp.EvalAwaitPromise))
	}
	if err != nil {
		p.Fatalf("wait for a picture: %v", err)
	}
}

// drawing is a promise of what was asked for before it being drawn, or not at all.
const drawing = `new Promise((done) => { setTimeout(() => requestAnimationFrame(() => setTimeout(() => done(true)))); setTimeout(() => done(true), 2000) })`

// WaitFor waits until a JavaScript expression is true.
func (p *Tab) WaitFor(expression string) {
	p.Helper()
	_, err := chromedp.Run(p.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(Patience)))
	for beganAgain(err) {
		_, err = chromedp.Run(p.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(Patience)))
	}
	if err != nil {
		p.Shot("fallo")
		p.Fatalf("waiting for %s: %v; the page says: %s", expression, err, p.Text("body"))
	}
}

// beganAgain reports that the page was loaded anew while something was asked of it.
func beganAgain(err error) bool {
	if err == nil {
		return false
	}
	text := err.Error()
	return strings.Contains(text, "Cannot find context") || strings.Contains(text, "context was destroyed") || strings.Contains(text, "Inspected target navigated")
}

// WaitText waits until the text of what selector finds contains want.
func (p *Tab) WaitText(selector, want string) {
	p.Helper()
	p.WaitFor(fmt.Sprintf("(document.querySelector(%q)?.innerText ?? '').includes(%q)", selector, want))
}

// Evaluate returns the value of a JavaScript expression.
func Evaluate[T any](p *Tab, expression string) T {
	p.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.Fatalf("evaluate %s: %v", expression, err)
	}
	return value
}

// EvaluateAsync returns what the promise that a JavaScript expression is becomes.
func EvaluateAsync[T any](p *Tab, expression string) T {
	p.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("evaluate %s: %v", expression, err)
	}
	return value
}

// Text returns the visible text of what selector finds, "" without it.
func (p *Tab) Text(selector string) string {
	p.Helper()
	return Evaluate[string](p, fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector))
}

// Write types text into what selector finds.
func (p *Tab) Write(selector, text string) {
	p.Helper()
	p.Do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Press presses keys, as chromedp/kb names them.
func (p *Tab) Press(keys string) {
	p.Helper()
	p.Do(chromedp.KeyEvent(keys))
}

// Phone makes the window that of a phone, or of a desktop again. A page with room
// for two things beside each other shows one of them on a phone.
func (p *Tab) Phone(on bool) {
	p.Helper()
	if on {
		p.Do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2)))
	} else {
		p.Do(chromedp.EmulateViewport(1360, 860))
	}
	p.draw()
}

// Dark sets the colour scheme. It also asks for reduced motion, so that no colour is met halfway.
func (p *Tab) Dark(on bool) {
	p.Helper()
	scheme := map[bool]string{true: "dark", false: "light"}[on]
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if err != nil {
		p.Fatal(err)
	}
}

// Shot keeps a picture of the page in the folder E2E_OUT names, if it does.
func (p *Tab) Shot(name string) {
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

// Accessible runs the accessibility rules of the file AXE names, if it does. It
// has axe read no style sheets, which only a rule wants that is off anyway.
func (p *Tab) Accessible(where string) {
	p.Helper()
	path := os.Getenv("AXE")
	if path == "" {
		return
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		p.Fatal(err)
	}
	Evaluate[bool](p, string(axe)+";true")
	violations, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](
		`axe.run({ preload: false }).then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.target + " " + n.failureSummary).join(" | ")))`, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatal(err)
	}
	if len(violations) > 0 {
		p.Errorf("%s: %s", where, strings.Join(violations, "\n"))
	}
}
