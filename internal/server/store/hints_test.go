package store_test

import (
	"slices"
	"sync"
	"testing"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

// hints collects what a store says changed.
type hints struct {
	mu  sync.Mutex
	all []store.Hint
}

func (h *hints) add(some []store.Hint) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, some...)
}

func (h *hints) take() []store.Hint {
	h.mu.Lock()
	defer h.mu.Unlock()
	defer func() { h.all = nil }()
	return h.all
}

func TestEveryCommittedChangeIsHintedAt(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		var heard hints
		s.Store = storetest.OpenURL(t, s.url, func(o *store.Options) { o.Now, o.Changed = s.clock.Now, heard.add })
		want := func(what string, kinds ...store.HintKind) {
			t.Helper()
			var expected []store.Hint
			for _, kind := range kinds {
				expected = append(expected, store.Hint{Business: s.origin.Business, Ticket: 1, Kind: kind})
			}
			if got := heard.take(); !slices.Equal(got, expected) {
				t.Errorf("%s: got %v, want %v", what, got, expected)
			}
		}
		s.add(s.fromAna("A1", "hola"))
		want("first message", store.HintOpened)
		s.add(s.fromAna("A2", "no prende"))
		want("second message", store.HintMessage)
		s.add(s.event("E1", ticket.KindReaction, "A1", "👍"))
		want("reaction", store.HintTicket)
		q := s.queue(store.Reply{Ticket: 1, Text: "hola", WhatsAppID: "R1"})
		want("reply", store.HintTicket)
		s.do("sent", s.ReplySent(t.Context(), q.Message, ""))
		want("sent", store.HintTicket)
		s.do("receipt", s.AddReceipt(t.Context(), store.Receipt{Origin: s.origin, IDs: []string{"R1"}, Delivery: ticket.DeliveryRead}))
		want("receipt", store.HintTicket)
		s.setStatus(1, ticket.StatusResolved)
		want("status", store.HintTicket)
		s.setStatus(1, ticket.StatusResolved)
		want("the same status again")
		wantCode(t, s.SetStatus(t.Context(), s.origin.Business, 9, 0, ticket.StatusResolved), ticket.CodeNotFound)
		want("a change that failed")
	})
}
