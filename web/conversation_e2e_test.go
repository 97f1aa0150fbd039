package web_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"mostrador/internal/browser"
	"mostrador/internal/wire"
)

const (
	anaChat   = "5214772758198@s.whatsapp.net"
	badName   = `<img src=x onerror="window.pwned=1">`
	badText   = `<script>window.pwned=1</script><svg onload=window.pwned=1> javascript:window.pwned=1`
	badFile   = "\"><img src=x onerror=window.pwned=1>\u202egpj.html"
	didItRun  = "'pwned' in window || document.querySelector('.chat script, .chat [onerror], .chat [onload], .chat a[href^=\"javascript:\"], .aside script') !== null"
	lastEntry = "[role=log] > article:last-of-type"
)

// drawing is a picture of its own for each number.
func drawing(t *testing.T, number uint8) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for x := range 320 {
		for y := range 200 {
			picture.Set(x, y, color.RGBA{uint8(x/2) + number, uint8(y), 120 + number, 255})
		}
	}
	var data bytes.Buffer
	if err := png.Encode(&data, picture); err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

// hand gives files to the page as a person does with event: a choice, a paste or
// a drop.
func hand(p *browser.Tab, event, name, kind string, data []byte) {
	p.Helper()
	browser.Evaluate[bool](p, fmt.Sprintf(`(() => {
		const bytes = Uint8Array.from(atob(%q), (c) => c.charCodeAt(0));
		const carried = new DataTransfer();
		carried.items.add(new File([bytes], %q, { type: %q }));
		const how = {
			change: () => { const input = document.querySelector('#archivos'); input.files = carried.files; input.dispatchEvent(new Event('change', { bubbles: true })); },
			paste: () => document.querySelector('#respuesta').dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: carried })),
			drop: () => { for (const kind of ['dragover', 'drop']) document.querySelector('.chat').dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: carried })); },
			over: () => document.querySelector('.chat').dispatchEvent(new DragEvent('dragover', { bubbles: true, cancelable: true, dataTransfer: carried })),
		};
		how[%q]();
		return true;
	})()`, base64.StdEncoding.EncodeToString(data), name, kind, event))
}

// conversation is what the server keeps of a ticket.
type conversationView struct {
	Ticket struct {
		Status     string                   `json:"estado"`
		Priority   string                   `json:"prioridad"`
		Assignee   *struct{ Nombre string } `json:"asignado"`
		MergedInto int64                    `json:"unido_a"`
	} `json:"ticket"`
	Messages []struct {
		ID        int64  `json:"id"`
		Direction string `json:"direccion"`
		Kind      string `json:"tipo"`
		Text      string `json:"texto"`
		ReplyTo   string `json:"responde_a"`
		Author    string `json:"autor"`
		Delivery  string `json:"entrega"`
		Files     []struct {
			URL  string `json:"url"`
			Name string `json:"nombre"`
			Size int64  `json:"tamano"`
		} `json:"archivos"`
	} `json:"mensajes"`
}

func (d *desk) conversation(number int64) conversationView {
	d.t.Helper()
	var c conversationView
	if status := d.call(http.MethodGet, fmt.Sprintf("/api/v1/tickets/%d/conversacion", number), nil, &c); status != http.StatusOK {
		d.t.Fatalf("conversation: got %d", status)
	}
	return c
}

// lively is a desk with one ticket that has every kind of message.
func lively(t *testing.T) (*desk, int64) {
	t.Helper()
	d := openDesk(t)
	at := time.Now().Add(-time.Hour)
	say := func(id string, m wire.Webhook) int64 {
		at = at.Add(time.Minute)
		m.Sender, m.ID, m.Name, m.Date = anaChat, id, "Ana Torres", &at
		return d.deliver(m)
	}
	thumb := "👍"
	number := say("A1", wire.Webhook{Content: "Hola, buenas tardes"})
	say("A2", wire.Webhook{Content: "Mi laptop no prende, miren", Image: drawing(t, 1)})
	say("A3", wire.Webhook{Kind: "nota_de_voz", File: &wire.File{Name: "", MIME: "audio/ogg; codecs=opus", Data: []byte("OggS\x00\x02 a voice")}})
	say("A4", wire.Webhook{Kind: "documento", Content: "La factura", File: &wire.File{Name: "factura.pdf", MIME: "application/pdf", Data: []byte("%PDF-1.7 factura")}})
	say("A5", wire.Webhook{Kind: "ubicacion", Content: "📍 Ubicación: Taller Centro, Av. Juárez 12\nhttps://maps.google.com/?q=21.12345,-101.6789"})
	say("A6", wire.Webhook{Kind: "contacto", Content: "👤 Contacto: Luis Pérez, +52 477 111 2222", File: &wire.File{Name: "Luis Pérez.vcf", MIME: "text/vcard", Data: []byte("BEGIN:VCARD\r\nEND:VCARD\r\n")}})
	say("A7", wire.Webhook{Content: "Si, la gris", ReplyTo: "A2"})
	say("E0", wire.Webhook{Content: "Sí, la gris", ReplyTo: "A7", Edited: true})
	say("E1", wire.Webhook{Content: "Sí, la gris, modelo 2021", ReplyTo: "A7", Edited: true})
	say("A8", wire.Webhook{Content: "Número de cuenta 1234"})
	say("E2", wire.Webhook{ReplyTo: "A8", Deleted: true})
	say("E3", wire.Webhook{ReplyTo: "A1", Reaction: &thumb})
	say("A9", wire.Webhook{Kind: "video", File: &wire.File{State: wire.FileGone, Note: "El video ya no está en WhatsApp."}})
	return d, number
}

