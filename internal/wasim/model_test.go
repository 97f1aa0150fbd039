package wasim_test

import (
	"flag"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"mostrador/internal/wasim"
)

// TestNoMessageIsLostWhateverHappens lets a careful client and two customers talk
// while connections break and handlers fail. The client may be given a message
// twice, when the connection broke while it was handling it; customers are shown
// each once.
func TestNoMessageIsLostWhateverHappens(t *testing.T) {
	t.Parallel()
	if err := flag.Set("rapid.checks", "25"); err != nil { // a check takes some 70 ms
		t.Fatal(err)
	}
	s, c := linked(t)
	people := []*wasim.Customer{
		s.NewCustomer(wasim.Profile{Addressing: wasim.ByPhone}),
		s.NewCustomer(wasim.Profile{Addressing: wasim.LIDOnly}),
	}
	sent := 0
	rapid.Check(t, func(rt *rapid.T) {
		var inbound []string
		outbound := map[string]*wasim.Customer{}
		failing := false
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			who := people[rapid.IntRange(0, 1).Draw(rt, "who")]
			switch rapid.SampledFrom([]string{"write", "broken", "answer", "drop", "fail", "lose ack"}).Draw(rt, "step") {
			case "write":
				inbound = append(inbound, who.SendText("hola"))
			case "broken":
				inbound = append(inbound, who.Send(text("hola"), wasim.SendOptions{Broken: true}))
			case "answer":
				sent++
				id := fmt.Sprintf("OUT%d", sent)
				outbound[id] = who
				online(t, c)
				// An error is repaired below, as an outbox would.
				_ = c.sendText(who.JID(), id, "respuesta")
			case "drop":
				drop(t, s, c)
			case "fail":
				failing = !failing
				c.refuseMessages(failing)
			case "lose ack":
				s.CutAfterProcessing(1)
			}
		}
		settle(t, s, c, inbound)
		s.CutAfterProcessing(0)
		for id, who := range outbound {
			c.mustSendText(who.JID(), id, "respuesta")
			same(t, arrives(t, who, id).Text, "respuesta")
		}
		for _, id := range inbound {
			if c.count(id) == 0 {
				t.Errorf("got message %s never, want it at least once", id)
			}
		}
	})
	ids := map[string]bool{}
	for _, who := range people {
		for _, r := range who.Inbox() {
			if ids[r.ID] {
				t.Errorf("got message %s twice, want once", r.ID)
			}
			ids[r.ID] = true
		}
	}
}

// settle ends all failures and waits until every message was handled.
func settle(t *testing.T, s *wasim.Server, c *client, inbound []string) {
	t.Helper()
	c.refuseMessages(false)
	drop(t, s, c)
	online(t, c)
	for _, id := range inbound {
		acked(t, s, id)
	}
}

// drop cuts the connection once it is in use on both sides.
func drop(t *testing.T, s *wasim.Server, c *client) {
	t.Helper()
	online(t, c)
	s.Drop()
}
