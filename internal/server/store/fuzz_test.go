package store_test

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

// Whatever a sender writes is stored, and what comes out can be shown.
func FuzzAnyTextIsStored(f *testing.F) {
	f.Add("hola", "Ana", "A1", "foto.jpg")
	f.Add("", "", "", "")
	f.Add("\x00\xff", "\xed\xa0\x80", "'; DROP TABLE tickets; --", "../../etc/passwd")
	f.Add(strings.Repeat("ñ\n", 5000), "<script>", "$1", "a\x00.exe")
	s := storetest.OpenURL(f, filepath.Join(f.TempDir(), "tickets.db"))
	origin := storetest.Origin(f, s)
	f.Fuzz(func(t *testing.T, body, name, id, file string) {
		in := message(origin, ana, id)
		in.Body, in.From.Name, in.SeparateTicket = body, name, true
		in.Attachments = []ticket.Attachment{{Name: file, MIME: file, Note: file, State: ticket.FilePending}}
		stored, err := s.AddMessage(t.Context(), in)
		if err != nil {
			t.Fatalf("add message: %v", err)
		}
		l, err := s.Ticket(t.Context(), origin.Business, stored.Ticket)
		if err != nil {
			t.Fatalf("load ticket: %v", err)
		}
		all, err := s.Conversation(t.Context(), origin.Business, stored.Ticket)
		if err != nil || len(all) != 1 {
			t.Fatalf("conversation: got %d messages, %v; want 1", len(all), err)
		}
		for _, text := range []string{l.Title, l.Description, l.Contact.Name, all[0].Body, all[0].WhatsAppID, all[0].Attachments[0].Name} {
			if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
				t.Errorf("got %q, want it clean", text)
			}
		}
		if strings.Contains(l.Title, "\n") {
			t.Errorf("title: got %q, want one line", l.Title)
		}
	})
}