func TestEveryKindOfMessageIsShownAsWhatItIs(t *testing.T) {
	d, number := lively(t)
	p := d.open(fmt.Sprintf("#/ticket/%d", number))
	p.WaitText("[role=log]", "El video ya no está en WhatsApp.")
	for _, want := range []string{"Taller Centro", "21.12345, -101.67890", "Ver en el mapa", "Luis Pérez", "+52 477 111 2222", "factura.pdf", "editado", "eliminado por el cliente", "👍"} {
		p.WaitText("[role=log]", want)
	}
	for selector, want := range map[string]string{
		".info-card a[target]":    "https://www.openstreetmap.org/?mlat=21.12345&mlon=-101.6789#map=17/21.12345/-101.6789",
		".info-card a[href^=tel]": "tel:+524771112222",
	} {
		if got := browser.Evaluate[string](p, fmt.Sprintf("document.querySelector(%q)?.href ?? ''", selector)); got != want {
			t.Errorf("%s: got %q, want %q", selector, got, want)
		}
	}
	p.WaitFor("document.querySelector('audio')?.src.endsWith('.ogg')")
	part := browser.Evaluate[string](p, "document.querySelector('audio').src")
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, part, nil)
	r.Header = http.Header{"Authorization": {"Bearer " + deskToken}, "Range": {"bytes=0-3"}}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Body.Close()
	if w.StatusCode != http.StatusPartialContent || w.Header.Get("Content-Type") != "audio/ogg" {
		t.Errorf("part of the voice note: got %d %q, want 206 and audio/ogg", w.StatusCode, w.Header.Get("Content-Type"))
	}
	p.Shot("hilo-final")
	browser.Evaluate[bool](p, "(document.querySelector('.log').scrollTop = 0, true)")
	p.Click(".message-mark summary")
	p.WaitText(".message-mark", "Si, la gris")
	p.WaitText(".message-mark p:last-child", "Sí, la gris")
	p.Shot("hilo")
	p.Accessible("thread")
	p.Dark(true)
	p.Shot("hilo-oscuro")
	p.Accessible("thread, dark")
}

