package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// separate adds a text of Ana's that opens a ticket of its own.
func (s *shop) separate(id, body string) int64 {
	s.t.Helper()
	s.clock.Advance(time.Minute)
	in := s.fromAna(id, body)
	in.SeparateTicket = true
	return s.add(in).Ticket
}

// picture adds one to in.
func picture(in store.Incoming, file string) store.Incoming {
	in.Kind = ticket.KindImage
	in.Attachments = []ticket.Attachment{{File: file, MIME: "image/jpeg", Size: 3, State: ticket.FileStored}}
	return in
}

func (s *shop) merge(source, target int64) store.Move {
	s.t.Helper()
	move, err := s.MergeTickets(s.t.Context(), s.origin.Business, 0, source, target)
	s.do("merge tickets", err)
	return move
}

// said are the texts of a conversation without its events.
func (s *shop) said(number int64) []string {
	s.t.Helper()
	var texts []string
	for _, m := range s.conversation(number) {
		if m.Direction != ticket.DirectionEvent {
			texts = append(texts, m.Body)
		}
	}
	return texts
}

func (s *shop) wantSaid(number int64, want ...string) {
	s.t.Helper()
	if got := s.said(number); !slices.Equal(got, want) {
		s.t.Errorf("ticket %d: got %q, want %q", number, got, want)
	}
}

func TestJoinedTicketsAreOneConversationAndCanBePartedAgain(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.separate("A1", "la pantalla está rota")
		s.clock.Advance(time.Minute)
		second := s.separate("A2", "y el cargador")
		s.add(picture(s.fromAna("A3", "mire"), "00000000000000000000000000000001.jpg"))
		before := [2]store.Listed{s.ticket(first), s.ticket(second)}
		move := s.merge(second, first)

		s.wantSaid(first, "la pantalla está rota", "y el cargador", "mire")
		s.wantSaid(second)
		got := s.ticket(first)
		if got.Unread != 3 || got.Photo == "" || got.Status != ticket.StatusPending || got.Title != before[0].Title {
			t.Errorf("target: got %+v, want everything of both", got.Ticket)
		}
		if want := "la pantalla está rota\ny el cargador\nmire"; got.Description != want {
			t.Errorf("description: got %q, want %q", got.Description, want)
		}
		closed := s.ticket(second)
		if closed.Status != ticket.StatusResolved || closed.MergedInto != first || closed.Unread != 0 {
			t.Errorf("source: got %+v, want it closed and pointing at the other", closed.Ticket)
		}

		back, err := s.UndoMerge(t.Context(), s.origin.Business, 0, move.ID)
		s.do("undo", err)
		if back != move {
			t.Errorf("undo: got %+v, want %+v", back, move)
		}
		s.wantSaid(first, "la pantalla está rota")
		s.wantSaid(second, "y el cargador", "mire")
		for i, number := range []int64{first, second} {
			after := s.ticket(number)
			after.UpdatedAt = before[i].UpdatedAt
			if diff := cmp.Diff(before[i], after); diff != "" {
				t.Errorf("ticket %d after undo (-before +after):\n%s", number, diff)
			}
		}
		_, err = s.UndoMerge(t.Context(), s.origin.Business, 0, move.ID)
		wantCode(t, err, ticket.CodeConflict)
	})
}

func TestWhatComesAfterTicketsWereJoinedStaysWhereItCame(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.separate("A1", "uno")
		second := s.separate("A2", "dos")
		move := s.merge(second, first)
		s.clock.Advance(time.Minute)
		if got := s.add(s.fromAna("A3", "tres")).Ticket; got != first {
			t.Fatalf("next message: got ticket %d, want the joined one, %d", got, first)
		}
		s.setStatus(first, ticket.StatusWaiting)
		_, err := s.UndoMerge(t.Context(), s.origin.Business, 0, move.ID)
		s.do("undo", err)
		s.wantSaid(first, "uno", "tres")
		s.wantSaid(second, "dos")
		if got := s.ticket(first); got.Status != ticket.StatusWaiting || got.Unread != 2 {
			t.Errorf("target: got %s and %d unread, want what people made of it, and 2", got.Status, got.Unread)
		}
	})
}

func TestAResolvedJoinedTicketIsNotReopenedByItsCustomer(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.separate("A1", "uno")
		second := s.separate("A2", "dos")
		s.setStatus(first, ticket.StatusResolved)
		s.clock.Advance(time.Second)
		s.merge(second, first)
		if got := s.ticket(first).Status; got != ticket.StatusPending {
			t.Errorf("a resolved ticket that got an open one: got %s, want pending", got)
		}
		s.setStatus(first, ticket.StatusResolved)
		s.clock.Advance(time.Second)
		if got := s.add(s.fromAna("A3", "tres")); got.Ticket != first || !got.Reopened {
			t.Errorf("got %+v, want ticket %d open again", got, first)
		}
	})
}

