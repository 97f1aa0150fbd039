package outbox_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"mostrador/internal/server/outbox"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

func TestAReplyOutlivesEveryFaultAndArrivesOnce(t *testing.T) {
	for _, fault := range []outcome{disconnected, off, cut, unconfirmed, ackLost, answerLost} {
		t.Run(fault.name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, d *desk, p *phone) {
				n := d.customer(1)
				p.behave(fault)
				err := d.Deliver(t.Context(), d.queue(n, "uno"))
				want := ticket.CodeTimeout
				if fault.name == disconnected.name || fault.name == off.name {
					want = ticket.CodeUnavailable
				}
				if got := ticket.CodeOf(err); got != want {
					t.Errorf("got %v, want %q", err, want)
				}
				for range 10 {
					d.clock.Advance(3 * time.Minute)
					d.sweep()
				}
				if m := d.last(n); m.Delivery != ticket.DeliveryQueued || m.Failure == "" {
					t.Errorf("meanwhile: got %q because %q, want it queued with the reason", m.Delivery, m.Failure)
				}
				p.behave(fine)
				d.clock.Advance(3 * time.Minute)
				if got := d.sweep(); got != 1 || p.inbox() != "uno" {
					t.Errorf("got %d sent and %q at the customer, want one", got, p.inbox())
				}
				for _, m := range p.asked {
					if m.ID != "3EB0uno" {
						t.Errorf("got id %q, want the same at every attempt", m.ID)
					}
				}
				if m := d.last(n); m.Delivery != ticket.DeliverySent || m.Failure != "" {
					t.Errorf("got %q because %q, want it sent", m.Delivery, m.Failure)
				}
			})
		})
	}
}

func TestAServerThatDiesInTheMiddleOfASendIsReplacedByAnother(t *testing.T) {
	eachEngine(t, func(t *testing.T, d *desk, p *phone) {
		n := d.customer(1)
		d.queue(n, "uno")
		if claimed, err := d.store.ClaimReplies(t.Context(), 1, store.Terms{Lease: time.Minute}); err != nil || len(claimed) != 1 {
			t.Fatalf("claim: got %v, %v, want the reply", claimed, err)
		}
		other := d.server(p, 0)
		if sent, err := other.Sweep(t.Context()); sent != 0 || err != nil {
			t.Errorf("within the lease: got %d, %v, want nothing", sent, err)
		}
		d.clock.Advance(time.Minute)
		if sent, err := other.Sweep(t.Context()); sent != 1 || err != nil || p.inbox() != "uno" {
			t.Errorf("after the lease: got %d, %v and %q, want the reply", sent, err, p.inbox())
		}
	})
}

