package store_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

const limit = 5 * time.Minute

var (
	gone  = store.Trouble{Kind: store.AlertSilence, Sentence: "Sin señales.", Solution: "Enciéndala."}
	ended = store.Trouble{Kind: "whatsapp", Sentence: "La sesión se cerró.", Solution: "Escanee el QR."}
	full  = store.Trouble{Kind: "problem", Sentence: "El disco está lleno.", Solution: "Haga espacio."}
)

// beat stores a sign of life and returns what it cleared.
func (s *shop) beat(troubles ...store.Trouble) string {
	s.t.Helper()
	cleared, err := s.AddBeat(s.t.Context(), store.Beat{Origin: s.origin, Connected: true}, troubles)
	s.do("add beat", err)
	return kinds(cleared)
}

// raise raises what is due for somebody who watches since the start and returns
// what is new.
func (s *shop) raise() string {
	s.t.Helper()
	return s.raiseSince(start)
}

func (s *shop) raiseSince(watching time.Time) string {
	s.t.Helper()
	raised, err := s.RaiseAlerts(s.t.Context(), store.Alarm{After: limit, Watching: watching, Silence: gone})
	s.do("raise alerts", err)
	return kinds(raised)
}

// open returns the alerts that are up.
func (s *shop) open() []store.Alert {
	s.t.Helper()
	open, err := s.OpenAlerts(s.t.Context(), s.origin.Business)
	s.do("list open alerts", err)
	return open
}

func kinds(alerts []store.Alert) string {
	var all []string
	for _, a := range alerts {
		all = append(all, a.Kind)
	}
	return strings.Join(all, " ")
}

func (s *shop) wantKinds(what, got, want string) {
	s.t.Helper()
	if got != want {
		s.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestTheLastBeatOfABridgeIsKeptWhole(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		if _, found, err := s.LastBeat(t.Context(), s.origin.Business); found || err != nil {
			t.Errorf("before the first: got %v, %v; want none", found, err)
		}
		s.beat(ended)
		s.clock.Advance(time.Minute)
		want := store.Beat{Origin: s.origin, Connected: true, State: "conectado", Problem: "x\x00y", Report: store.Report{
			Reason: "r", Solution: "s", Account: "521", Version: "v1", Library: "v2", Uptime: time.Hour, Ahead: -1500 * time.Millisecond,
			Received: 1 << 40, Delivered: 7, Waiting: 3, Oldest: time.Second, Files: 2, Damaged: 1, Parked: 1,
			Tray: []store.Parked{{Key: "k\xff", Sender: "5@lid", Name: "<Ana>", Text: "\x00", Reason: "no", At: start}},
		}}
		_, err := s.AddBeat(t.Context(), want, nil)
		s.do("add beat", err)
		got, found, err := s.LastBeat(t.Context(), s.origin.Business)
		s.do("load last beat", err)
		want.At, want.Problem, want.Report.Tray[0].Key = s.clock.Now(), "xy", "k\uFFFD"
		if diff := cmp.Diff(want, got); !found || diff != "" {
			t.Errorf("found %v (-want +got):\n%s", found, diff)
		}
		if _, found, err := s.LastBeat(t.Context(), s.origin.Business+1); found || err != nil {
			t.Errorf("another business: got %v, %v; want none", found, err)
		}
	})
}

func TestTheOldestWaitingReplyIsFound(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		oldest := func() time.Time {
			at, err := s.OldestReply(t.Context(), s.origin.Business)
			s.do("find oldest reply", err)
			return at
		}
		s.add(s.fromAna("A1", "hola"))
		if got := oldest(); !got.IsZero() {
			t.Errorf("without any: got %v, want the zero time", got)
		}
		q := s.queue(store.Reply{Ticket: 1, Text: "uno", WhatsAppID: "R1"})
		s.clock.Advance(time.Minute)
		s.queue(store.Reply{Ticket: 1, Text: "dos", WhatsAppID: "R2"})
		if got := oldest(); !got.Equal(start) {
			t.Errorf("got %v, want %v", got, start)
		}
		s.do("note sent reply", s.ReplySent(t.Context(), q.Message, ""))
		if got := oldest(); !got.Equal(start.Add(time.Minute)) {
			t.Errorf("after the first left: got %v, want a minute later", got)
		}
	})
}