func TestRepliesThatWaitGoAlongWithTheirTicket(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.separate("A1", "uno")
		second := s.separate("A2", "dos")
		s.queue(store.Reply{Ticket: second, Text: "ahora", WhatsAppID: "R1"})
		s.queue(store.Reply{Ticket: second, Text: "luego", WhatsAppID: "R2"})
		claimed, err := s.ClaimReplies(t.Context(), 1, store.Terms{Lease: time.Minute})
		s.do("claim", err)
		s.merge(second, first)
		s.do("sent while it moved", s.ReplySent(t.Context(), claimed[0].Message, ""))
		if got := s.ticket(first); got.FirstAnswerAt.IsZero() || got.Unread != 0 {
			t.Errorf("got %+v, want the joined ticket answered", got.Ticket)
		}
		next, err := s.ClaimReplies(t.Context(), 9, store.Terms{Lease: time.Minute})
		s.do("claim", err)
		if len(next) != 1 || next[0].WhatsAppID != "R2" || next[0].Ticket != first {
			t.Errorf("got %+v, want R2 from ticket %d", next, first)
		}
	})
}

func TestTicketsThatDoNotBelongTogetherAreNotJoined(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.separate("A1", "uno")
		second := s.separate("A2", "dos")
		stranger := s.add(message(s.origin, "5215550000001", "B1")).Ticket
		for _, tt := range []struct {
			source, target int64
			want           ticket.Code
		}{
			{first, first, ticket.CodeInvalid}, {first, 99, ticket.CodeNotFound}, {99, first, ticket.CodeNotFound}, {stranger, first, ticket.CodeConflict},
		} {
			_, err := s.MergeTickets(t.Context(), s.origin.Business, 0, tt.source, tt.target)
			wantCode(t, err, tt.want)
		}
		move := s.merge(second, first)
		_, err := s.MergeTickets(t.Context(), s.origin.Business, 0, second, first)
		wantCode(t, err, ticket.CodeConflict)
		wantCode(t, s.SetStatus(t.Context(), s.origin.Business, second, 0, ticket.StatusPending), ticket.CodeConflict)
		wantCode(t, s.tryReply(store.Reply{Ticket: second, WhatsAppID: "R1"}), "") // tryReply answers ticket 1
		_, err = s.UndoMerge(t.Context(), s.origin.Business+1, 0, move.ID)
		wantCode(t, err, ticket.CodeNotFound)
		s.clock.Advance(16 * time.Minute)
		_, err = s.UndoMerge(t.Context(), s.origin.Business, 0, move.ID)
		wantCode(t, err, ticket.CodeConflict)
		s.wantSaid(second)
	})
}

func TestASplitTicketTakesWhatFollowsWithIt(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(picture(s.fromAna("A1", "la pantalla"), "00000000000000000000000000000001.jpg"))
		s.clock.Advance(time.Minute)
		from := s.add(picture(s.fromAna("A2", "otra cosa: no prende"), "00000000000000000000000000000002.jpg"))
		s.clock.Advance(time.Minute)
		s.add(s.fromAna("A3", "ayuda"))
		s.queue(store.Reply{Ticket: 1, Text: "vamos", WhatsAppID: "R1"})
		move, err := s.SplitTicket(t.Context(), s.origin.Business, 0, 1, from.Message)
		s.do("split", err)
		if move.Source != 1 || move.Target != 2 {
			t.Fatalf("got %+v, want from 1 to 2", move)
		}
		s.wantSaid(1, "la pantalla")
		s.wantSaid(2, "otra cosa: no prende", "ayuda", "vamos")
		if got := s.bodies(2)[0]; got != "Viene del ticket #1" {
			t.Errorf("first entry: got %q, want where it comes from", got)
		}
		old, fresh := s.ticket(1), s.ticket(2)
		if old.Photo != "00000000000000000000000000000001.jpg" || old.Unread != 1 || old.Description != "la pantalla" {
			t.Errorf("old ticket: got %+v", old.Ticket)
		}
		if fresh.Photo != "00000000000000000000000000000002.jpg" || fresh.Unread != 2 || fresh.Description != "otra cosa: no prende\nayuda" ||
			fresh.Title == "" || fresh.Category != "Hardware - Energía" || fresh.Status != ticket.StatusPending {
			t.Errorf("new ticket: got %+v", fresh.Ticket)
		}
		if got := s.add(s.fromAna("A4", "¿y?")).Ticket; got != 2 {
			t.Errorf("next message: got ticket %d, want 2", got)
		}
		claimed, err := s.ClaimReplies(t.Context(), 9, store.Terms{Lease: time.Minute})
		s.do("claim", err)
		if len(claimed) != 1 || claimed[0].Ticket != 2 {
			t.Errorf("got %+v, want the reply of ticket 2", claimed)
		}
		s.merge(2, 1)
		s.wantSaid(1, "la pantalla", "otra cosa: no prende", "ayuda", "vamos", "¿y?")
	})
}