func TestTwoPeopleWhoClickOnTwoServersAtOnceSendOneMessage(t *testing.T) {
	eachEngine(t, func(t *testing.T, d *desk, p *phone) {
		n := d.customer(1)
		servers := []*outbox.Outbox{d.Outbox, d.server(p, 0)}
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				q, err := d.store.QueueReply(t.Context(), store.Reply{
					Business: d.origin.Business, Ticket: n, Text: "recibido", WhatsAppID: "3EB0" + string(rune('A'+i)),
					Purpose: store.PurposeReceived, Again: time.Minute,
				})
				if err != nil {
					t.Errorf("click %d: %v", i, err)
					return
				}
				// Whoever comes second is told that it is on its way.
				if err := servers[i%2].Deliver(t.Context(), q.Message); err != nil && ticket.CodeOf(err) != ticket.CodeUnavailable {
					t.Errorf("deliver %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if p.attempts() != 1 || p.inbox() != "recibido" {
			t.Errorf("got %d attempts and %q, want one message", p.attempts(), p.inbox())
		}
	})
}

func TestWhatWhatsAppLimitsIsNotHammered(t *testing.T) {
	eachEngine(t, func(t *testing.T, d *desk, p *phone) {
		a, b := d.customer(1), d.customer(2)
		p.behave(limited)
		m := d.queue(a, "uno")
		err := d.Deliver(t.Context(), m)
		if ticket.CodeOf(err) != ticket.CodeUnavailable || !errors.Is(err, outbox.ErrLimited) {
			t.Errorf("got %v, want it limited", err)
		}
		for range 11 {
			d.clock.Advance(5 * time.Minute)
			d.Alive(d.origin.Bridge)
			d.sweep()
			_ = d.Deliver(t.Context(), m)
		}
		if got := d.last(a); p.attempts() != 1 || got.Delivery != ticket.DeliveryLimited || got.Failure != "WhatsApp limita." {
			t.Errorf("within the hour: got %d attempts and %q because %q, want 1 and limited", p.attempts(), got.Delivery, got.Failure)
		}
		p.behave(fine)
		if err := d.Deliver(t.Context(), d.queue(b, "otro")); err != nil {
			t.Errorf("to somebody else: %v", err)
		}
		d.clock.Advance(5 * time.Minute)
		if got := d.sweep(); got != 1 || p.inbox() != "otro uno" {
			t.Errorf("after the hour: got %d and %q, want it sent", got, p.inbox())
		}
	})
}

func TestWhoWantsAReplyThatASweepIsSendingHearsWhatBecomesOfIt(t *testing.T) {
	d := open(t, "http://laptop.test")
	begun, release := make(chan struct{}, 9), make(chan struct{})
	unconfirmed := refuse(504, `{"error":"No se confirmó."}`)
	d.laptop.behave(func(w http.ResponseWriter, r *http.Request) {
		begun <- struct{}{}
		<-release
		unconfirmed(w, r)
	})
	m := d.queue(d.customer(1), "uno")
	swept, delivered := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := d.Sweep(t.Context())
		swept <- err
	}()
	<-begun
	go func() { delivered <- d.Deliver(t.Context(), m) }()
	select {
	case err := <-delivered:
		t.Errorf("got %v while it is on its way, want what becomes of it", err)
		close(release)
	case <-time.After(200 * time.Millisecond): // enough to see a wrong answer
		close(release)
		if err := <-delivered; ticket.CodeOf(err) != ticket.CodeTimeout || !strings.Contains(err.Error(), "No se confirmó.") {
			t.Errorf("got %v, want that it was not confirmed", err)
		}
	}
	if err := <-swept; err != nil {
		t.Error(err)
	}
}

func TestWhoComesAfterTheSweepIsToldWhatBecameOfTheReply(t *testing.T) {
	for _, tt := range []struct {
		name   string
		handle http.HandlerFunc
		after  func(d *desk, number, message int64) error
		code   ticket.Code
		reason string
	}{
		{name: "sent"},
		{name: "delivered", after: func(d *desk, _, _ int64) error {
			return d.store.AddReceipt(t.Context(), store.Receipt{Origin: d.origin, IDs: []string{"3EB0uno"}, Delivery: ticket.DeliveryDelivered})
		}},
		{name: "failed", handle: refuse(422, `{"error":"Ese número no tiene WhatsApp."}`), code: ticket.CodeInvalid, reason: "Ese número no tiene WhatsApp."},
		{name: "discarded", handle: refuse(503, `{}`), after: func(d *desk, number, message int64) error {
			return d.store.DiscardReply(t.Context(), d.named(number, message))
		}, code: ticket.CodeConflict, reason: "Se descartó."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, "http://laptop.test")
			d.laptop.behave(tt.handle)
			n := d.customer(1)
			m := d.queue(n, "uno")
			d.sweep()
			if tt.after != nil {
				if err := tt.after(d, n, m); err != nil {
					t.Fatal(err)
				}
			}
			err := d.Deliver(t.Context(), m)
			if got := ticket.CodeOf(err); got != tt.code || err != nil && !strings.Contains(err.Error(), tt.reason) {
				t.Errorf("got %v, want %q because %q", err, tt.code, tt.reason)
			}
			if got := len(d.laptop.sent); got != 1 {
				t.Errorf("got %d requests, want the sweep's alone", got)
			}
		})
	}
}

func TestANumberWithoutWhatsAppFailsAndMayBeRetried(t *testing.T) {
	eachEngine(t, func(t *testing.T, d *desk, p *phone) {
		n := d.customer(1)
		p.behave(noWhatsApp)
		m := d.queue(n, "uno")
		if err := d.Deliver(t.Context(), m); ticket.CodeOf(err) != ticket.CodeInvalid {
			t.Errorf("got %v, want %q", err, ticket.CodeInvalid)
		}
		d.clock.Advance(time.Hour)
		d.sweep()
		if got := d.last(n); p.attempts() != 1 || got.Delivery != ticket.DeliveryFailed || got.Failure != "Ese número no tiene WhatsApp." {
			t.Errorf("got %d attempts, %q because %q, want it failed for good", p.attempts(), got.Delivery, got.Failure)
		}
		p.behave(fine)
		if err := d.store.RetryReply(t.Context(), d.named(n, m)); err != nil {
			t.Fatal(err)
		}
		if err := d.Deliver(t.Context(), m); err != nil || p.inbox() != "uno" {
			t.Errorf("retried: got %v and %q, want it sent", err, p.inbox())
		}
	})
}

