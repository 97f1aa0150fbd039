package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

const day = 24 * time.Hour

// name points at a reply of ticket 1.
func (s *shop) name(q store.Queued) store.Named {
	return store.Named{Business: s.origin.Business, Ticket: 1, Message: q.Message}
}

func (s *shop) retry(q store.Queued) error   { return s.RetryReply(s.t.Context(), s.name(q)) }
func (s *shop) discard(q store.Queued) error { return s.DiscardReply(s.t.Context(), s.name(q)) }

// reply queues a text to ticket 1.
func (s *shop) reply(id string) store.Queued {
	s.t.Helper()
	return s.queue(store.Reply{Ticket: 1, Text: id, WhatsAppID: id})
}

func (s *shop) setback(q store.Queued, b store.Setback) {
	s.t.Helper()
	s.do("postpone", s.ReplyRetry(s.t.Context(), q.Message, b))
}

// limit makes WhatsApp limit a reply that was claimed once.
func (s *shop) limit(q store.Queued) {
	s.t.Helper()
	s.setback(q, store.Setback{Attempt: 1, At: s.clock.Now().Add(time.Hour), Reason: "WhatsApp limita.", Limited: true})
}

func (s *shop) wantDelivery(what string, q store.Queued, want ticket.Delivery) {
	s.t.Helper()
	for _, m := range s.conversation(1) {
		if m.ID == q.Message {
			if m.Delivery != want {
				s.t.Errorf("%s: got %q because %q, want %q", what, m.Delivery, m.Failure, want)
			}
			return
		}
	}
	s.t.Errorf("%s: message %d is gone", what, q.Message)
}

func (s *shop) wantWait(what string, q store.Queued, want store.Wait) {
	s.t.Helper()
	_, wait, err := s.ClaimReply(s.t.Context(), q.Message, store.Terms{Lease: lease})
	if err != nil || wait != want {
		s.t.Errorf("%s: got %q, %v, want %q", what, wait, err, want)
	}
}

func TestWhatWhatsAppLimitsIsLeftAloneForLong(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		q := s.queue(store.Reply{Ticket: 1, Text: "recibido", WhatsAppID: "R1", Purpose: store.PurposeReceived})
		s.wantClaimed("at first", "R1")
		s.limit(q)
		s.wantDelivery("after the refusal", q, ticket.DeliveryLimited)
		s.wantNotice("in the list", ticket.DeliveryLimited)
		later := s.reply("R2")
		s.do("hurry", s.RetryRepliesNow(t.Context(), s.origin.Bridge))
		s.wantClaimed("when the bridge comes back", "")
		s.wantWait("by a click", q, store.WaitLimited)
		s.wantWait("the next one by a click", later, store.WaitTurnLimited)
		s.clock.Advance(time.Hour - time.Millisecond)
		s.wantClaimed("within the hour", "")
		s.clock.Advance(time.Millisecond)
		s.wantClaimed("after it", "R1")
		s.wantDelivery("while it is tried", q, ticket.DeliveryQueued)
	})
}

func TestACustomerWhoWritesLiftsTheLimit(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		s.add(message(s.origin, phoneQ, "Q1"))
		q := s.reply("R1")
		s.wantClaimed("at first", "R1")
		s.limit(q)
		s.add(message(s.origin, phoneQ, "Q2"))
		s.wantClaimed("after somebody else wrote", "")
		s.add(s.fromAna("A2", "¿y?"))
		s.wantClaimed("after she wrote", "R1")
	})
}

func TestABridgeThatIsNoLongerLimitedLiftsTheLimit(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		says := func(state string) {
			t.Helper()
			_, err := s.AddBeat(t.Context(), store.Beat{Origin: s.origin, Connected: state != "conectando", State: state}, nil)
			s.do("add beat", err)
		}
		s.add(s.fromAna("A1", "hola"))
		q := s.reply("R1")
		s.wantClaimed("at first", "R1")
		says("conectado")
		s.limit(q)
		says("conectado")
		s.wantClaimed("while the bridge never spoke of a limit", "")
		says("limitado")
		s.wantClaimed("while the limit lasts", "")
		says("conectado")
		s.wantClaimed("when it is over", "R1")
	})
}

func TestAPersonLiftsTheLimit(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		q := s.reply("R1")
		s.wantClaimed("at first", "R1")
		s.limit(q)
		s.do("retry", s.retry(q))
		s.wantClaimed("after a retry", "R1")
	})
}

