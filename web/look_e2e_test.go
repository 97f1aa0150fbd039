package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"mostrador/internal/browser"
	"mostrador/internal/wire"
)

// dark reports whether the page is drawn in its dark colours.
const dark = `getComputedStyle(document.documentElement).colorScheme === 'dark'`

func TestColoursFollowTheSystemUntilSomebodyChooses(t *testing.T) {
	d := openDesk(t)
	p := d.open("")
	p.WaitText(".empty", "Primeros pasos")
	p.Dark(true)
	p.WaitFor(dark)
	p.Click("[aria-label='Apariencia e idioma']")
	p.WaitFor("document.querySelector('[name=tema][value=\"\"]').checked")
	p.Shot("apariencia-oscura")
	p.Accessible("preferences, dark")
	p.Click("[name=tema][value=light]")
	p.WaitFor("!(" + dark + ")")
	p.Accessible("preferences, light")
	p.Visit("#/puente")
	p.Do(reload())
	p.WaitText("main h1", "WhatsApp")
	if browser.Evaluate[bool](p, dark) {
		t.Error("after loading again: got dark, want the chosen light")
	}
	if got := browser.Evaluate[string](p, "[...document.querySelectorAll('meta[name=theme-color]')].find((bar) => matchMedia(bar.media).matches).content"); got != "#f5f4f0" {
		t.Errorf("browser's own bar: got %s, want the light paper", got)
	}
	p.Dark(false)
	p.Click("[aria-label='Apariencia e idioma']")
	p.Click("[name=tema][value=dark]")
	p.WaitFor(dark)
	p.Click("[name=tema][value=\"\"]")
	p.WaitFor("!(" + dark + ")")
}

func TestThePanelSpeaksThreeLanguages(t *testing.T) {
	d := openDesk(t)
	p := d.open("")
	p.WaitText(".empty", "Primeros pasos")
	if got := browser.Evaluate[string](p, "document.documentElement.lang"); got != "es" {
		t.Errorf("got language %q, want the browser's", got)
	}
	for _, want := range [][3]string{{"pt", "pt-BR", "Primeiros passos"}, {"en", "en", "First steps"}} { // English last
		lang, want := want[0], want[1:]
		p.Click(".top .button-icon")
		p.Click("[name=idioma][value=" + lang + "]")
		p.WaitText(".empty", want[1])
		p.Shot("idioma-" + lang)
		p.Accessible(lang)
		loaded := browser.Evaluate[string](p, "performance.getEntriesByType('resource').map((e) => e.name).filter((n) => n.includes('/i18n/')).join()")
		if got := browser.Evaluate[string](p, "document.documentElement.lang"); got != want[0] || !strings.HasSuffix(loaded, lang+".json") || strings.Contains(loaded, "es.json") {
			t.Errorf("got language %q with %s, want %s with only its texts", got, loaded, want[0])
		}
	}
	leave(p)
	p.WaitText(".login-card", "Sign in")
	p.Write("#usuario", deskUser)
	p.Write("#clave", "wrong\r")
	p.WaitText(".login-error", "password is not right")
}

func TestNothingIsAskedOfAnotherServer(t *testing.T) {
	d := openDesk(t)
	n := d.deliver(wire.Webhook{Sender: "5214772758198@s.whatsapp.net", Content: "mire https://example.com/foto.png", Name: "Ana", Image: testPNG(t)})
	p := d.open("")
	for _, hash := range append(pages, fmt.Sprintf("#/ticket/%d", n)) {
		p.Visit(hash)
		p.WaitFor("document.querySelector('main h1') !== null")
	}
	for _, url := range p.Requests() {
		if !strings.HasPrefix(url, d.url+"/") && !strings.HasPrefix(url, "ws"+strings.TrimPrefix(d.url, "http")+"/") && !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "blob:") {
			t.Errorf("the page asked for %s", url)
		}
	}
	if len(p.Requests()) < 10 {
		t.Errorf("got %d requests, want all of them watched", len(p.Requests()))
	}
}

