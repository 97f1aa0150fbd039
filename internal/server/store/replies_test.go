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

const lease = 30 * time.Second

// touchAfter is longer than a session goes without its use being noted.
const touchAfter = 2 * time.Minute

func (s *shop) claimAll(n int) []store.Outgoing {
	s.t.Helper()
	out, err := s.ClaimReplies(s.t.Context(), n, store.Terms{Lease: lease})
	if err != nil {
		s.t.Fatalf("claim replies: %v", err)
	}
	return out
}

// ids returns the WhatsApp ids of claimed replies, in order.
func ids(out []store.Outgoing) string {
	var all []string
	for _, o := range out {
		all = append(all, o.WhatsAppID)
	}
	return strings.Join(all, " ")
}

func (s *shop) wantClaimed(what, want string) []store.Outgoing {
	s.t.Helper()
	out := s.claimAll(10)
	if got := ids(out); got != want {
		s.t.Errorf("%s: got %q claimed, want %q", what, got, want)
	}
	return out
}

func (s *shop) do(what string, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}
}

func TestAReplyIsHandedOutWithAllThatSendingNeeds(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		in := s.fromAna("A2", "ahora escribo así")
		in.From.LID, in.From.Chat = lidL, lidL+"@lid"
		s.add(in)
		q := s.queue(store.Reply{Ticket: 1, Text: "recibi\x00do", WhatsAppID: "R1"})
		s.clock.Advance(time.Second)
		want := []store.Outgoing{{
			Origin: s.origin, Message: q.Message, Ticket: 1, BridgeURL: "http://bridge.test", Chat: lidL + "@lid",
			Text: "recibido", WhatsAppID: "R1", Attempts: 1, QueuedAt: start,
		}}
		if diff := cmp.Diff(want, s.claimAll(10)); diff != "" {
			t.Errorf("claimed (-want +got):\n%s", diff)
		}
	})
}

func TestASentReplyAnswersTheTicket(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		q := s.queue(store.Reply{Ticket: 1, Text: "recibido", WhatsAppID: "R1", Purpose: store.PurposeReceived})
		if l := s.ticket(1); l.Notice == nil || l.Notice.Delivery != ticket.DeliveryQueued || l.Unread != 1 {
			t.Errorf("while queued: got notice %+v and %d unread", l.Notice, l.Unread)
		}
		s.clock.Advance(time.Minute)
		s.wantClaimed("due", "R1")
		for range 2 { // the second time changes nothing
			s.do("note sent", s.ReplySent(t.Context(), q.Message, ""))
			l := s.ticket(1)
			if l.Notice.Delivery != ticket.DeliverySent || !l.Notice.SentAt.Equal(start.Add(time.Minute)) {
				t.Errorf("notice: got %+v", l.Notice)
			}
			if l.Unread != 0 || l.Status != ticket.StatusInProgress || !l.FirstAnswerAt.Equal(start.Add(time.Minute)) {
				t.Errorf("ticket: got %d unread, %q, answered %v", l.Unread, l.Status, l.FirstAnswerAt)
			}
			s.clock.Advance(time.Minute)
		}
		wantCode(t, s.ReplySent(t.Context(), 999, ""), ticket.CodeNotFound)
	})
}

func TestAPostponedReplyWaitsWithItsReason(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		q := s.queue(store.Reply{Ticket: 1, Text: "recibido", WhatsAppID: "R1"})
		s.wantClaimed("at once", "R1")
		s.wantClaimed("while somebody sends it", "")
		s.do("postpone", s.ReplyRetry(t.Context(), q.Message, store.Setback{Attempt: 1, At: s.clock.Now().Add(time.Minute), Reason: "La laptop no responde."}))
		if m := s.conversation(1)[1]; m.Delivery != ticket.DeliveryQueued || m.Failure != "La laptop no responde." {
			t.Errorf("message: got %+v", m)
		}
		s.wantClaimed("before its time", "")
		s.clock.Advance(time.Minute)
		if out := s.wantClaimed("in time", "R1"); len(out) == 1 && out[0].Attempts != 2 {
			t.Errorf("attempts: got %d, want 2", out[0].Attempts)
		}
		s.clock.Advance(lease)
		s.wantClaimed("after a lease without outcome", "R1")
		s.do("give up", s.ReplyFailed(t.Context(), q.Message, "", "El número no tiene WhatsApp."))
		s.clock.Advance(time.Hour)
		s.wantClaimed("after it was given up", "")
		if m := s.conversation(1)[1]; m.Delivery != ticket.DeliveryFailed || m.Failure != "El número no tiene WhatsApp." {
			t.Errorf("message: got %+v", m)
		}
		s.do("late retry", s.ReplyRetry(t.Context(), q.Message, store.Setback{Attempt: 1, At: start, Reason: "tarde"}))
		s.wantClaimed("a late retry", "")
		s.do("late success", s.ReplySent(t.Context(), q.Message, ""))
		if m := s.conversation(1)[1]; m.Delivery != ticket.DeliverySent || m.Failure != "" {
			t.Errorf("sent after all: got %+v", m)
		}
	})
}

