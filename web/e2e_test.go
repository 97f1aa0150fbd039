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
	p.Visit("")
	p.WaitFor("document.querySelectorAll('.ticket').length === 7")
	return p
}

func TestLoginTellsWhyItFailsAndThenOpensTheList(t *testing.T) {
	f := newFake(t)
	f.fill()
	p := openTab(t, f)
	p.Visit("entrar")
	p.WaitFor("document.activeElement?.id === 'usuario'")
	p.Accessible("login")
	p.Write("#usuario", "ana")
	p.Write("#clave", "otra\r")
	p.WaitText(".login-error", "El usuario o la contraseña no son correctos.")
	p.Shot("entrar-error")
	p.Click(".password button")
	if got := evaluate[string](p, "document.querySelector('#clave').type"); got != "text" {
		t.Errorf("after showing the password: got type %q, want text", got)
	}
	evaluate[bool](p, "document.querySelector('#clave').select(), true")
	p.Write("#clave", password+"\r")
	p.WaitText(".ticket-customer", "Ana Torres")
	if got := evaluate[string](p, "location.pathname"); got != "/" {
		t.Errorf("after login: got path %q, want /", got)
	}
	p.Click(".top .button:last-child")
	p.WaitFor("document.querySelector('#usuario') !== null")
}

func TestTheListShowsEveryTicketAndNothingHostileRuns(t *testing.T) {
	p := openList(t)
	p.Shot("lista-clara")
	p.Accessible("list")
	for selector, want := range map[string]string{
		row(12, ".ticket-phone"):    "+52 477 275 8198",
		row(12, ".ticket-status"):   "Urgente",
		row(11, ".ticket-phone"):    "Número oculto",
		row(9, ".ticket-link"):      hostileName,
		row(9, ".ticket-text"):      "<script>window.pwned=1</script>",
		row(7, ".ticket-phone"):     "Grupo",
		row(10, ".notify-state"):    "Leído",
		row(6, "[data-stuck]"):      "2 por decidir",
		row(6, ".notify-state"):     "El número ya no está en WhatsApp.",
		".tab[aria-pressed='true']": "Todos",
	} {
		if got := p.Text(selector); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want it to contain %q", selector, got, want)
		}
	}
	p.WaitText(row(8, ".thumbnail-broken"), "No se pudo mostrar")
	p.WaitFor("document.title === '(4) Mostrador'")
	if evaluate[bool](p, "'pwned' in window") {
		t.Error("a customer's text ran as a script")
	}
	p.Dark(true)
	p.Shot("lista-oscura")
	p.Accessible("list, dark")
	p.Click(".tab:nth-child(5)")
	p.WaitFor("document.querySelectorAll('.ticket').length === 1")
}

func TestNotifyShowsSentQueuedAndFailed(t *testing.T) {
	p := openList(t)
	p.server.change(func() {
		p.server.outcomes[11] = []func() answer{problem(503, "WhatsApp está desconectado.", "en_cola", true)}
		p.server.outcomes[9] = []func() answer{problem(500, "No se pudo guardar la respuesta.")}
	})
	p.Click(row(12, ".notify .button"))
	p.WaitText(row(12, ".notify"), "Enviado")
	p.Click(row(11, ".notify .button"))
	p.WaitText(row(11, ".notify"), "En cola: saldrá solo cuando vuelva WhatsApp")
	p.Click(row(9, ".notify .button"))
	p.WaitText(row(9, ".notify"), "No se pudo guardar la respuesta.")
	p.Shot("notificar")
	p.Accessible("notices")
	p.Click(row(9, ".notify .button"))
	p.WaitText(row(9, ".notify"), "Enviado")

	p.Click(row(12, ".notify .button"))
	p.WaitText(row(12, ".notify"), "¿Enviarlo de nuevo?")
	p.Shot("confirmar")
	p.Click(row(12, ".notify-choice .button:last-child"))
	p.WaitText(row(12, ".notify"), "Enviar otra vez")
	p.WaitFor("document.activeElement?.innerText === 'Enviar otra vez'")
	if got := strings.Count(strings.Join(p.server.posted(), "\n"), "/tickets/12/aviso"); got != 1 {
		t.Errorf("notices of ticket 12: got %d, want 1", got)
	}
}

