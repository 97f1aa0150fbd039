package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"mostrador/internal/browser"
	"mostrador/internal/wire"
)

// hang has the page get no answer to what it posts to an address; answer fails it
// as a network does.
func hang(p *browser.Tab, part string) (answer func()) {
	p.Helper()
	browser.Evaluate[bool](p, fmt.Sprintf(`(() => {
		const real = window.fetch;
		window.fetch = (what, options = {}) => String(what.url ?? what).includes(%q) && options.method === 'POST'
			? new Promise((_, fail) => { window.endHang = () => fail(new TypeError('network')) }) : real(what, options);
		return true;
	})()`, part))
	return func() { browser.Evaluate[bool](p, "endHang(), true") }
}

// posted remembers what the page posts from now on.
func posted(p *browser.Tab) (all func() []string) {
	p.Helper()
	browser.Evaluate[bool](p, `(() => {
		const real = window.fetch;
		window.posted = [];
		window.fetch = (what, options = {}) => {
			if (options.method && options.method !== 'GET') window.posted.push(String(what.url ?? what) + ' ' + options.body);
			return real(what, options);
		};
		return true;
	})()`)
	return func() []string { return browser.Evaluate[[]string](p, "window.posted") }
}

// twoTickets is a desk with a ticket of each of two customers.
func twoTickets(t *testing.T) (d *desk, first, second int64) {
	t.Helper()
	d = openDesk(t)
	first = d.deliver(wire.Webhook{Sender: "5215500000001@s.whatsapp.net", Content: "la impresora no imprime", ID: "U1"})
	second = d.deliver(wire.Webhook{Sender: "5215500000002@s.whatsapp.net", Content: "no hay wifi", ID: "U2"})
	return d, first, second
}

func TestAReplyThatIsRefusedIsToldWhereverThePersonIs(t *testing.T) {
	d, first, second := twoTickets(t)
	p := d.open(fmt.Sprint("#/ticket/", first))
	p.WaitText("[role=log]", "la impresora no imprime")
	fail := hang(p, "/mensajes")
	p.Write("#respuesta", "va en camino\r")
	p.WaitText("[role=log]", "va en camino")
	browser.Evaluate[bool](p, fmt.Sprintf("(location.hash = '#/ticket/%d', true)", second))
	p.WaitText("[role=log]", "no hay wifi")
	browser.Evaluate[bool](p, stretched(undoToast))
	fail()
	p.WaitText(".toast", fmt.Sprintf("Ticket %d: El servidor no contestó", first))
	if browser.Evaluate[bool](p, "document.querySelector('.composer [role=alert]') !== null") {
		t.Errorf("the other ticket says %q, want nothing of what is not its own", p.Text(".composer"))
	}
	browser.Evaluate[bool](p, fmt.Sprintf("(location.hash = '#/ticket/%d', true)", first))
	p.WaitText(".composer [role=alert]", "no sabemos si salió")
	p.WaitFor("document.querySelector('#respuesta').value === 'va en camino'")
}

func TestAReplyOnItsWayOutlivesThePageAndGoesOnce(t *testing.T) {
	d, first, _ := twoTickets(t)
	p := d.open(fmt.Sprint("#/ticket/", first))
	p.WaitText("[role=log]", "la impresora no imprime")
	// The server gets it, the page never hears of that.
	browser.Evaluate[bool](p, `(() => {
		const real = window.fetch;
		window.fetch = (what, options = {}) => options.method === 'POST' && String(what).includes('/mensajes')
			? real(what, options).then(() => { window.arrived = true; return new Promise(() => {}) }) : real(what, options);
		return true;
	})()`)
	p.Write("#respuesta", "va en camino\r")
	p.WaitFor("window.arrived === true")
	browser.Evaluate[bool](p, "(location.reload(), true)")
	p.WaitFor("!('arrived' in window) && document.querySelector('#respuesta')?.value === 'va en camino'")
	p.WaitText(".composer [role=alert]", "no sabemos si salió")
	p.Write("#respuesta", "\r")
	p.WaitFor("document.querySelector('#respuesta').value.trim() === ''")
	p.WaitText(".composer [role=status]", "su respuesta saldrá sola")
	p.Visit("#/")
	p.Visit(fmt.Sprint("#/ticket/", first))
	p.WaitText("[role=log]", "va en camino")
	var answer struct {
		Messages []struct {
			Text string `json:"texto"`
		} `json:"mensajes"`
	}
	d.call(http.MethodGet, fmt.Sprintf("/api/v1/tickets/%d/conversacion", first), nil, &answer)
	if got := len(answer.Messages); got != 2 {
		t.Errorf("got %d messages, want the customer's and one reply: %+v", got, answer.Messages)
	}
	if got := strings.TrimSpace(value(p, "#respuesta")); got != "" {
		t.Errorf("got %q in the box, want nothing as it went", got)
	}
}

