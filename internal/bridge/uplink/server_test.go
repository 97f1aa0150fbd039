package uplink_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/uplink"
	"mostrador/internal/wire"
)

// deliverTo sends one message over a real network until the uplink knows
// something new, and returns that.
func deliverTo(t *testing.T, url string) (uplink.State, *queue.Queue) {
	t.Helper()
	q := mustOpen(t)
	u := uplink.New(uplink.Options{Queue: q, ServerURL: url, Token: "secreto", Log: zerolog.Nop()})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	done := make(chan error)
	go func() { done <- u.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		if s := u.State(); s.Error != "" || !s.LastSuccess.IsZero() && q.Stats().Waiting == 0 {
			return s, q
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatal("the uplink learns nothing")
		}
	}
}

func TestAMessageTravelsOverARealConnection(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.Header.Get("Content-Type") != "application/json" {
			w.WriteHeader(http.StatusUnsupportedMediaType)
			return
		}
		_, _ = w.Write([]byte(accepted))
	}))
	defer web.Close()
	if s, q := deliverTo(t, web.URL); !s.Reachable || s.Error != "" || q.Stats() != (queue.Stats{Stored: 1}) {
		t.Errorf("got %+v and %+v, want the message delivered", s, q.Stats())
	}
}

func TestTheTokenFollowsNoRedirect(t *testing.T) {
	var stolen atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stolen.Add(1) }))
	defer thief.Close()
	web := httptest.NewServer(http.RedirectHandler(thief.URL, http.StatusTemporaryRedirect))
	defer web.Close()
	if s, q := deliverTo(t, web.URL); s.Error == "" || q.Stats().Waiting != 1 {
		t.Errorf("got %+v and %+v, want the message kept", s, q.Stats())
	}
	if got := stolen.Load(); got != 0 {
		t.Errorf("got %d requests at the other place, want none", got)
	}
}

func TestAClosedPortKeepsTheMessage(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	s, q := deliverTo(t, "http://"+ln.Addr().String())
	if s.Reachable || !strings.Contains(s.Error, "El servidor no contesta") || q.Stats().Waiting != 1 {
		t.Errorf("got %+v and %+v, want the message kept and the reason", s, q.Stats())
	}
}

// broken is a network that fails with one error.
type broken struct{ err error }

func (b broken) RoundTrip(*http.Request) (*http.Response, error) { return nil, b.err }

func TestWhyTheServerIsOutOfReachIsSaidPlainly(t *testing.T) {
	for want, err := range map[string]error{
		"El servidor no contesta": &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED},
		"el nombre en SERVER_URL": &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "servidor", IsNotFound: true}},
		"no contestó a tiempo":    &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded},
	} {
		synctest.Test(t, func(t *testing.T) {
			u := uplink.New(uplink.Options{
				Queue: mustOpen(t), ServerURL: "http://servidor", Token: "secreto", Client: &http.Client{Transport: broken{err}}, Log: zerolog.Nop(),
			})
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- u.Run(ctx) }()
			after(time.Minute)
			if s := u.State(); s.Reachable || !strings.Contains(s.Error, want) {
				t.Errorf("%v: got %+v, want %q", err, s, want)
			}
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Run: %v", err)
			}
		})
	}
}

// mustOpen opens a queue with one message in it.
func mustOpen(t *testing.T) *queue.Queue {
	t.Helper()
	q, err := queue.Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Put(queue.Entry{Key: "1", Chat: "ana", Message: wire.Webhook{Sender: "ana", Content: "hola"}}); err != nil {
		t.Fatal(err)
	}
	return q
}
