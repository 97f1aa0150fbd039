package outbox_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// click is one reply somebody asked for, and what may become of it.
type click struct {
	message, ticket int64
	id              string
	wanted          time.Time       // by a person, last
	limited         time.Time       // by WhatsApp, last; zero when that was lifted
	replaced        bool            // a person changed its place in the order
	state           ticket.Delivery // when it was looked at last
}

// people is how many customers there are.
const people = 2

// model drives an outbox with everything that can happen to it and knows what
// must hold.
type model struct {
	*desk
	t        *rapid.T
	phone    *phone
	clicks   []*click
	byPerson *click // whose state a person just changed
	faults   []string
}

var outcomes = []outcome{fine, fine, noWhatsApp, limited, disconnected, unconfirmed, ackLost, answerLost, cut, off}

// draw makes the phone answer the coming attempts each in its own way.
func (m *model) draw() {
	plan := rapid.SliceOfN(rapid.SampledFrom(outcomes), 1, 4).Draw(m.t, "outcomes")
	i := -1
	m.phone.next = func() outcome { i++; return plan[i%len(plan)] }
}

func (m *model) some() *click {
	if len(m.clicks) == 0 {
		m.t.Skip("nobody clicked yet")
	}
	return rapid.SampledFrom(m.clicks).Draw(m.t, "click")
}

func (m *model) no(err error) {
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *model) click() {
	number := rapid.Int64Range(1, people).Draw(m.t, "ticket")
	r := store.Reply{Business: m.origin.Business, Ticket: number, WhatsAppID: fmt.Sprintf("3EB0%03d", len(m.clicks))}
	r.Text = "text " + r.WhatsAppID
	if rapid.Bool().Draw(m.t, "notice") {
		r.Purpose, r.Again = store.PurposeReceived, time.Minute
	}
	q, err := m.store.QueueReply(m.t.Context(), r)
	m.no(err)
	if !q.Existing {
		m.clicks = append(m.clicks, &click{message: q.Message, ticket: number, id: r.WhatsAppID, wanted: m.clock.Now(), state: ticket.DeliveryQueued})
	}
	m.draw()
	_ = m.Deliver(m.t.Context(), q.Message) // what became of it, check sees
}

// die claims as a server does that is killed before it knows the outcome.
func (m *model) die() {
	claimed, err := m.store.ClaimReplies(m.t.Context(), rapid.IntRange(1, 3).Draw(m.t, "n"), store.Terms{Lease: time.Minute})
	m.no(err)
	for _, out := range claimed {
		send := wire.Send{ID: out.WhatsAppID, Text: out.Text}
		m.attempt(send)
		if rapid.Bool().Draw(m.t, "arrives") {
			m.phone.arrive(send)
		}
	}
}

func (m *model) receipt() {
	if len(m.phone.arrived) == 0 {
		m.t.Skip("nothing arrived yet")
	}
	id := rapid.SampledFrom(m.phone.arrived).Draw(m.t, "arrived").ID
	state := rapid.SampledFrom([]ticket.Delivery{ticket.DeliveryDelivered, ticket.DeliveryRead}).Draw(m.t, "state")
	m.no(m.store.AddReceipt(m.t.Context(), store.Receipt{Origin: m.origin, IDs: []string{"UNKNOWN", id, id}, Delivery: state}))
}

// decide is a person pressing retry or discard.
func (m *model) decide(press func(store.Named) error) {
	c := m.some()
	m.decideOn(c, press(m.named(c.ticket, c.message)))
}

// decideOn notes what a person decided, if that was possible.
func (m *model) decideOn(c *click, err error) {
	switch {
	case err == nil:
		m.byPerson, c.wanted, c.limited, c.replaced = c, m.clock.Now(), time.Time{}, true
	case ticket.CodeOf(err) != ticket.CodeConflict:
		m.t.Fatal(err)
	}
}

// write is a customer writing, which lifts what WhatsApp limits.
func (m *model) write() {
	n := rapid.IntRange(1, people).Draw(m.t, "customer")
	m.customer(n)
	for _, c := range m.clicks {
		if c.ticket == int64(n) {
			c.limited = time.Time{}
		}
	}
}

func (m *model) fault(format string, args ...any) {
	m.faults = append(m.faults, fmt.Sprintf(format, args...))
}

// attempt checks that a reply may be sent just now; it runs on the outbox's
// goroutines.
func (m *model) attempt(send wire.Send) {
	i := slices.IndexFunc(m.clicks, func(c *click) bool { return c.id == send.ID })
	if i < 0 {
		m.fault("sent under %s, which nobody chose", send.ID)
		return
	}
	c, now := m.clicks[i], m.clock.Now()
	if send.Text != "text "+c.id {
		m.fault("%s: got text %q, want its own", c.id, send.Text)
	}
	if !c.state.Waits() && m.byPerson != c {
		m.fault("%s was sent although it was %s", c.id, c.state)
	}
	if age := now.Sub(c.wanted); age >= 24*time.Hour {
		m.fault("%s was sent %v after anybody wanted it", c.id, age)
	}
	for _, o := range m.clicks {
		insisted := c.replaced && !o.limited.After(c.wanted) // a person did, on c itself
		if o.ticket == c.ticket && now.Sub(o.limited) < time.Hour && o != c && o.state == ticket.DeliveryLimited && !insisted {
			m.fault("%s was sent although WhatsApp limits this person", c.id)
		}
	}
	if now.Sub(c.limited) < time.Hour {
		m.fault("%s was tried again %v after WhatsApp limited it", c.id, now.Sub(c.limited))
	}
}

