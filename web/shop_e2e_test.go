package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mostrador/internal/browser"
	"mostrador/internal/wire"
)

// openShop is a desk with a few customers: Ana with a number and, unknown to
// all, with a hidden one, Luis, and somebody whose name is hostile.
func openShop(t *testing.T) *desk {
	t.Helper()
	d := openDesk(t)
	for _, m := range []wire.Webhook{
		{Sender: "5215512345678@s.whatsapp.net", Content: "¿A qué hora abren?", ID: "B1", Name: "Luis Núñez"},
		{Sender: "5214772758198@s.whatsapp.net", Content: "Mi laptop no prende desde ayer", ID: "A1", Name: "Ana María Torres", Image: onePixel},
		{Sender: "111222333444555@lid", Content: "Soy Ana, les escribo desde otro lado", ID: "L1"},
		{Sender: "5215587654321@s.whatsapp.net", Content: hostileText, ID: "H1", Name: hostileName},
	} {
		d.deliver(m)
	}
	return d
}

// onePixel is the smallest GIF.
var onePixel = []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x00;")

// fill sets what a field holds, as a person would.
func fill(p *browser.Tab, selector, value string) {
	p.Helper()
	p.WaitFor(fmt.Sprintf("document.querySelector(%q) !== null", selector))
	browser.Evaluate[bool](p, fmt.Sprintf(`(s => { s.value = %q; s.dispatchEvent(new Event('input', { bubbles: true })); s.dispatchEvent(new Event('change', { bubbles: true })); return true; })(document.querySelector(%q))`, value, selector))
}

func TestCustomersAreFoundAndTheirPageShowsThem(t *testing.T) {
	d := openShop(t)
	p := d.open("#/clientes")
	p.WaitFor("document.querySelectorAll('.customer-line').length === 4")
	look(p, "clientes")
	fill(p, "#buscar-cliente", "torres 477")
	p.WaitFor("document.querySelectorAll('.customer-line').length === 1")
	p.WaitFor("location.hash === '#/clientes?buscar=torres+477'")
	p.Click(".customer-link")
	p.WaitText(".customer h1", "Ana María Torres")
	p.WaitText(".customer-top", "+52 477 275 8198")
	p.WaitText(".customer", "Mi laptop no prende")
	p.WaitFor("document.title.includes('Mostrador')")

	press(p, ".customer", "Ponerle nombre")
	fill(p, "#nombre", "Doña Ana, la de la papelería")
	press(p, ".customer", "Guardar el nombre")
	p.WaitText(".customer h1", "Doña Ana, la de la papelería")
	fill(p, "#nota", "Paga en efectivo.\nPrefiere que le llamen por la tarde.")
	press(p, ".customer", "Agregar nota")
	p.WaitText(".customer-note", "Prefiere que le llamen")
	look(p, "cliente")
	browser.Evaluate[bool](p, stretched(undoNote))
	press(p, ".customer-note", "Borrar")
	p.WaitText(".customer-note", "Nota borrada.")
	press(p, ".customer-note", "Deshacer")
	p.WaitText(".customer-note", "Prefiere que le llamen")
	press(p, ".customer-note", "Borrar")
	p.Visit("#/clientes?buscar=papeler%C3%ADa") // leaving means it
	p.WaitText(".customer-link", "Doña Ana")
	p.Click(".customer-link")
	p.WaitFor("document.querySelector('.customer h1') && !document.querySelector('.customer-note')")
	p.Click(".customer-column .customer-link")
	p.WaitText(".chat h1", "Doña Ana")
}

func TestABlockedCustomerIsSeenAsSuchAndLetInAgain(t *testing.T) {
	d := openShop(t)
	p := d.open("#/cliente/1")
	p.WaitText(".customer h1", "Luis Núñez")
	press(p, ".customer", "Bloquear")
	p.WaitText(".ask", "¿Bloquear a Luis Núñez?")
	look(p, "bloquear")
	press(p, ".ask", "Bloquear")
	p.WaitText(".customer-blocked", "Bloqueado desde el")
	p.WaitText(".customer", "Resuelto")
	look(p, "bloqueado")
	d.deliver(wire.Webhook{Sender: "5215512345678@s.whatsapp.net", Content: "¿Hola?", ID: "B2"})
	p.Visit("#/clientes?bloqueados=1")
	p.WaitFor("document.querySelectorAll('.customer-line').length === 1")
	p.WaitText(".customer-line", "Bloqueado")
	p.Click(".customer-link")
	press(p, ".customer-blocked", "Desbloquear")
	p.WaitFor("!document.querySelector('.customer-blocked')")
}

