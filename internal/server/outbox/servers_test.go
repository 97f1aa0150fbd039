package outbox_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/outbox"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

const notLinked = "La laptop no está enlazada con este servidor."

// linked opens a server of its own on a database, with a link to the laptop while
// up says so.
func linked(t *testing.T, url string, c *storetest.Clock, perMinute int, up func() bool) *desk {
	t.Helper()
	d := openAt(t, url, "", c)
	d.Outbox = outbox.New(outbox.Options{
		Store: d.store, Bridge: outbox.NewBridge(d.laptop, "secret token"), Now: c.Now, Random: func() float64 { return 0 }, PerMinute: perMinute, Log: zerolog.Nop(),
		Way: func(int64, string) (string, error) {
			if up() {
				return "http://1.enlace.invalid", nil
			}
			return "", ticket.NewError(ticket.CodeUnavailable, notLinked)
		},
	})
	return d
}

func newClock() *storetest.Clock {
	return storetest.NewClock(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC))
}

func TestTheServerWithTheLinkSendsWhatTheOthersCannot(t *testing.T) {
	for _, perMinute := range []int{0, 20} {
		t.Run(fmt.Sprint(perMinute, " per minute"), func(t *testing.T) {
			storetest.Run(t, func(t *testing.T, url string) {
				const replies = 20
				c := newClock()
				with := linked(t, url, c, perMinute, func() bool { return true })
				without := linked(t, url, c, perMinute, func() bool { return false })
				for i := range replies {
					without.queue(without.customer(i), strconv.Itoa(i))
				}
				// Webhooks and beats reach the one without the link, which also looks first.
				for range 24 {
					without.Alive(without.origin.Bridge)
					without.sweep()
					with.sweep()
					c.Advance(5 * time.Second)
				}
				if got := len(strings.Fields(with.laptop.texts())); got != replies {
					t.Errorf("got %d of %d replies sent after two minutes, want all", got, replies)
				}
			})
		})
	}
}

func TestASignOfLifeThatAnotherServerGetsBringsRepliesForward(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		c := newClock()
		with := linked(t, url, c, 0, func() bool { return true })
		without := linked(t, url, c, 0, func() bool { return false })
		with.laptop.behave(refuse(503, `{"error":"WhatsApp desconectado"}`))
		with.queue(with.customer(1), "uno")
		with.sweep()
		with.laptop.behave(nil)
		without.Alive(without.origin.Bridge)
		without.sweep()
		if got := with.sweep(); got != 1 {
			t.Errorf("got %d sent at the next look of the one with the link, want 1", got)
		}
	})
}

func TestWhoClicksAtAServerWithoutTheLinkHearsThatItHasNone(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		c := newClock()
		with := linked(t, url, c, 0, func() bool { return true })
		without := linked(t, url, c, 0, func() bool { return false })
		m := without.queue(without.customer(1), "uno")
		if err := without.Deliver(t.Context(), m); ticket.CodeOf(err) != ticket.CodeUnavailable || !strings.Contains(err.Error(), notLinked) {
			t.Errorf("got %v, want it said that there is no link", err)
		}
		c.Advance(5 * time.Second)
		without.sweep()
		if got := with.sweep(); got != 1 {
			t.Errorf("got %d sent by the one with the link, want 1", got)
		}
	})
}

func TestALoneServerWithoutALinkSaysWhyRepliesWaitUntilTheyAskFirst(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		c, up := newClock(), true
		d := linked(t, url, c, 0, func() bool { return up })
		d.laptop.behave(refuse(503, `{"error":"WhatsApp desconectado"}`))
		tried, fresh := d.customer(1), d.customer(2)
		d.queue(tried, "uno")
		d.sweep()
		up = false
		d.queue(fresh, "dos")
		for range 10 {
			d.sweep()
			c.Advance(5 * time.Second)
		}
		for _, number := range []int64{tried, fresh} {
			if got := d.last(number); got.Failure != notLinked || got.Delivery != ticket.DeliveryQueued {
				t.Errorf("ticket %d: got %q because %q, want it queued because there is no link", number, got.Delivery, got.Failure)
			}
		}
		before := len(d.laptop.sent)
		c.Advance(24 * time.Hour)
		d.sweep()
		if got := d.last(fresh); got.Delivery != ticket.DeliveryConfirm || got.Failure != notLinked {
			t.Errorf("after a day: got %q because %q, want it to ask first", got.Delivery, got.Failure)
		}
		up = true
		d.laptop.behave(nil)
		d.Reached(d.origin.Bridge)
		if got := d.sweep(); got != 0 || len(d.laptop.sent) != before {
			t.Errorf("got %d sent a day late, want none", got)
		}
		if err := d.Retry(t.Context(), store.Named{Business: d.origin.Business, Ticket: fresh, Message: d.last(fresh).ID}); err != nil {
			t.Errorf("confirmed: got %v, want it sent", err)
		}
	})
}