// rank says how far a state is; only a person takes a message back to waiting.
func rank(d ticket.Delivery) int {
	switch d {
	case ticket.DeliveryFailed, ticket.DeliveryDiscarded:
		return 1
	case ticket.DeliverySent:
		return 2
	case ticket.DeliveryDelivered:
		return 3
	case ticket.DeliveryRead:
		return 4
	}
	return 0
}

func (m *model) check() {
	if len(m.faults) > 0 {
		m.t.Fatal(m.faults)
	}
	rows := map[int64]ticket.Message{}
	for number := range int64(people) {
		all, err := m.store.Conversation(m.t.Context(), m.origin.Business, number+1)
		m.no(err)
		for _, row := range all {
			if row.Direction == ticket.DirectionOut {
				rows[row.ID] = row
			}
		}
	}
	if len(rows) != len(m.clicks) {
		m.t.Fatalf("got %d replies of %d clicks", len(rows), len(m.clicks))
	}
	for _, c := range m.clicks {
		row := rows[c.message]
		if row.WhatsAppID != c.id {
			m.t.Fatalf("%s has become %s", c.id, row.WhatsAppID)
		}
		if rank(row.Delivery) < rank(c.state) && m.byPerson != c {
			m.t.Fatalf("%s went back from %s to %s", c.id, c.state, row.Delivery)
		}
		if rank(row.Delivery) >= 2 && !m.phone.has(c.id) {
			m.t.Fatalf("%s is %s, and nobody has it", c.id, row.Delivery)
		}
		if row.Delivery == ticket.DeliveryLimited && c.state != ticket.DeliveryLimited {
			c.limited = m.clock.Now()
		}
		c.state = row.Delivery
	}
	m.byPerson = nil
	m.checkOrder()
}

// checkOrder looks at what arrived of each person's replies, without those whose
// place a person changed.
func (m *model) checkOrder() {
	last := map[int64]int{}
	for _, arrived := range m.phone.arrived {
		i := slices.IndexFunc(m.clicks, func(c *click) bool { return c.id == arrived.ID })
		if c := m.clicks[i]; !c.replaced {
			if i < last[c.ticket] {
				m.t.Fatalf("%s arrived after %s", c.id, m.clicks[last[c.ticket]].id)
			}
			last[c.ticket] = i
		}
	}
}

// settle lets everything end well: nothing may wait for ever.
func (m *model) settle() {
	m.phone.next = nil
	waits := func(c *click) bool { return c.state.Waits() }
	for range 3 * len(m.clicks) {
		m.check()
		if !slices.ContainsFunc(m.clicks, waits) {
			return
		}
		for _, c := range m.clicks {
			if c.state.Waits() && c.state != ticket.DeliveryQueued {
				m.decideOn(c, m.store.RetryReply(m.t.Context(), m.named(c.ticket, c.message)))
				m.check()
			}
		}
		m.clock.Advance(3 * time.Minute)
		m.sweep()
	}
	m.check()
	if i := slices.IndexFunc(m.clicks, waits); i >= 0 {
		m.t.Fatalf("%s is still %s", m.clicks[i].id, m.clicks[i].state)
	}
}

func (m *model) restart(perMinute int) { m.Outbox = m.server(m.phone, perMinute) }

func TestTheOutboxBehavesLikeItsModel(t *testing.T) {
	root := t.TempDir()
	runs := 0
	rapid.Check(t, func(r *rapid.T) {
		runs++
		clock := storetest.NewClock(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC))
		m := &model{desk: openAt(t, filepath.Join(root, strconv.Itoa(runs)+".db"), "http://laptop.test", clock), t: r, phone: &phone{}}
		defer func() { _ = m.store.Close() }()
		for n := range people {
			m.customer(n + 1)
		}
		m.phone.before = func(send wire.Send) { m.attempt(send) }
		perMinute := rapid.SampledFrom([]int{0, 20}).Draw(r, "per minute")
		m.restart(perMinute)
		r.Repeat(map[string]func(*rapid.T){
			"":        func(*rapid.T) { m.check() },
			"click":   func(*rapid.T) { m.click() },
			"sweep":   func(*rapid.T) { m.draw(); m.sweep() },
			"alive":   func(*rapid.T) { m.Alive(m.origin.Bridge) },
			"die":     func(*rapid.T) { m.die() },
			"receipt": func(*rapid.T) { m.receipt() },
			"retry":   func(*rapid.T) { m.decide(func(n store.Named) error { return m.store.RetryReply(r.Context(), n) }) },
			"discard": func(*rapid.T) { m.decide(func(n store.Named) error { return m.store.DiscardReply(r.Context(), n) }) },
			"write":   func(*rapid.T) { m.write() },
			"restart": func(*rapid.T) { m.restart(perMinute) },
			"time": func(r *rapid.T) {
				m.clock.Advance(rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Second, time.Minute, time.Hour, 25 * time.Hour}).Draw(r, "passes"))
			},
		})
		m.settle()
	})
}
