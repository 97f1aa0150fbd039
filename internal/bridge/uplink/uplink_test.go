package uplink_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/rs/zerolog"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/uplink"
	"mostrador/internal/wire"
)

// call is one request the server got.
type call struct {
	at      time.Duration // since the start
	message wire.Webhook
	status  int // of the answer; 0 until there is one
}

// fakeServer answers without a network, so that time can be made up.
type fakeServer struct {
	start  time.Time
	answer func(n int, m wire.Webhook) (status int, body string) // to the n-th POST, from 0; status 0: refused, -1: silence, -2: not even a connection
	health func() int
	rate   int // at which requests come, in bytes a second; 0: at once

	mu    sync.Mutex
	calls []call
	auth  []string
}

const accepted = `{"status":"ok","mensaje":"Ticket recibido y procesando","ticket_id":1}`

var errRefused = errors.New("connection refused")

func (s *fakeServer) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := http.StatusOK, `{"status":"ok"}`
	if !s.passes(r) {
		return nil, r.Context().Err()
	}
	if r.Method == http.MethodPost {
		status, body = s.webhook(r)
	} else if s.health != nil {
		status = s.health()
	}
	switch status {
	case 0:
		return nil, errRefused
	case -1:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case -2:
		return nil, &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
	}
	w := httptest.NewRecorder()
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
	return w.Result(), nil
}

// passes waits until r has come over the line, or, returning false, until its caller
// gives up.
func (s *fakeServer) passes(r *http.Request) bool {
	if s.rate == 0 {
		return true
	}
	select {
	case <-time.After(time.Duration(r.ContentLength) * time.Second / time.Duration(s.rate)):
		return true
	case <-r.Context().Done():
		return false
	}
}

func (s *fakeServer) webhook(r *http.Request) (int, string) {
	var m wire.Webhook
	_ = json.NewDecoder(r.Body).Decode(&m)
	s.mu.Lock()
	n := len(s.calls)
	s.calls = append(s.calls, call{at: time.Since(s.start), message: m})
	s.auth = append(s.auth, r.Method+" "+r.URL.String()+" "+r.Header.Get("Authorization"))
	s.mu.Unlock()
	status, body := s.answer(n, m)
	s.mu.Lock()
	s.calls[n].status = status
	s.mu.Unlock()
	return status, body
}

func (s *fakeServer) got() []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *fakeServer) times() []time.Duration {
	var at []time.Duration
	for _, c := range s.got() {
		at = append(at, c.at)
	}
	return at
}

func yes(int, wire.Webhook) (int, string) { return http.StatusOK, accepted }

type fixture struct {
	*fakeServer
	queue  *queue.Queue
	uplink *uplink.Uplink
	log    bytes.Buffer // complete once the uplink stopped
	stop   func()       // ends Run and waits for it
}

// start runs an uplink in a bubble; fetch may be nil.
func start(t *testing.T, server *fakeServer, fetch func(context.Context, []byte) (uplink.File, error)) *fixture {
	t.Helper()
	q, err := queue.Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server.start = time.Now()
	f := &fixture{fakeServer: server, queue: q}
	f.uplink = uplink.New(uplink.Options{
		Queue: q, Fetch: fetch, ServerURL: "http://servidor:8523", Token: "secreto",
		Client: &http.Client{Transport: server}, Random: func() float64 { return 0 }, Log: zerolog.New(zerolog.SyncWriter(&f.log)),
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- f.uplink.Run(ctx) }()
	f.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(f.stop)
	return f
}

func (f *fixture) put(t *testing.T, chat, id string, media ...byte) {
	t.Helper()
	e := queue.Entry{Key: id, Chat: chat, Message: wire.Webhook{Sender: chat, Content: "texto " + id, ID: id}, Media: media, ReceivedAt: time.Now()}
	if err := f.queue.Put(e); err != nil {
		t.Fatal(err)
	}
}

// after lets d pass and everything due in it happen.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (f *fixture) wantTimes(t *testing.T, want ...time.Duration) {
	t.Helper()
	if got := f.times(); !slices.Equal(got, want) {
		t.Errorf("deliveries at %v, want %v", got, want)
	}
}

func (f *fixture) wantQueue(t *testing.T, waiting, files, parked int) {
	t.Helper()
	s := f.queue.Stats()
	if got, want := [3]int{s.Waiting, s.Files, s.Parked}, [3]int{waiting, files, parked}; got != want {
		t.Errorf("waiting, files, parked: got %v, want %v", got, want)
	}
}

func TestAMessageIsDeliveredOnceWithTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: yes}, nil)
		f.put(t, "ana", "1")
		after(time.Hour)
		f.wantTimes(t, 0)
		f.wantQueue(t, 0, 0, 0)
		if got, want := f.auth[0], "POST http://servidor:8523/webhook Bearer secreto"; got != want {
			t.Errorf("request: got %q, want %q", got, want)
		}
		if got := f.uplink.State(); !got.Reachable || got.LastSuccess.IsZero() || got.Error != "" {
			t.Errorf("state: got %+v, want a reachable server", got)
		}
	})
}