func TestAPictureAFileAndAQuotationAreSentFromTheComposer(t *testing.T) {
	d, number := lively(t)
	p := d.open(fmt.Sprintf("#/ticket/%d", number))
	p.WaitText("[role=log]", "El video ya no está")
	one, two := drawing(t, 40), []byte("%PDF-1.7 presupuesto")
	hand(p, "paste", "pieza.png", "image/png", one)
	p.WaitFor("document.querySelector('.composer-file img')?.naturalWidth === 320")
	hand(p, "over", "x.pdf", "application/pdf", two)
	p.WaitText(".drop-hint", "Suelte aquí")
	p.Shot("soltar")
	hand(p, "drop", "presupuesto.pdf", "application/pdf", two)
	p.WaitFor("document.querySelectorAll('.composer-file').length === 2 && !document.querySelector('.drop-hint')")
	p.Write("#respuesta", "¿Es esta pieza?")
	p.Shot("adjuntos")
	p.Accessible("files to send")
	p.Write("#respuesta", kb.Enter)
	p.WaitFor("document.querySelectorAll('.message[data-direction=out]:not([data-sending])').length === 2")
	p.WaitText(".composer", "En cola")
	all := d.conversation(number).Messages
	picture, document := all[len(all)-2], all[len(all)-1]
	if picture.Text != "¿Es esta pieza?" || picture.Kind != "imagen" || picture.Files[0].Size != int64(len(one)) || document.Files[0].Name != "presupuesto.pdf" || document.Text != "" {
		t.Errorf("got %+v and %+v, want the picture with the text and the document", picture, document)
	}
	p.WaitFor("document.querySelector('.message[data-direction=out] .picture img')?.naturalWidth === 320")

	hand(p, "change", "virus.exe", "application/x-msdownload", []byte("MZ\x90\x00 x"))
	p.WaitFor("document.querySelectorAll('.composer-file').length === 1")
	p.Write("#respuesta", "no se pierde"+kb.Enter)
	p.WaitText(".composer [role=alert]", "Este tipo de archivo no se envía")
	p.WaitFor("document.querySelectorAll('.composer-file').length === 1 && document.querySelector('#respuesta').value.trim() === 'no se pierde'")
	p.Shot("archivo-rechazado")
	p.Click(".composer-file button")

	browser.Evaluate[bool](p, "(document.querySelector('[data-kind=text] .menu-button').click(), true)")
	p.WaitText(".menu-list", "Responder citando")
	p.Shot("menu-mensaje")
	p.Accessible("a message's menu")
	browser.Evaluate[bool](p, "(document.querySelector('.menu-item').click(), true)")
	p.WaitText(".composer-quote", "Hola, buenas tardes")
	p.Write("#respuesta", kb.Enter)
	p.WaitText(lastEntry+" .quotation", "Hola, buenas tardes")
	if got := d.conversation(number).Messages; got[len(got)-1].ReplyTo != "A1" || got[len(got)-1].Text != "no se pierde" {
		t.Errorf("got %+v, want the text with the quotation", got[len(got)-1])
	}
}

func TestNotesCannedRepliesAndKeys(t *testing.T) {
	d, number := lively(t)
	d.call(http.MethodPost, "/api/v1/respuestas", map[string]string{"titulo": "Saludo", "texto": "Hola {nombre}, su ticket es el {ticket} de {negocio}.", "atajo": "hola"}, nil)
	d.call(http.MethodPost, "/api/v1/respuestas", map[string]string{"titulo": "Días de entrega", "texto": "Tarda 3 días."}, nil)
	p := d.open(fmt.Sprintf("#/ticket/%d", number))
	p.WaitText("[role=log]", "El video ya no está")
	p.Press("n")
	p.WaitFor("document.activeElement?.id === 'respuesta' && document.querySelector('.composer').dataset.note === ''")
	browser.Evaluate[bool](p, "document.querySelector('#respuesta').select(), true")
	p.Write("#respuesta", "Pide descuento, ojo")
	p.Shot("nota")
	p.Accessible("a note")
	p.Write("#respuesta", kb.Enter)
	p.WaitText(".message[data-direction=note]", "Pide descuento, ojo")
	p.WaitText(".message[data-direction=note]", "Nota interna · ana")
	p.Click(".composer-mode:first-child")
	p.WaitFor("document.querySelector('.composer').dataset.note === undefined")
	p.Write("#respuesta", "/entr")
	p.WaitText(".canned", "Días de entrega")
	p.Press(kb.Escape)
	p.WaitFor("!document.querySelector('.canned')")
	browser.Evaluate[bool](p, "document.querySelector('#respuesta').select(), true")
	p.Press(kb.Backspace)
	p.Click("[aria-label='Insertar una respuesta guardada']")
	p.WaitFor("document.querySelectorAll('.canned-choice').length === 2")
	p.Shot("respuestas")
	p.Accessible("canned replies")
	p.Press(kb.ArrowDown)
	p.WaitFor("document.querySelectorAll('.canned-choice')[1].getAttribute('aria-selected') === 'true'")
	p.Press(kb.ArrowUp)
	p.Write("#respuesta", kb.Enter)
	p.WaitFor(fmt.Sprintf("document.querySelector('#respuesta').value.trim() === 'Hola Ana, su ticket es el %d de Mostrador.'", number))
	p.Write("#respuesta", kb.Enter)
	p.WaitText(lastEntry, "Hola Ana, su ticket es")
	p.Press(kb.Escape)
	p.WaitFor("document.activeElement?.id !== 'respuesta'")
	p.Press("r")
	p.WaitFor("document.activeElement?.id === 'respuesta'")
}