func TestTwoContactsBecomeOneAndOneIsErased(t *testing.T) {
	d := openShop(t)
	p := d.open("#/cliente/2")
	p.WaitText(".customer h1", "Ana María Torres")
	press(p, ".customer", "Unir con otro contacto")
	p.WaitText(".ask", "Número oculto")
	if got := browser.Evaluate[int](p, "document.querySelectorAll('.ask .customer-line').length"); got != 1 {
		t.Errorf("got %d who may be the same person, want only the hidden number", got)
	}
	press(p, ".ask", "Elegir")
	p.WaitText(".ask", "Ana María Torres tendrá los 2 tickets")
	look(p, "unir")
	press(p, ".ask", "Unir para siempre")
	p.WaitFor("!document.querySelector('dialog')")
	p.WaitText(".customer-top", "2 tickets")

	link := browser.Evaluate[string](p, "document.querySelector('a[download]').getAttribute('href')")
	if status := d.call(http.MethodGet, link, nil, nil); status != http.StatusOK {
		t.Errorf("export: got %d, want 200", status)
	}
	press(p, ".customer", "Borrar todo")
	p.WaitText(".ask", "sus 2 tickets")
	look(p, "borrar")
	press(p, ".ask", "Borrar para siempre")
	p.WaitText(".ask [role=alert]", "Escriba «borrar»")
	fill(p, "#confirmar", " Borrar ")
	press(p, ".ask", "Borrar para siempre")
	p.WaitFor("document.querySelectorAll('.customers .customer-line').length === 2")
	p.Visit("#/cliente/2")
	p.WaitText(".customer [role=alert]", "Cliente no encontrado")
	p.Visit("#/ajustes/auditoria")
	p.WaitText(".acts", "borró todo lo del cliente 2")
}

func TestAHostileCustomerIsTextOnEveryPage(t *testing.T) {
	d := openShop(t)
	p := d.open("#/cliente/4")
	p.WaitText(".customer h1", hostileName)
	fill(p, "#nota", hostileText)
	press(p, ".customer", "Agregar nota")
	p.WaitText(".customer-note", "javascript:window.pwned=1")
	press(p, ".customer", "Bloquear")
	p.WaitText(".ask", hostileName)
	p.Visit("#/clientes")
	p.WaitText(".customers", hostileName)
	if browser.Evaluate[bool](p, "'pwned' in window") {
		t.Error("a customer's name or a note ran as a script")
	}
}

func TestTheBusinessSetsItsNameZoneTextsAndHours(t *testing.T) {
	d := openShop(t)
	p := d.open("#/ajustes/negocio")
	fill(p, "#nombre-negocio", "Taller Núñez")
	choose(p, "#zona", "America/Santiago")
	fill(p, "#recibido", "Recibimos su equipo.")
	fill(p, "#ventana", "48")
	look(p, "ajustes-negocio")
	press(p, ".settings-body", "Guardar")
	p.WaitText(".form-done", "Guardado.")
	p.WaitText(".brand", "Taller Núñez")

	p.Click(`.settings-nav a[href="#/ajustes/horario"]`)
	p.WaitText(".settings-body", "America/Santiago")
	press(p, ".week-day:first-child", "Abrir este día")
	press(p, ".week-day:first-child", "Otro tramo")
	fill(p, ".week-day:first-child .week-span:first-of-type input:last-of-type", "14:00")
	press(p, ".week", "Igual que el lunes, de lunes a viernes")
	p.WaitFor("document.querySelectorAll('.week-span').length === 10")
	browser.Evaluate[bool](p, "document.querySelector('.switch input').click(), true")
	fill(p, "#fuera", "Abrimos de lunes a viernes, de 9 a 14 y de 16 a 19.")
	look(p, "ajustes-horario")
	press(p, ".settings-body", "Guardar")
	p.WaitText(".form-done", "Guardado.")

	var got struct {
		Hours []struct {
			Day   string              `json:"dia"`
			Spans []map[string]string `json:"tramos"`
		} `json:"horario"`
		Away struct {
			On bool `json:"activo"`
		} `json:"fuera_de_horario"`
	}
	if status := d.call(http.MethodGet, "/api/v1/ajustes", nil, &got); status != http.StatusOK || len(got.Hours) != 5 || !got.Away.On ||
		got.Hours[4].Day != "viernes" || fmt.Sprint(got.Hours[4].Spans) != "[map[desde:09:00 hasta:14:00] map[desde:16:00 hasta:19:00]]" {
		t.Errorf("got %d %+v, want five days with two spans each", status, got)
	}
}

func TestDatesAreThoseOfTheBusinessWhereverTheBrowserIs(t *testing.T) {
	d := openShop(t)
	if status := d.call(http.MethodPatch, "/api/v1/ajustes", map[string]any{"zona_horaria": "Pacific/Kiritimati"}, nil); status != http.StatusOK {
		t.Fatalf("got %d", status)
	}
	written := time.Date(2026, 3, 4, 11, 30, 0, 0, time.UTC)
	number := d.deliver(wire.Webhook{Sender: "5215500000000@s.whatsapp.net", Content: "hola", ID: "Z1", Date: &written})
	p := d.open(fmt.Sprint("#/ticket/", number))
	p.WaitText(".day", "5 de marzo")
	if got := p.Text(".message-footer time"); !strings.Contains(got, "01:30") {
		t.Errorf("got %q, want 01:30, which it was there", got)
	}
}

func TestWhatIsKeptHowLongIsShownBeforeAnythingGoes(t *testing.T) {
	d := openShop(t)
	p := d.open("#/ajustes/conservar")
	p.WaitText(".keep-today", "hoy no se borraría nada")
	fill(p, "#dias-tickets", "3")
	p.WaitText(".keep-today", "El mínimo son 7 días")
	press(p, ".settings-body", "Guardar")
	p.WaitText(".settings-body [role=alert]", "van de 7 a 36500")
	fill(p, "#dias-tickets", "365")
	fill(p, "#dias-photos", "90")
	p.WaitText(".keep-today", "hoy no se borraría nada")
	look(p, "ajustes-conservar")
	press(p, ".settings-body", "Guardar")
	p.WaitText(".form-done", "Guardado.")
}