func TestThreeTriesThenTheSweep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: func(n int, _ wire.Webhook) (int, string) {
			if n < 4 {
				return http.StatusServiceUnavailable, `{"detail":"No se puede guardar."}`
			}
			return yes(n, wire.Webhook{})
		}, health: func() int { return http.StatusServiceUnavailable }}, nil)
		f.put(t, "ana", "1")
		after(10 * time.Second)
		f.wantTimes(t, 0, 2*time.Second, 6*time.Second)
		f.wantQueue(t, 1, 0, 0)
		if got := f.uplink.State(); got.Reachable || got.Error != "No se puede guardar." {
			t.Errorf("state: got %+v, want the server's own words", got)
		}
		after(5 * time.Minute)
		f.wantTimes(t, 0, 2*time.Second, 6*time.Second, 126*time.Second, 246*time.Second)
		f.wantQueue(t, 0, 0, 0)
	})
}

func TestATryEndsAfterFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: func(int, wire.Webhook) (int, string) { return -1, "" }}, nil)
		f.put(t, "ana", "1")
		after(20 * time.Second)
		f.wantTimes(t, 0, 7*time.Second, 16*time.Second)
	})
}

func TestEverythingGoesAtOnceWhenTheServerIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var up atomic.Bool
		f := start(t, &fakeServer{
			answer: func(int, wire.Webhook) (int, string) {
				if !up.Load() {
					return 0, ""
				}
				return http.StatusOK, accepted
			},
			health: func() int {
				if !up.Load() {
					return 0
				}
				return http.StatusOK
			},
		}, nil)
		for _, chat := range []string{"a", "b", "c", "d", "e", "f"} {
			f.put(t, chat, chat+"1")
			f.put(t, chat, chat+"2")
		}
		after(24*time.Hour + time.Second)
		f.wantQueue(t, 12, 0, 0)
		up.Store(true)
		after(5 * time.Second)
		f.wantQueue(t, 0, 0, 0)
		if got := f.uplink.State(); !got.Reachable || got.Error != "" {
			t.Errorf("state: got %+v, want a reachable server", got)
		}
	})
}

func TestWhatFailedGoesSoonAfterAnotherMessageIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: func(n int, m wire.Webhook) (int, string) {
			if n < 3 {
				return http.StatusServiceUnavailable, ""
			}
			return yes(n, m)
		}}, nil)
		f.put(t, "ana", "1")
		after(7 * time.Second) // after the third try
		f.wantQueue(t, 1, 0, 0)
		f.put(t, "beto", "2")
		after(5 * time.Second)
		f.wantQueue(t, 0, 0, 0)
	})
}

func TestAServerThatAnswersButCannotStoreIsNotHammered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: func(int, wire.Webhook) (int, string) { return http.StatusInternalServerError, "" }}, nil)
		f.put(t, "ana", "1")
		after(time.Hour)
		f.wantQueue(t, 1, 0, 0)
		// Three tries for each of 30 sweeps, and as many wakes at the very most.
		if got := len(f.got()); got < 60 || got > 200 {
			t.Errorf("got %d deliveries in an hour, want between 60 and 200", got)
		}
	})
}

