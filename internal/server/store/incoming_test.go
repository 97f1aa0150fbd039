package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func TestTheFirstMessageOpensATicketAndTheNextOnesJoinIt(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.add(s.fromAna("A1", "hola"))
		if want := (store.Stored{Ticket: 1, Message: first.Message, Opened: true}); first != want {
			t.Errorf("first message: got %+v, want %+v", first, want)
		}
		s.clock.Advance(time.Second)
		second := s.add(s.fromAna("A2", "mi lap no prende"))
		if want := (store.Stored{Ticket: 1, Message: second.Message}); second != want {
			t.Errorf("second message: got %+v, want %+v", second, want)
		}
		got := s.ticket(1).Ticket
		want := ticket.Ticket{
			Number:      1,
			Contact:     ticket.Contact{ID: got.Contact.ID, Phone: ana, Chat: ana + "@s.whatsapp.net"},
			Title:       "hola",
			Description: "hola\nmi lap no prende",
			Status:      ticket.StatusPending,
			Priority:    ticket.PriorityHigh,
			Category:    "Hardware - Energía",
			Source:      ticket.SourceRules,
			Confidence:  0.7,
			Words:       []string{"prende"},
			Unread:      2,
			CreatedAt:   start,
			UpdatedAt:   start.Add(time.Second),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ticket (-want +got):\n%s", diff)
		}
	})
}

func TestTheDescriptionStopsGrowingWithTheFirstAnswer(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		own := s.fromAna("B1", "¿qué equipo es?")
		own.Direction = ticket.DirectionOut
		s.add(own)
		s.add(s.fromAna("A2", "mi lap no prende"))
		got := s.ticket(1)
		if got.Description != "hola" || got.Category != "Soporte General" {
			t.Errorf("after an answer: got %q in %q, want it untouched", got.Description, got.Category)
		}
	})
}

func TestADescriptionIsBoundedAndWholeInTheConversation(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		long := strings.Repeat("ñ", 4500)
		s.add(s.fromAna("A1", long))
		for i := range 30 {
			s.add(s.fromAna(fmt.Sprintf("B%d", i), "más"))
		}
		l := s.ticket(1)
		if got := len([]rune(l.Description)); got != 4000 {
			t.Errorf("runes of the description: got %d, want 4000", got)
		}
		if got := len([]rune(l.Title)); got != 80 {
			t.Errorf("runes of the title: got %d, want 80", got)
		}
		if got := s.bodies(1); len(got) != 31 || got[0] != long {
			t.Errorf("conversation: got %d messages, want 31 and the first one whole", len(got))
		}
	})
}

func TestTextAfterManyPicturesIsStillTheDescription(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		for i := range 30 {
			in := s.fromAna(fmt.Sprintf("P%d", i), "")
			in.Kind = ticket.KindImage
			s.add(in)
		}
		s.add(s.fromAna("A1", "no prende"))
		if got := s.ticket(1); got.Description != "no prende" || got.Category != "Hardware - Energía" {
			t.Errorf("got %q in %q, want the text", got.Description, got.Category)
		}
	})
}

func TestAFloodLeavesTheDescriptionAlone(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		for i := range 105 {
			s.add(s.fromAna(fmt.Sprintf("F%d", i), fmt.Sprintf("línea %d", i)))
		}
		lines := strings.Split(s.ticket(1).Description, "\n")
		if len(lines) != 20 || lines[19] != "línea 19" {
			t.Errorf("description: got %d lines ending in %q, want the first 20", len(lines), lines[len(lines)-1])
		}
		if got := len(s.conversation(1)); got != 105 {
			t.Errorf("messages: got %d, want 105", got)
		}
	})
}

func TestWhenATicketIsReopened(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		s.setStatus(1, ticket.StatusResolved)
		s.clock.Advance(72*time.Hour - time.Millisecond)
		if got := s.add(s.fromAna("A2", "sigue igual")); !got.Reopened || got.Ticket != 1 {
			t.Errorf("within the window: got %+v, want ticket 1 reopened", got)
		}
		if l := s.ticket(1); l.Status != ticket.StatusPending || !l.ResolvedAt.IsZero() {
			t.Errorf("reopened ticket: got %q resolved %v, want it pending", l.Status, l.ResolvedAt)
		}
		s.setStatus(1, ticket.StatusResolved)
		waited := s.fromAna("A3", "escrito a tiempo")
		s.clock.Advance(80 * time.Hour)
		if got := s.add(s.fromAna("A4", "otra cosa")); !got.Opened || got.Ticket != 2 {
			t.Errorf("after the window: got %+v, want ticket 2 opened", got)
		}
		s.setStatus(2, ticket.StatusResolved)
		if got := s.add(waited); got.Ticket == 3 {
			t.Errorf("written in time, delivered late: got a new ticket %+v", got)
		}
	})
}