func TestAPictureOpensLargeTurnsZoomsAndCloses(t *testing.T) {
	p := openList(t)
	p.Click(row(12, ".thumbnail"))
	p.WaitText(".lightbox-title", "Foto 1 de 4")
	p.Shot("foto")
	p.Accessible("lightbox")
	p.Press(kb.ArrowRight)
	p.WaitText(".lightbox-title", "Foto 2 de 4")
	p.Press("r")
	p.WaitFor("document.querySelector('.lightbox img').dataset.turn === '90'")
	p.Press("+")
	p.WaitFor("document.querySelector('.lightbox-canvas').dataset.zoom === '2'")
	p.WaitFor("document.querySelector('.lightbox-stage').scrollLeft > 0")
	p.Shot("foto-girada")
	p.Press(kb.Escape)
	p.WaitFor("!document.querySelector('dialog')")
	p.WaitFor(`document.activeElement?.matches('.thumbnail')`)
}

func TestAConversationShowsEveryKindOfMessage(t *testing.T) {
	p := openList(t)
	p.Click(row(12, ".ticket-link"))
	p.WaitText(".log", "Av. Juárez 12")
	p.WaitFor("document.querySelector('.log').scrollTop > 0")
	p.Shot("conversacion")
	p.Accessible("conversation")
	log := p.Text(".log")
	for _, want := range []string{"Hola, buenas tardes", "👍", "editado", "Número de cuenta 1234", "eliminado por el cliente", "Falta revisar el cargador",
		"El archivo no está disponible.", "No se pudo leer este mensaje", "WhatsApp rechazó el mensaje.", "factura.pdf", "desde el teléfono", "En cola"} {
		if !strings.Contains(log, want) {
			t.Errorf("the conversation lacks %q", want)
		}
	}
	if got := evaluate[string](p, "document.querySelector('.log a[target]').rel"); !strings.Contains(got, "noopener") {
		t.Errorf("link in a message: got rel %q, want noopener in it", got)
	}
	p.Click(".quotation")
	p.WaitFor("document.activeElement?.id === 'mensaje-2'")
	p.Click("#mensaje-2 .picture")
	p.WaitText(".lightbox-title", "Foto 1 de 2")
	p.Press(kb.Escape)
	p.Dark(true)
	p.Shot("conversacion-oscura")
	p.Accessible("conversation, dark")
	p.Click(".chat-statuses .button")
	p.WaitText(".chat-facts", "Resuelto")
	p.Visit("#/ticket/9")
	p.WaitText(".log", "<script>window.pwned=1</script>")
	p.Shot("hostil")
	if evaluate[bool](p, "'pwned' in window || document.querySelector('.log script, .log svg[onload], .log a[href^=javascript]') !== null") {
		t.Error("a customer's text became markup")
	}
}

func TestARepliesWayThroughSentQueuedAndRefused(t *testing.T) {
	p := openList(t)
	p.Visit("#/ticket/12")
	p.WaitText(".log", "Av. Juárez 12")
	p.Press("r")
	p.WaitFor("document.activeElement?.id === 'respuesta'")
	// A driven key also types its letter, which a person's does not.
	evaluate[bool](p, "document.querySelector('#respuesta').select(), true")
	p.Write("#respuesta", "Ya quedó\r")
	p.WaitText(".message:last-child", "Ya quedó")
	p.WaitFor("document.querySelector('.message:last-child .delivery')?.dataset.delivery === 'sent'")
	p.Write("#respuesta", "Ven más tarde\r")
	p.WaitText(".composer", "su respuesta saldrá sola")
	p.Write("#respuesta", "Será rechazada\r")
	p.WaitText(".composer [role=alert]", "Este cliente ya no está en WhatsApp.")
	p.WaitFor("document.querySelector('#respuesta').value.trim() === 'Será rechazada'")
	p.Shot("respuesta")
	contains(t, p.server.posted(), "/api/v1/tickets/12/mensajes Ya quedó")

	evaluate[bool](p, "document.querySelector('#respuesta').select(), true")
	p.Write("#respuesta", "Hola sin permiso\r")
	p.WaitText(".composer [role=alert]", "todavía no ha escrito")
	p.Shot("escribir-primero")
	p.Accessible("writing first")
	p.Click(".composer-note .button")
	p.WaitText(".message:last-child", "Hola sin permiso")
	p.WaitFor("document.querySelector('#respuesta').value === '' && !document.querySelector('.composer [role=alert]')")

	p.Write("#respuesta", "Será rechazada\r")
	p.WaitText(".composer [role=alert]", "Este cliente ya no está en WhatsApp.")
	p.WaitFor("document.querySelector('#respuesta').value.trim() === 'Será rechazada'")

	p.Visit("#/")
	p.WaitFor("document.querySelector('.chat') === null")
	p.Visit("#/ticket/12")
	p.WaitFor("document.querySelector('#respuesta')?.value.trim() === 'Será rechazada'")
}

