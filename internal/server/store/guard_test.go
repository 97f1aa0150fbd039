package store_test

import (
	"fmt"
	"testing"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// reaction is what Ana does to a message that nobody here knows.
func (s *shop) reaction() store.Stored {
	s.t.Helper()
	return s.add(s.event("E1", ticket.KindReaction, "UNKNOWN", "👍"))
}

func (s *shop) tryReply(r store.Reply) error {
	s.t.Helper()
	r.Business, r.Ticket, r.Text = s.origin.Business, 1, "hola"
	_, err := s.QueueReply(s.t.Context(), r)
	return err
}

func TestNobodyIsWrittenToWhoHasNotWritten(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.reaction()
		wantCode(t, s.tryReply(store.Reply{WhatsAppID: "R1"}), ticket.CodeConflict)
		s.wantClaimed("a reaction is no message", "")
		own := s.fromAna("OUT1", "¿en qué puedo ayudar?")
		own.Direction = ticket.DirectionOut
		s.add(own)
		wantCode(t, s.tryReply(store.Reply{WhatsAppID: "R2"}), ticket.CodeConflict)
		s.setStatus(1, ticket.StatusWaiting)
		wantCode(t, s.tryReply(store.Reply{WhatsAppID: "R3"}), ticket.CodeConflict)
		s.add(s.fromAna("A1", "hola"))
		s.do("reply once she wrote", s.tryReply(store.Reply{WhatsAppID: "R4"}))
		s.wantClaimed("then", "R4")
	})
}

func TestWhatProvesThatSomebodyWrote(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		for i, in := range []store.Incoming{
			s.event("E1", ticket.KindEdit, "UNKNOWN", "quise decir"),
			s.event("E1", ticket.KindDeletion, "UNKNOWN", ""),
			s.event("A1", ticket.KindUnreadable, "", ""),
			s.event("A1", ticket.KindImage, "", ""),
		} {
			phone := fmt.Sprintf("521550000000%d", i)
			in.From = ticket.Identity{Phone: phone, Chat: phone + "@s.whatsapp.net"}
			number := s.add(in).Ticket
			s.queue(store.Reply{Ticket: number, Text: "hola", WhatsAppID: "R"}) // fails the test when refused
		}
	})
}

func TestAMessageToAnotherTicketOfTheSamePersonCounts(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.fromAna("A1", "hola")
		first.SeparateTicket = true
		s.add(first)
		second := s.fromAna("A2", "otra cosa")
		second.SeparateTicket = true
		number := s.add(second).Ticket
		s.queue(store.Reply{Ticket: number, Text: "hola", WhatsAppID: "R1"})
	})
}

func TestAnAdministratorMayWriteFirstAndItIsWrittenDown(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		user, err := s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: "Luis"})
		s.do("create user", err)
		s.reaction()
		s.do("reply", s.tryReply(store.Reply{WhatsAppID: "R1", First: true, User: user}))
		s.wantClaimed("with the override", "R1")
		all := s.conversation(1)
		if len(all) != 3 || all[1].Direction != ticket.DirectionEvent || all[1].Author != "Luis" {
			t.Errorf("conversation: got %+v, want an event of Luis before the reply", all)
		}
		s.add(s.fromAna("A1", "hola"))
		s.do("reply", s.tryReply(store.Reply{WhatsAppID: "R2", First: true, User: user}))
		if got := len(s.conversation(1)); got != 5 {
			t.Errorf("once she wrote: got %d entries, want no second event", got)
		}
	})
}