func TestDraftsAreNobodyElses(t *testing.T) {
	d, first, _ := twoTickets(t)
	if status := d.call(http.MethodPost, "/api/v1/usuarios", map[string]string{"usuario": "beto", "rol": "agente", "clave": "otra muy secreta"}, nil); status >= 300 {
		t.Fatalf("add a user: got %d", status)
	}
	p := d.open(fmt.Sprint("#/ticket/", first))
	p.WaitText("[role=log]", "la impresora no imprime")
	p.Write("#respuesta", "a medias")
	p.WaitFor("sessionStorage.getItem('mostrador.borradores')?.includes('a medias')")
	// Her session ends while the page is not there to see it.
	browser.EvaluateAsync[bool](p, "fetch('/salir', { method: 'POST' }).then(() => { location.reload(); return true })")
	logIn(p, "beto", "otra muy secreta")
	p.WaitFor("document.querySelector('#nueva') !== null")
	p.Write("#nueva", "una propia y larga\r")
	p.WaitFor("document.querySelector('.top') !== null")
	p.Visit(fmt.Sprint("#/ticket/", first))
	p.WaitText("[role=log]", "la impresora no imprime")
	if got := value(p, "#respuesta"); got != "" {
		t.Errorf("got %q, want nothing of what somebody else wrote", got)
	}
}

func TestAnArrowKeyChangesNothingByItself(t *testing.T) {
	d, first, _ := twoTickets(t)
	p := d.open("#/")
	p.WaitFor("document.querySelectorAll('.ticket').length === 2")
	p.Click(".ticket .pick")
	p.WaitText(".bulk", "1 elegido")
	all := posted(p)
	for _, key := range []string{kb.ArrowDown, kb.End} {
		browser.Evaluate[bool](p, "(document.querySelector('.bulk select').focus(), true)")
		p.Press(key)
		p.Press(kb.Escape)
	}
	// The browser's own keys come after what a page refuses; a test's would all the same.
	if !browser.Evaluate[bool](p, "!document.querySelector('.bulk select').dispatchEvent(new KeyboardEvent('keydown', { key: 'r', bubbles: true, cancelable: true }))") {
		t.Error("a letter chooses what begins with it, want nothing before the list is open")
	}
	p.Visit(fmt.Sprint("#/ticket/", first))
	p.WaitText("[role=log]", "la impresora no imprime")
	for _, control := range []string{"#prioridad", "#asignado", "#categoria"} {
		before := value(p, control)
		browser.Evaluate[bool](p, fmt.Sprintf("(document.querySelector(%q).focus(), true)", control))
		p.Press(kb.ArrowDown)
		p.Press(kb.Escape)
		if got := value(p, control); got != before {
			t.Errorf("%s: got %q, want %q as before", control, got, before)
		}
	}
	if got := all(); len(got) != 0 {
		t.Errorf("the keys sent %q, want nothing", got)
	}
}

func TestWhatLeavesTheListIsNotPickedAnyMore(t *testing.T) {
	d, first, second := twoTickets(t)
	p := d.open("#/?estado=pendiente")
	p.WaitFor("document.querySelectorAll('.ticket').length === 2")
	browser.Evaluate[bool](p, "document.querySelectorAll('.ticket .pick input').forEach((box) => box.click()), true")
	p.WaitText(".bulk", "2 elegidos")
	if status := d.call(http.MethodPatch, fmt.Sprint("/api/v1/tickets/", first), map[string]string{"estado": "resuelto"}, nil); status != http.StatusOK {
		t.Fatalf("resolve: got %d", status)
	}
	p.WaitText(".bulk", "1 elegido")
	p.WaitFor(fmt.Sprintf("document.querySelector('.ticket[data-picked] [data-row=\"%d\"]') !== null", second))
}

func TestAFileDroppedIntoANoteStaysOut(t *testing.T) {
	d, first, _ := twoTickets(t)
	p := d.open(fmt.Sprint("#/ticket/", first))
	p.WaitText("[role=log]", "la impresora no imprime")
	press(p, ".composer-modes", "Nota interna")
	p.WaitFor("document.querySelector('.composer[data-note]') !== null")
	p.Write("#respuesta", "ojo, no paga")
	browser.Evaluate[bool](p, `(() => {
		const data = new DataTransfer();
		data.items.add(new File(['x'], 'factura.pdf', { type: 'application/pdf' }));
		document.querySelector('.chat').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
		return true;
	})()`)
	p.WaitText(".composer [role=alert]", "Una nota interna no lleva archivos")
	p.WaitFor("document.querySelector('.composer[data-note]') !== null && document.querySelector('#respuesta').value === 'ojo, no paga'")
}

func TestALongTextIsNotCutWithoutAWord(t *testing.T) {
	d, first, _ := twoTickets(t)
	p := d.open(fmt.Sprint("#/ticket/", first))
	p.WaitText("[role=log]", "la impresora no imprime")
	browser.Evaluate[bool](p, "(document.querySelector('#respuesta').focus(), document.execCommand('insertText', false, 'precio '.repeat(1000)))")
	if got := len(value(p, "#respuesta")); got != 7000 {
		t.Errorf("got %d letters, want all 7000", got)
	}
}

func TestABrowserThatStoresNothingShowsThePanelAllTheSame(t *testing.T) {
	d := openDesk(t)
	p := browser.Open(t, d.url)
	p.AtStart(`for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } })`)
	p.Visit("")
	logIn(p, deskUser, deskPassword)
	p.WaitFor("document.querySelector('.top') !== null")
	p.Visit("#/ajustes/cuenta")
	p.WaitText(".settings-body", "Contraseña")
}

func TestAPageThatCannotBeLoadedSaysSo(t *testing.T) {
	d := openDesk(t)
	p := browser.Open(t, d.url)
	p.AtStart(`const real = window.fetch; window.fetch = (what, ...rest) => String(what.url ?? what).includes('/i18n/') ? Promise.resolve(new Response('<html>502</html>', { status: 502 })) : real(what, ...rest)`)
	p.Visit("")
	p.WaitText("#fallo", "El panel no se pudo cargar")
	p.Shot("no-carga")
}