func TestAReplyThatIsADayLateAsksFirstAndHoldsUpTheNext(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		s.add(message(s.origin, phoneQ, "Q1"))
		late := s.reply("R1")
		s.clock.Advance(day - time.Millisecond)
		next := s.reply("R2")
		s.queue(store.Reply{Ticket: 2, Text: "otro", WhatsAppID: "R3"})
		s.clock.Advance(time.Millisecond)
		s.wantClaimed("a day later, to others", "R3")
		s.wantDelivery("the late one", late, ticket.DeliveryConfirm)
		if got := s.ticket(1).Stuck; got != 1 {
			t.Errorf("replies that wait for a person: got %d, want 1", got)
		}
		s.wantDelivery("the next one", next, ticket.DeliveryQueued)
		s.do("hurry", s.RetryRepliesNow(t.Context(), s.origin.Bridge))
		s.wantClaimed("when the bridge comes back", "")
		s.wantWait("by a click", late, store.WaitConfirm)
		s.wantWait("the next one by a click", next, store.WaitTurnConfirm)
		s.do("confirm", s.retry(late))
		if got := s.ticket(1).Stuck; got != 0 {
			t.Errorf("once confirmed: got %d replies that wait for a person, want none", got)
		}
		s.clock.Advance(day - time.Millisecond)
		s.wantClaimed("once confirmed, for another day", "R1")
		s.do("note sent", s.ReplySent(t.Context(), late.Message, ""))
		s.wantClaimed("the next one, a day late by now", "")
		s.wantDelivery("the next one", next, ticket.DeliveryConfirm)
	})
}

func TestADiscardedReplyLetsTheNextOneGo(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		user, err := s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: "Luis"})
		s.do("create user", err)
		s.add(s.fromAna("A1", "hola"))
		late := s.queue(store.Reply{Ticket: 1, Text: "recibido", WhatsAppID: "R1", Purpose: store.PurposeReceived})
		s.clock.Advance(day)
		s.reply("R2")
		s.wantClaimed("a day later", "")
		named := s.name(late)
		named.User = user
		for range 2 { // the second time changes nothing
			s.do("discard", s.DiscardReply(t.Context(), named))
		}
		s.wantDelivery("discarded", late, ticket.DeliveryDiscarded)
		if m := s.conversation(1)[1]; m.Failure != "Lo descartó Luis." {
			t.Errorf("reason: got %q, want it to say who did it", m.Failure)
		}
		s.wantClaimed("the next one", "R2")
		wantCode(t, s.retry(late), ticket.CodeConflict)
		if again := s.queue(store.Reply{Ticket: 1, Text: "recibido", WhatsAppID: "R3", Purpose: store.PurposeReceived, Again: time.Hour}); again.Existing {
			t.Errorf("a new notice: got %+v, want it not to be the discarded one", again)
		}
		s.receipt(ticket.DeliveryRead, "R1")
		s.wantDelivery("when it turns out to have arrived", late, ticket.DeliveryRead)
	})
}

func TestAFailedReplyIsRetriedUnderItsID(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		q := s.reply("R1")
		s.wantClaimed("at first", "R1")
		s.do("give up", s.ReplyFailed(t.Context(), q.Message, "", "Ese número no tiene WhatsApp."))
		later := s.reply("R2")
		s.clock.Advance(2 * day)
		s.do("retry", s.retry(q))
		out := s.wantClaimed("after the retry, a fresh wish", "R1")
		if len(out) == 1 && out[0].Attempts != 2 {
			t.Errorf("attempts: got %d, want 2", out[0].Attempts)
		}
		s.wantDelivery("while it is sent", q, ticket.DeliveryQueued)
		s.do("retry while it is sent", s.retry(q))
		wantCode(t, s.discard(q), ticket.CodeConflict)
		s.wantWait("the other, late by now", later, store.WaitConfirm)
		s.do("note sent", s.ReplySent(t.Context(), q.Message, ""))
		wantCode(t, s.retry(q), ticket.CodeConflict)
		wantCode(t, s.discard(q), ticket.CodeConflict)
	})
}

func TestTheOutcomeOfAReplyIsRemembered(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		incoming := s.add(s.fromAna("A1", "hola"))
		q := s.reply("R1")
		want := func(delivery ticket.Delivery, failure string) {
			t.Helper()
			if d, f, err := s.ReplyOutcome(t.Context(), q.Message); d != delivery || f != failure || err != nil {
				t.Errorf("got %q because %q, %v, want %q because %q", d, f, err, delivery, failure)
			}
		}
		want(ticket.DeliveryQueued, "")
		s.wantClaimed("at first", "R1")
		s.limit(q)
		want(ticket.DeliveryLimited, "WhatsApp limita.")
		s.do("give up", s.ReplyFailed(t.Context(), q.Message, "", "No."))
		want(ticket.DeliveryFailed, "No.")
		s.do("note sent", s.ReplySent(t.Context(), q.Message, ""))
		want(ticket.DeliverySent, "")
		_, _, err := s.ReplyOutcome(t.Context(), incoming.Message)
		wantCode(t, err, ticket.CodeNotFound)
	})
}