func TestARefusedReplyCanBeSentAgainWhileTheConversationIsStillRead(t *testing.T) {
	p := openList(t)
	p.Visit("#/ticket/12")
	p.WaitText(".log", "Av. Juárez 12")
	evaluate[bool](p, `(() => {
		const real = window.fetch;
		window.fetch = (what, ...rest) => String(what.url ?? what).endsWith('/conversacion') ? new Promise(() => {}) : real(what, ...rest);
		return true;
	})()`)
	p.Write("#respuesta", "Hola sin permiso\r")
	p.WaitText(".composer [role=alert]", "todavía no ha escrito")
	p.Click(".composer-note .button")
	p.WaitFor("document.querySelector('#respuesta').value === '' && !document.querySelector('.composer [role=alert]')")
}

func TestEveryStateOfAReplyIsSaidAndAPersonDecides(t *testing.T) {
	p := openList(t)
	p.Visit("#/ticket/6")
	p.WaitText(".log", "Gracias por su paciencia")
	for id, want := range map[int]string{
		22: "Leído", 23: "Entregado", 24: "Enviado", 25: "Descartado", 30: "No se envió", 31: "Por confirmar", 32: "Limitado por WhatsApp", 33: "En cola",
	} {
		if got := p.Text(fmt.Sprintf("#mensaje-%d .delivery", id)); !strings.Contains(got, want) {
			t.Errorf("message %d: got %q, want %q", id, got, want)
		}
	}
	for id, want := range map[int]string{25: "Lo descartó Ana.", 30: "ya no está en WhatsApp", 31: "Escanee", 32: "limita por ahora", 33: "La laptop no está al alcance"} {
		if got := p.Text(fmt.Sprintf("#mensaje-%d .message-reason", id)); !strings.Contains(got, want) {
			t.Errorf("reason of message %d: got %q, want %q", id, got, want)
		}
	}
	p.Shot("entregas")
	p.Accessible("states of replies")
	p.Dark(true)
	p.Shot("entregas-oscura")
	p.Accessible("states of replies, dark")
	p.Dark(false)
	p.Phone(true)
	p.Shot("entregas-telefono")
	p.Phone(false)

	p.Click("#mensaje-31 .decision .button-primary")
	p.WaitFor("document.querySelector('#mensaje-31').dataset.delivery === 'sent'")
	p.Click("#mensaje-32 .decision .button:first-child")
	p.WaitText(".composer", "su respuesta saldrá sola. WhatsApp limita.")
	p.Click("#mensaje-32 .decision .button:last-child")
	p.WaitText("#mensaje-32", "Lo descartó Ana.")
	p.Click("#mensaje-30 .decision .button-primary")
	p.WaitFor("document.querySelector('#mensaje-30 .decision button') === null")
	p.WaitText(".chat-header .notify", "Enviado")
	contains(t, p.server.posted(), "/api/v1/tickets/6/mensajes/31/reintentar")
	contains(t, p.server.posted(), "/api/v1/tickets/6/mensajes/32/descartar")
}