func TestNothingBecomesFinalByAWrongSettingOrAStranger(t *testing.T) {
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"wrong token":        {http.StatusUnauthorized, `{"detail":"x"}`},
		"forbidden":          {http.StatusForbidden, ""},
		"wrong address":      {http.StatusNotFound, "<html>"},
		"redirect":           {http.StatusFound, ""},
		"too many":           {http.StatusTooManyRequests, ""},
		"a proxy's limit":    {http.StatusRequestEntityTooLarge, nginx},
		"a proxy's 400":      {http.StatusBadRequest, nginx},
		"a proxy's 422":      {http.StatusUnprocessableEntity, ""},
		"teapot":             {http.StatusTeapot, ""},
		"a login page":       {http.StatusOK, "<html>Bienvenido al hotel</html>"},
		"another JSON":       {http.StatusOK, `{"status":"error"}`},
		"an empty answer":    {http.StatusNoContent, ""},
		"storage not usable": {http.StatusServiceUnavailable, `{"detail":"x"}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var right atomic.Bool
				f := start(t, &fakeServer{answer: func(int, wire.Webhook) (int, string) {
					if right.Load() {
						return http.StatusOK, accepted
					}
					return answer.status, answer.body
				}}, nil)
				f.put(t, "ana", "1")
				after(5 * time.Hour)
				f.wantQueue(t, 1, 0, 0)
				if got := f.uplink.State().Error; got == "" || answer.status == http.StatusTooManyRequests && !strings.Contains(got, "pide esperar") {
					t.Errorf("got the error %q, want a loud one that fits", got)
				}
				right.Store(true)
				after(3 * time.Minute)
				f.wantQueue(t, 0, 0, 0)
			})
		})
	}
}

func TestARefusedMessageIsParkedWithTheServersReasonAndTheNextGoesOn(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge} {
		synctest.Test(t, func(t *testing.T) {
			f := start(t, &fakeServer{answer: func(_ int, m wire.Webhook) (int, string) {
				if m.ID == "1" {
					return status, `{"detail":"El remitente no es válido."}`
				}
				return http.StatusOK, accepted
			}}, nil)
			f.put(t, "ana", "1")
			f.put(t, "ana", "2")
			after(time.Hour)
			f.wantTimes(t, 0, 0)
			f.wantQueue(t, 0, 0, 1)
			parked, err := f.queue.Parked(1)
			if err != nil || len(parked) != 1 || parked[0].Reason != "El remitente no es válido." {
				t.Errorf("%d: parked %+v, %v, want it with the server's reason", status, parked, err)
			}
		})
	}
}

func TestAMessageThatTheOriginalServerCannotReadIsParkedHoweverLongItsAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		echo := `{"detail":[{"type":"missing","loc":["body","remitente"],"input":"` + strings.Repeat("A", 100<<10) + `"}]}`
		f := start(t, &fakeServer{answer: func(int, wire.Webhook) (int, string) { return http.StatusUnprocessableEntity, echo }}, nil)
		f.put(t, "ana", "1")
		after(time.Hour)
		f.wantTimes(t, 0)
		f.wantQueue(t, 0, 0, 1)
	})
}

func TestOneMessageThatAProxyTurnsAwayIsNoServerOutOfReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: func(_ int, m wire.Webhook) (int, string) {
			if m.ID == "mala" {
				return http.StatusBadRequest, nginx
			}
			return http.StatusOK, accepted
		}}, nil)
		f.put(t, "ana", "mala")
		for i := range 20 {
			f.put(t, "luis", strconv.Itoa(i))
			after(3 * time.Second)
		}
		posts := 0
		for _, c := range f.got() {
			if c.message.ID == "mala" {
				posts++
			}
		}
		if state := f.uplink.State(); posts > 3 || !state.Reachable {
			t.Errorf("after a minute: got %d tries and %+v, want three at most and the server reachable", posts, state)
		}
	})
}

func TestMessagesThatAProxyTurnsAwayForAWhileKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: func(n int, _ wire.Webhook) (int, string) {
			if n < 4 {
				return http.StatusBadRequest, nginx
			}
			return http.StatusOK, accepted
		}}, nil)
		for _, id := range []string{"1", "2", "3"} {
			f.put(t, "ana", id)
		}
		after(10 * time.Second)
		if got := f.uplink.State().Error; !strings.Contains(got, "proxy") {
			t.Errorf("got the error %q, want the proxy named", got)
		}
		after(time.Hour)
		f.wantQueue(t, 0, 0, 0)
		var order []string
		for _, c := range f.got() {
			if c.status == http.StatusOK {
				order = append(order, c.message.ID)
			}
		}
		if want := []string{"1", "2", "3"}; !slices.Equal(order, want) {
			t.Errorf("got %v delivered, want %v", order, want)
		}
	})
}

func TestOneStuckChatDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: func(_ int, m wire.Webhook) (int, string) {
			if m.Sender == "atascado" {
				return -1, ""
			}
			return http.StatusOK, accepted
		}}, nil)
		for _, id := range []string{"a", "b", "c"} {
			f.put(t, "atascado", id)
		}
		synctest.Wait()
		for i := range 20 {
			f.put(t, string(rune('A'+i)), string(rune('A'+i)))
		}
		after(time.Second)
		f.wantQueue(t, 3, 0, 0)
	})
}

func TestWakeDeliversAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: func(n int, m wire.Webhook) (int, string) {
			if n == 0 {
				return http.StatusUnauthorized, ""
			}
			return http.StatusOK, accepted
		}}, nil)
		f.put(t, "ana", "1")
		after(3 * time.Second)
		f.uplink.Wake()
		after(time.Second)
		f.wantTimes(t, 0, 3*time.Second)
	})
}

func TestStoppingLeavesEverythingInTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: func(int, wire.Webhook) (int, string) { return -1, "" }}, nil)
		f.put(t, "ana", "1")
		after(time.Second)
		f.stop()
		f.wantTimes(t, 0)
		f.wantQueue(t, 1, 0, 0)
		if got := f.uplink.State().Error; got != "" {
			t.Errorf("state: got error %q, want none for our own going away", got)
		}
	})
}

func TestChangesOfStateAreLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: func(n int, _ wire.Webhook) (int, string) {
			if n < 3 {
				return http.StatusUnauthorized, ""
			}
			return http.StatusOK, accepted
		}}, nil)
		f.put(t, "ana", "1")
		after(time.Hour)
		f.stop()
		for line, want := range map[string]int{"server turns messages away": 1, "server is reachable": 2, "secreto": 0, "texto 1": 0} {
			if got := strings.Count(f.log.String(), line); got != want {
				t.Errorf("log has %q %d times, want %d:\n%s", line, got, want, &f.log)
			}
		}
	})
}

func FuzzADetailIsShortValidText(f *testing.F) {
	f.Add([]byte(`{"detail":"La imagen pasa de 16 MB."}`))
	f.Add([]byte(`{"detail":7}`))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		if got := uplink.Detail(answer); !utf8.ValidString(got) || utf8.RuneCountInString(got) > 300 {
			t.Errorf("got %q, want at most 300 valid characters", got)
		}
	})
}
