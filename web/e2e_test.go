package web_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

const rowOf = `.ticket:has([data-row="%d"])`

func row(id int, inside string) string { return fmt.Sprintf(rowOf, id) + " " + inside }

// openList shows a filled list to somebody who is logged in.
func openList(t *testing.T) *tab {
	t.Helper()
	f := newFake(t)
	f.loggedIn = true
	f.fill()
	p := openTab(t, f)
	p.visit("")
	p.waitFor("document.querySelectorAll('.ticket').length === 7")
	return p
}

func TestLoginTellsWhyItFailsAndThenOpensTheList(t *testing.T) {
	f := newFake(t)
	f.fill()
	p := openTab(t, f)
	p.visit("entrar")
	p.waitFor("document.activeElement?.id === 'usuario'")
	p.accessible("login")
	p.write("#usuario", "ana")
	p.write("#clave", "otra\r")
	p.waitText(".login-error", "El usuario o la contraseña no son correctos.")
	p.shot("entrar-error")
	p.click(".password button")
	if got := evaluate[string](p, "document.querySelector('#clave').type"); got != "text" {
		t.Errorf("after showing the password: got type %q, want text", got)
	}
	evaluate[bool](p, "document.querySelector('#clave').select(), true")
	p.write("#clave", password+"\r")
	p.waitText(".ticket-customer", "Ana Torres")
	if got := evaluate[string](p, "location.pathname"); got != "/" {
		t.Errorf("after login: got path %q, want /", got)
	}
	p.click(".top .button:last-child")
	p.waitFor("document.querySelector('#usuario') !== null")
}

func TestTheListShowsEveryTicketAndNothingHostileRuns(t *testing.T) {
	p := openList(t)
	p.shot("lista-clara")
	p.accessible("list")
	for selector, want := range map[string]string{
		row(12, ".ticket-phone"):    "+52 477 275 8198",
		row(12, ".ticket-status"):   "Urgente",
		row(11, ".ticket-phone"):    "Número oculto",
		row(9, ".ticket-link"):      hostileName,
		row(9, ".ticket-text"):      "<script>window.pwned=1</script>",
		row(7, ".ticket-phone"):     "Grupo",
		row(10, ".notify-state"):    "Leído",
		row(6, ".notify-state"):     "El número ya no está en WhatsApp.",
		".tab[aria-pressed='true']": "Todos",
	} {
		if got := p.text(selector); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want it to contain %q", selector, got, want)
		}
	}
	p.waitText(row(8, ".thumbnail-broken"), "No se pudo mostrar")
	p.waitFor("document.title === '(4) Mostrador'")
	if evaluate[bool](p, "'pwned' in window") {
		t.Error("a customer's text ran as a script")
	}
	p.dark(true)
	p.shot("lista-oscura")
	p.accessible("list, dark")
	p.click(".tab:nth-child(5)")
	p.waitFor("document.querySelectorAll('.ticket').length === 1")
}

func TestNotifyShowsSentQueuedAndFailed(t *testing.T) {
	p := openList(t)
	p.server.change(func() {
		p.server.outcomes[11] = []func() answer{problem(503, "WhatsApp está desconectado.", "en_cola", true)}
		p.server.outcomes[9] = []func() answer{problem(500, "No se pudo guardar la respuesta.")}
	})
	p.click(row(12, ".notify .button"))
	p.waitText(row(12, ".notify"), "Enviado")
	p.click(row(11, ".notify .button"))
	p.waitText(row(11, ".notify"), "En cola: saldrá sola cuando vuelva WhatsApp")
	p.click(row(9, ".notify .button"))
	p.waitText(row(9, ".notify"), "No se pudo guardar la respuesta.")
	p.shot("notificar")
	p.accessible("notices")
	p.click(row(9, ".notify .button"))
	p.waitText(row(9, ".notify"), "Enviado")

	p.click(row(12, ".notify .button"))
	p.waitText(row(12, ".notify"), "¿Enviarlo de nuevo?")
	p.shot("confirmar")
	p.click(row(12, ".notify-choice .button:last-child"))
	p.waitText(row(12, ".notify"), "Enviar otra vez")
	p.waitFor("document.activeElement?.innerText === 'Enviar otra vez'")
	if got := strings.Count(strings.Join(p.server.posted(), "\n"), "/responder/12"); got != 1 {
		t.Errorf("notices of ticket 12: got %d, want 1", got)
	}
}