func TestSilenceIsRaisedOnceAndClearedByTheNextBeat(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.clock.Advance(time.Hour)
		s.wantKinds("a bridge that never beat", s.raise(), "")
		s.beat()
		s.clock.Advance(limit - time.Second)
		s.wantKinds("not yet", s.raise(), "")
		s.clock.Advance(time.Second)
		s.wantKinds("due", s.raise(), "silence")
		s.wantKinds("again", s.raise(), "")
		got := s.open()
		if len(got) != 1 || got[0].Trouble != gone || got[0].Origin != s.origin || !got[0].RaisedAt.Equal(s.clock.Now()) || !got[0].Since.Equal(start.Add(time.Hour)) {
			t.Errorf("got %+v, want the silence since the last beat", got)
		}
		s.wantKinds("cleared by a beat that complains of something else", s.beat(ended), "silence")
		s.wantKinds("open", kinds(s.open()), "")
		s.wantKinds("cleared again", s.beat(ended), "")
		s.clock.Advance(limit)
		s.wantKinds("the next silence", s.raise(), "silence")
	})
}

func TestATroubleBecomesAnAlertOnlyWhenItLasts(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.wantKinds("first beat", s.beat(ended), "")
		for range 4 {
			s.clock.Advance(time.Minute)
			s.wantKinds("a later beat", s.beat(ended, full), "")
			s.wantKinds("not yet", s.raise(), "")
		}
		s.wantKinds("a passing trouble is no news", s.beat(ended), "")
		s.clock.Advance(time.Minute)
		other := ended
		other.Sentence = "Otro programa usa la sesión."
		s.wantKinds("last beat", s.beat(other), "")
		s.wantKinds("due", s.raise(), "whatsapp")
		s.wantKinds("again", s.raise(), "")
		if got := s.open(); len(got) != 1 || !got[0].Since.Equal(start) || got[0].Sentence != other.Sentence {
			t.Errorf("got %+v, want it since the first beat, in the words of the last", got)
		}
		s.wantKinds("cleared", s.beat(), "whatsapp")
		s.wantKinds("open", kinds(s.open()), "")
	})
}

func TestATroubleOfASilentBridgeIsNotRaised(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.beat(ended)
		s.clock.Advance(limit)
		s.wantKinds("nobody knows whether it lasts", s.raise(), "silence")
	})
}

func TestAStartOfTheServerIsNotTakenForSilence(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.beat(ended)
		s.clock.Advance(12 * time.Hour)
		started := s.clock.Now()
		s.wantKinds("at the start", s.raiseSince(started), "")
		s.clock.Advance(limit - time.Second)
		s.wantKinds("not yet", s.raiseSince(started), "")
		s.clock.Advance(time.Second)
		s.wantKinds("due", s.raiseSince(started), "silence")
		started = s.clock.Now()
		s.wantKinds("after another start", s.raiseSince(started), "")
		s.wantKinds("it stays up over a start", kinds(s.open()), "silence")
	})
}

func TestServersOnOneDatabaseRaiseAnAlertOnce(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.beat()
		s.clock.Advance(time.Minute)
		servers := []*store.Store{s.Store, s.another(), s.another()}
		for round := range 5 {
			troubles := []store.Trouble{{Kind: fmt.Sprint("k", round), Sentence: "x"}}
			for range 6 {
				_, err := servers[round%3].AddBeat(t.Context(), store.Beat{Origin: s.origin}, troubles)
				s.do("add beat", err)
				s.clock.Advance(time.Minute)
			}
			s.wantOne(servers, fmt.Sprint("k", round))
			s.clock.Advance(limit)
			s.wantOne(servers, "silence")
		}
	})
}

