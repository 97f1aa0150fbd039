package uplink_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/uplink"
	"mostrador/internal/wire"
)

// tally is what the meters heard.
type tally struct {
	mu       sync.Mutex
	answers  []string
	outcomes []string
	traces   []string
}

func (c *tally) meters(t *testing.T) uplink.Meters {
	return uplink.Meters{
		Answered: func(answer string, took time.Duration) {
			c.mu.Lock()
			defer c.mu.Unlock()
			if took < 0 {
				t.Errorf("an answer took %v", took)
			}
			c.answers = append(c.answers, answer)
		},
		Settled: func(outcome string, age time.Duration) {
			c.mu.Lock()
			defer c.mu.Unlock()
			if !slices.Contains(uplink.Outcomes(), outcome) || age < 0 {
				t.Errorf("got %q at the age of %v, want one of the outcomes", outcome, age)
			}
			c.outcomes = append(c.outcomes, outcome)
		},
	}
}

// noting notes the trace of each delivery on its way to the server.
type noting struct {
	*fakeServer
	tally *tally
}

func (n noting) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost {
		n.tally.mu.Lock()
		n.tally.traces = append(n.tally.traces, r.Header.Get("X-Request-Id"))
		n.tally.mu.Unlock()
	}
	return n.fakeServer.RoundTrip(r)
}

func (c *tally) want(t *testing.T, answers, outcomes string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if got := strings.Join(c.answers, " "); got != answers {
		t.Errorf("answers: got %q, want %q", got, answers)
	}
	if got := strings.Join(c.outcomes, " "); got != outcomes {
		t.Errorf("outcomes: got %q, want %q", got, outcomes)
	}
}

func metered(t *testing.T, server *fakeServer, fetch func(context.Context, []byte) (uplink.File, error)) (*fixture, *tally) {
	t.Helper()
	c := &tally{}
	q, err := queue.Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server.start = time.Now()
	f := &fixture{fakeServer: server, queue: q}
	f.uplink = uplink.New(uplink.Options{
		Queue: q, Fetch: fetch, ServerURL: "http://servidor:8523", Token: "secreto", Meters: c.meters(t),
		Client: &http.Client{Transport: noting{server, c}}, Random: func() float64 { return 0 },
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
	return f, c
}

func TestEveryTryIsToldAndHasTheNameThatTheQueueShows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		statuses := []int{http.StatusServiceUnavailable, 0, http.StatusOK, http.StatusUnprocessableEntity, 599}
		f, c := metered(t, &fakeServer{answer: func(n int, _ wire.Webhook) (int, string) {
			return statuses[min(n, len(statuses)-1)], accepted
		}, health: func() int { return http.StatusServiceUnavailable }}, nil)
		f.put(t, "ana", "1")
		after(10 * time.Second)
		c.want(t, "503 none 200", "delivered")
		if c.traces[0] == "" || len(c.traces[0]) != 16 || c.traces[0] != c.traces[2] {
			t.Errorf("got traces %q, want one name for all tries", c.traces)
		}
		f.put(t, "ana", "2")
		after(10 * time.Second)
		c.want(t, "503 none 200 422", "delivered parked")
		if c.traces[3] == c.traces[0] {
			t.Errorf("got traces %q, want another name for another message", c.traces)
		}
		f.put(t, "ana", "3")
		after(10 * time.Second)
		c.want(t, "503 none 200 422 599 599 599", "delivered parked retried")
	})
}

func TestAFileThatFollowsIsToldApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		f, c := metered(t, &fakeServer{answer: yes}, func(context.Context, []byte) (uplink.File, error) {
			if tries++; tries == 1 {
				return uplink.File{}, errors.New("not yet")
			}
			return uplink.File{Data: []byte("%PDF-"), Name: "a.pdf"}, nil
		})
		f.put(t, "ana", "1", 7)
		after(time.Minute)
		c.want(t, "200 200", "text file")
		if c.traces[0] != c.traces[1] {
			t.Errorf("got traces %q, want one name for text and file", c.traces)
		}
		receipt := queue.Entry{Key: "r", Chat: "ana", Receipt: &wire.Receipt{State: wire.ReceiptRead, IDs: []string{"3EB0"}}, ReceivedAt: time.Now()}
		if err := f.queue.Put(receipt); err != nil {
			t.Fatal(err)
		}
		after(time.Minute)
		c.want(t, "200 200 200", "text file receipt")
	})
}