func TestAPictureOpensLargeTurnsZoomsAndCloses(t *testing.T) {
	p := openList(t)
	p.click(row(12, ".thumbnail"))
	p.waitText(".lightbox-title", "Foto 1 de 4")
	p.shot("foto")
	p.accessible("lightbox")
	p.press(kb.ArrowRight)
	p.waitText(".lightbox-title", "Foto 2 de 4")
	p.press("r")
	p.waitFor("document.querySelector('.lightbox img').dataset.turn === '90'")
	p.press("+")
	p.waitFor("document.querySelector('.lightbox-canvas').dataset.zoom === '2'")
	p.waitFor("document.querySelector('.lightbox-stage').scrollLeft > 0")
	p.shot("foto-girada")
	p.press(kb.Escape)
	p.waitFor("!document.querySelector('dialog')")
	p.waitFor(`document.activeElement?.matches('.thumbnail')`)
}

func TestAConversationShowsEveryKindOfMessage(t *testing.T) {
	p := openList(t)
	p.click(row(12, ".ticket-link"))
	p.waitText(".log", "Av. Juárez 12")
	p.waitFor("document.querySelector('.log').scrollTop > 0")
	p.shot("conversacion")
	p.accessible("conversation")
	log := p.text(".log")
	for _, want := range []string{"Hola, buenas tardes", "👍", "editado", "Número de cuenta 1234", "eliminado por el cliente", "Falta revisar el cargador",
		"El archivo no está disponible.", "No se pudo leer este mensaje", "WhatsApp rechazó el mensaje.", "factura.pdf", "desde el teléfono", "En cola"} {
		if !strings.Contains(log, want) {
			t.Errorf("the conversation lacks %q", want)
		}
	}
	if got := evaluate[string](p, "document.querySelector('.log a[target]').rel"); !strings.Contains(got, "noopener") {
		t.Errorf("link in a message: got rel %q, want noopener in it", got)
	}
	p.click(".quotation")
	p.waitFor("document.activeElement?.id === 'mensaje-2'")
	p.click("#mensaje-2 .picture")
	p.waitText(".lightbox-title", "Foto 1 de 2")
	p.press(kb.Escape)
	p.dark(true)
	p.shot("conversacion-oscura")
	p.accessible("conversation, dark")
	p.click(".chat-statuses .button")
	p.waitText(".chat-facts", "Resuelto")
	p.visit("#/ticket/9")
	p.waitText(".log", "<script>window.pwned=1</script>")
	p.shot("hostil")
	if evaluate[bool](p, "'pwned' in window || document.querySelector('.log script, .log svg[onload], .log a[href^=javascript]') !== null") {
		t.Error("a customer's text became markup")
	}
}

func TestARepliesWayThroughSentQueuedAndRefused(t *testing.T) {
	p := openList(t)
	p.visit("#/ticket/12")
	p.waitText(".log", "Av. Juárez 12")
	p.press("r")
	p.waitFor("document.activeElement?.id === 'respuesta'")
	// A driven key also types its letter, which a person's does not.
	evaluate[bool](p, "document.querySelector('#respuesta').select(), true")
	p.write("#respuesta", "Ya quedó\r")
	p.waitText(".message:last-child", "Ya quedó")
	p.waitFor("document.querySelector('.message:last-child .delivery')?.dataset.delivery === 'sent'")
	p.write("#respuesta", "Ven más tarde\r")
	p.waitText(".composer", "su respuesta saldrá sola")
	p.write("#respuesta", "Será rechazada\r")
	p.waitText(".composer [role=alert]", "Este cliente ya no está en WhatsApp.")
	p.waitFor("document.querySelector('#respuesta').value.trim() === 'Será rechazada'")
	p.shot("respuesta")
	contains(t, p.server.posted(), "/ticket/12/enviar-mensaje Ya quedó")

	p.visit("#/")
	p.waitFor("document.querySelector('.tickets') !== null")
	p.visit("#/ticket/12")
	p.waitFor("document.querySelector('#respuesta')?.value.trim() === 'Será rechazada'")
}

func TestKeysMoveOpenAnswerAndGoBack(t *testing.T) {
	p := openList(t)
	p.press("j")
	p.press("j")
	p.waitFor("document.activeElement?.dataset.row === '11'")
	p.press("k")
	p.press("\r")
	p.waitText(".chat h1", "Ana Torres")
	p.press(kb.Escape)
	p.waitFor("document.activeElement?.dataset.row === '12'")
	p.press("r")
	p.waitFor("document.activeElement?.id === 'respuesta'")
	p.press("?")
	p.press(kb.Escape)
	p.waitFor("document.activeElement?.id !== 'respuesta'")
	p.press("?")
	p.waitText("dialog", "Atajos de teclado")
	p.shot("ayuda")
	p.accessible("help")
	p.press(kb.Escape)
	p.waitFor("!document.querySelector('dialog')")
}