func TestRepliesToOneCustomerKeepTheirOrder(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		s.add(message(s.origin, phoneQ, "Q1"))
		first := s.queue(store.Reply{Ticket: 1, Text: "uno", WhatsAppID: "R1"})
		second := s.queue(store.Reply{Ticket: 1, Text: "dos", WhatsAppID: "R2"})
		s.queue(store.Reply{Ticket: 2, Text: "otro", WhatsAppID: "R3"})
		s.wantClaimed("the oldest of each", "R1 R3")
		s.do("postpone", s.ReplyRetry(t.Context(), first.Message, store.Setback{Attempt: 1, At: s.clock.Now().Add(time.Hour), Reason: "x"}))
		s.wantClaimed("while an older one waits", "")
		if _, wait, err := s.ClaimReply(t.Context(), second.Message, store.Terms{Lease: lease}); wait != store.WaitTurn || err != nil {
			t.Errorf("the newer by name: got %q, %v; want it to wait for its turn", wait, err)
		}
		if o, wait, err := s.ClaimReply(t.Context(), first.Message, store.Terms{Lease: lease}); wait != store.WaitNone || err != nil || o.Text != "uno" {
			t.Errorf("the older by name, not due: got %+v, %q, %v; want it", o, wait, err)
		}
		s.do("note sent", s.ReplySent(t.Context(), first.Message, ""))
		s.wantClaimed("once the older is sent", "R2")
	})
}

func TestClaimsAreLimitedAndOldestFirst(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		for i := range 4 {
			s.add(message(s.origin, fmt.Sprintf("5215512345%03d", i), "A"))
			s.queue(store.Reply{Ticket: int64(i + 1), Text: "x", WhatsAppID: fmt.Sprintf("R%d", i)})
		}
		if got := ids(s.claimAll(3)); got != "R0 R1 R2" {
			t.Errorf("first claim: got %q, want the three oldest", got)
		}
		if got := ids(s.claimAll(3)); got != "R3" {
			t.Errorf("second claim: got %q, want the rest", got)
		}
	})
}

func TestEachReplyIsClaimedByOneWorkerOnly(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		const customers, each, workers = 20, 3, 8
		for i := range customers {
			s.add(message(s.origin, fmt.Sprintf("5215512345%03d", i), "A"))
			for j := range each {
				s.queue(store.Reply{Ticket: int64(i + 1), Text: "x", WhatsAppID: fmt.Sprintf("R%d-%d", i, j)})
			}
		}
		var mu sync.Mutex
		order := map[int64][]string{} // by ticket
		total := 0
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for {
					out, err := s.ClaimReplies(t.Context(), 5, store.Terms{Lease: 10 * time.Minute})
					if err != nil {
						t.Errorf("claim: %v", err)
						return
					}
					mu.Lock()
					for _, o := range out {
						order[o.Ticket] = append(order[o.Ticket], o.WhatsAppID)
						total++
					}
					done := total >= customers*each
					mu.Unlock()
					for _, o := range out {
						if err := s.ReplySent(t.Context(), o.Message, ""); err != nil {
							t.Errorf("note sent: %v", err)
						}
					}
					if done || t.Context().Err() != nil {
						return
					}
				}
			})
		}
		wg.Wait()
		for i := range customers {
			want := []string{fmt.Sprintf("R%d-0", i), fmt.Sprintf("R%d-1", i), fmt.Sprintf("R%d-2", i)}
			if diff := cmp.Diff(want, order[int64(i+1)]); diff != "" {
				t.Errorf("ticket %d (-want +got):\n%s", i+1, diff)
			}
		}
	})
}

