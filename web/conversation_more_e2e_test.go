package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/coder/websocket"

	"mostrador/internal/browser"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/wire"
)

func TestNothingHostileRunsInAConversation(t *testing.T) {
	d := openDesk(t)
	at := time.Now().Add(-time.Hour)
	say := func(id string, m wire.Webhook) int64 {
		at = at.Add(time.Minute)
		m.Sender, m.ID, m.Name, m.Date = anaChat, id, badName, &at
		return d.deliver(m)
	}
	bad := badText
	number := say("X1", wire.Webhook{Content: badText})
	say("X2", wire.Webhook{Content: badName, ReplyTo: "X1"})
	say("X3", wire.Webhook{Kind: "documento", Content: badText, File: &wire.File{Name: badFile, MIME: "text/html", Data: []byte("<!doctype html><script>window.pwned=1</script>")}})
	say("X4", wire.Webhook{Kind: "contacto", Content: "👤 Contacto: " + badName + ", +52 477 111 2222", File: &wire.File{Name: badFile, MIME: "text/vcard", Data: []byte("BEGIN:VCARD\nFN:" + badText + "\nEND:VCARD")}})
	say("X5", wire.Webhook{Kind: "ubicacion", Content: "📍 Ubicación: " + badText + "\nhttps://maps.google.com/?q=1,2"})
	say("X6", wire.Webhook{Kind: "documento", File: &wire.File{Name: "foto.svg", MIME: "image/svg+xml", Data: []byte("<svg xmlns='http://www.w3.org/2000/svg' onload='window.pwned=1'/>")}})
	say("X7", wire.Webhook{ReplyTo: "X1", Reaction: &bad})
	say("E1", wire.Webhook{Content: badText + " otra vez", ReplyTo: "X2", Edited: true})
	d.call(http.MethodPost, "/api/v1/respuestas", map[string]string{"titulo": badName, "texto": badText + " {nombre}", "atajo": "x"}, nil)
	d.call(http.MethodPost, fmt.Sprintf("/api/v1/tickets/%d/notas", number), map[string]string{"texto": badText}, nil)
	p := d.open(fmt.Sprintf("#/ticket/%d", number))
	p.WaitText("[role=log]", "<script>window.pwned=1</script>")
	p.WaitFor("document.querySelector('.message[data-direction=note]') !== null")
	hand(p, "paste", badFile, "image/png", drawing(t, 3))
	p.WaitFor("document.querySelector('.composer-file') !== null")
	p.Write("#respuesta", "/x")
	p.WaitText(".canned", "<img src=x onerror=")
	p.Write("#respuesta", kb.Enter)
	p.WaitFor("document.querySelector('#respuesta').value.includes('<script>')")
	p.Shot("hostil-escribiendo")
	p.Write("#respuesta", kb.Enter)
	p.WaitFor("document.querySelectorAll('.message[data-direction=out] .picture').length === 1")
	p.Shot("hostil-real")
	p.Accessible("hostile")
	if browser.Evaluate[bool](p, didItRun) {
		t.Error("a customer's text became markup")
	}
	for _, link := range browser.Evaluate[[]string](p, "[...document.querySelectorAll('.document')].map((a) => a.href)") {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
		r.Header.Set("Authorization", "Bearer "+deskToken)
		w, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = w.Body.Close()
		disposition := w.Header.Get("Content-Disposition")
		if !strings.HasPrefix(disposition, "attachment") || strings.Contains(w.Header.Get("Content-Type"), "html") || strings.ContainsAny(disposition, "\n\u202e") {
			t.Errorf("%s: got %q as %q, want a harmless download", link, w.Header.Get("Content-Type"), disposition)
		}
	}
	p.Visit("#/ajustes/respuestas")
	p.WaitText(".canned-list", "<img src=x onerror=")
	if browser.Evaluate[bool](p, "'pwned' in window") {
		t.Error("a canned reply ran as a script")
	}
}

func TestAPhoneHasTheWholeConversationAndNothingIsTooSmall(t *testing.T) {
	d, number := lively(t)
	p := d.open(fmt.Sprintf("#/ticket/%d", number))
	p.Phone(true)
	p.Visit("#/")
	p.WaitFor("document.querySelector('.tickets') !== null")
	p.Visit(fmt.Sprintf("#/ticket/%d", number))
	p.WaitText("[role=log]", "El video ya no está")
	p.Shot("telefono-hilo")
	p.Accessible("phone")
	for _, open := range []string{".aside-button", ".aside-top button"} {
		if got := browser.Evaluate[int](p, "document.documentElement.scrollWidth"); got > 390 {
			t.Errorf("got a page %d wide, want at most 390", got)
		}
		small := browser.Evaluate[[]string](p, `[...document.querySelectorAll('button:not(.composer-mode, .quotation, .picture), .button, select')].filter(b => b.offsetParent && (b.offsetHeight < 44 || b.offsetWidth < 44)).map(b => b.outerHTML)`)
		if len(small) > 0 {
			t.Errorf("too small to touch: %q", small)
		}
		p.Shot("telefono-ficha") // the second time it is there
		p.Click(open)
	}
	hand(p, "change", "pieza.png", "image/png", drawing(t, 9))
	p.WaitFor("document.querySelector('.composer-file img')?.naturalWidth === 320")
	p.Shot("telefono-adjunto")
	if !browser.Evaluate[bool](p, "document.querySelector('.composer').getBoundingClientRect().bottom <= innerHeight") {
		t.Error("the reply box is not on the screen")
	}
}

