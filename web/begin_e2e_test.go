package web_test

import (
	"fmt"
	"strings"
	"testing"

	"mostrador/internal/browser"
	"mostrador/internal/wire"
)

// deskWithTickets has so many tickets; it returns the address of the last one.
func deskWithTickets(t *testing.T, count int) (d *desk, last string) {
	t.Helper()
	d = openDesk(t)
	for i := range count {
		id := d.deliver(wire.Webhook{Sender: fmt.Sprintf("52147727581%02d@s.whatsapp.net", i), Name: fmt.Sprintf("Cliente %d", i), Content: "Mi laptop no prende"})
		last = fmt.Sprintf("#/ticket/%d", id)
	}
	return d, last
}

// askedBefore returns what the shown page has asked for before a moment, which is
// a JavaScript expression in milliseconds.
func askedBefore(p *browser.Tab, moment string) []string {
	p.Helper()
	return browser.Evaluate[[]string](p, "performance.getEntriesByType('resource').filter((e) => e.startTime < "+moment+").map((e) => e.name)")
}

// Milliseconds after which a page that hears nothing from the server asks again.
const (
	pollTalking = 10000
	pollCalm    = 30000
)

// heardLate keeps what the server tells from the page until release is called, and
// then gives it the greeting alone.
const heardLate = `window.WebSocket = class extends WebSocket {
	set onmessage(take) {
		super.onmessage = (message) => { if (JSON.parse(message.data).tipo === 'hola') window.release = () => take(message); };
	}
}`

func TestWhatAPageShowsFirstIsAskedForOnceAndBeforeItsProgram(t *testing.T) {
	d, conversation := deskWithTickets(t, 3)
	pages := map[string][]string{
		conversation: {"yo", "puente", "categorias?breve=true", strings.Replace(conversation[2:], "ticket", "tickets", 1) + "/conversacion"},
		"#/":         {"yo", "puente", "categorias?breve=true", "tickets?limite=50", "tickets/resumen"},
	}
	for address, wanted := range pages {
		p := d.open(address)
		// A page that hears from the server reads everything again a few seconds later.
		p.AtStart(heardLate)
		p.AtStart(stretched(pollTalking, pollCalm)) // what it asks again is not what it began with
		p.Do(reload())
		p.WaitFor("document.querySelector('.message, main .ticket') !== null && document.querySelector('.chip') !== null")
		for _, path := range wanted { // seen once it was answered
			p.WaitFor(fmt.Sprintf("performance.getEntriesByType('resource').some((entry) => entry.name.endsWith(%q))", "/api/v1/"+path))
		}
		all := askedBefore(p, "Infinity")
		// Modules run once the page is read.
		early := askedBefore(p, "performance.getEntriesByType('navigation')[0].domInteractive")
		for _, path := range wanted {
			count := 0
			for _, address := range all {
				if strings.HasSuffix(address, "/api/v1/"+path) {
					count++
				}
			}
			if count != 1 {
				t.Errorf("%s: got %d requests of %s, want one", address, count, path)
			}
			contains(t, early, "/api/v1/"+path)
		}
	}
}

func TestAListAndAConversationComeWholeThoughStepByStep(t *testing.T) {
	d, _ := deskWithTickets(t, 40)
	var conversation string // of the oldest ticket, far down in the list
	for i := range 70 {
		conversation = fmt.Sprintf("#/ticket/%d", d.deliver(wire.Webhook{Sender: "5214772758100@s.whatsapp.net", Content: fmt.Sprintf("Mensaje %d", i)}))
	}
	p := d.open("#/")
	for _, address := range []string{"#/", conversation} {
		p.Visit(address)
		p.Do(reload())
		p.WaitFor("document.querySelectorAll('.ticket').length === 40 && document.querySelector('.more') !== null")
	}
	p.WaitFor("document.querySelectorAll('.message').length === 71")
	if got := browser.Evaluate[bool](p, "document.querySelector('.ticket[data-open]').getBoundingClientRect().bottom <= innerHeight"); !got {
		t.Error("the open ticket is not to be seen in the list beside it")
	}
	order := browser.Evaluate[string](p, "[...document.querySelectorAll('.message-text')].map((text) => text.innerText).join()")
	if !strings.HasPrefix(order, "Mi laptop no prende,Mensaje 0,") || !strings.HasSuffix(order, ",Mensaje 68,Mensaje 69") {
		t.Errorf("got %s, want the messages in their order", order)
	}
	p.WaitFor("(({ scrollHeight, scrollTop, clientHeight }) => scrollTop > 0 && scrollHeight - scrollTop - clientHeight < 2)(document.querySelector('.log'))")
}

func TestWhatChangesBeforeThePageHearsOfChangesIsShownToo(t *testing.T) {
	d, conversation := deskWithTickets(t, 1)
	p := d.open("")
	p.AtStart(heardLate)
	p.Visit(conversation)
	p.Do(reload())
	p.WaitFor("document.querySelector('.message') !== null && window.release !== undefined")
	d.deliver(wire.Webhook{Sender: "5214772758100@s.whatsapp.net", Name: "Cliente 0", Content: "Ya prendió"})
	browser.Evaluate[bool](p, "release(), true")
	p.WaitText(".log", "Ya prendió")
}