func TestACustomersMessageMovesTheStatus(t *testing.T) {
	for before, after := range map[ticket.Status]ticket.Status{
		ticket.StatusPending:    ticket.StatusPending,
		ticket.StatusInProgress: ticket.StatusInProgress,
		ticket.StatusWaiting:    ticket.StatusInProgress,
		ticket.StatusResolved:   ticket.StatusPending,
	} {
		t.Run(string(before), func(t *testing.T) {
			each(t, func(t *testing.T, s *shop) {
				s.add(s.fromAna("A1", "hola"))
				s.setStatus(1, before)
				s.add(s.fromAna("A2", "¿ya está?"))
				if got := s.ticket(1).Status; got != after {
					t.Errorf("status: got %q, want %q", got, after)
				}
			})
		})
	}
}

func TestOneTicketPerMessageWhenAskedFor(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		for i := range 3 {
			in := s.fromAna(fmt.Sprintf("A%d", i), "hola")
			in.SeparateTicket = true
			if got := s.add(in); got.Ticket != int64(i+1) || !got.Opened {
				t.Errorf("message %d: got %+v, want its own ticket", i, got)
			}
		}
		repeat := s.fromAna("A0", "hola")
		repeat.SeparateTicket = true
		if got := s.add(repeat); !got.Duplicate || got.Ticket != 1 {
			t.Errorf("repeated: got %+v, want a duplicate of ticket 1", got)
		}
	})
}

func TestWhatIsTypedOnThePhoneIsAnAnswer(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		own := s.fromAna("B1", "buenas tardes")
		own.Direction, own.From.Name = ticket.DirectionOut, "El Taller"
		own.Attachments = []ticket.Attachment{{File: "f.jpg", MIME: "image/jpeg", State: ticket.FileStored}}
		if got := s.add(own); got != (store.Stored{}) {
			t.Errorf("to a stranger: got %+v, want nothing stored", got)
		}
		if got := s.total(); got != 0 {
			t.Errorf("tickets: got %d, want none", got)
		}
		s.add(s.fromAna("A1", "hola"))
		s.clock.Advance(time.Minute)
		own.SentAt = s.clock.Now()
		stored := s.add(own)
		if stored.Ticket != 1 || !stored.UsedFiles {
			t.Errorf("to a customer: got %+v, want it in ticket 1 with its file", stored)
		}
		l := s.ticket(1)
		if l.Unread != 0 || l.Status != ticket.StatusInProgress || !l.FirstAnswerAt.Equal(own.SentAt) {
			t.Errorf("ticket: got unread %d, %q, answered %v", l.Unread, l.Status, l.FirstAnswerAt)
		}
		if l.Photo != "" || l.Contact.Name != "" {
			t.Errorf("the business's own picture %q or name %q became the customer's", l.Photo, l.Contact.Name)
		}
		m := s.conversation(1)[1]
		if !m.FromPhone || m.Direction != ticket.DirectionOut || m.Delivery != ticket.DeliverySent {
			t.Errorf("message: got %+v, want one sent from the phone", m)
		}
		s.setStatus(1, ticket.StatusResolved)
		own.WhatsAppID, own.Attachments = "B2", nil
		if got := s.add(own); got.Ticket != 1 || got.Reopened || s.ticket(1).Status != ticket.StatusResolved {
			t.Errorf("after the end: got %+v, want it in the resolved ticket", got)
		}
	})
}

func TestFirstPictureIsTheTicketsPhoto(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		in := s.fromAna("A1", "")
		in.Kind = ticket.KindDocument
		in.Attachments = []ticket.Attachment{{File: "a.pdf", Name: "nota.pdf", MIME: "application/pdf", Size: 9, State: ticket.FileStored}}
		s.add(in)
		for i, file := range []string{"b.jpg", "c.jpg"} {
			in := s.fromAna(fmt.Sprintf("P%d", i), "mira")
			in.Kind = ticket.KindImage
			in.Attachments = []ticket.Attachment{{File: file, MIME: "image/jpeg", Size: 3, State: ticket.FileStored}}
			if got := s.add(in); !got.UsedFiles {
				t.Errorf("picture %s: got %+v, want its file used", file, got)
			}
		}
		if got := s.ticket(1).Photo; got != "b.jpg" {
			t.Errorf("photo: got %q, want b.jpg", got)
		}
		if diff := cmp.Diff(in.Attachments, s.conversation(1)[0].Attachments); diff != "" {
			t.Errorf("attachments (-want +got):\n%s", diff)
		}
	})
}

func TestTheConversationIsOrderedByWhenItWasWritten(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		late, early := s.fromAna("A2", "segundo"), s.fromAna("A1", "primero")
		late.SentAt = start.Add(time.Minute)
		s.add(late)
		s.add(early)
		if diff := cmp.Diff([]string{"primero", "segundo"}, s.bodies(1)); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
		if got, want := s.ticket(1).Description, "primero\nsegundo"; got != want {
			t.Errorf("description: got %q, want %q", got, want)
		}
	})
}

