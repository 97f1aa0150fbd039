package web_test

import (
	"net/http"
	"strings"
	"testing"
)

const written = "Buenas tardes. ¿Me confirma el modelo? <b>no</b>"

// drafting answers for the language model.
func (f *fake) drafting(mux *http.ServeMux) {
	for _, path := range []string{"sugerencia", "resumen"} {
		f.handle(mux, "POST /api/v1/tickets/{id}/"+path, f.oneTicket(func(int, object, object) answer { return f.drafts() }))
	}
}

// openDrafting shows ticket 12 of a server with a language model that heard a
// voice note and chose the category.
func openDrafting(t *testing.T) *tab {
	t.Helper()
	f := newFake(t)
	f.loggedIn = true
	f.fill()
	f.drafts = func() answer { return answer{200, object{"texto": written}} }
	f.tickets[0]["fuente"] = "llm"
	spoken := message(900, "entrada", "nota_de_voz", "")
	spoken["transcripcion"] = "Se apagó <script>window.pwned=1</script> y ya no prende"
	spoken["archivos"] = []object{{"url": "/fotos/voz.ogg", "nombre": "", "mime": "audio/ogg", "tamano": 9, "estado": "guardado", "motivo": ""}}
	f.messages[12] = append(f.messages[12], spoken)
	p := openTab(t, f)
	p.Visit("#/ticket/12")
	p.WaitText(".log", "Transcripción automática")
	return p
}

const draft = "document.querySelector('#respuesta').value"

func TestASuggestionIsEditedAndSentByAPerson(t *testing.T) {
	p := openDrafting(t)
	if got := p.Text(".why"); !strings.Contains(got, "elegida por el modelo de lenguaje") {
		t.Errorf("facts: got %q, want who chose the category", got)
	}
	if got := p.Text("#mensaje-900"); !strings.Contains(got, "<script>window.pwned=1</script> y ya no prende") {
		t.Errorf("voice note: got %q, want what it says", got)
	}
	p.Click(".assist-ask")
	p.WaitFor(draft + ".startsWith('Buenas tardes')")
	p.WaitText(".assist", "revísela antes de enviarla")
	p.Shot("sugerencia")
	p.Accessible("a suggestion")
	for _, line := range p.server.posted() {
		if strings.Contains(line, "/mensajes") {
			t.Errorf("something was sent: %s", line)
		}
	}
	p.Click(".assist-ask")
	p.WaitText(".assist-offer", written)
	p.Shot("sugerencia-borrador")
	p.Accessible("a suggestion beside a draft")
	p.Phone(true)
	p.Shot("sugerencia-telefono")
	p.Phone(false)
	p.Dark(true)
	p.Shot("sugerencia-oscura")
	p.Accessible("a suggestion beside a draft, dark")
	p.Dark(false)
	p.Click(".assist-choice .button:last-child")
	p.WaitFor("!document.querySelector('.assist-offer')")
	p.Click(".button-send")
	p.WaitText(".message:last-child", "Buenas tardes")
	if evaluate[bool](p, "'pwned' in window") {
		t.Error("a transcription ran as a script")
	}
}

func TestASummaryIsShownAndAFailureIsSaid(t *testing.T) {
	p := openDrafting(t)
	const button = ".chat-actions > .button"
	p.Click(button)
	p.WaitText(".summary", written)
	p.Shot("resumen")
	p.Accessible("a summary")
	p.Phone(true)
	p.Shot("resumen-telefono")
	p.Phone(false)
	p.Click(".summary .button-icon")
	p.WaitFor("!document.querySelector('.summary')")
	p.server.change(func() { p.server.drafts = problem(504, "El asistente no contestó a tiempo.") })
	p.Click(button)
	p.WaitText(".composer [role=alert]", "El asistente no contestó a tiempo.")
	p.WaitFor("!document.querySelector('" + button + "').disabled")
	p.Accessible("a failure of the model")
}

func TestWithoutAModelNothingIsOffered(t *testing.T) {
	p := openList(t)
	p.Visit("#/ticket/12")
	p.WaitText(".log", "Av. Juárez 12")
	if evaluate[bool](p, "document.querySelector('.assist, .chat-actions > .button') !== null") {
		t.Error("a draft is offered, want none without a model")
	}
}
