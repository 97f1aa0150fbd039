package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"mostrador/internal/browser"
)

// row is the selector of a ticket's row in the list.
func rowOf(id int64) string { return fmt.Sprintf("tr:has([data-row='%d'])", id) }

func TestAPersonLogsInSeesTheTicketsAndNotifiesACustomer(t *testing.T) {
	p, _ := perform(t)
	tab := browser.Open(t, p.url)
	tab.Visit("")
	tab.WaitFor("document.activeElement?.id === 'usuario'")
	tab.Write("#usuario", panelUser)
	tab.Write("#clave", panelPassword+kb.Enter)
	eventually(t, "all that the cast writes", func() bool { return settled(p, p.tickets()) })
	id := p.tickets()["Lucía"].ID
	tab.WaitText(rowOf(id), "Lucía")
	tab.WaitText(rowOf(id), "+52 55 5555 0101")
	tab.WaitFor(fmt.Sprintf("document.querySelector(%q)?.naturalWidth === %d", rowOf(id)+" img", pictureWidth))
	tab.Shot("lista")

	tab.Click(rowOf(id) + " .notify button")
	tab.WaitText(rowOf(id)+" .notify", "Enviado")
	tab.Visit(fmt.Sprintf("#/ticket/%d", id))
	tab.WaitText("[role=log]", "Hola, recibimos tu equipo")
	tab.WaitText("[role=log]", "Muchas gracias")
	tab.Shot("conversacion")

	tab.Write(".composer textarea", "Le sale en 1500, ¿lo hacemos?"+kb.Enter)
	tab.WaitText("[role=log]", "Perfecto, paso mañana temprano")
}
