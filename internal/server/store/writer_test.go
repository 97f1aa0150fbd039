package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"mostrador/internal/pgtest"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

// gate holds SQLite's writer in the middle of a transaction, so that a test
// decides what waits for the next one.
type gate struct {
	entered chan struct{}
	release chan struct{}
}

const (
	gateText   = "hold the writer"
	poisonText = "poison"
)

// gatedShop is a SQLite shop whose writer stops at a message with gateText and
// fails at one with poisonText.
func gatedShop(t *testing.T) (*shop, *gate) {
	t.Helper()
	s := &shop{t: t, clock: storetest.NewClock(start), url: filepath.Join(t.TempDir(), "tickets.db")}
	g := &gate{entered: make(chan struct{}), release: make(chan struct{})}
	var once sync.Once
	s.Store = storetest.OpenURL(t, s.url, func(o *store.Options) {
		o.Now = s.clock.Now
		o.Classify = func(business int64, text string) ticket.Classification {
			switch text {
			case gateText:
				once.Do(func() {
					g.entered <- struct{}{}
					<-g.release
				})
			case poisonText:
				panic("classifier broke")
			}
			return classify(business, text)
		}
	})
	s.origin = storetest.Origin(t, s.Store)
	return s, g
}

// hold stops the writer and returns what lets it go on, which returns what
// became of the message that held it.
func (g *gate) hold(s *shop) (release func() error) {
	done := make(chan error)
	go func() {
		in := message(s.origin, "5210000000", "GATE")
		in.Body = gateText
		_, err := s.AddMessage(s.t.Context(), in)
		done <- err
	}()
	<-g.entered
	return func() error {
		g.release <- struct{}{}
		return <-done
	}
}

func TestAPoisonousMessageFailsAlone(t *testing.T) {
	s, g := gatedShop(t)
	release := g.hold(s)
	const senders, poisoned = 20, 7
	errs := make([]error, senders)
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			in := message(s.origin, fmt.Sprintf("52155123456%02d", i), "A")
			if i == poisoned {
				in.Body = poisonText
			}
			_, errs[i] = s.AddMessage(t.Context(), in)
		})
	}
	storetest.Eventually(t, "everybody waits", func() bool { return s.Waiting() == senders })
	s.do("message at the gate", release())
	wg.Wait()
	for i, err := range errs {
		if (err != nil) != (i == poisoned) {
			t.Errorf("sender %d: got %v", i, err)
		}
	}
	if got := s.total(); got != senders { // the gate's one and all but the poisoned
		t.Errorf("tickets: got %d, want %d", got, senders)
	}
	s.do("check integrity", s.CheckIntegrity(t.Context()))
}

func TestAnErrorOfPostgresPoisonsNobodyElse(t *testing.T) {
	s := &shop{t: t, clock: storetest.NewClock(start)}
	s.Store = storetest.OpenURL(t, pgtest.URL(t), func(o *store.Options) {
		o.Now = s.clock.Now
		o.Classify = func(business int64, text string) ticket.Classification {
			if text == poisonText {
				panic("classifier broke")
			}
			return classify(business, text)
		}
	})
	s.origin = storetest.Origin(t, s.Store)
	if _, err := s.AddMessage(t.Context(), s.fromAna("A1", poisonText)); err == nil {
		t.Error("poisonous message: got no error")
	}
	if got := s.add(s.fromAna("A2", "hola")); got.Ticket != 1 {
		t.Errorf("next message: got %+v, want ticket 1", got)
	}
}

func TestWhoGivesUpWaitingIsSkipped(t *testing.T) {
	s, g := gatedShop(t)
	release := g.hold(s)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := s.AddMessage(ctx, s.fromAna("A1", "hola"))
		done <- err
	}()
	storetest.Eventually(t, "the message waits", func() bool { return s.Waiting() == 1 })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) { // while the writer is still held
		t.Errorf("got %v, want the context's error", err)
	}
	s.do("message at the gate", release())
	if got := s.add(s.fromAna("A1", "hola")); got.Duplicate {
		t.Errorf("got %+v, want the abandoned message not to be stored", got)
	}
}

func TestWhoeverComesAfterAQueueOfThoseWhoGaveUpIsServed(t *testing.T) {
	s, g := gatedShop(t)
	release := g.hold(s)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for i := range store.BatchLimit + 10 { // more than have room
		wg.Go(func() {
			if _, err := s.AddMessage(ctx, message(s.origin, fmt.Sprintf("5215512%06d", i), "A")); !errors.Is(err, context.Canceled) {
				t.Errorf("sender %d: got %v, want the context's error", i, err)
			}
		})
	}
	storetest.Eventually(t, "the queue is full", func() bool { return s.Waiting() == store.BatchLimit })
	cancel()
	wg.Wait()
	s.do("message at the gate", release())
	if got := s.add(s.fromAna("A1", "hola")); got.Ticket != 2 {
		t.Errorf("got %+v, want the second ticket", got)
	}
}