func TestTextNoDatabaseTakesIsCleaned(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		in := s.fromAna("A\x001", "ho\x00la \xff\xfe")
		in.From.Name, in.Author, in.RefersTo = "A\x00na\xc3", "\x00", "\xed\xa0\x80"
		in.Attachments = []ticket.Attachment{{Name: "a\x00.pdf\xff", MIME: "x\x00", Note: "\xff", State: ticket.FileUnavailable}}
		s.add(in)
		l := s.ticket(1)
		if l.Description != "hola \uFFFD" || l.Contact.Name != "Ana\uFFFD" {
			t.Errorf("got %q from %q", l.Description, l.Contact.Name)
		}
		if got := s.conversation(1)[0]; got.WhatsAppID != "A1" || got.Attachments[0].Name != "a.pdf\uFFFD" {
			t.Errorf("message: got %+v", got)
		}
	})
}

func TestAMessageOfNobodyIsRefused(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		in := s.fromAna("A1", "hola")
		in.From = ticket.Identity{Chat: "x@s.whatsapp.net"}
		_, err := s.AddMessage(t.Context(), in)
		wantCode(t, err, ticket.CodeInvalid)
		in.From, in.Group = ticket.Identity{Phone: ana}, true
		_, err = s.AddMessage(t.Context(), in)
		wantCode(t, err, ticket.CodeInvalid)
		in = s.fromAna("A1", "hola")
		in.Direction = ticket.DirectionNote
		_, err = s.AddMessage(t.Context(), in)
		wantCode(t, err, ticket.CodeInternal)
		if got := s.total(); got != 0 {
			t.Errorf("tickets: got %d, want none", got)
		}
	})
}

func TestManyMessagesOfOneCustomerAtOnceAreOneTicket(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		const senders = 64
		second := s.another()
		var wg sync.WaitGroup
		for i := range senders {
			wg.Go(func() {
				server := s.Store
				if i%2 == 1 && strings.HasPrefix(s.url, "postgres") {
					server = second
				}
				if _, err := server.AddMessage(t.Context(), s.fromAna(fmt.Sprintf("A%d", i), "hola")); err != nil {
					t.Errorf("message %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if got := s.total(); got != 1 {
			t.Errorf("tickets: got %d, want 1", got)
		}
		if got := len(s.conversation(1)); got != senders {
			t.Errorf("messages: got %d, want %d", got, senders)
		}
		if got := s.ticket(1).Unread; got != senders {
			t.Errorf("unread: got %d, want %d", got, senders)
		}
	})
}

func TestManyCustomersAtOnceGetOneTicketEachWithoutGapsInTheNumbers(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		const customers = 40
		var wg sync.WaitGroup
		for i := range customers {
			wg.Go(func() {
				if _, err := s.AddMessage(t.Context(), message(s.origin, fmt.Sprintf("52477%07d", i), "X")); err != nil {
					t.Errorf("customer %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		page, err := s.Tickets(t.Context(), s.origin.Business, store.Filter{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		phones := map[string]bool{}
		for i, l := range page.Tickets {
			phones[l.Contact.Phone] = true
			if want := int64(customers - i); l.Number != want {
				t.Errorf("ticket at %d: got number %d, want %d", i, l.Number, want)
			}
		}
		if len(phones) != customers {
			t.Errorf("customers: got %d, want %d", len(phones), customers)
		}
	})
}

func TestTheSameMessageManyTimesAtOnceIsStoredOnce(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		var wg sync.WaitGroup
		results := make([]store.Stored, 16)
		for i := range results {
			wg.Go(func() {
				var err error
				if results[i], err = s.AddMessage(t.Context(), s.fromAna("A1", "hola")); err != nil {
					t.Errorf("copy %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		originals := 0
		for _, r := range results {
			if !r.Duplicate {
				originals++
			}
			if r.Ticket != 1 || r.Message != results[0].Message {
				t.Errorf("got %+v, want everybody to hear of message %d in ticket 1", r, results[0].Message)
			}
		}
		if originals != 1 || len(s.conversation(1)) != 1 {
			t.Errorf("got %d originals and %d messages, want 1 and 1", originals, len(s.conversation(1)))
		}
	})
}

func TestAnswersLeaveThroughTheNumberTheCustomerLastWroteTo(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		second := s.origin.Bridge + 1
		db := rawDB(t, s.url)
		_, err := db.ExecContext(t.Context(), `
			INSERT INTO bridges (business_id, code, url, token_hash, created_at) VALUES ($1, 'second', '', $2, 0)`,
			s.origin.Business, []byte("second"))
		s.do("add bridge", err)
		in := s.fromAna("A2", "¿y bien?")
		in.Bridge = second
		s.add(in)
		var got int64
		s.do("read ticket", db.QueryRowContext(t.Context(), `SELECT bridge_id FROM tickets`).Scan(&got))
		if got != second {
			t.Errorf("got bridge %d, want %d", got, second)
		}
	})
}
