package watch_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/server/watch"
)

const after = 5 * time.Minute

// post is a Watch over a real database with one bridge.
type post struct {
	*watch.Watch
	t      *testing.T
	store  *store.Store
	origin store.Origin
	clock  *storetest.Clock
	log    *bytes.Buffer
}

func openPost(t *testing.T, url string) *post {
	t.Helper()
	p := &post{t: t, clock: storetest.NewClock(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)), log: &bytes.Buffer{}}
	p.store = storetest.OpenURL(t, url, func(o *store.Options) { o.Now = p.clock.Now })
	p.origin = storetest.Origin(t, p.store)
	p.Watch = p.start(after)
	return p
}

// start returns a Watch as a server that starts now would have it.
func (p *post) start(after time.Duration) *watch.Watch {
	return watch.New(watch.Options{Store: p.store, After: after, Now: p.clock.Now, Log: zerolog.New(zerolog.SyncWriter(p.log))})
}

func (p *post) beat(change func(*store.Beat)) {
	p.t.Helper()
	b := store.Beat{Origin: p.origin, Connected: true, State: "conectado"}
	change(&b)
	if err := p.Beat(p.t.Context(), b); err != nil {
		p.t.Fatal(err)
	}
}

func well(*store.Beat) {}

func loggedOut(b *store.Beat) {
	b.Connected, b.State, b.Report.Reason, b.Report.Solution = false, "sesion_cerrada", "El teléfono cerró la sesión.", "Escanee el QR."
}

func diskFull(b *store.Beat) { b.Problem = "El disco está lleno." }

// pass lets d go by, looking every half minute.
func (p *post) pass(w *watch.Watch, d time.Duration) {
	p.t.Helper()
	for range d / (30 * time.Second) {
		p.clock.Advance(30 * time.Second)
		if err := w.Look(p.t.Context()); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *post) wantOpen(what string, want ...string) {
	p.t.Helper()
	open, err := p.store.OpenAlerts(p.t.Context(), p.origin.Business)
	if err != nil {
		p.t.Fatal(err)
	}
	var got []string
	for _, a := range open {
		got = append(got, a.Sentence)
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		p.t.Errorf("%s: got alerts %q, want %q", what, got, want)
	}
}

const silent = "La laptop no da señales de vida."

func each(t *testing.T, body func(t *testing.T, p *post)) {
	t.Helper()
	storetest.Run(t, func(t *testing.T, url string) { body(t, openPost(t, url)) })
}

func TestAlertsAreLoggedWhenTheyComeAndGo(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.beat(well)
		p.pass(p.Watch, after)
		p.wantOpen("after the last beat", silent)
		p.pass(p.Watch, after)
		p.beat(well)
		p.wantOpen("after a beat")
		log := p.log.String()
		for part, want := range map[string]int{`"level":"warn"`: 1, `"alert raised"`: 1, `"level":"info"`: 1, `"alert cleared"`: 1, `"kind":"silence"`: 2} {
			if got := strings.Count(log, part); got != want {
				t.Errorf("%s: got it %d times in the log, want %d:\n%s", part, got, want, log)
			}
		}
	})
}

func TestABridgeThatGoesOnComplainingRaisesAnAlertPerComplaint(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		for range 11 {
			p.beat(func(b *store.Beat) { loggedOut(b); diskFull(b) })
			p.pass(p.Watch, 30*time.Second)
		}
		p.wantOpen("after 5 minutes", "El teléfono cerró la sesión.", "El disco está lleno.")
		p.beat(diskFull)
		p.wantOpen("back in WhatsApp", "El disco está lleno.")
		p.pass(p.Watch, after)
		p.wantOpen("then silent", "El disco está lleno.", silent)
		p.beat(well)
		p.wantOpen("all well")
	})
}

func TestAStartOfTheServerNeitherRaisesNorClears(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.beat(well)
		p.clock.Advance(8 * time.Hour)
		second := p.start(after)
		p.pass(second, after-30*time.Second)
		p.wantOpen("right after the start")
		p.pass(second, 30*time.Second)
		p.wantOpen("once it had time to hear a beat", silent)
		third := p.start(after)
		p.pass(third, after)
		p.wantOpen("after another start", silent)
		if got := strings.Count(p.log.String(), "alert raised"); got != 1 {
			t.Errorf("got %d alerts raised, want 1", got)
		}
	})
}

func TestAServerThatSleptHeardNothingMeanwhile(t *testing.T) {
	for name, jump := range map[string]time.Duration{"slept": 8 * time.Hour, "clock set back": -2 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			p := openPost(t, filepath.Join(t.TempDir(), "tickets.db"))
			p.beat(well)
			p.pass(p.Watch, time.Minute)
			p.clock.Advance(jump)
			p.pass(p.Watch, time.Minute)
			p.wantOpen("just awake")
			p.beat(well)
			p.pass(p.Watch, after)
			p.wantOpen("after real silence", silent)
		})
	}
}

func TestADatabaseThatWasAwayMissedTheBeats(t *testing.T) {
	p := openPost(t, filepath.Join(t.TempDir(), "tickets.db"))
	p.beat(well)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		p.clock.Advance(30 * time.Second)
		if err := p.Look(ctx); err == nil {
			t.Fatal("got no error without a database")
		}
	}
	p.pass(p.Watch, 30*time.Second)
	p.wantOpen("the database is back")
}

func TestTwoServersTellOfAnAlertOnce(t *testing.T) {
	each(t, func(t *testing.T, p *post) {
		p.beat(well)
		servers := []*watch.Watch{p.Watch, p.start(after), p.start(after)}
		for range 20 {
			p.clock.Advance(30 * time.Second)
			var wg sync.WaitGroup
			for _, w := range servers {
				wg.Go(func() {
					if err := w.Look(t.Context()); err != nil {
						t.Errorf("look: %v", err)
					}
				})
			}
			wg.Wait()
		}
		p.wantOpen("after 10 minutes", silent)
		if got := strings.Count(p.log.String(), "alert raised"); got != 1 {
			t.Errorf("got %d alerts raised, want 1", got)
		}
	})
}

func TestAWatchThatIsOffTakesAlertsDownAndRaisesNone(t *testing.T) {
	p := openPost(t, filepath.Join(t.TempDir(), "tickets.db"))
	p.beat(well)
	p.pass(p.Watch, after)
	p.wantOpen("while it was on", silent)
	if err := p.start(0).Run(t.Context()); err != nil {
		t.Errorf("got %v, want nil", err)
	}
	p.wantOpen("turned off")
}

func TestRunRaisesByItselfUntilItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storetest.Open(t)
		origin := storetest.Origin(t, s)
		w := watch.New(watch.Options{Store: s, After: after, Now: time.Now, Log: zerolog.Nop()})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.Run(ctx) }()
		if err := w.Beat(ctx, store.Beat{Origin: origin, Connected: true}); err != nil {
			t.Fatal(err)
		}
		count := func() int {
			open, err := s.OpenAlerts(ctx, origin.Business)
			if err != nil {
				t.Fatal(err)
			}
			return len(open)
		}
		time.Sleep(after - time.Minute)
		synctest.Wait()
		if got := count(); got != 0 {
			t.Errorf("after 4 minutes: got %d alerts, want 0", got)
		}
		time.Sleep(time.Minute + 31*time.Second)
		synctest.Wait()
		if got := count(); got != 1 {
			t.Errorf("after 5 minutes: got %d alerts, want 1", got)
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("got %v at the end, want nil", err)
		}
	})
}