func TestThePanelCanBeInstalled(t *testing.T) {
	d := openDesk(t)
	p := d.open("")
	link := browser.Evaluate[string](p, "document.querySelector('link[rel=manifest]').href")
	resp, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var manifest struct {
		Start string `json:"start_url"`
		Icons []struct{ Src, Sizes, Purpose string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&manifest); err != nil || manifest.Start != "/" || len(manifest.Icons) < 3 {
		t.Fatalf("got %+v, %v, want a manifest", manifest, err)
	}
	for _, icon := range manifest.Icons {
		size := browser.EvaluateAsync[int](p, fmt.Sprintf(`new Promise((done) => { const i = new Image(); i.onload = () => done(i.naturalWidth); i.onerror = () => done(0); i.src = new URL(%q, %q).href })`, icon.Src, link))
		if icon.Sizes != "any" && fmt.Sprintf("%dx%d", size, size) != icon.Sizes {
			t.Errorf("%s: got %d wide, want %s", icon.Src, size, icon.Sizes)
		}
	}
	for _, problem := range p.InstallProblems() {
		t.Errorf("cannot be installed: %s", problem)
	}
}

// pages are those that anybody reaches without knowing a number.
var pages = []string{"#/", "#/clientes", "#/puente", "#/ajustes", "#/ajustes/usuarios", "#/ajustes/cuenta", "#/ajustes/auditoria"}

// focusable is what somebody can do something with on the page that is shown.
const focusable = `[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
	.filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && !e.closest('[inert]') && e.tabIndex >= 0 && !(e.type === 'radio' && !e.checked))`

func TestEverythingIsReachedByTheTabKey(t *testing.T) {
	d := openDesk(t)
	n := d.deliver(wire.Webhook{Sender: "5214772758198@s.whatsapp.net", Content: "no prende", Name: "Ana", Image: testPNG(t)})
	p := d.open("")
	for _, hash := range append(pages, fmt.Sprintf("#/ticket/%d", n)) {
		p.Visit(hash)
		settled(p)
		if strings.HasPrefix(hash, "#/ticket/") {
			p.WaitFor("document.querySelector('.message .picture') !== null && document.querySelector('.list-pane .more') !== null")
		}
		tabbedThrough(p, hash, 5)
		p.Do(reload()) // without the listener
	}
}

// settled waits until a page is there.
func settled(p *browser.Tab) {
	p.Helper()
	p.WaitFor("document.querySelector('main h1') !== null && !document.querySelector('main .spinner, .list-pane .spinner')")
}

// tabbedThrough presses the tab key until it has been everywhere on the page, which
// has at least so many things to reach, and checks that the focus shows.
func tabbedThrough(p *browser.Tab, where string, least int) {
	p.Helper()
	browser.Evaluate[bool](p, `(document.activeElement?.blur(), window.reached = new Set(), document.addEventListener('focusin', (e) => {
		reached.add(e.target);
		const outlined = [e.target, e.target.closest('tr, li')].some((one) => one && ['', '::after'].some((part) => getComputedStyle(one, part).outlineStyle !== 'none'));
		if (!outlined && !e.target.matches('main, h1, .choice input')) console.error('no visible focus', e.target.outerHTML);
	}), true)`)
	count := browser.Evaluate[int](p, focusable+".length")
	for range count + 10 {
		p.Press("\t")
	}
	if missed := browser.Evaluate[[]string](p, focusable+".filter((e) => !reached.has(e)).map((e) => e.outerHTML.slice(0, 200))"); len(missed) > 0 || count < least {
		p.Errorf("%s: of %d the keyboard does not reach %q", where, count, missed)
	}
}

func reload() chromedp.Action[chromedp.Void] { return chromedp.Reload() }

func testPNG(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewRGBA(image.Rect(0, 0, 64, 48))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
