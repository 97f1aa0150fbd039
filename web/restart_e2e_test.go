package web_test

import (
	"testing"

	"mostrador/internal/wire"
)

func TestThePanelOfTheRealServerShowsTicketsAndSurvivesARestart(t *testing.T) {
	d := openDesk(t)
	d.deliver(wire.Webhook{Sender: "5214772758198@s.whatsapp.net", Content: "mi compu no prende", ID: "A1"})
	p := d.open("")
	p.WaitFor("document.querySelectorAll('.ticket').length === 1")
	d.stop()
	d.start()
	d.deliver(wire.Webhook{Sender: "5215512345678@s.whatsapp.net", Content: "y la impresora tampoco", ID: "A2"})
	p.WaitFor("document.querySelectorAll('.ticket').length === 2")
}
