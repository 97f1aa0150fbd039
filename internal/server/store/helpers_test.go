package store_test

import (
	"strings"
	"testing"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

// start is when every test begins.
var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// shop is an open store with its default business, and short ways to use it
// that fail the test by themselves.
type shop struct {
	*store.Store
	t      *testing.T
	url    string
	origin store.Origin
	clock  *storetest.Clock
}

// each runs body on both engines, each with an empty store.
func each(t *testing.T, body func(t *testing.T, s *shop)) {
	t.Helper()
	storetest.Run(t, func(t *testing.T, url string) { body(t, openShop(t, url)) })
}

func openShop(t *testing.T, url string) *shop {
	t.Helper()
	s := &shop{t: t, url: url, clock: storetest.NewClock(start)}
	s.Store = s.another()
	s.origin = storetest.Origin(t, s.Store)
	return s
}

// another opens the same database once more, as a second server would.
func (s *shop) another() *store.Store {
	s.t.Helper()
	return storetest.OpenURL(s.t, s.url, func(o *store.Options) { o.Now, o.Classify = s.clock.Now, classify })
}

// openShopWith is openShop with another classifier.
func openShopWith(t *testing.T, url string, classify func(int64, string) ticket.Classification) *shop {
	t.Helper()
	s := &shop{t: t, url: url, clock: storetest.NewClock(start)}
	s.Store = storetest.OpenURL(t, url, func(o *store.Options) { o.Now, o.Classify = s.clock.Now, classify })
	s.origin = storetest.Origin(t, s.Store)
	return s
}

// classify is a stand-in that shows which text it was given.
func classify(_ int64, text string) ticket.Classification {
	c := ticket.Classification{Category: "Soporte General", Source: ticket.SourceRules, Priority: ticket.PriorityNormal}
	if strings.Contains(text, "no prende") {
		c.Category, c.Confidence, c.Words = "Hardware - Energía", 0.7, []string{"prende"}
		c.Priority = ticket.PriorityHigh
	}
	return c
}

// message is a text of the customer with a phone, under a WhatsApp id.
func message(origin store.Origin, phone, id string) store.Incoming {
	return store.Incoming{
		Origin:     origin,
		From:       ticket.Identity{Phone: phone, Chat: phone + "@s.whatsapp.net"},
		Direction:  ticket.DirectionIn,
		Kind:       ticket.KindText,
		Body:       "mi laptop no prende",
		WhatsAppID: id,
	}
}

const ana = "5214772758198"

// fromAna is a text of one and the same customer.
func (s *shop) fromAna(id, body string) store.Incoming {
	in := message(s.origin, ana, id)
	in.Body, in.SentAt = body, s.clock.Now()
	return in
}

// event is something Ana does to an earlier message of hers.
func (s *shop) event(id string, kind ticket.Kind, target, body string) store.Incoming {
	in := s.fromAna(id, body)
	in.Kind, in.RefersTo = kind, target
	return in
}

func (s *shop) add(in store.Incoming) store.Stored {
	s.t.Helper()
	stored, err := s.AddMessage(s.t.Context(), in)
	if err != nil {
		s.t.Fatalf("add message %q: %v", in.WhatsAppID, err)
	}
	return stored
}

func (s *shop) ticket(number int64) store.Listed {
	s.t.Helper()
	l, err := s.Ticket(s.t.Context(), s.origin.Business, number)
	if err != nil {
		s.t.Fatalf("load ticket %d: %v", number, err)
	}
	return l
}

func (s *shop) conversation(number int64) []ticket.Message {
	s.t.Helper()
	all, err := s.Conversation(s.t.Context(), s.origin.Business, number)
	if err != nil {
		s.t.Fatalf("load conversation %d: %v", number, err)
	}
	return all
}

// bodies returns the texts of a ticket's conversation, oldest first.
func (s *shop) bodies(number int64) []string {
	s.t.Helper()
	var texts []string
	for _, m := range s.conversation(number) {
		texts = append(texts, m.Body)
	}
	return texts
}

func (s *shop) setStatus(number int64, status ticket.Status) {
	s.t.Helper()
	if err := s.SetStatus(s.t.Context(), s.origin.Business, number, 0, status); err != nil {
		s.t.Fatalf("set status of ticket %d: %v", number, err)
	}
}

func (s *shop) total() int64 {
	s.t.Helper()
	n, err := s.TotalTickets(s.t.Context())
	if err != nil {
		s.t.Fatalf("count tickets: %v", err)
	}
	return n
}

func (s *shop) queue(r store.Reply) store.Queued {
	s.t.Helper()
	r.Business = s.origin.Business
	q, err := s.QueueReply(s.t.Context(), r)
	if err != nil {
		s.t.Fatalf("queue reply %q: %v", r.WhatsAppID, err)
	}
	return q
}

func wantCode(t *testing.T, err error, want ticket.Code) {
	t.Helper()
	if got := ticket.CodeOf(err); got != want {
		t.Errorf("code: got %q (%v), want %q", got, err, want)
	}
}
