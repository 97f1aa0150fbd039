package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"mostrador/internal/browser"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/wire"
)

// from is a first message of a customer of their own.
func (d *desk) from(n int, text string) int64 {
	return d.deliver(wire.Webhook{Sender: fmt.Sprintf("52155%08d@s.whatsapp.net", n), Content: text, ID: fmt.Sprintf("L%d", n)})
}

// drones are messages about what no category of the template is for.
var drones = []string{
	"mi dron no despega", "se estrelló el dron contra un árbol", "una hélice del dron está rota", "el dron pierde altura al volar", "el gimbal del drone vibra",
	"el control del dron no enlaza", "se fue volando el dron y no volvió", "cambian motores de drone?", "calibrar el dron antes del vuelo",
}

func TestACorrectionVisiblyChangesALaterSimilarMessage(t *testing.T) {
	d := openDesk(t)
	before := d.from(1, "quiero volar mi dron y gira solo")
	// All before the first lesson, after which it may sort the next by itself.
	var taught []int64
	for i, text := range drones {
		taught = append(taught, d.from(10+i, text))
	}
	p := d.open("#/ajustes/categorias")
	p.WaitFor("document.querySelectorAll('.category-list > li').length === 13")
	p.Click(".settings-body .card > .button")
	p.Write("#c-nombre", "Drones")
	p.Click(".category-form .button-primary")
	p.WaitText(".category-list", "Drones")

	p.Visit(fmt.Sprintf("#/ticket/%d", before))
	p.WaitText(".picker select", "Drones")
	if got := p.Text(".judge"); strings.Contains(got, "persona") {
		t.Errorf("got %q, want the program's own guess", got)
	}
	for i, number := range taught {
		p.Visit(fmt.Sprintf("#/ticket/%d", number))
		p.WaitText(".chat-facts", fmt.Sprintf("Ticket %d", number))
		p.WaitText(".log", drones[i])
		p.Write("#categoria", "D")
		p.WaitText(".toast", fmt.Sprintf("Ticket %d: ahora es «Drones»", number))
		p.WaitText(".why", "elegida por una persona")
	}
	p.WaitText(".log", "Categoría:")
	p.Shot("corregida")
	p.Accessible("corrected conversation")

	var state struct {
		Current bool `json:"al_dia"`
		Taught  int  `json:"correcciones"`
	}
	storetest.Eventually(t, "the model has learned", func() bool {
		d.call(http.MethodGet, "/api/v1/clasificador", nil, &state)
		return state.Current && state.Taught == len(drones)
	})
	later := d.from(99, "se me cayó el drone y ya no vuela bien")
	p.Visit("#/")
	p.WaitText(fmt.Sprintf(rowOf, later)+" .chip", "Drones")
	p.Shot("aprendido")
	p.Visit(fmt.Sprintf("#/ticket/%d", later))
	p.WaitText(".why", "Clasificador propio")
	p.Shot("aprendido-por-que")
}

func TestAnUnclassifiedTicketIsSortedWithOneClickAndBackAgain(t *testing.T) {
	d := openDesk(t)
	number := d.from(1, "xilófono zarzuela quórum")
	d.deliver(wire.Webhook{Sender: "5215500000002@s.whatsapp.net", ID: "V1", Kind: "nota_de_voz", File: &wire.File{Name: "voz.ogg", MIME: "audio/ogg", State: wire.FilePending}})
	d.from(3, "el cargador de mi laptop saca humo y huele a quemado")
	p := d.open("#/")
	p.WaitText(fmt.Sprintf(rowOf, number)+" .verdict", "Sin clasificar")
	p.WaitText(".tickets", "Nota de voz")
	p.Shot("sin-clasificar")
	p.Accessible("list with an unclassified ticket")
	choice := p.Text(fmt.Sprintf(rowOf, number) + " .chip-choice > span:first-child")
	browser.Evaluate[bool](p, stretched(undoToast))
	p.Click(fmt.Sprintf(rowOf, number) + " .chip-choice")
	p.WaitText(".toast", "ahora es «"+choice+"»")
	p.Shot("deshacer")
	p.Click(".toast .button")
	p.WaitText(fmt.Sprintf(rowOf, number)+" .verdict", "Sin clasificar")

	p.Visit("#/ticket/3")
	p.WaitText(".why", "Prioridad por peligro: «saca humo»")
	p.Click(".picker .button")
	p.WaitText(".toast", "queda confirmada")
	p.WaitFor("document.querySelector('.picker .button') === null")
	p.Phone(true)
	p.Shot("conversacion-movil")
	p.Accessible("conversation on a phone")
	p.Visit(fmt.Sprintf("#/ticket/%d", number))
	p.WaitText(".judge", "Sin clasificar")
	p.Shot("sin-clasificar-movil")
}

func TestCategoriesAreEditedInTheSettings(t *testing.T) {
	d := openDesk(t)
	d.from(1, "la impresora saca las hojas en blanco")
	d.call(http.MethodPost, "/api/v1/tickets/1/categoria", map[string]string{"categoria": "Impresoras"}, nil)
	p := d.open("#/ajustes/categorias")
	names := "[...document.querySelectorAll('.category-list')][0].innerText"
	p.WaitText(".accuracy + .why", "En 1 lo dijo una persona")
	p.Shot("categorias")
	p.Accessible("categories")
	p.Click(`[aria-label="Bajar Hardware - Pantalla"]`)
	p.WaitFor(names + ".startsWith('Hardware - Energía')")
	p.WaitFor(`document.activeElement?.ariaLabel === 'Bajar Hardware - Pantalla'`)
	p.Click(`[aria-label="Editar Impresoras"]`)
	p.WaitFor("document.activeElement?.id === 'c-nombre'")
	p.Shot("editar")
	p.Accessible("editing a category")
	p.Write("#c-nombre", " y escáneres")
	p.Write("#c-ejemplos", "el plotter dobla las hojas")
	browser.Evaluate[string](p, "document.querySelector('#c-color').value = 'rosa', document.querySelector('#c-color').value = 'pink'")
	p.Click(".category-form .button-primary")
	p.WaitText(".category-list", "Impresoras y escáneres")
	p.WaitText(".category-list", "1 ejemplos")
	p.Click(`[aria-label="Archivar Conectividad"]`)
	p.WaitText(".archived summary", "(1)")
	p.Click(`[aria-label="Archivar Soporte General"]`)
	p.Click(".archived summary")
	p.Click(`[aria-label="Recuperar Conectividad"]`)
	p.WaitFor("document.querySelector('.archived') === null")
	p.Click(".settings-body .card > .button")
	p.Write("#c-nombre", "impresoras Y escáneres")
	p.Click(".category-form .button-primary")
	p.WaitText(".settings-problem", "Ya hay una categoría")
	p.Click(".category-form .button:not(.button-primary)")
	p.Click(".switch input")
	p.WaitText(".learning", "Aprende de 0 correcciones")
	p.Click(".learning .row:last-child .button")
	p.WaitText(".learning", "No cuenta lo corregido entre el principio")
	p.Dark(true)
	p.Shot("categorias-oscuro")
	p.Accessible("categories, dark")
	p.Phone(true)
	p.Shot("categorias-movil")
	p.Accessible("categories on a phone")
	if got := browser.Evaluate[float64](p, "document.documentElement.scrollWidth - innerWidth"); got > 0 {
		t.Errorf("got %v px too wide for a phone", got)
	}
}