func TestANoticeThatNeedsAPersonIsSentOrDiscardedFromTheList(t *testing.T) {
	f := newFake(t)
	f.loggedIn = true
	f.fill()
	for _, id := range []int{12, 11} {
		f.messages[id] = append(f.messages[id], message(100+id, "salida", "texto", "Hola, recibimos tu equipo."))
	}
	f.tickets[0]["aviso"] = object{"id": 112, "estado": "por_confirmar", "fecha": now(), "motivo": "WhatsApp desconectado"}
	f.tickets[1]["aviso"] = object{"id": 111, "estado": "limitado", "fecha": now(), "motivo": "WhatsApp limita."}
	p := openTab(t, f)
	p.Visit("")
	p.WaitText(row(12, ".notify"), "Por confirmar")
	p.WaitText(row(11, ".notify"), "Limitado por WhatsApp")
	p.Shot("avisos")
	p.Accessible("notices that need a person")
	p.Phone(true)
	p.Shot("avisos-telefono")
	p.Click(row(11, ".notify-choice .button:last-child"))
	p.WaitText(row(11, ".notify"), "Notificar recibido")
	p.Click(row(12, ".notify-choice .button:first-child"))
	p.WaitText(row(12, ".notify"), "Enviado")
	contains(t, p.server.posted(), "/api/v1/tickets/12/mensajes/112/reintentar")
	contains(t, p.server.posted(), "/api/v1/tickets/11/mensajes/111/descartar")
}

func TestKeysMoveOpenAnswerAndGoBack(t *testing.T) {
	p := openList(t)
	p.Press("j")
	p.Press("j")
	p.WaitFor("document.activeElement?.dataset.row === '11'")
	p.Press("k")
	p.Press("\r")
	p.WaitText(".chat h1", "Ana Torres")
	p.Press(kb.Escape)
	p.WaitFor("document.activeElement?.dataset.row === '12'")
	p.Press("r")
	p.WaitFor("document.activeElement?.id === 'respuesta'")
	p.Press("?")
	p.Press(kb.Escape)
	p.WaitFor("document.activeElement?.id !== 'respuesta'")
	p.Press("?")
	p.WaitText("dialog", "Atajos de teclado")
	p.Shot("ayuda")
	p.Accessible("help")
	p.Press(kb.Escape)
	p.WaitFor("!document.querySelector('dialog')")
}

func TestNewTicketsArriveByThemselvesAndAreAnnounced(t *testing.T) {
	p := openList(t)
	p.server.change(func() {
		p.server.tickets = append([]object{ticket(13, "Rosa", "Mi celular no carga", nil)}, p.server.tickets...)
	})
	// It slides in once, and the next refresh takes that away.
	evaluate[bool](p, `(new MutationObserver(() => {
		window.slid ||= document.querySelector('.ticket[data-fresh] [data-row="13"]') !== null;
	}).observe(document.body, { subtree: true, childList: true, attributes: true }), true)`)
	evaluate[bool](p, "dispatchEvent(new Event('focus'))")
	p.WaitText(row(13, ".ticket-text"), "Mi celular no carga")
	p.WaitText("[aria-live=polite]", "Llegó 1 ticket nuevo")
	p.WaitFor("document.title === '(5) Mostrador'")
	p.WaitFor("window.slid === true")
}

// openLong shows the first page of a list of 45 tickets that comes in pages of 20.
func openLong(t *testing.T, atStart string) *tab {
	t.Helper()
	f := newFake(t)
	f.loggedIn, f.pageSize = true, 20
	for id := 45; id > 0; id-- {
		f.tickets = append(f.tickets, ticket(id, fmt.Sprint("Cliente ", id), "Hola", nil))
	}
	p := openTab(t, f)
	if atStart != "" {
		p.AtStart(atStart)
	}
	p.Visit("")
	p.WaitFor("document.querySelectorAll('.ticket').length >= 20")
	return p
}

func TestMoreTicketsLoadAndTheListKeepsItsPlace(t *testing.T) {
	p := openLong(t, "")
	p.WaitFor("(scrollTo(0, document.body.scrollHeight), document.querySelectorAll('.ticket').length === 45)")
	evaluate[bool](p, "dispatchEvent(new Event('focus'))")
	p.Click(row(3, ".ticket-link"))
	p.WaitFor("document.querySelector('.chat') !== null")
	p.Click(".chat-header a")
	p.WaitFor("document.activeElement?.dataset.row === '3' && scrollY > 0")
	if got := evaluate[int](p, "document.querySelectorAll('.ticket').length"); got != 45 {
		t.Errorf("after returning: got %d tickets, want 45", got)
	}
}

