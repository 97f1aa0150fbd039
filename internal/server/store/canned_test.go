package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func (s *shop) canned() []store.Canned {
	s.t.Helper()
	all, err := s.CannedReplies(s.t.Context(), s.origin.Business)
	s.do("list canned replies", err)
	return all
}

func (s *shop) addCanned(c store.Canned) int64 {
	s.t.Helper()
	id, err := s.AddCanned(s.t.Context(), s.origin.Business, c)
	s.do("add canned reply", err)
	return id
}

func TestCannedRepliesAreKeptInTheOrderPeopleGiveThem(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		hello := s.addCanned(store.Canned{Title: "  Saludo   inicial ", Text: "Hola {nombre}", Shortcut: "/Hola"})
		price := s.addCanned(store.Canned{Title: "Precio", Text: "Cuesta {ticket}\n"})
		ready := s.addCanned(store.Canned{Title: "Listo", Text: "Ya puede pasar"})
		s.do("order", s.OrderCanned(t.Context(), s.origin.Business, []int64{ready, hello, 999}))
		want := []store.Canned{
			{ID: ready, Title: "Listo", Text: "Ya puede pasar"},
			{ID: hello, Title: "Saludo inicial", Text: "Hola {nombre}", Shortcut: "hola"},
			{ID: price, Title: "Precio", Text: "Cuesta {ticket}"},
		}
		if diff := cmp.Diff(want, s.canned()); diff != "" {
			t.Errorf("canned replies (-want +got):\n%s", diff)
		}
		s.do("change", s.ChangeCanned(t.Context(), s.origin.Business, store.Canned{ID: hello, Title: "Saludo", Text: "Buenas", Shortcut: "hola"}))
		s.do("delete", s.DeleteCanned(t.Context(), s.origin.Business, price))
		want = []store.Canned{want[0], {ID: hello, Title: "Saludo", Text: "Buenas", Shortcut: "hola"}}
		if diff := cmp.Diff(want, s.canned()); diff != "" {
			t.Errorf("after a change (-want +got):\n%s", diff)
		}
	})
}

func TestACannedReplyThatMakesNoSenseIsRefused(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.addCanned(store.Canned{Title: "Saludo", Text: "Hola", Shortcut: "hola"})
		for _, tt := range []struct {
			c    store.Canned
			want ticket.Code
		}{
			{store.Canned{Title: " ", Text: "x"}, ticket.CodeInvalid},
			{store.Canned{Title: "x", Text: "\n"}, ticket.CodeInvalid},
			{store.Canned{Title: strings.Repeat("ñ", 81), Text: "x"}, ticket.CodeInvalid},
			{store.Canned{Title: "x", Text: strings.Repeat("ñ", 4001)}, ticket.CodeInvalid},
			{store.Canned{Title: "x", Text: "x", Shortcut: "dos palabras"}, ticket.CodeInvalid},
			{store.Canned{Title: "x", Text: "x", Shortcut: "HOLA"}, ticket.CodeConflict},
		} {
			_, err := s.AddCanned(t.Context(), s.origin.Business, tt.c)
			wantCode(t, err, tt.want)
		}
		wantCode(t, s.ChangeCanned(t.Context(), s.origin.Business, store.Canned{ID: first + 1, Title: "x", Text: "x"}), ticket.CodeNotFound)
		wantCode(t, s.ChangeCanned(t.Context(), s.origin.Business+1, store.Canned{ID: first, Title: "x", Text: "x"}), ticket.CodeNotFound)
		wantCode(t, s.DeleteCanned(t.Context(), s.origin.Business+1, first), ticket.CodeNotFound)
		if got := len(s.canned()); got != 1 {
			t.Errorf("got %d canned replies, want only the first", got)
		}
	})
}

func TestANoteIsSeenByNobodyOutside(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		user, err := s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: "Luis"})
		s.do("create user", err)
		s.add(s.fromAna("A1", "hola"))
		_, err = s.AddNote(t.Context(), s.origin.Business, 1, user, "  pide descuento\x00 ")
		s.do("add note", err)
		all := s.conversation(1)
		if len(all) != 2 || all[1].Direction != ticket.DirectionNote || all[1].Author != "Luis" || all[1].Body != "pide descuento" {
			t.Errorf("conversation: got %+v, want Luis's note", all)
		}
		if got := s.ticket(1); got.Unread != 1 || !got.FirstAnswerAt.IsZero() {
			t.Errorf("got %d unread and answered %v, want the note to answer nothing", got.Unread, got.FirstAnswerAt)
		}
		s.wantClaimed("a note is not sent", "")
		_, err = s.AddNote(t.Context(), s.origin.Business, 1, user, " \n")
		wantCode(t, err, ticket.CodeInvalid)
		_, err = s.AddNote(t.Context(), s.origin.Business, 9, user, "x")
		wantCode(t, err, ticket.CodeNotFound)
	})
}
