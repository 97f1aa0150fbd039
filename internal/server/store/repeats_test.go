package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func TestARepeatBringsTheFileThatWasMissing(t *testing.T) {
	missing := []ticket.Attachment{{MIME: "image/jpeg", State: ticket.FilePending}}
	gone := []ticket.Attachment{{MIME: "image/jpeg", State: ticket.FileUnavailable, Note: "Caducó."}}
	here := []ticket.Attachment{{File: "a.jpg", MIME: "image/jpeg", Size: 7, State: ticket.FileStored}}
	other := []ticket.Attachment{{File: "b.jpg", MIME: "image/jpeg", Size: 8, State: ticket.FileStored}}
	for _, tt := range []struct {
		name                string
		first, repeat, want []ticket.Attachment
		used                bool
	}{
		{"nothing, then the file", nil, here, here, true},
		{"pending, then the file", missing, here, here, true},
		{"gone, then the file after all", gone, here, here, true},
		{"pending, then gone", missing, gone, gone, false},
		{"gone, then pending", gone, missing, gone, false},
		{"the file twice", here, other, here, false},
		{"the file, then pending", here, missing, here, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *shop) {
				in := s.fromAna("A1", "mira")
				in.Kind, in.Attachments = ticket.KindImage, tt.first
				s.add(in)
				in.Attachments = tt.repeat
				if got := s.add(in); !got.Duplicate || got.UsedFiles != tt.used {
					t.Errorf("repeat: got %+v, want a duplicate with used files %v", got, tt.used)
				}
				if diff := cmp.Diff(tt.want, s.conversation(1)[0].Attachments); diff != "" {
					t.Errorf("attachments (-want +got):\n%s", diff)
				}
				if got, want := s.ticket(1).Photo, tt.want[0].File; got != want {
					t.Errorf("photo: got %q, want %q", got, want)
				}
				if got := s.ticket(1).Unread; got != 1 {
					t.Errorf("unread: got %d, want 1", got)
				}
			})
		})
	}
}

func TestAPlaceholderBecomesTheRealMessage(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		blind := s.fromAna("A1", "Mensaje ilegible, míralo en el teléfono.")
		blind.Kind = ticket.KindUnreadable
		if got := s.add(blind); !got.Opened {
			t.Fatalf("placeholder: got %+v, want a ticket", got)
		}
		s.add(s.fromAna("A2", "¿hola?"))
		if got := s.ticket(1).Description; got != "¿hola?" {
			t.Errorf("description beside a placeholder: got %q, want the text that can be read", got)
		}
		s.add(s.event("E1", ticket.KindEdit, "A1", "no prende, urge"))
		real := s.fromAna("A1", "no prende")
		real.SentAt = start
		real.Attachments = []ticket.Attachment{{File: "a.jpg", MIME: "image/jpeg", State: ticket.FileStored}}
		if got := s.add(real); got.Duplicate || got.Ticket != 1 || !got.UsedFiles {
			t.Errorf("real message: got %+v, want it new in ticket 1", got)
		}
		m := s.conversation(1)[0]
		if m.Kind != ticket.KindText || m.Body != "no prende, urge" || m.OriginalBody != "no prende" || len(m.Attachments) != 1 {
			t.Errorf("message: got %+v", m)
		}
		l := s.ticket(1)
		if l.Description != "no prende, urge\n¿hola?" || l.Category != "Hardware - Energía" || l.Photo != "a.jpg" || l.Unread != 2 {
			t.Errorf("ticket: got %q in %q, photo %q, unread %d", l.Description, l.Category, l.Photo, l.Unread)
		}
		if got := s.add(blind); !got.Duplicate || s.conversation(1)[0].Kind != ticket.KindText {
			t.Errorf("placeholder again: got %+v, want a duplicate that changes nothing", got)
		}
	})
}

func TestAPlaceholderMayTurnOutToBeAnEvent(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		s.clock.Advance(time.Minute)
		blind := s.fromAna("E1", "")
		blind.Kind = ticket.KindUnreadable
		s.add(blind)
		s.add(s.event("E1", ticket.KindEdit, "A1", "adiós"))
		all := s.conversation(1)
		if len(all) != 2 || all[0].Body != "adiós" || all[1].Direction != ticket.DirectionEvent {
			t.Errorf("conversation: got %+v", all)
		}
		if got := s.add(blind); !got.Duplicate || len(s.conversation(1)) != 2 {
			t.Errorf("placeholder again: got %+v, want a duplicate", got)
		}
	})
}

func TestMessagesWithoutAnIDAreEachNew(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("", "hola"))
		s.add(s.fromAna("", "hola"))
		if got := len(s.conversation(1)); got != 2 {
			t.Errorf("messages: got %d, want 2", got)
		}
	})
}

func TestWhatsAppShowingOurReplyMeansItWasSent(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		q := s.queue(store.Reply{Ticket: 1, Text: "recibido", WhatsAppID: "OUT1"})
		echo := s.fromAna("OUT1", "recibido")
		echo.Direction = ticket.DirectionOut
		if got := s.add(echo); !got.Duplicate || got.Message != q.Message {
			t.Errorf("echo: got %+v, want a duplicate of message %d", got, q.Message)
		}
		if _, wait, err := s.ClaimReply(t.Context(), q.Message, store.Terms{Lease: time.Minute}); wait != store.WaitOver || err != nil {
			t.Errorf("claim: got %v, %v; want nothing left to send", wait, err)
		}
		if m := s.conversation(1)[1]; m.Delivery != ticket.DeliverySent || m.FromPhone {
			t.Errorf("message: got %+v, want the panel's, sent", m)
		}
	})
}
