package store_test

import (
	"testing"
	"time"

	"mostrador/internal/ticket"
)

func TestAnEditReplacesTheTextAndKeepsTheFirst(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		s.clock.Advance(time.Minute)
		s.add(s.event("E1", ticket.KindEdit, "A1", "no prende"))
		s.clock.Advance(time.Minute)
		s.add(s.event("E2", ticket.KindEdit, "A1", "no prende mi lap"))
		all := s.conversation(1)
		if m := all[0]; m.Body != "no prende mi lap" || m.OriginalBody != "hola" || !m.EditedAt.Equal(s.clock.Now()) {
			t.Errorf("message: got %q, first %q, edited %v", m.Body, m.OriginalBody, m.EditedAt)
		}
		if len(all) != 3 || all[1].Direction != ticket.DirectionEvent || all[1].Kind != ticket.KindEdit || all[1].RefersTo != "A1" {
			t.Errorf("events: got %+v", all[1:])
		}
		l := s.ticket(1)
		if l.Description != "no prende mi lap" || l.Category != "Hardware - Energía" || l.Unread != 1 {
			t.Errorf("ticket: got %q in %q with %d unread", l.Description, l.Category, l.Unread)
		}
	})
}

func TestEventsBeforeTheirTargetWaitForIt(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A0", "hola"))
		edit := s.event("E1", ticket.KindEdit, "A1", "corregido")
		older := s.event("E0", ticket.KindEdit, "A1", "a medias")
		edit.SentAt = start.Add(2 * time.Minute)
		older.SentAt = start.Add(time.Minute)
		deletion := s.event("D1", ticket.KindDeletion, "A1", "")
		deletion.SentAt = start.Add(3 * time.Minute)
		s.add(edit)
		s.add(deletion)
		s.add(older)
		s.add(s.fromAna("A1", "orijinal"))
		for _, m := range s.conversation(1) {
			if m.WhatsAppID != "A1" {
				continue
			}
			if m.Body != "corregido" || m.OriginalBody != "orijinal" || !m.DeletedAt.Equal(deletion.SentAt) {
				t.Errorf("got %q, first %q, deleted %v", m.Body, m.OriginalBody, m.DeletedAt)
			}
		}
		if got, want := s.ticket(1).Description, "hola\ncorregido"; got != want {
			t.Errorf("description: got %q, want %q", got, want)
		}
	})
}

func TestAnEarlierEditThatArrivesLaterChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "uno"))
		older := s.event("E1", ticket.KindEdit, "A1", "dos")
		s.clock.Advance(time.Minute)
		s.add(s.event("E2", ticket.KindEdit, "A1", "tres"))
		s.add(older)
		for _, m := range s.conversation(1) {
			if m.WhatsAppID == "A1" && (m.Body != "tres" || m.OriginalBody != "uno") {
				t.Errorf("got %q, first %q, want tres, uno", m.Body, m.OriginalBody)
			}
		}
	})
}

func TestADeletionLeavesTheText(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "un secreto"))
		s.clock.Advance(time.Minute)
		s.add(s.event("D1", ticket.KindDeletion, "A1", ""))
		if m := s.conversation(1)[0]; m.Body != "un secreto" || !m.DeletedAt.Equal(s.clock.Now()) {
			t.Errorf("got %q deleted %v", m.Body, m.DeletedAt)
		}
	})
}

func TestAReactionIsAnEventOfEitherSidesMessage(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		own := s.fromAna("B1", "ya está listo")
		own.Direction = ticket.DirectionOut
		s.add(own)
		s.setStatus(1, ticket.StatusResolved)
		if got := s.add(s.event("R1", ticket.KindReaction, "B1", "👍")); got.Ticket != 1 || got.Opened || got.Reopened {
			t.Errorf("got %+v, want an event of ticket 1", got)
		}
		if got := s.ticket(1).Status; got != ticket.StatusResolved {
			t.Errorf("status: got %q, want it to stay resolved", got)
		}
		for _, m := range s.conversation(1) {
			if m.WhatsAppID == "B1" && m.Body != "ya está listo" {
				t.Errorf("the message became %q", m.Body)
			}
		}
	})
}