func TestNewTicketsArriveByThemselvesAndAreAnnounced(t *testing.T) {
	p := openList(t)
	p.server.change(func() {
		p.server.tickets = append([]object{ticket(13, "Rosa", "Mi celular no carga", nil)}, p.server.tickets...)
	})
	evaluate[bool](p, "dispatchEvent(new Event('focus'))")
	p.waitText(row(13, ".ticket-text"), "Mi celular no carga")
	p.waitText("[aria-live=polite]", "Llegó 1 ticket nuevo")
	p.waitFor("document.title === '(5) Mostrador'")
	if !evaluate[bool](p, `'fresh' in document.querySelector('.ticket').dataset`) {
		t.Error("the new ticket does not slide in")
	}
}

func TestMoreTicketsLoadAndTheListKeepsItsPlace(t *testing.T) {
	f := newFake(t)
	f.loggedIn, f.pageSize = true, 20
	for id := 45; id > 0; id-- {
		f.tickets = append(f.tickets, ticket(id, fmt.Sprint("Cliente ", id), "Hola", nil))
	}
	p := openTab(t, f)
	p.visit("")
	for _, want := range []int{20, 40, 45} {
		p.waitFor(fmt.Sprintf("document.querySelectorAll('.ticket').length === %d", want))
		if want < 45 {
			p.click(".more .button")
		}
	}
	evaluate[bool](p, "dispatchEvent(new Event('focus'))")
	p.click(row(3, ".ticket-link"))
	p.waitFor("document.querySelector('.chat') !== null")
	p.click(".chat-header a")
	p.waitFor("document.activeElement?.dataset.row === '3' && scrollY > 0")
	if got := evaluate[int](p, "document.querySelectorAll('.ticket').length"); got != 45 {
		t.Errorf("after returning: got %d tickets, want 45", got)
	}
}

func TestTroubleIsSaidAndPasses(t *testing.T) {
	p := openList(t)
	p.server.change(func() {
		p.server.bridge = object{"alcanzable": true, "whatsapp": "desconectado", "motivo": "El teléfono cerró esta sesión.", "solucion": "Vuelva a escanear el QR en la laptop.", "respuestas_en_cola": 2}
	})
	evaluate[bool](p, "dispatchEvent(new Event('focus'))")
	p.waitText(".banner", "Vuelva a escanear el QR en la laptop.")
	p.waitText(".banner", "2 respuestas esperan para salir")
	p.shot("puente")
	p.accessible("bridge trouble")
	p.server.change(func() { p.server.down = true })
	evaluate[bool](p, "dispatchEvent(new Event('focus'))")
	p.waitText(".banner-offline", "Sin conexión con el servidor")
	p.shot("sin-conexion")
	p.accessible("offline")
	p.click(row(12, ".notify .button"))
	p.waitText(row(12, ".notify"), "El servidor no contestó")
	p.server.change(func() {
		p.server.down = false
		p.server.tickets[0]["aviso"] = object{"estado": "enviado", "fecha": now(), "motivo": ""}
	})
	p.click(".banner-offline .button")
	p.waitFor("!document.querySelector('.banner-offline')")
	p.waitText(row(12, ".notify"), "Enviado")
	if posted := p.server.posted(); len(posted) != 0 {
		t.Errorf("got %q, want nothing sent: the server knew of the notice", posted)
	}
}

func TestAnEmptyCounterSaysWhatToDo(t *testing.T) {
	f := newFake(t)
	f.loggedIn = true
	p := openTab(t, f)
	p.visit("")
	p.waitText(".empty", "Todo listo para el primer ticket")
	p.waitText(".empty", "WhatsApp ya está vinculado y conectado.")
	p.shot("vacio")
	p.accessible("empty")
	p.visit("#/ticket/99")
	p.waitText("main", "Ticket no encontrado")
}

func TestAPhoneShowsCardsAndAWholeConversation(t *testing.T) {
	p := openList(t)
	p.phone(true)
	p.visit("")
	p.waitFor("document.querySelectorAll('.ticket').length === 7")
	p.shot("telefono-lista")
	p.accessible("phone, list")
	if got := evaluate[int](p, "document.documentElement.scrollWidth"); got > 390 {
		t.Errorf("list: got a page %d wide, want at most 390", got)
	}
	small := evaluate[[]string](p, `[...document.querySelectorAll('button, .button')].filter(b => b.offsetHeight < 44 || b.offsetWidth < 44).map(b => b.outerHTML)`)
	if len(small) > 0 {
		t.Errorf("too small to touch: %q", small)
	}
	p.visit("#/ticket/12")
	p.waitText(".log", "Av. Juárez 12")
	p.shot("telefono-conversacion")
	p.accessible("phone, conversation")
	if got := evaluate[int](p, "document.documentElement.scrollWidth"); got > 390 {
		t.Errorf("conversation: got a page %d wide, want at most 390", got)
	}
	if !evaluate[bool](p, "document.querySelector('.composer').getBoundingClientRect().bottom <= innerHeight") {
		t.Error("the reply box is not on the screen")
	}
}