func TestAReplyThatIsADayLateAsksBeforeItGoes(t *testing.T) {
	eachEngine(t, func(t *testing.T, d *desk, p *phone) {
		n := d.customer(1)
		p.behave(off)
		m := d.queue(n, "uno")
		_ = d.Deliver(t.Context(), m)
		for range 24 {
			d.clock.Advance(time.Hour)
			d.sweep()
		}
		p.behave(fine)
		d.Alive(d.origin.Bridge)
		err := d.Deliver(t.Context(), m)
		if got := d.sweep(); got != 0 || ticket.CodeOf(err) != ticket.CodeConflict || !strings.Contains(err.Error(), "confirme") {
			t.Errorf("got %d sent and %v, want it to ask", got, err)
		}
		err = d.Deliver(t.Context(), d.queue(n, "dos"))
		if ticket.CodeOf(err) != ticket.CodeUnavailable || !strings.Contains(err.Error(), "por confirmar") || p.inbox() != "" {
			t.Errorf("the next one: got %v and %q, want it to wait", err, p.inbox())
		}
		if err := d.store.RetryReply(t.Context(), d.named(n, m)); err != nil {
			t.Fatal(err)
		}
		if got := d.sweep(); got != 2 || p.inbox() != "uno dos" {
			t.Errorf("confirmed: got %d sent and %q, want both in order", got, p.inbox())
		}
	})
}

func TestRepliesThatLeaveByThemselvesKeepThePaceAndTheirDistance(t *testing.T) {
	eachEngine(t, func(t *testing.T, d *desk, p *phone) {
		const perMinute = 6
		for i := range 10 {
			d.queue(d.customer(i), "x")
		}
		servers := []*outbox.Outbox{d.server(p, perMinute), d.server(p, perMinute)}
		var left []time.Time
		p.before = func(wire.Send) { left = append(left, d.clock.Now()) }
		for second := range 120 {
			if second%50 == 0 {
				servers[1] = d.server(p, perMinute) // a restart
			}
			for _, server := range servers {
				if _, err := server.Sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			d.clock.Advance(time.Second)
		}
		if len(left) != 10 {
			t.Fatalf("got %d sent in two minutes, want all", len(left))
		}
		for i := 1; i < len(left); i++ {
			if gap := left[i].Sub(left[i-1]); gap < time.Minute/perMinute {
				t.Errorf("reply %d came %v after the one before, want %v", i, gap, time.Minute/perMinute)
			}
		}
	})
}

func TestAClickDoesNotWaitForThePaceUntilTheMinuteIsFull(t *testing.T) {
	eachEngine(t, func(t *testing.T, d *desk, p *phone) {
		o := d.server(p, 3)
		for i := range 5 {
			err := o.Deliver(t.Context(), d.queue(d.customer(i), "x"))
			if i < 3 && err != nil {
				t.Errorf("click %d: %v", i, err)
			}
			if i >= 3 && (ticket.CodeOf(err) != ticket.CodeUnavailable || !strings.Contains(err.Error(), "último minuto")) {
				t.Errorf("click %d: got %v, want it to wait", i, err)
			}
		}
		d.clock.Advance(time.Minute)
		if sent, err := o.Sweep(t.Context()); sent != 1 || err != nil {
			t.Errorf("a minute later: got %d, %v, want one and then its distance", sent, err)
		}
	})
}

func TestTheJitterOnlyEverSlowsThePaceDown(t *testing.T) {
	for perMinute, want := range map[int][2]time.Duration{
		1: {time.Minute, 90 * time.Second}, 20: {3 * time.Second, 4500 * time.Millisecond}, 600: {100 * time.Millisecond, 150 * time.Millisecond},
	} {
		for i, random := range []float64{0, 1} {
			if got := outbox.Gap(perMinute, random); got != want[i] {
				t.Errorf("Gap(%d, %v): got %v, want %v", perMinute, random, got, want[i])
			}
		}
	}
}
