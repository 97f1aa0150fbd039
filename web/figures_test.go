//go:build figures

package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"mostrador/internal/browser"
	"mostrador/internal/wire"
)

// maxFirstLoad is what may come the first time that somebody opens the panel, in
// bytes.
const maxFirstLoad = 120_000

// slow is how much slower than this machine the processor is for the figures on
// time, as in Lighthouse.
const slow = 4

// maxInteractive is how long it may then take until somebody can use the page, in
// milliseconds, on a machine that does nothing else.
const maxInteractive = 1000

// busyDesk has a page full of tickets, some with pictures, one with a long conversation.
func busyDesk(t *testing.T) (d *desk, conversation string) {
	t.Helper()
	d = openDesk(t)
	// A laptop at work, as on any other day.
	d.call(http.MethodPost, wire.PathBeat, wire.Beat{BridgeHealth: wire.BridgeHealth{Status: "ok", WhatsApp: wire.Connected, State: wire.Connected}, Time: time.Now(), Tray: []wire.Parked{}}, nil)
	var last int64
	for i := range 60 {
		m := wire.Webhook{Sender: fmt.Sprintf("52147727581%02d@s.whatsapp.net", i), Name: fmt.Sprintf("Cliente %d", i), Content: "Buenas tardes, mi laptop ya no prende desde ayer, ¿la pueden revisar?"}
		if i%5 == 0 {
			m.Image = testPNG(t)
		}
		last = d.deliver(m)
	}
	for i := range 60 {
		d.deliver(wire.Webhook{Sender: "5214772758159@s.whatsapp.net", Name: "Cliente 59", Content: fmt.Sprintf("Mensaje %d: le mando los datos del equipo", i)})
	}
	return d, fmt.Sprintf("#/ticket/%d", last)
}

// measured pages: where, and what is there once it can be used.
func measured(conversation string) map[string][2]string {
	return map[string][2]string{"list": {"#/", ".ticket"}, "conversation": {conversation, ".message"}}
}

func TestFiguresOfTheFirstLoad(t *testing.T) {
	d, conversation := busyDesk(t)
	for name, page := range measured(conversation) {
		p := d.open(page[0])
		p.WaitFor("document.querySelector('" + page[1] + "') !== null")
		p.ForgetCache()
		before, asked := p.Received(), len(p.Requests())
		p.Do(reload())
		p.WaitFor("document.querySelector('" + page[1] + "') !== null && document.readyState === 'complete'")
		p.Settle()
		got := p.Received() - before
		t.Logf("%s: first load %d bytes in %d requests (limit %d)", name, got, len(p.Requests())-asked, maxFirstLoad)
		if got > maxFirstLoad || got < 10_000 {
			t.Errorf("%s: got %d bytes, want at most %d", name, got, maxFirstLoad)
		}
	}
}

// usable notes when what selector means is there and the page has time for somebody.
const usable = `new MutationObserver((_, observer) => {
	if (!document.querySelector(%q)) return;
	observer.disconnect();
	requestIdleCallback(() => { window.usableAt = performance.now(); });
}).observe(document, { childList: true, subtree: true });`

func TestFiguresOfTimeOnASlowComputer(t *testing.T) {
	d, conversation := busyDesk(t)
	pages := measured(conversation)
	pages["conversation with the whole list beside it"] = [2]string{conversation, ".split:has(.message) .more"}
	for name, page := range pages {
		p := d.open("")
		p.AtStart(fmt.Sprintf(usable, page[1]))
		p.Visit(page[0])
		p.Slow(slow)
		for _, kind := range []string{"first visit", "second visit"} {
			if kind == "first visit" {
				p.ForgetCache()
			}
			p.Do(reload())
			p.WaitFor("window.usableAt > 0")
			t.Logf("%s: interactive after %.0f ms with a processor %d times slower, %s (limit %d)", name, browser.Evaluate[float64](p, "usableAt"), slow, kind, maxInteractive)
		}
		p.Slow(1) // a slowed page that does nothing takes two thirds of a processor from the next one
	}
}

// scores are what Lighthouse must give at least, in percent.
var scores = map[string]float64{"performance": 95, "accessibility": 100, "best-practices": 95}

func TestFiguresOfLighthouse(t *testing.T) {
	tool := os.Getenv("LIGHTHOUSE")
	if tool == "" {
		t.Fatal("LIGHTHOUSE does not name lighthouse's cli/index.js: use make figures")
	}
	d, conversation := busyDesk(t)
	for name, page := range measured(conversation) {
		for _, device := range []string{"desktop", "mobile"} {
			for category, score := range lighthouse(t, tool, d.url+"/"+page[0], device, d.cookie()) {
				t.Logf("%s, %s: %s %.0f (at least %.0f)", name, device, category, score, scores[category])
				if score < scores[category] {
					t.Errorf("%s, %s: got %s %.0f, want %.0f", name, device, category, score, scores[category])
				}
			}
		}
	}
}

func lighthouse(t *testing.T, tool, url, device, cookie string) map[string]float64 {
	t.Helper()
	dir := t.TempDir()
	headers, err := json.Marshal(map[string]string{"Cookie": cookie})
	if err != nil {
		t.Fatal(err)
	}
	args := []string{
		tool, url, "--quiet", "--output=json", "--output-path=" + filepath.Join(dir, "lh.json"), "--extra-headers=" + string(headers),
		"--only-categories=performance,accessibility,best-practices", "--no-enable-error-reporting", "--max-wait-for-load=20000",
		"--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --accept-lang=es --user-data-dir=" + filepath.Join(dir, "profile"),
	}
	if device == "desktop" {
		args = append(args, "--preset=desktop")
	}
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Env = append(os.Environ(), "CHROME_PATH="+browser.Path(t))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("lighthouse: %v\n%s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "lh.json"))
	if err != nil {
		t.Fatal(err)
	}
	if keep := os.Getenv("E2E_OUT"); keep != "" {
		_ = os.WriteFile(filepath.Join(keep, fmt.Sprintf("lighthouse-%s-%d.json", device, len(url))), data, 0o600)
	}
	return readScores(t, data)
}

func readScores(t *testing.T, report []byte) map[string]float64 {
	t.Helper()
	var read struct {
		Categories map[string]struct {
			Score float64
			Refs  []struct{ ID string } `json:"auditRefs"`
		}
		Audits map[string]struct {
			Score   *float64
			Display string `json:"displayValue"`
			Title   string
		}
	}
	if err := json.NewDecoder(bytes.NewReader(report)).Decode(&read); err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for name, category := range read.Categories {
		found[name] = 100 * category.Score
		for _, ref := range category.Refs {
			if audit := read.Audits[ref.ID]; audit.Score != nil && *audit.Score < 0.9 {
				t.Logf("  %s: %s %.2f %s", name, ref.ID, *audit.Score, audit.Display)
			}
		}
	}
	if len(found) != len(scores) {
		t.Fatalf("got %v, want three categories", found)
	}
	return found
}