func TestWhoCannotScrollHasAButtonForMoreTickets(t *testing.T) {
	// What scrolling does by itself stays away, or it takes the button away too.
	p := openLong(t, "window.IntersectionObserver = class { observe() {} disconnect() {} }")
	for _, want := range []int{40, 45} {
		p.Click(".more .button")
		p.WaitFor(fmt.Sprintf("document.querySelectorAll('.ticket').length === %d", want))
	}
	p.WaitFor("document.querySelector('.more .button') === null")
}

func TestTroubleIsSaidAndPasses(t *testing.T) {
	p := openList(t)
	p.server.change(func() {
		p.server.bridge = object{"alcanzable": true, "whatsapp": "desconectado", "motivo": "El teléfono cerró esta sesión.", "solucion": "Vuelva a escanear el QR en la laptop.", "respuestas_en_cola": 2}
	})
	evaluate[bool](p, "dispatchEvent(new Event('focus'))")
	p.WaitText(".banner", "Vuelva a escanear el QR en la laptop.")
	p.WaitText(".banner", "2 respuestas esperan para salir")
	p.Shot("puente")
	p.Accessible("bridge trouble")
	p.server.change(func() { p.server.down = true })
	// What comes while the page reads is not read for again.
	p.WaitFor("(dispatchEvent(new Event('focus')), document.querySelector('.banner-offline') !== null)")
	p.WaitText(".banner-offline", "Sin conexión con el servidor")
	p.Shot("sin-conexion")
	p.Accessible("offline")
	p.Click(row(12, ".notify .button"))
	p.WaitText(row(12, ".notify"), "El servidor no contestó")
	p.server.change(func() {
		p.server.down = false
		p.server.tickets[0]["aviso"] = object{"estado": "enviado", "fecha": now(), "motivo": ""}
	})
	// By then the panel may have found the server by itself.
	evaluate[bool](p, "(document.querySelector('.banner-offline .button')?.click(), true)")
	p.WaitFor("!document.querySelector('.banner-offline')")
	p.WaitText(row(12, ".notify"), "Enviado")
	if posted := p.server.posted(); len(posted) != 0 {
		t.Errorf("got %q, want nothing sent: the server knew of the notice", posted)
	}
}

func TestAnEmptyCounterSaysWhatToDo(t *testing.T) {
	f := newFake(t)
	f.loggedIn = true
	p := openTab(t, f)
	p.Visit("")
	p.WaitText(".empty", "Todo listo para el primer ticket")
	p.WaitText(".empty", "WhatsApp ya está vinculado y conectado.")
	p.Shot("vacio")
	p.Accessible("empty")
	p.Visit("#/ticket/99")
	p.WaitText("main", "Ticket no encontrado")
}

func TestAPhoneShowsCardsAndAWholeConversation(t *testing.T) {
	p := openList(t)
	p.Phone(true)
	p.Visit("")
	p.WaitFor("document.querySelectorAll('.ticket').length === 7")
	p.Shot("telefono-lista")
	p.Accessible("phone, list")
	if got := evaluate[int](p, "document.documentElement.scrollWidth"); got > 390 {
		t.Errorf("list: got a page %d wide, want at most 390", got)
	}
	small := evaluate[[]string](p, `[...document.querySelectorAll('button, .button')].filter(b => b.checkVisibility() && (b.offsetHeight < 44 || b.offsetWidth < 44)).map(b => b.outerHTML)`)
	if len(small) > 0 {
		t.Errorf("too small to touch: %q", small)
	}
	p.Visit("#/ticket/12")
	p.WaitText(".log", "Av. Juárez 12")
	p.Shot("telefono-conversacion")
	p.Accessible("phone, conversation")
	if got := evaluate[int](p, "document.documentElement.scrollWidth"); got > 390 {
		t.Errorf("conversation: got a page %d wide, want at most 390", got)
	}
	if !evaluate[bool](p, "document.querySelector('.composer').getBoundingClientRect().bottom <= innerHeight") {
		t.Error("the reply box is not on the screen")
	}
}