func TestADraftSurvivesAndEachModeHasItsOwn(t *testing.T) {
	d, number := lively(t)
	p := d.open(fmt.Sprintf("#/ticket/%d", number))
	p.WaitText("[role=log]", "El video ya no está")
	p.Write("#respuesta", "a medias")
	p.Click(".composer-mode:last-child")
	p.WaitFor("document.querySelector('#respuesta').value.trim() === ''")
	p.Write("#respuesta", "nota a medias")
	p.Visit("#/")
	p.WaitFor("document.querySelector('.chat') === null")
	p.Visit(fmt.Sprintf("#/ticket/%d", number))
	p.WaitFor("document.querySelector('#respuesta')?.value.trim() === 'nota a medias'")
	p.Do(chromedp.Reload())
	p.WaitFor("document.querySelector('#respuesta')?.value.trim() === 'a medias'")
	d.stop()
	p.Write("#respuesta", kb.Enter)
	p.WaitText(".composer [role=alert]", "no sabemos si salió")
	p.WaitFor("document.querySelector('#respuesta').value.trim() === 'a medias'")
	d.start()
	p.Write("#respuesta", kb.Enter)
	p.WaitText(lastEntry, "a medias")
	p.WaitFor("document.querySelector('#respuesta').value.trim() === ''")
}

func TestPriorityAssigneeJoiningAndSplitting(t *testing.T) {
	d, number := lively(t)
	d.call(http.MethodPatch, fmt.Sprintf("/api/v1/tickets/%d", number), map[string]string{"estado": "resuelto"}, nil)
	p := d.open(fmt.Sprintf("#/ticket/%d", number))
	p.WaitText("[role=log]", "El video ya no está")
	choose := func(selector, value string) {
		t.Helper()
		browser.Evaluate[bool](p, fmt.Sprintf("(() => { const s = document.querySelector(%q); s.value = %q; s.dispatchEvent(new Event('change', { bubbles: true })); return true; })()", selector, value))
	}
	choose("#prioridad", "urgent")
	p.WaitText(".chat-facts", "Urgente")
	p.WaitFor("document.querySelectorAll('#asignado option').length === 2")
	choose("#asignado", "1")
	p.WaitText("[role=log]", "Asignado: nadie → ana")
	if got := d.conversation(number).Ticket; got.Priority != "urgente" || got.Assignee == nil || got.Assignee.Nombre != "ana" {
		t.Errorf("got %+v, want it urgent and Ana's", got)
	}
	browser.Evaluate[bool](p, "([...document.querySelectorAll('.message')].find((m) => m.innerText.includes('gris')).querySelector('.menu-button').click(), true)")
	p.WaitText(".menu-list", "Separar desde aquí")
	browser.Evaluate[bool](p, "([...document.querySelectorAll('.menu-item')].find((m) => m.innerText.includes('Separar')).click(), true)")
	p.WaitText("dialog", "pasan a un ticket nuevo")
	p.Shot("separar")
	p.Accessible("splitting")
	p.Click("dialog .button-primary")
	p.WaitFor(fmt.Sprintf("location.hash === '#/ticket/%d'", number+1))
	p.WaitText("[role=log]", "Viene del ticket #")
	p.WaitText("[role=log]", "la gris, modelo 2021")
	p.WaitText(".aside-list", fmt.Sprint("#", number))
	p.Shot("separado")
	p.Click(".aside-list .menu-button")
	p.Click(".aside-list .menu-item")
	p.WaitText("dialog", "Puede deshacerlo durante 15 minutos")
	p.Shot("unir")
	p.Click("dialog .button-primary")
	p.WaitText(".joined", "se unió a este")
	p.WaitText("[role=log]", "Hola, buenas tardes")
	p.Shot("unido")
	p.Accessible("joined")
	p.Click(".joined .button")
	p.WaitFor("!document.querySelector('.joined') && !document.querySelector('[role=log]').innerText.includes('Hola, buenas tardes')")
	if got := d.conversation(number); got.Ticket.MergedInto != 0 || len(got.Messages) < 5 {
		t.Errorf("got %+v, want it parted again", got.Ticket)
	}
	d.call(http.MethodPost, fmt.Sprintf("/api/v1/tickets/%d/unir", number), map[string]int64{"con": number + 1}, nil)
	p.Visit(fmt.Sprintf("#/ticket/%d", number))
	p.WaitText(".joined", "su conversación sigue allí")
	p.WaitFor("!document.querySelector('.composer')")
	p.Click(".joined a")
	p.WaitFor(fmt.Sprintf("location.hash === '#/ticket/%d'", number+1))
}
