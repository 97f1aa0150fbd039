package store_test

import (
	"testing"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func (s *shop) undo(move store.Move) {
	s.t.Helper()
	_, err := s.UndoMerge(s.t.Context(), s.origin.Business, 0, move.ID)
	s.do("undo", err)
}

func TestJoinedResolvedTicketsAreKeptAsLongAsTheLaterOne(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.keep(store.Keep{Tickets: 100})
		first := s.separate("A1", "uno")
		s.setStatus(first, ticket.StatusResolved)
		old := s.ticket(first).ResolvedAt
		s.clock.Advance(300 * day)
		second := s.separate("A2", "dos")
		s.setStatus(second, ticket.StatusResolved)
		recent := s.ticket(second).ResolvedAt
		s.clock.Advance(time.Minute)
		move := s.merge(second, first)
		if got := s.ticket(first).ResolvedAt; !got.Equal(recent) {
			t.Errorf("joined: got resolved at %v, want the later date, %v", got, recent)
		}
		if got := s.retireAll(); got != (store.Retired{}) {
			t.Errorf("got %+v deleted, want nothing", got)
		}
		s.wantSaid(first, "uno", "dos")
		s.undo(move)
		if got := [2]time.Time{s.ticket(first).ResolvedAt, s.ticket(second).ResolvedAt}; !got[0].Equal(old) || !got[1].Equal(recent) {
			t.Errorf("parted: got resolved at %v, want %v and %v", got, old, recent)
		}
	})
}

func TestATicketThatWasResolvedAgainSinceItWasJoinedKeepsTheNewDate(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.separate("A1", "uno")
		s.setStatus(first, ticket.StatusResolved)
		second := s.separate("A2", "dos")
		s.setStatus(second, ticket.StatusResolved)
		move := s.merge(second, first)
		s.clock.Advance(time.Minute)
		s.setStatus(first, ticket.StatusInProgress)
		s.setStatus(first, ticket.StatusResolved)
		s.undo(move)
		if got := s.ticket(first); got.Status != ticket.StatusResolved || !got.ResolvedAt.Equal(s.clock.Now()) {
			t.Errorf("got %s at %v, want resolved now, as a person said", got.Status, got.ResolvedAt)
		}
	})
}
