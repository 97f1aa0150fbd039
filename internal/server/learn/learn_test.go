package learn_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"mostrador/internal/server/classifier"
	"mostrador/internal/server/learn"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

// shop is a store that classifies with a learner.
type shop struct {
	*store.Store
	t       *testing.T
	learner *learn.Learner
	origin  store.Origin
}

// open opens the database at url as one of its servers; other servers' changes
// are noticed within poll.
func open(t *testing.T, url string, poll time.Duration) *shop {
	t.Helper()
	s := &shop{t: t}
	s.Store = storetest.OpenURL(t, url, func(o *store.Options) {
		o.Classify = func(business int64, text string) ticket.Classification { return s.learner.Classify(business, text) }
	})
	s.learner = learn.New(learn.Options{Store: s.Store, Log: zerolog.Nop(), Pause: time.Millisecond, Poll: poll})
	s.origin = storetest.Origin(t, s.Store)
	return s
}

// run has the learner learn until the returned function is called, or the test ends.
func (s *shop) run() (stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.learner.Run(ctx); err != nil {
			s.t.Errorf("run: %v", err)
		}
	}()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	s.t.Cleanup(stop)
	return stop
}

func (s *shop) upToDate() { s.t.Helper(); s.learned(s.origin.Business) }

// learned waits until the model of a business is made of what the rows say.
func (s *shop) learned(business int64) {
	s.t.Helper()
	// Training takes many seconds under the race detector.
	deadline, poll := time.After(5*time.Minute), time.NewTicker(5*time.Millisecond)
	defer poll.Stop()
	for {
		current, err := s.learner.Current(s.t.Context(), business)
		if err == nil && current {
			return
		}
		select {
		case <-poll.C:
		case <-deadline:
			s.t.Fatalf("waited in vain until the model is up to date: %v", err)
		}
	}
}

func (s *shop) message(id, text string) int64 {
	s.t.Helper()
	stored, err := s.AddMessage(s.t.Context(), store.Incoming{
		Origin: s.origin, From: ticket.Identity{Phone: "52155" + id, Chat: "52155" + id + "@s.whatsapp.net"},
		Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: text, WhatsAppID: id,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return stored.Ticket
}

// teach has people correct ten messages about drones.
func (s *shop) teach() {
	s.t.Helper()
	if _, err := s.AddCategory(s.t.Context(), s.origin.Business, store.Category{Name: "Drones"}); err != nil {
		s.t.Fatal(err)
	}
	for i, text := range []string{
		"mi dron no despega", "se estrelló el dron contra un árbol", "una hélice del dron está rota", "el dron pierde altura al volar", "quiero volar mi dron y gira solo",
		"el gimbal del drone vibra", "el control del dron no enlaza", "se fue volando el dron y no volvió", "cambian motores de drone?", "calibrar el dron antes del vuelo",
	} {
		number := s.message("0000000"+string(rune('0'+i)), text)
		if _, err := s.SetCategory(s.t.Context(), s.origin.Business, number, 0, "Drones"); err != nil {
			s.t.Fatal(err)
		}
	}
}

const drone = "se cayó mi drone y la hélice se partió"

func TestAServerLearnsAndAnotherOneNotices(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		s, other := open(t, url, time.Hour), open(t, url, 5*time.Millisecond)
		s.run()
		other.run()
		s.upToDate()
		if got := s.learner.Classify(s.origin.Business, drone).Category; got == "Drones" {
			t.Errorf("before: got %q", got)
		}
		s.teach()
		s.learner.Wake()
		s.upToDate()
		other.upToDate()
		for name, one := range map[string]*shop{"the server itself": s, "the other one": other} {
			if got := one.learner.Classify(s.origin.Business, drone); got.Category != "Drones" {
				t.Errorf("%s: got %q for %q, want Drones", name, got.Category, got.Words)
			}
		}
		if diff := cmp.Diff(s.learner.Classify(s.origin.Business, drone), other.learner.Classify(s.origin.Business, drone)); diff != "" {
			t.Errorf("two servers on the same rows differ:\n%s", diff)
		}
	})
}