func TestAMessageOfAnEndedRequestIsNotStored(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.AddMessage(ctx, s.fromAna("A1", "hola")); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's error", err)
		}
		if got := s.total(); got != 0 {
			t.Errorf("tickets: got %d, want none", got)
		}
	})
}

func TestNothingIsStoredAfterClose(t *testing.T) {
	s, g := gatedShop(t)
	release := g.hold(s)
	waiting := make(chan error)
	go func() {
		_, err := s.AddMessage(t.Context(), s.fromAna("A1", "hola"))
		waiting <- err
	}()
	storetest.Eventually(t, "the message waits", func() bool { return s.Waiting() == 1 })
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	s.do("message at the gate", release())
	s.do("close", <-closed)
	stored := <-waiting == nil
	_, err := s.AddMessage(t.Context(), s.fromAna("A2", "hola"))
	wantCode(t, err, ticket.CodeUnavailable)
	s.do("close again", s.Close())

	again := &shop{t: t, url: s.url, clock: s.clock}
	again.Store = again.another()
	again.origin = storetest.Origin(t, again.Store)
	want := int64(1)
	if stored {
		want = 2
	}
	if got := again.total(); got != want {
		t.Errorf("tickets after opening again: got %d, want the %d that were acknowledged", got, want)
	}
}

func TestAFullDiskIsSaidAndLeavesNothingHalf(t *testing.T) {
	s := openShop(t, filepath.Join(t.TempDir(), "tickets.db"))
	s.add(s.fromAna("A1", "hola"))
	s.do("fill disk", s.Pragma(t.Context(), "max_page_count = 1")) // SQLite raises it to what is in use
	big := s.fromAna("A2", strings.Repeat("x", 1<<20))
	big.Attachments = []ticket.Attachment{{File: "a.jpg", MIME: "image/jpeg", State: ticket.FileStored}}
	_, err := s.AddMessage(t.Context(), big)
	wantCode(t, err, ticket.CodeUnavailable)
	if got := len(s.conversation(1)); got != 1 {
		t.Errorf("messages: got %d, want 1", got)
	}
	if _, err := s.File(t.Context(), s.origin.Business, "a.jpg"); ticket.CodeOf(err) != ticket.CodeNotFound {
		t.Errorf("file: got %v, want not found", err)
	}
	if err := errors.Unwrap(err); err == nil || !strings.Contains(err.Error(), "full") {
		t.Errorf("cause: got %v, want it in the chain for the log", err)
	}
	s.do("free disk", s.Pragma(t.Context(), "max_page_count = 1000000"))
	if got := s.add(big); got.Ticket != 1 || got.Duplicate {
		t.Errorf("once there is room: got %+v", got)
	}
	s.do("check integrity", s.CheckIntegrity(t.Context()))
}

func TestADatabaseThatTakesNoWritesStillReads(t *testing.T) {
	s := openShop(t, filepath.Join(t.TempDir(), "tickets.db"))
	u := s.user("ana")
	s.do("create session", s.StartSession(t.Context(), store.Login{User: u.ID, Token: [32]byte{1}, TTL: 1 << 62}))
	s.add(s.fromAna("A1", "hola"))
	s.do("protect", s.Pragma(t.Context(), "query_only = 1"))
	_, err := s.AddMessage(t.Context(), s.fromAna("A2", "hola"))
	wantCode(t, err, ticket.CodeUnavailable)
	s.clock.Advance(touchAfter)
	if _, err := s.Session(t.Context(), [32]byte{1}, 1<<62); err != nil {
		t.Errorf("session: %v", err)
	}
	s.do("ping", s.Ping(t.Context()))
	if got := s.ticket(1).Unread; got != 1 {
		t.Errorf("unread: got %d, want 1", got)
	}
}

func TestPostgresGoingAwayIsSaidAndSurvived(t *testing.T) {
	url := pgtest.URL(t)
	s := openShop(t, url)
	s.add(s.fromAna("A1", "hola"))
	admin, err := pgx.Connect(t.Context(), url)
	s.do("connect", err)
	t.Cleanup(func() { _ = admin.Close(context.Background()) })
	sever := func() {
		t.Helper()
		_, err := admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		s.do("sever connections", err)
	}
	sever()
	// The pool may hand out dead connections before it has noticed; each answer
	// is either a success or the promise that trying later helps.
	storetest.Eventually(t, "the store has connected again", func() bool {
		_, err := s.AddMessage(t.Context(), s.fromAna("A2", "hola"))
		if err != nil {
			wantCode(t, err, ticket.CodeUnavailable)
		}
		return err == nil
	})
	_, err = admin.Exec(t.Context(), `DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET default_transaction_read_only = on'; END $$`)
	s.do("protect database", err)
	sever()
	storetest.Eventually(t, "the store sees the protection", func() bool {
		_, err := s.AddMessage(t.Context(), s.fromAna("A3", "hola"))
		wantCode(t, err, ticket.CodeUnavailable)
		return err != nil && strings.Contains(err.Error(), "read-only")
	})
	storetest.Eventually(t, "reading works", func() bool { return s.Ping(t.Context()) == nil })
}