func TestTwoClicksAtOnceSendOneNotice(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		results := make([]store.Queued, 16)
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() {
				var err error
				results[i], err = s.QueueReply(t.Context(), store.Reply{
					Business: s.origin.Business, Ticket: 1, Text: "recibido", WhatsAppID: fmt.Sprintf("R%d", i),
					Purpose: store.PurposeReceived, Again: time.Minute,
				})
				if err != nil {
					t.Errorf("click %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		made := 0
		for _, q := range results {
			if !q.Existing {
				made++
			}
			if q.Message != results[0].Message {
				t.Errorf("got message %d, want everybody to get %d", q.Message, results[0].Message)
			}
		}
		if got := len(s.conversation(1)) - 1; made != 1 || got != 1 {
			t.Errorf("got %d made and %d stored, want 1 and 1", made, got)
		}
	})
}

func TestWhenANoticeMayBeSentAgain(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		notice := store.Reply{Ticket: 1, Text: "recibido", Purpose: store.PurposeReceived, Again: time.Minute}
		try := func(id string) store.Queued {
			notice.WhatsAppID = id
			return s.queue(notice)
		}
		first := try("R1")
		s.clock.Advance(time.Hour)
		if got := try("R2"); got.Message != first.Message || !got.Existing || got.Delivery != ticket.DeliveryQueued {
			t.Errorf("while it waits: got %+v, want the first", got)
		}
		s.claimAll(1)
		s.do("note sent", s.ReplySent(t.Context(), first.Message, ""))
		s.clock.Advance(time.Minute - time.Millisecond)
		if got := try("R3"); got.Message != first.Message || got.Delivery != ticket.DeliverySent {
			t.Errorf("within the minute: got %+v, want the first", got)
		}
		s.clock.Advance(time.Millisecond)
		later := try("R4")
		if later.Existing {
			t.Errorf("after the minute: got %+v, want a new one", later)
		}
		s.do("give up", s.ReplyFailed(t.Context(), later.Message, "", "No se pudo."))
		if got := try("R5"); got.Existing {
			t.Errorf("after a failure: got %+v, want a new one", got)
		}
		plain := store.Reply{Ticket: 1, Text: "hola", WhatsAppID: "P1"}
		one := s.queue(plain)
		if again := s.queue(plain); !again.Existing || again.Message != one.Message {
			t.Errorf("the same id again: got %+v, want message %d", again, one.Message)
		}
		plain.WhatsAppID = "P2"
		if other := s.queue(plain); other.Existing {
			t.Errorf("the same text under another id: got %+v, want a new one", other)
		}
	})
}

func TestReplyingToNoTicket(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		_, err := s.QueueReply(t.Context(), store.Reply{Business: s.origin.Business, Ticket: 2, Text: "x"})
		wantCode(t, err, ticket.CodeNotFound)
		_, err = s.QueueReply(t.Context(), store.Reply{Business: s.origin.Business + 1, Ticket: 1, Text: "x"})
		wantCode(t, err, ticket.CodeNotFound)
		if got := s.claimAll(9); len(got) != 0 {
			t.Errorf("claimed: got %+v, want nothing", got)
		}
	})
}

func TestAReplyCarriesItsAuthor(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		user, err := s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: "Luis"})
		s.do("create user", err)
		s.add(s.fromAna("A1", "hola"))
		s.queue(store.Reply{Ticket: 1, User: user, Text: "listo", WhatsAppID: "R1"})
		if got := s.conversation(1)[1].Author; got != "Luis" {
			t.Errorf("author: got %q, want Luis", got)
		}
	})
}

func TestRepliesAreCountedAndHurriedAlong(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		q := s.queue(store.Reply{Ticket: 1, Text: "x", WhatsAppID: "R1"})
		s.claimAll(1)
		s.do("postpone", s.ReplyRetry(t.Context(), q.Message, store.Setback{Attempt: 1, At: s.clock.Now().Add(time.Hour), Reason: "x"}))
		count := func(business int64) int64 {
			n, err := s.QueuedReplies(t.Context(), business)
			s.do("count", err)
			return n
		}
		if got := count(s.origin.Business); got != 1 {
			t.Errorf("queued: got %d, want 1", got)
		}
		if got := count(s.origin.Business + 1); got != 0 {
			t.Errorf("of another business: got %d, want 0", got)
		}
		s.do("hurry another bridge", s.RetryRepliesNow(t.Context(), s.origin.Bridge+1))
		s.wantClaimed("after another bridge came back", "")
		s.do("hurry", s.RetryRepliesNow(t.Context(), s.origin.Bridge))
		s.wantClaimed("after the bridge came back", "R1")
	})
}
