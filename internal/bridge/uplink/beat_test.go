package uplink_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/uplink"
	"mostrador/internal/wire"
)

// beating is a server that listens to signs of life.
type beating struct {
	start   time.Time
	status  int           // of the next answers to a beat; 0: none within the time
	apart   time.Duration // of the server's clock
	webhook int           // status of the answers to messages; 0: taken

	mu    sync.Mutex
	at    []time.Duration // of the beats, since the start
	beats []wire.Beat
	auth  string
}

func (s *beating) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := httptest.NewRecorder()
	switch {
	case r.URL.Path == wire.PathBeat:
		var beat wire.Beat
		if err := json.NewDecoder(r.Body).Decode(&beat); err != nil {
			return nil, err
		}
		s.at, s.beats, s.auth = append(s.at, time.Since(s.start)), append(s.beats, beat), r.Method+" "+r.Header.Get("Authorization")
		if s.status == 0 {
			s.mu.Unlock()
			<-r.Context().Done()
			s.mu.Lock()
			return nil, r.Context().Err()
		}
		w.WriteHeader(s.status)
		_ = json.NewEncoder(w).Encode(wire.BeatReply{Status: "ok", Time: time.Now().Add(s.apart)})
	case r.URL.Path == wire.PathWebhook && s.webhook != 0:
		w.WriteHeader(s.webhook)
		_, _ = io.WriteString(w, `{"detail":"No."}`)
	default:
		_, _ = io.WriteString(w, accepted)
	}
	return w.Result(), nil
}

func (s *beating) times() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.at)
}

func (s *beating) last() wire.Beat {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.beats[len(s.beats)-1]
}

type beatFixture struct {
	*beating
	queue  *queue.Queue
	uplink *uplink.Uplink
	log    bytes.Buffer
}

// startBeating runs an uplink in a bubble that says of itself what described holds.
func startBeating(t *testing.T, server *beating, described *wire.Beat) *beatFixture {
	t.Helper()
	q, err := queue.Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server.start = time.Now()
	f := &beatFixture{beating: server, queue: q}
	f.uplink = uplink.New(uplink.Options{
		Queue: q, ServerURL: "http://servidor:8523", Token: "secreto", Client: &http.Client{Transport: server},
		Describe: func() wire.Beat { server.mu.Lock(); defer server.mu.Unlock(); return *described },
		Log:      zerolog.New(zerolog.SyncWriter(&f.log)),
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- f.uplink.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return f
}

func (f *beatFixture) put(t *testing.T, id string) {
	t.Helper()
	if err := f.queue.Put(queue.Entry{Key: id, Chat: "ana", Message: wire.Webhook{Sender: "ana", ID: id}}); err != nil {
		t.Fatal(err)
	}
}

func (f *beatFixture) wantBeats(t *testing.T, want ...time.Duration) {
	t.Helper()
	if got := f.times(); !slices.Equal(got, want) {
		t.Errorf("beats at %v, want %v", got, want)
	}
}

const s = time.Second

func TestTheServerHearsEachMinuteThatTheBridgeIsAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := startBeating(t, &beating{status: 200}, &wire.Beat{Received: 7, Files: 2})
		f.put(t, "1")
		if err := f.queue.Put(queue.Entry{Key: "r", Chat: "ana", Receipt: &wire.Receipt{IDs: []string{"x"}}}); err != nil {
			t.Fatal(err)
		}
		after(150 * s)
		f.wantBeats(t, 0, 60*s, 120*s)
		b := f.last()
		if b.Received != 7 || b.Files != 2 || b.Delivered != 1 || !b.Time.Equal(f.start.Add(120*s)) || b.Problem != "" || b.Tray == nil {
			t.Errorf("got %+v, want what the bridge says, with one delivered message and no problem", b)
		}
		if f.auth != "POST Bearer secreto" {
			t.Errorf("got %q, want the token", f.auth)
		}
	})
}

func TestNewsTravelSoonAndTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		described := &wire.Beat{}
		f := startBeating(t, &beating{status: 200}, described)
		after(10 * s)
		f.uplink.Announce()
		after(s)
		f.uplink.Announce()
		f.uplink.Announce()
		f.mu.Lock()
		described.Received = 9
		f.mu.Unlock()
		after(19 * s)
		f.wantBeats(t, 0, 13*s)
		if got := f.last().Received; got != 9 {
			t.Errorf("got %d, want the value of the last change", got)
		}
		f.mu.Lock()
		f.webhook = http.StatusUnprocessableEntity
		f.mu.Unlock()
		f.put(t, "1") // is parked
		after(10 * s)
		f.wantBeats(t, 0, 13*s, 33*s)
	})
}

func TestASilentServerCostsFiveSecondsAndDisturbsNoDelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := startBeating(t, &beating{}, &wire.Beat{})
		after(s)
		f.put(t, "1")
		after(s)
		if got := f.queue.Stats().Waiting; got != 0 {
			t.Errorf("got %d waiting, want the message delivered meanwhile", got)
		}
		f.uplink.Announce()
		after(90 * s)
		f.wantBeats(t, 0, 8*s, 73*s)
		if got := f.uplink.State(); !got.Reachable || got.Error != "" {
			t.Errorf("got %+v, want the word of the deliveries only", got)
		}
	})
}

func TestAServerThatKnowsNoBeatsIsAskedOnceAnHour(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed} {
		synctest.Test(t, func(t *testing.T) {
			f := startBeating(t, &beating{status: status}, &wire.Beat{})
			after(10 * s)
			f.uplink.Announce()
			after(time.Hour)
			f.wantBeats(t, 0, time.Hour)
			if got := f.uplink.State(); got.Error != "" {
				t.Errorf("got %+v, want no word of it", got)
			}
			f.mu.Lock()
			f.status = http.StatusOK
			f.mu.Unlock()
			after(time.Hour + 2*time.Minute)
			f.wantBeats(t, 0, time.Hour, 2*time.Hour, 2*time.Hour+60*s, 2*time.Hour+120*s)
		})
	}
}

func TestARefusedTokenShowsBeforeThereIsAMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := startBeating(t, &beating{status: http.StatusUnauthorized}, &wire.Beat{})
		after(70 * s)
		f.wantBeats(t, 0, 60*s)
		if got := f.uplink.State(); !got.Reachable || !strings.Contains(got.Error, "API_TOKEN") {
			t.Errorf("got %+v, want the token named", got)
		}
		if got := f.last().Problem; !strings.Contains(got, "API_TOKEN") {
			t.Errorf("got problem %q, want the token named", got)
		}
		if got := strings.Count(f.log.String(), "refuses the token"); got != 1 {
			t.Errorf("got %d lines in the log, want one", got)
		}
		f.mu.Lock()
		f.status = http.StatusOK
		f.mu.Unlock()
		after(120 * s)
		if got, problem := f.uplink.State(), f.last().Problem; got.Error != "" || problem != "" {
			t.Errorf("got %+v and %q after the token was put right, want nothing", got, problem)
		}
	})
}

func TestProblemsThatTheServerHearsOf(t *testing.T) {
	for _, test := range []struct {
		name      string
		server    *beating
		described wire.Beat
		want      string
	}{
		{"none", &beating{status: 200, apart: -119 * s}, wire.Beat{}, ""},
		{"ahead", &beating{status: 200, apart: -10 * time.Minute}, wire.Beat{}, "10 minutos adelantado"},
		{"behind", &beating{status: 200, apart: 3 * time.Minute}, wire.Beat{}, "3 minutos atrasado"},
		{"the bridge's own first", &beating{status: 200, apart: 3 * time.Minute}, wire.Beat{Problem: "El disco está lleno."}, "El disco está lleno."},
		{"messages turned away", &beating{status: 200, webhook: 403}, wire.Beat{}, "API_TOKEN"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := startBeating(t, test.server, &test.described)
				f.put(t, "1")
				after(61 * s)
				if got := f.last().Problem; test.want == "" && got != "" || !strings.Contains(got, test.want) {
					t.Errorf("got %q, want %q in it", got, test.want)
				}
			})
		})
	}
}
