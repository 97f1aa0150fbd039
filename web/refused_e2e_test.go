package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"mostrador/internal/browser"
	"mostrador/internal/server/rest"
	"mostrador/internal/wire"
)

// refuse has the page get an error for what it asks of an address, until the
// returned function is called.
func refuse(p *browser.Tab, method, part string) (end func()) {
	p.Helper()
	browser.Evaluate[bool](p, fmt.Sprintf(`(() => {
		const real = window.fetch;
		window.endRefusal = () => { window.fetch = real };
		window.fetch = (what, options = {}) => String(what.url ?? what).includes(%q) && (options.method ?? 'GET') === %q
			? Promise.resolve(new Response('{"detail":"Ahora no se puede."}', { status: 503, headers: { 'Content-Type': 'application/problem+json' } }))
			: real(what, options);
		return true;
	})()`, part, method))
	return func() { browser.Evaluate[bool](p, "endRefusal(), true") }
}

// stretched has the page wait ten minutes where it waits so many milliseconds: what
// it does then is not what a slow machine is to be tested with.
func stretched(ms ...int) string {
	return fmt.Sprintf(`(() => {
		const real = setTimeout, long = %s;
		window.setTimeout = (work, ms, ...rest) => real(work, long.includes(ms) ? 600000 : ms, ...rest);
		return true;
	})()`, strings.Join(strings.Fields(fmt.Sprint(ms)), ", "))
}

// Milliseconds that the panel gives people to take something back.
const (
	undoToast = 12000
	undoNote  = 6000
)

func TestNothingIsKeptShorterUnlessWhatGoesIsKnownAndConfirmed(t *testing.T) {
	d := deskOfWeeks(t)
	kept := func() int {
		var settings rest.Settings
		d.call(http.MethodGet, "/api/v1/ajustes", nil, &settings)
		return settings.Keep.Tickets
	}
	p := d.open("#/ajustes/conservar")
	p.WaitText(".keep-today", "hoy no se borraría nada")
	end := refuse(p, http.MethodGet, "/limpieza")
	fill(p, "#dias-tickets", "7")
	press(p, ".settings-body", "Guardar")
	p.WaitText(".settings-body [role=alert]", "Ahora no se puede.")
	end()
	press(p, ".settings-body", "Guardar")
	p.WaitText(".ask", "¿Borrar lo que es más viejo?")
	p.Press(kb.Escape)
	p.WaitFor("!document.querySelector('.ask') && document.querySelector('#dias-tickets').value === '7'")
	if got := kept(); got != 0 {
		t.Fatalf("tickets are kept for %d days, want for ever as nobody said yes", got)
	}
	press(p, ".settings-body", "Guardar")
	p.WaitText(".ask", "¿Borrar lo que es más viejo?")
	press(p, ".ask", "Guardar y borrar")
	p.WaitText(".form-done", "Guardado.")
	if got := kept(); got != 7 {
		t.Errorf("tickets are kept for %d days, want 7", got)
	}
}

func TestACategoryThatWasRefusedIsNotShown(t *testing.T) {
	d := openDesk(t)
	number := d.deliver(wire.Webhook{Sender: "5215500000000@s.whatsapp.net", Content: "mi impresora no imprime", ID: "C1"})
	p := d.open(fmt.Sprint("#/ticket/", number))
	p.WaitFor("document.querySelector('#categoria')?.value === 'Impresoras'")
	end := refuse(p, http.MethodPost, "/categoria")
	choose(p, "#categoria", "Conectividad")
	p.WaitText(".toast", "Ahora no se puede.")
	p.WaitFor("document.querySelector('#categoria').value === 'Impresoras'")
	end()
	choose(p, "#categoria", "Conectividad")
	p.WaitText(".toast", "ahora es «Conectividad»")
	p.WaitFor("document.querySelector('#categoria').value === 'Conectividad'")
}

func TestTwoNotesOfACustomerGoOneAfterTheOther(t *testing.T) {
	d := openShop(t)
	p := d.open("#/cliente/1")
	p.WaitText(".customer h1", "Luis Núñez")
	for _, note := range []string{"La primera", "La segunda"} {
		fill(p, "#nota", note)
		press(p, ".customer", "Agregar nota")
		p.WaitText(".rows:has(.customer-note)", note)
		p.WaitFor("document.querySelector('#nota').value === ''")
	}
	// Both are asked to go before the first of them is gone, and the second may still
	// be had back when that is looked at.
	browser.Evaluate[bool](p, stretched(undoNote))
	browser.Evaluate[bool](p, "document.querySelectorAll('.customer-note button').forEach((button) => button.click()), true")
	p.WaitFor("document.querySelectorAll('.customer-note').length === 1")
	p.WaitText(".customer-note", "Nota borrada.")
	press(p, ".customer-note", "Deshacer")
	p.WaitFor("document.querySelector('.customer-note-text') !== null")
}

func TestTheKeysGoThroughCustomersToo(t *testing.T) {
	d := openShop(t)
	p := d.open("#/clientes")
	p.WaitFor("document.querySelectorAll('.customer-link').length > 1")
	for i := range 2 {
		p.Press("j")
		p.WaitFor(fmt.Sprintf("document.activeElement === document.querySelectorAll('.customer-link')[%d]", i))
	}
	p.Press("k")
	p.WaitFor("document.activeElement === document.querySelectorAll('.customer-link')[0]")
	p.Press("r")
	if got := browser.Evaluate[string](p, "location.hash"); got != "#/clientes" {
		t.Errorf("replying led to %s, want to nowhere as no ticket is chosen", got)
	}
}

func TestLoggingOutLeavesNothingToWhoComesNext(t *testing.T) {
	d := openDesk(t)
	number := d.deliver(wire.Webhook{Sender: "5215500000000@s.whatsapp.net", Content: "hola", ID: "O1"})
	p := d.open(fmt.Sprint("#/ticket/", number))
	p.WaitText("[role=log]", "hola")
	p.Write("#respuesta", "a medias")
	p.WaitFor("document.querySelector('#respuesta').value === 'a medias'")
	leave(p)
	logIn(p, deskUser, deskPassword)
	p.WaitFor("document.querySelector('.top') !== null")
	p.Visit(fmt.Sprint("#/ticket/", number))
	p.WaitText("[role=log]", "hola")
	if got := value(p, "#respuesta"); got != "" {
		t.Errorf("got %q, want nothing of what was written before", got)
	}
}