func TestTheAutomaticAnswerDoesNotCountAsOneWhenATicketIsSplit(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "uno"))
		s.clock.Advance(time.Minute)
		from := s.add(s.fromAna("A2", "dos"))
		s.clock.Advance(time.Minute)
		s.away(1, "W1", start)
		s.do("sent", s.ReplySent(t.Context(), s.claimAll(1)[0].Message, ""))
		move, err := s.SplitTicket(t.Context(), s.origin.Business, 0, 1, from.Message)
		s.do("split", err)
		s.wantSaid(move.Target, "dos", "Cerrado.")
		for _, number := range []int64{move.Source, move.Target} {
			if got := s.ticket(number); got.Status != ticket.StatusPending || !got.FirstAnswerAt.IsZero() || got.Unread != 1 {
				t.Errorf("ticket %d: got %s, answered at %v, %d unread; want it pending, unanswered and 1 unread", number, got.Status, got.FirstAnswerAt, got.Unread)
			}
		}
	})
}

func TestATicketIsNotSplitWhereNothingWouldStay(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.add(s.fromAna("A1", "uno")).Message
		s.clock.Advance(time.Minute)
		second := s.add(s.fromAna("A2", "dos")).Message
		other := s.separate("A3", "tres")
		for _, tt := range []struct {
			number, message int64
			want            ticket.Code
		}{{1, first, ticket.CodeConflict}, {other, second, ticket.CodeNotFound}, {99, second, ticket.CodeNotFound}} {
			_, err := s.SplitTicket(t.Context(), s.origin.Business, 0, tt.number, tt.message)
			wantCode(t, err, tt.want)
		}
	})
}

func TestAReplyWithAFileIsHandedOutWithItAndForLonger(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		file := ticket.Attachment{File: "00000000000000000000000000000009.png", Name: "pieza.png", MIME: "image/png", Size: 5, State: ticket.FileStored}
		q := s.queue(store.Reply{Ticket: 1, Text: "mire", WhatsAppID: "R1", RefersTo: "A1", Kind: ticket.KindImage, File: &file})
		if again := s.queue(store.Reply{Ticket: 1, Text: "mire", WhatsAppID: "R1", Kind: ticket.KindImage, File: &file}); !again.Existing || again.Message != q.Message {
			t.Errorf("a repetition: got %+v, want the first one, %+v", again, q)
		}
		terms := store.Terms{Lease: time.Minute, FileLease: 13 * time.Minute}
		claimed, err := s.ClaimReplies(t.Context(), 9, terms)
		s.do("claim", err)
		file.State = ""
		if len(claimed) != 1 || claimed[0].Text != "mire" || claimed[0].RefersTo != "A1" || cmp.Diff(file, claimed[0].File) != "" {
			t.Fatalf("got %+v, want the reply with its file", claimed)
		}
		s.clock.Advance(10 * time.Minute)
		claimed, err = s.ClaimReplies(t.Context(), 9, terms)
		s.do("claim", err)
		if len(claimed) != 0 {
			t.Errorf("got %+v while the file is being sent, want nothing", claimed)
		}
		if all := s.conversation(1); all[1].Kind != ticket.KindImage || len(all[1].Attachments) != 1 || all[1].Attachments[0].File != file.File {
			t.Errorf("conversation: got %+v, want the picture in it", all[1])
		}
	})
}

func TestMovesAreLoggedAndWhatIsTooLateToUndoIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.separate("A1", "uno")
		second := s.separate("A2", "dos")
		move := s.merge(second, first)
		s.clock.Advance(5 * time.Minute)
		s.do("forget", s.ForgetMoves(t.Context()))
		_, err := s.UndoMerge(t.Context(), s.origin.Business, 0, move.ID)
		s.do("undo in time", err)
		move = s.merge(second, first)
		s.clock.Advance(16 * time.Minute)
		s.do("forget", s.ForgetMoves(t.Context()))
		_, err = s.UndoMerge(t.Context(), s.origin.Business, 0, move.ID)
		wantCode(t, err, ticket.CodeNotFound)
		page, err := s.Audit(t.Context(), s.origin.Business, store.AuditFilter{})
		s.do("audit", err)
		var done []string
		for _, act := range page.Acts {
			done = append(done, act.Action)
		}
		if want := []string{store.ActTicketMerged, store.ActTicketParted, store.ActTicketMerged}; !slices.Equal(done, want) {
			t.Errorf("audit: got %q, want %q", done, want)
		}
	})
}
