package store_test

import (
	"fmt"
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

// wantState compares what a ticket says of being answered.
func (s *shop) wantState(number int64, status ticket.Status, answered bool, unread int) {
	s.t.Helper()
	got := s.ticket(number)
	if got.Status != status || got.FirstAnswerAt.IsZero() == answered || got.Unread != unread {
		s.t.Errorf("ticket %d: got %s, answered at %v, %d unread; want %s, answered %t and %d unread",
			number, got.Status, got.FirstAnswerAt, got.Unread, status, answered, unread)
	}
}

// sends sends the next reply that waits.
func (s *shop) sends() {
	s.t.Helper()
	s.clock.Advance(time.Second)
	s.do("sent", s.ReplySent(s.t.Context(), s.claimAll(1)[0].Message, ""))
}

func TestAReplyThatWasSentWhileItsTicketWasJoinedAnswersItsOwn(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.separate("A1", "uno")
		second := s.separate("A2", "dos")
		s.queue(store.Reply{Ticket: second, Text: "listo", WhatsAppID: "R1"})
		move := s.merge(second, first)
		s.sends()
		s.wantState(first, ticket.StatusInProgress, true, 0)
		s.undo(move)
		s.wantSaid(second, "dos", "listo")
		s.wantState(second, ticket.StatusInProgress, true, 0)
		s.wantState(first, ticket.StatusPending, false, 1)
	})
}

// withAnswer makes two tickets of Ana's, the second of which was answered.
func (s *shop) withAnswer() (first, second int64, answered time.Time) {
	s.t.Helper()
	first, second = s.separate("A1", "uno"), s.separate("A2", "dos")
	s.queue(store.Reply{Ticket: second, Text: "listo", WhatsAppID: "R1"})
	s.sends()
	return first, second, s.ticket(second).FirstAnswerAt
}

func TestAReopenedTicketIsAnsweredByItsReplyWhereverThatWasSent(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first, second, answered := s.withAnswer()
		s.setStatus(first, ticket.StatusResolved)
		s.setStatus(second, ticket.StatusResolved)
		s.clock.Advance(time.Second)
		s.add(s.fromAna("A3", "otra vez"))
		s.queue(store.Reply{Ticket: second, Text: "ya voy", WhatsAppID: "R2"})
		s.wantState(second, ticket.StatusPending, true, 1)
		move := s.merge(second, first)
		s.sends()
		s.undo(move)
		s.wantState(second, ticket.StatusInProgress, true, 0)
		s.wantState(first, ticket.StatusResolved, false, 0)
		if got := s.ticket(second).FirstAnswerAt; !got.Equal(answered) {
			t.Errorf("first answer: got %v, want it to stay %v", got, answered)
		}
	})
}

func TestWhatWasAnsweredSinceTicketsWereJoinedStaysAnswered(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first, second, answered := s.withAnswer()
		move := s.merge(second, first)
		s.queue(store.Reply{Ticket: first, Text: "va", WhatsAppID: "R2"})
		s.sends()
		s.clock.Advance(time.Second)
		s.add(s.fromAna("A3", "gracias"))
		s.undo(move)
		s.wantState(second, ticket.StatusInProgress, true, 0)
		if got := s.ticket(first).FirstAnswerAt; got.IsZero() || !got.After(answered) {
			t.Errorf("first answer: got %v, want its own, after %v", got, answered)
		}
		if got := s.ticket(first).Unread; got != 1 {
			t.Errorf("got %d unread, want what came after the answer, 1", got)
		}
	})
}

func TestWhatCameBeforeAMovedReplyWasSentIsUnreadOnceItsTicketIsGone(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.separate("A1", "uno")
		second := s.separate("A2", "dos")
		s.queue(store.Reply{Ticket: second, Text: "listo", WhatsAppID: "R1"})
		move := s.merge(second, first)
		s.add(s.fromAna("A3", "tres"))
		s.sends()
		s.add(s.fromAna("A4", "cuatro"))
		s.undo(move)
		s.wantState(first, ticket.StatusPending, false, 3)
		s.wantState(second, ticket.StatusInProgress, true, 0)
	})
}

func TestAResolvedTicketIsResolvedAgainOnceWhatReopenedItIsGone(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.separate("A1", "uno")
		s.setStatus(first, ticket.StatusResolved)
		before := s.ticket(first).ResolvedAt
		move := s.merge(s.separate("A2", "dos"), first)
		s.wantState(first, ticket.StatusPending, false, 1)
		s.undo(move)
		s.wantState(first, ticket.StatusResolved, false, 0)
		if got := s.ticket(first).ResolvedAt; !got.Equal(before) {
			t.Errorf("got resolved at %v, want %v as before", got, before)
		}
	})
}

func TestATicketInWhichSomebodyWroteSinceItWasJoinedStaysOpen(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.keep(store.Keep{Tickets: 100})
		for i, write := range []func(number int64){
			func(int64) { s.add(s.fromAna("A3", "tres")) },
			func(number int64) { s.queue(store.Reply{Ticket: number, Text: "tres", WhatsAppID: "R1"}) },
		} {
			first := s.separate(fmt.Sprint("B", i), "uno")
			s.setStatus(first, ticket.StatusResolved)
			s.clock.Advance(99 * day)
			second := s.separate(fmt.Sprint("C", i), "dos")
			move := s.merge(second, first)
			s.clock.Advance(time.Minute)
			write(first)
			s.undo(move)
			s.clock.Advance(2 * day)
			if got := s.retireAll(); got != (store.Retired{}) {
				t.Errorf("got %+v deleted, want nothing", got)
			}
			s.wantSaid(first, "uno", "tres")
			s.wantState(first, ticket.StatusPending, false, 1-i)
			s.wantState(second, ticket.StatusPending, false, 1)
		}
	})
}
