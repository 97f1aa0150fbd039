package backup_test

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mostrador/internal/server/backup"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

// gate is a shelf that holds copies up on their way until it is opened.
type gate struct {
	backup.Shelf
	came chan struct{}
	open chan struct{}
}

func (g gate) Put(ctx context.Context, name string, r io.Reader) error {
	if !strings.HasSuffix(name, ".sha256") {
		g.came <- struct{}{}
		<-g.open
	}
	return g.Shelf.Put(ctx, name, r)
}

func state(t *testing.T, b *backup.Backups) backup.State {
	t.Helper()
	s, err := b.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestACopyThatIsAskedForIsMadeOnceAndSeenWhileItIs(t *testing.T) {
	s := open(t)
	s.fill(0, 10)
	g := gate{s.o.Shelf, make(chan struct{}), make(chan struct{})}
	s.o.Shelf = g
	b := backup.New(s.o)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := b.Run(ctx); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	if err := b.Ask(); err != nil {
		t.Fatal(err)
	}
	<-g.came
	if got := state(t, b); !got.Busy || got.Work.Since != s.clock.Now() || got.Count != 0 || len(got.Unchecked) != 0 {
		t.Errorf("on the way: got %+v, want it busy and nothing there yet", got)
	}
	if err := b.Ask(); ticket.CodeOf(err) != ticket.CodeConflict {
		t.Errorf("asked twice: got %v, want a conflict", err)
	}
	if _, err := b.Make(t.Context()); ticket.CodeOf(err) != ticket.CodeConflict {
		t.Errorf("made beside it: got %v, want a conflict", err)
	}
	close(g.open)
	storetest.Eventually(t, "the copy is made", func() bool { return !state(t, b).Busy })
	got := state(t, b)
	if got.Count != 1 || got.Late || got.Failure != "" || !got.Next.Equal(time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)) {
		t.Errorf("afterwards: got %+v, want one copy and the next at 3", got)
	}
	made, file, err := b.Open(t.Context(), got.Last.Name)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, file); err != nil || n != made.Size || made != got.Last {
		t.Errorf("got %d bytes of %+v, %v, want all of %+v", n, made, err, got.Last)
	}
	_ = file.Close()
	cancel()
	running.Wait()
}

func TestOnlyCopiesThatCountCanBeTakenAway(t *testing.T) {
	s := open(t)
	made := s.make()
	if err := s.o.Shelf.Remove(t.Context(), made.Name+".sha256"); err != nil {
		t.Fatal(err)
	}
	b := backup.New(s.o)
	got := state(t, b)
	if got.Count != 0 || len(got.Unchecked) != 1 || got.Unchecked[0].Name != made.Name {
		t.Errorf("got %+v, want one that does not count", got)
	}
	for _, name := range []string{made.Name, "../tickets.db", "", "tickets.db"} {
		if _, _, err := b.Open(t.Context(), name); ticket.CodeOf(err) != ticket.CodeNotFound {
			t.Errorf("%q: got %v, want it not found", name, err)
		}
	}
}

// broken is a shelf that takes nothing, and on which nothing can be seen either
// when it is dark.
type broken struct {
	backup.Shelf
	dark bool
}

func (b *broken) Put(context.Context, string, io.Reader) error {
	return ticket.NewError(ticket.CodeUnavailable, "El disco de respaldos no está.")
}

func (b *broken) List(ctx context.Context) ([]backup.File, error) {
	if b.dark {
		return nil, ticket.NewError(ticket.CodeUnavailable, "No contesta.")
	}
	return b.Shelf.List(ctx)
}

func TestPeopleAreToldWhenThereIsNoNewCopyAndWhenThereIsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		time.Sleep(time.Until(s.clock.Now())) // the store's clock stands
		s.o.Now = time.Now
		whole, shelf := s.o.Shelf, &broken{Shelf: s.o.Shelf}
		s.make()
		s.o.Shelf = shelf
		alerts := func(when, want string) {
			t.Helper()
			synctest.Wait()
			open, err := s.store.OpenAlerts(t.Context(), s.origin.Business)
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, a := range open {
				all = append(all, a.Kind+" "+a.Sentence)
			}
			if got := strings.Join(all, ", "); got != want {
				t.Errorf("%s: got %q, want %q", when, got, want)
			}
		}
		run := func(d time.Duration) {
			ctx, cancel := context.WithCancel(t.Context())
			var running sync.WaitGroup
			running.Go(func() { _ = backup.New(s.o).Run(ctx) })
			time.Sleep(d)
			synctest.Wait()
			cancel()
			running.Wait()
		}
		time.Sleep(25 * time.Hour)
		run(5 * time.Minute)
		alerts("after 25 hours", "")
		time.Sleep(2 * time.Hour)
		run(5 * time.Minute)
		alerts("after 27 hours", "backup El disco de respaldos no está.")
		if _, err := s.store.AddBeat(t.Context(), store.Beat{Origin: s.origin, Connected: true}, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.store.ClearAlerts(t.Context()); err != nil {
			t.Fatal(err)
		}
		alerts("after a sign of life of the laptop", "backup El disco de respaldos no está.")
		shelf.dark = true
		run(5 * time.Minute)
		alerts("with nothing to be seen", "backup No se puede mirar dónde están los respaldos.")
		s.o.Shelf = whole
		run(5 * time.Minute)
		alerts("after a good copy", "")
	})
}

func TestACopyMadeWhileTheClockWasAheadKeepsNoneFromBeingMade(t *testing.T) {
	s := open(t)
	s.fill(0, 3)
	s.clock.Advance(100 * 24 * time.Hour)
	b := backup.New(s.o)
	ahead, err := b.Make(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.clock.Advance(-98 * 24 * time.Hour)
	if got := state(t, b); !got.Late || got.Next.After(s.clock.Now()) || got.Last.Name != "" || got.Count != 1 {
		t.Errorf("set right: got %+v, want none made lately and one due", got)
	}
	if newest, err := backup.Newest(t.Context(), s.o.Shelf, s.clock.Now()); err != nil || newest != ahead {
		t.Errorf("got %+v, %v, want the only one there is", newest, err)
	}
	made, err := b.Make(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := state(t, b); got.Late || !got.Next.After(s.clock.Now()) || got.Last != made {
		t.Errorf("afterwards: got %+v, want the new one to be the last", got)
	}
	if newest, err := backup.Newest(t.Context(), s.o.Shelf, s.clock.Now()); err != nil || newest != made {
		t.Errorf("got %+v, %v, want the one made now", newest, err)
	}
}