func TestARepeatedEventIsADuplicate(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		s.add(s.event("E1", ticket.KindEdit, "A1", "adiós"))
		if got := s.add(s.event("E1", ticket.KindEdit, "A1", "adiós")); !got.Duplicate || got.Ticket != 1 {
			t.Errorf("got %+v, want a duplicate", got)
		}
		if got := len(s.conversation(1)); got != 2 {
			t.Errorf("rows: got %d, want 2", got)
		}
	})
}

func TestNobodyChangesWhatSomebodyElseSaid(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "de Ana"))
		own := s.fromAna("B1", "del taller")
		own.Direction = ticket.DirectionOut
		s.add(own)
		stranger := message(s.origin, phoneQ, "E1")
		stranger.Kind, stranger.RefersTo, stranger.Body = ticket.KindEdit, "A1", "falso"
		s.add(stranger)
		s.add(s.event("E2", ticket.KindEdit, "B1", "falso"))
		s.add(s.event("D2", ticket.KindDeletion, "B1", ""))
		s.add(s.event("E3", ticket.KindEdit, "B2", "falso"))
		own.WhatsAppID = "B2"
		s.add(own)
		for _, m := range s.conversation(1) {
			if m.Direction != ticket.DirectionEvent && (m.Body == "falso" || !m.DeletedAt.IsZero()) {
				t.Errorf("message %s: got %q, deleted %v", m.WhatsAppID, m.Body, m.DeletedAt)
			}
		}
	})
}

func TestInAGroupOnlyTheAuthorEdits(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		in := s.fromAna("G1", "de Ana")
		in.Group, in.From.Chat, in.Author, in.AuthorKey = true, "12036304@g.us", "Ana", "1"
		s.add(in)
		early := in
		early.WhatsAppID, early.Kind, early.RefersTo, early.Body, early.AuthorKey = "E0", ticket.KindEdit, "G2", "falso", "2"
		s.add(early)
		late := early
		late.WhatsAppID, late.RefersTo = "E1", "G1"
		s.add(late)
		second := in
		second.WhatsAppID, second.Body = "G2", "también de Ana"
		s.add(second)
		rightful := early
		rightful.WhatsAppID, rightful.RefersTo, rightful.AuthorKey, rightful.Body = "E2", "G2", "1", "corregido"
		s.add(rightful)
		want := map[string]string{"G1": "de Ana", "G2": "corregido"}
		for _, m := range s.conversation(1) {
			if body, ok := want[m.WhatsAppID]; ok && m.Body != body {
				t.Errorf("message %s: got %q, want %q", m.WhatsAppID, m.Body, body)
			}
		}
	})
}

func TestWhatWasDoneOnThePhoneChangesOnlyTheBusinesssMessages(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		edit := s.event("E1", ticket.KindEdit, "B1", "mañana")
		edit.Direction = ticket.DirectionOut
		if got := s.add(edit); got.Ticket != 0 {
			t.Errorf("without a ticket: got %+v, want nothing stored", got)
		}
		s.add(s.fromAna("A1", "¿cuándo?"))
		s.add(edit)
		own := s.fromAna("B1", "hoy")
		own.Direction = ticket.DirectionOut
		s.add(own)
		for _, m := range s.conversation(1) {
			if m.WhatsAppID == "B1" && m.Body != "mañana" {
				t.Errorf("got %q, want the edit of the phone applied", m.Body)
			}
		}
	})
}

func TestAnEventOfSomebodyWithoutTicketsIsNotLost(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		got := s.add(s.event("E1", ticket.KindEdit, "A1", "no prende"))
		if !got.Opened || s.ticket(1).Description != "no prende" {
			t.Errorf("got %+v with %q, want a ticket with its text", got, s.ticket(1).Description)
		}
		s.add(s.fromAna("A1", "no prnde"))
		if got, want := s.ticket(1).Description, "no prende"; got != want {
			t.Errorf("description once the target came: got %q, want %q", got, want)
		}
	})
}
