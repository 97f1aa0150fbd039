package store_test

import (
	"testing"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func TestWhatCameAfterAReplyWasWrittenStaysUnread(t *testing.T) {
	ways := map[string]func(s *shop, q store.Queued){
		"sent":    func(s *shop, q store.Queued) { s.do("sent", s.ReplySent(s.t.Context(), q.Message, "R1")) },
		"receipt": func(s *shop, _ store.Queued) { s.receipt(ticket.DeliveryRead, "R1") },
		"echo": func(s *shop, _ store.Queued) {
			own := s.fromAna("R1", "listo")
			own.Direction = ticket.DirectionOut
			s.add(own)
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *shop) {
				s.add(s.fromAna("A1", "hola"))
				q := s.queue(store.Reply{Ticket: 1, Text: "listo", WhatsAppID: "R1"})
				s.clock.Advance(time.Second)
				s.add(s.fromAna("A2", "se volvió a apagar"))
				for range 2 {
					way(s, q)
					s.wantState(1, ticket.StatusInProgress, true, 1)
				}
				s.sendsNow("R2")
				s.wantState(1, ticket.StatusInProgress, true, 0)
				way(s, q)
				s.wantState(1, ticket.StatusInProgress, true, 0)
			})
		})
	}
}

// sendsNow writes a reply to ticket 1 that is sent before anything else happens.
func (s *shop) sendsNow(id string) {
	s.t.Helper()
	s.do("sent", s.ReplySent(s.t.Context(), s.queue(store.Reply{Ticket: 1, Text: "va", WhatsAppID: id}).Message, id))
}

func TestWhatCameAfterAnAnswerTypedOnThePhoneStaysUnread(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		own := s.fromAna("OUT1", "ya está listo")
		own.Direction, own.SentAt = ticket.DirectionOut, start.Add(time.Minute)
		late := s.fromAna("A2", "¿y el cargador?")
		late.SentAt = start.Add(2 * time.Minute)
		s.add(late)
		s.add(own) // a bridge that was away brings it late
		s.wantState(1, ticket.StatusInProgress, true, 1)
		own.WhatsAppID, own.SentAt = "OUT2", start.Add(3*time.Minute)
		s.add(own)
		s.wantState(1, ticket.StatusInProgress, true, 0)
	})
}

func TestWhatCameAfterAMovedReplyWasWrittenIsUnreadInItsOwnTicketAgain(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.separate("A1", "uno")
		second := s.separate("A2", "dos")
		s.queue(store.Reply{Ticket: second, Text: "listo", WhatsAppID: "R1"})
		s.clock.Advance(time.Second)
		s.add(s.fromAna("A3", "tres"))
		s.wantState(second, ticket.StatusPending, false, 2)
		move := s.merge(second, first)
		s.sends()
		s.wantState(first, ticket.StatusInProgress, true, 1)
		s.undo(move)
		s.wantState(second, ticket.StatusInProgress, true, 1)
		s.wantState(first, ticket.StatusPending, false, 1)
	})
}

func TestAnAnswerToBothOfTwoJoinedTicketsLeavesEachWhatIsItsOwn(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.separate("A1", "uno")
		s.queue(store.Reply{Ticket: first, Text: "listo", WhatsAppID: "R1"})
		second := s.separate("A2", "dos")
		move := s.merge(second, first)
		s.sends()
		s.wantState(first, ticket.StatusInProgress, true, 1)
		s.undo(move)
		s.wantState(first, ticket.StatusInProgress, true, 0)
		s.wantState(second, ticket.StatusPending, false, 1)
	})
}