func TestARetriedReplyDoesNotLeaveBesideAnotherOneToTheSamePerson(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		failed := s.reply("R1")
		s.wantClaimed("at first", "R1")
		s.do("give up", s.ReplyFailed(t.Context(), failed.Message, "", "No."))
		underway := s.reply("R2")
		s.wantClaimed("the next", "R2")
		s.do("retry", s.retry(failed))
		s.wantClaimed("while the next is being sent", "")
		s.wantWait("by a click", failed, store.WaitTurn)
		s.do("note sent", s.ReplySent(t.Context(), underway.Message, ""))
		s.wantClaimed("afterwards", "R1")
	})
}

func TestOnlyRepliesOfTheTicketAreRetriedAndDiscarded(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		incoming := s.add(s.fromAna("A1", "hola"))
		s.add(message(s.origin, phoneQ, "Q1"))
		q := s.reply("R1")
		for name, n := range map[string]store.Named{
			"what the customer wrote": {Business: s.origin.Business, Ticket: 1, Message: incoming.Message},
			"another ticket":          {Business: s.origin.Business, Ticket: 2, Message: q.Message},
			"another business":        {Business: s.origin.Business + 1, Ticket: 1, Message: q.Message},
			"nothing":                 {Business: s.origin.Business, Ticket: 1, Message: 999},
		} {
			for _, decide := range []error{s.RetryReply(t.Context(), n), s.DiscardReply(t.Context(), n)} {
				if got := ticket.CodeOf(decide); got != ticket.CodeNotFound {
					t.Errorf("%s: got %v, want %q", name, decide, ticket.CodeNotFound)
				}
			}
		}
		s.wantDelivery("the reply", q, ticket.DeliveryQueued)
	})
}

func TestALateWordOfAnEarlierAttemptDoesNotFreeALaterOne(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		q := s.reply("R1")
		s.wantClaimed("by one server", "R1")
		s.clock.Advance(lease)
		s.wantClaimed("by another one, after the lease", "R1")
		s.setback(q, store.Setback{Attempt: 1, At: s.clock.Now(), Reason: "x"})
		s.wantClaimed("after the first one's late word", "")
		s.setback(q, store.Setback{Attempt: 2, At: s.clock.Now(), Reason: "x"})
		s.wantClaimed("after the second one's", "R1")
	})
}

func TestFilesCanBeLeftToALaterClaim(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		s.add(message(s.origin, phoneQ, "Q1"))
		s.queue(store.Reply{Ticket: 1, Text: "foto", WhatsAppID: "R1", Kind: ticket.KindImage, File: &ticket.Attachment{File: "a.png", MIME: "image/png", Size: 1}})
		s.reply("R2")
		s.queue(store.Reply{Ticket: 2, Text: "otro", WhatsAppID: "R3"})
		terms := store.Terms{Lease: lease, PerMinute: 20, TextsOnly: []int64{s.origin.Bridge}}
		for _, want := range []string{"R3", ""} {
			if got := s.paced(terms); got != want {
				t.Errorf("texts only: got %q, want %q: what waits behind a file is not due", got, want)
			}
		}
		terms.TextsOnly = []int64{s.origin.Bridge + 1}
		if got := s.paced(terms); got != "R1" {
			t.Errorf("with another bridge's left: got %q, want the file", got)
		}
	})
}

// customers makes n tickets with a reply each.
func (s *shop) customers(n int) []store.Queued {
	s.t.Helper()
	all := make([]store.Queued, n)
	for i := range all {
		number := s.add(message(s.origin, fmt.Sprintf("5215512345%03d", i), "A")).Ticket
		all[i] = s.queue(store.Reply{Ticket: number, Text: "x", WhatsAppID: fmt.Sprintf("R%d", i)})
	}
	return all
}

func (s *shop) paced(terms store.Terms) string {
	s.t.Helper()
	out, err := s.ClaimReplies(s.t.Context(), 10, terms)
	s.do("claim", err)
	return ids(out)
}