// wantOne has all servers raise alerts at the same time and wants one alert of
// all of them.
func (s *shop) wantOne(servers []*store.Store, want string) {
	s.t.Helper()
	var mu sync.Mutex
	var all []store.Alert
	var wg sync.WaitGroup
	for _, server := range servers {
		wg.Go(func() {
			raised, err := server.RaiseAlerts(s.t.Context(), store.Alarm{After: limit, Watching: start, Silence: gone})
			mu.Lock()
			defer mu.Unlock()
			all = append(all, raised...)
			if err != nil {
				s.t.Errorf("raise alerts: %v", err)
			}
		})
	}
	wg.Wait()
	s.wantKinds("raised", kinds(all), want)
}

func TestABeatAtTheMomentOfTheAlarmLeavesNoAlert(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		other := s.another()
		for range 20 {
			s.beat()
			s.clock.Advance(limit)
			var wg sync.WaitGroup
			wg.Go(func() {
				if _, err := other.RaiseAlerts(t.Context(), store.Alarm{After: limit, Watching: start, Silence: gone}); err != nil {
					t.Errorf("raise alerts: %v", err)
				}
			})
			wg.Go(func() {
				if _, err := s.AddBeat(t.Context(), store.Beat{Origin: s.origin}, nil); err != nil {
					t.Errorf("add beat: %v", err)
				}
			})
			wg.Wait()
			if got := s.open(); len(got) != 0 {
				t.Fatalf("got %+v after a beat, want no alert", got)
			}
		}
	})
}

func TestAlertsOfOthersAreNotShownAndAllCanBeCleared(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.beat()
		s.clock.Advance(limit)
		s.raise()
		if open, err := s.OpenAlerts(t.Context(), s.origin.Business+1); err != nil || len(open) != 0 {
			t.Errorf("another business: got %+v, %v; want none", open, err)
		}
		s.do("clear alerts", s.ClearAlerts(t.Context()))
		s.wantKinds("open", kinds(s.open()), "")
	})
}

func TestAnAlertThatNoBeatIsAboutStaysUntilItIsTakenDown(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		trouble := store.Trouble{Kind: store.AlertBackup, Sentence: "No hay respaldo.", Solution: "Haga uno."}
		raise := func(want bool) {
			t.Helper()
			fresh, err := s.RaiseAlert(t.Context(), s.origin, trouble, start)
			if s.do("raise", err); fresh != want {
				t.Errorf("got it new %v, want %v", fresh, want)
			}
		}
		raise(true)
		s.clock.Advance(time.Hour)
		trouble.Sentence = "Sigue sin haber."
		raise(false)
		s.beat()
		s.do("clear alerts of bridges", s.ClearAlerts(t.Context()))
		open := s.open()
		if len(open) != 1 || open[0].Sentence != trouble.Sentence || !open[0].Since.Equal(start) {
			t.Errorf("got %+v, want it up with its new words and its old beginning", open)
		}
		for _, want := range []bool{true, false} {
			if was, err := s.ClearAlert(t.Context(), s.origin, store.AlertBackup); err != nil || was != want {
				t.Errorf("clear: got %v, %v, want %v", was, err, want)
			}
		}
		s.wantKinds("open", kinds(s.open()), "")
		raise(true)
		founded, err := s.Founded(t.Context(), s.origin.Business)
		if s.do("found", err); !founded.Equal(start) {
			t.Errorf("got the business founded %v, want %v", founded, start)
		}
	})
}

func TestBeatsOfAnUnavailableDatabaseAreSaidToBe(t *testing.T) {
	s := openShop(t, filepath.Join(t.TempDir(), "tickets.db"))
	s.do("close", s.Close())
	_, err := s.AddBeat(t.Context(), store.Beat{Origin: s.origin}, nil)
	wantCode(t, err, ticket.CodeUnavailable)
	_, err = s.RaiseAlerts(t.Context(), store.Alarm{After: limit})
	wantCode(t, err, ticket.CodeUnavailable)
}