func TestBusinessesDoNotMix(t *testing.T) {
	url := filepath.Join(t.TempDir(), "tickets.db")
	s := open(t, url, time.Hour)
	const second = 77
	exec(t, url, `INSERT INTO businesses (id, code, name, received_text, join_window_ms, created_at) VALUES (77, 'b', 'Otro', '', 0, 0)`)
	s.run()
	s.teach()
	s.learner.Wake()
	s.upToDate()
	if got := s.learner.Classify(second, drone); got.Category == "Drones" || got.Category == "" {
		t.Errorf("got %q, want the other business to know nothing of drones", got.Category)
	}
	if err := s.learner.UseTemplate(t.Context(), second, classifier.Commerce); err != nil {
		t.Fatal(err)
	}
	s.learned(second)
	if got := s.learner.Classify(second, "quiero cancelar mi pedido").Category; got != "cancelacion" {
		t.Errorf("got %q, want the other template's category", got)
	}
	if got := s.learner.Classify(s.origin.Business, drone); got.Category != "Drones" {
		t.Errorf("got %q, want the first business as it was", got.Category)
	}
	err := s.learner.UseTemplate(t.Context(), second, "otra")
	if ticket.CodeOf(err) != ticket.CodeInvalid {
		t.Errorf("unknown template: got %v, want CodeInvalid", err)
	}
}

func TestAMessageWaitsForTheFirstModel(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "tickets.db"), time.Hour)
	answered := make(chan int64, 1)
	go func() { answered <- s.message("00000001", "la impresora saca las hojas en blanco") }()
	s.run()
	number := <-answered
	l, err := s.Ticket(t.Context(), s.origin.Business, number)
	if err != nil || l.Category != "Impresoras" || l.Source != ticket.SourceModel {
		t.Errorf("got %q by %q, %v, want it classified", l.Category, l.Source, err)
	}
}

func TestAMessageOfOneBusinessDoesNotHoldUpThePreparationOfOthers(t *testing.T) {
	url := filepath.Join(t.TempDir(), "tickets.db")
	asked := make(chan struct{}, 1)
	s := &shop{t: t}
	s.Store = storetest.OpenURL(t, url, func(o *store.Options) {
		o.Classify = func(business int64, text string) ticket.Classification {
			asked <- struct{}{} // the message has the database to itself
			return s.learner.Classify(business, text)
		}
	})
	s.learner = learn.New(learn.Options{Store: s.Store, Log: zerolog.Nop(), Pause: time.Millisecond, Poll: time.Hour})
	s.origin = storetest.Origin(t, s.Store)
	for id := 70; id < 80; id++ {
		exec(t, url, fmt.Sprintf(`INSERT INTO businesses (id, code, name, received_text, join_window_ms, created_at) VALUES (%d, 'b%d', 'Otro', '', 0, 0)`, id, id))
	}
	answered := make(chan int64, 1)
	go func() { answered <- s.message("00000001", "la impresora saca las hojas en blanco") }()
	<-asked
	s.run()
	number := <-answered
	if l, err := s.Ticket(t.Context(), s.origin.Business, number); err != nil || l.Category != "Impresoras" {
		t.Errorf("got %q, %v, want it classified", l.Category, err)
	}
	s.learned(79)
}

func TestWithoutADatabaseMessagesAreSortedAsAtTheFactory(t *testing.T) {
	url := filepath.Join(t.TempDir(), "tickets.db")
	broken, err := store.Open(t.Context(), store.Options{URL: url, Now: time.Now, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	if err := broken.Close(); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	l := learn.New(learn.Options{Store: broken, Log: zerolog.New(zerolog.SyncWriter(&log)), Pause: time.Millisecond, Poll: time.Hour})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	asked := make(chan ticket.Classification, 1)
	go func() { asked <- l.Classify(1, "la impresora saca las hojas en blanco") }()
	go func() { done <- l.Run(ctx) }()
	if got := <-asked; got.Category != "Impresoras" {
		t.Errorf("got %q, want the help desk's own model", got.Category)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("run: got %v, want nil", err)
	}
	if !strings.Contains(log.String(), "could not learn") || strings.Contains(log.String(), "impresora") {
		t.Errorf("got log %s, want the trouble told and no customer's words", log.String())
	}
}

func TestOnceStoppedNothingIsKnownOfABusinessWithoutAModel(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "tickets.db"), time.Hour)
	// One that is not prepared has all helped out with a model that is not theirs.
	if err := s.learner.Prepare(t.Context(), s.origin.Business); err != nil {
		t.Fatal(err)
	}
	s.run()()
	want := ticket.Classification{Source: ticket.SourceModel, Priority: ticket.PriorityNormal}
	if diff := cmp.Diff(want, s.learner.Classify(999, "hola")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWakingIsNeverWaitedFor(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "tickets.db"), time.Hour)
	for range 100 {
		s.learner.Wake()
	}
	s.run()
	s.upToDate()
}