func TestThePaceIsKeptByEveryServerAndAfterARestart(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		all := s.customers(6)
		terms := store.Terms{Lease: lease, PerMinute: 3, Gap: 10 * time.Second}
		servers := []*shop{s, {Store: s.another(), t: t}, {Store: s.another(), t: t}}
		var got []string
		for range 60 { // seconds
			for _, server := range servers {
				got = append(got, strings.Fields(server.paced(terms))...)
			}
			s.clock.Advance(time.Second)
		}
		if len(got) != 3 {
			t.Errorf("first minute: got %q, want 3 in all", got)
		}
		for _, q := range all[:3] {
			s.do("note sent", s.ReplySent(t.Context(), q.Message, ""))
		}
		if got := servers[2].paced(terms); got != "R3" {
			t.Errorf("second minute: got %q, want R3", got)
		}
		if got := servers[1].paced(terms); got != "" {
			t.Errorf("right after it: got %q, want its distance kept", got)
		}
	})
}

func TestAClickIsImmediateUntilTheMinuteIsFull(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		all := s.customers(5)
		terms := store.Terms{Lease: lease, PerMinute: 3, Gap: 20 * time.Second}
		if got := s.paced(terms); got != "R0" {
			t.Errorf("by itself: got %q, want R0", got)
		}
		click := func(what string, i int, want store.Wait) {
			if _, wait, err := s.ClaimReply(t.Context(), all[i].Message, terms); err != nil || wait != want {
				t.Errorf("%s: got %q, %v, want %q", what, wait, err, want)
			}
		}
		click("first click", 1, store.WaitNone)
		click("second click", 2, store.WaitNone)
		click("third click", 3, store.WaitPace)
		s.setback(all[1], store.Setback{Attempt: 1, At: s.clock.Now().Add(time.Hour), Unsent: true})
		click("after one that did not leave", 3, store.WaitNone)
		s.clock.Advance(time.Minute)
		if got := s.paced(terms); got != "R0" {
			t.Errorf("a minute later: got %q, want the one whose lease ended", got)
		}
	})
}

func TestAClockThatIsSetBackDoesNotStopTheReplies(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.clock.Advance(day)
		s.customers(4)
		terms := store.Terms{Lease: lease, PerMinute: 2, Gap: 20 * time.Second}
		for _, want := range []string{"R0", "", "R1"} {
			if got := s.paced(terms); got != want {
				t.Errorf("before: got %q, want %q", got, want)
			}
			s.clock.Advance(10 * time.Second)
		}
		s.clock.Advance(-day)
		for _, q := range []int64{3, 4} {
			s.do("due at once", s.RetryReply(t.Context(), store.Named{Business: s.origin.Business, Ticket: q, Message: s.conversation(q)[1].ID}))
		}
		for _, want := range []string{"R2", "", "R3", "", ""} {
			if got := s.paced(terms); got != want {
				t.Errorf("after: got %q, want %q", got, want)
			}
			s.clock.Advance(10 * time.Second)
		}
	})
}

func TestClicksOnSeveralServersAtOnceKeepThePace(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		all := s.customers(12)
		servers := []*store.Store{s.Store, s.another(), s.another()}
		terms := store.Terms{Lease: lease, PerMinute: 5, Gap: time.Second}
		var mu sync.Mutex
		had := 0
		var wg sync.WaitGroup
		for i, q := range all {
			wg.Go(func() {
				_, wait, err := servers[i%len(servers)].ClaimReply(t.Context(), q.Message, terms)
				if err != nil || wait != store.WaitNone && wait != store.WaitPace {
					t.Errorf("click %d: got %q, %v", i, wait, err)
				}
				mu.Lock()
				defer mu.Unlock()
				if wait == store.WaitNone {
					had++
				}
			})
		}
		wg.Wait()
		if had != 5 {
			t.Errorf("got %d sent within the minute, want 5", had)
		}
	})
}

func TestTwoServersGetOneNoticeOutOfTwoClicks(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		servers := []*store.Store{s.Store, s.another()}
		claimed := make([]store.Wait, 8)
		var wg sync.WaitGroup
		for i := range claimed {
			wg.Go(func() {
				server := servers[i%2]
				q, err := server.QueueReply(t.Context(), store.Reply{
					Business: s.origin.Business, Ticket: 1, Text: "recibido", WhatsAppID: fmt.Sprintf("R%d", i),
					Purpose: store.PurposeReceived, Again: time.Minute,
				})
				if err != nil {
					t.Errorf("click %d: %v", i, err)
					return
				}
				if _, claimed[i], err = server.ClaimReply(t.Context(), q.Message, store.Terms{Lease: lease}); err != nil {
					t.Errorf("claim %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		had := 0
		for _, wait := range claimed {
			if wait == store.WaitNone {
				had++
			}
		}
		if rows := len(s.conversation(1)) - 1; had != 1 || rows != 1 {
			t.Errorf("got %d claims of %d rows, want one of one", had, rows)
		}
	})
}