func TestCannedRepliesAreKeptInTheSettings(t *testing.T) {
	d := openDesk(t)
	p := d.open("#/ajustes/respuestas")
	p.WaitText(".settings-body", "Todavía no hay ninguna")
	for _, title := range []string{"Saludo", "Listo"} {
		p.Click(".settings-body .button-primary")
		p.WaitFor("document.querySelector('.canned-form input') === document.activeElement")
		p.Write(".canned-form input", title)
		p.Write(".canned-form label:nth-of-type(2) input", "/"+title)
		p.Write(".canned-form textarea", "Hola {nombre}")
		p.Click(".canned-form .button-primary")
		p.WaitText(".canned-list", "/"+strings.ToLower(title))
		p.WaitFor("document.querySelector('.settings-body .button-primary') === document.activeElement")
	}
	p.Shot("ajustes-respuestas")
	p.Accessible("canned replies in the settings")
	p.Click("[aria-label='Subir «Listo»']")
	p.WaitFor("document.querySelector('.canned-row .canned-title').innerText.startsWith('Listo')")
	p.Click("[aria-label='Cambiar «Saludo»']")
	p.Write(".canned-form label:nth-of-type(2) input", kb.End+kb.Backspace+kb.Backspace+kb.Backspace+kb.Backspace+kb.Backspace+kb.Backspace+"listo")
	p.Click(".canned-form .button-primary")
	p.WaitText(".canned-form [role=alert]", "El atajo /listo ya es de «Listo».")
	p.Shot("ajustes-respuestas-error")
	p.Click(".canned-form .button:not(.button-primary)")
	p.Click("[aria-label='Quitar «Saludo»']")
	p.Click(".canned-tools .button-primary")
	p.WaitFor("document.querySelectorAll('.canned-row').length === 1")
	p.Phone(true)
	p.Shot("ajustes-respuestas-telefono")
}

func TestSomebodyElseIsSeenLookingAndTyping(t *testing.T) {
	d, number := lively(t)
	p := d.open(fmt.Sprintf("#/ticket/%d", number))
	p.WaitText("[role=log]", "El video ya no está")
	line, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(d.url, "http")+"/api/v1/eventos", &websocket.DialOptions{
		HTTPHeader: http.Header{"Authorization": {"Bearer " + deskToken}},
	})
	if err != nil {
		t.Fatal(err)
	}
	say := func(what string) {
		t.Helper()
		if err := line.Write(t.Context(), websocket.MessageText, fmt.Appendf(nil, `{"tipo":%q,"ticket":%d}`, what, number)); err != nil {
			t.Fatal(err)
		}
	}
	say("mirando")
	p.WaitText(".presence", "Alguien lo está viendo")
	p.Write("#respuesta", "hola")
	for {
		_, data, err := line.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), `"escribiendo":true`) && strings.Contains(string(data), `"ana"`) {
			break
		}
	}
	// As panels do: what comes too soon after the last word is passed over.
	storetest.Eventually(t, "somebody is seen typing", func() bool {
		say("escribiendo")
		return strings.Contains(p.Text(".presence"), "Alguien está escribiendo")
	})
	p.Shot("presencia")
	p.Accessible("presence")
	if err := line.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	p.WaitFor("document.querySelector('.presence').innerText === ''")
}

func TestTwoFingersZoomAPicture(t *testing.T) {
	d, number := lively(t)
	p := d.open(fmt.Sprintf("#/ticket/%d", number))
	p.WaitText("[role=log]", "El video ya no está")
	browser.Evaluate[bool](p, "(document.querySelector('.message .picture').click(), true)")
	p.WaitText(".lightbox-title", "Foto 1 de 1")
	fingers := func(kind string, id, x int) {
		t.Helper()
		browser.Evaluate[bool](p, fmt.Sprintf("document.querySelector('.lightbox-stage').dispatchEvent(new PointerEvent(%q, { pointerId: %d, clientX: %d, clientY: 300, bubbles: true }))", kind, id, x))
	}
	fingers("pointerdown", 1, 300)
	fingers("pointerdown", 2, 400)
	fingers("pointermove", 2, 440)
	p.WaitFor("document.querySelector('.lightbox-canvas').dataset.zoom === '2'")
	fingers("pointermove", 2, 520)
	p.WaitFor("document.querySelector('.lightbox-canvas').dataset.zoom === '3'")
	fingers("pointermove", 2, 420)
	p.WaitFor("document.querySelector('.lightbox-canvas').dataset.zoom === '2'")
	fingers("pointerup", 2, 420)
	fingers("pointermove", 1, 10)
	p.WaitFor("document.querySelector('.lightbox-canvas').dataset.zoom === '2'")
}
