package uplink_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/uplink"
	"mostrador/internal/wire"
)

// commits stands for a server's storage: whoever waits is answered when the commit
// that took them is over, and each takes the given time.
type commits struct{ waiting chan chan struct{} }

func newCommits(ctx context.Context, each time.Duration) *commits {
	c := &commits{make(chan chan struct{}, 1024)}
	go func() {
		for {
			var batch []chan struct{}
			select {
			case first := <-c.waiting:
				batch = append(batch, first)
			case <-ctx.Done():
				return
			}
			for n := len(c.waiting); n > 0; n-- {
				batch = append(batch, <-c.waiting)
			}
			time.Sleep(each)
			for _, done := range batch {
				close(done)
			}
		}
	}()
	return c
}

func (c *commits) wait() {
	done := make(chan struct{})
	c.waiting <- done
	<-done
}

// stub is the address of a server whose commits take so long.
func stub(b *testing.B, commit time.Duration) string {
	b.Helper()
	var storage *commits
	if commit > 0 {
		storage = newCommits(b.Context(), commit)
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m wire.Webhook
		if r.Method == http.MethodPost && json.NewDecoder(r.Body).Decode(&m) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if storage != nil {
			storage.wait()
		}
		_, _ = io.WriteString(w, accepted)
	}))
	b.Cleanup(web.Close)
	return web.URL
}

// backlogSize is how many messages waited, of fifty customers for each thousand.
const backlogSize = 10_000

func backlogEntry(i int) queue.Entry {
	chat := fmt.Sprintf("52155500%05d@s.whatsapp.net", i/backlogSize*500+i%500)
	m := wire.Webhook{Sender: chat, Content: strings.Repeat("hola ", 40), ID: fmt.Sprintf("3EB0%016d", i), Chat: chat}
	return queue.Entry{Key: m.ID, Chat: chat, Message: m, ReceivedAt: time.Unix(int64(i), 0)}
}

// load posts a backlog, whose first message is first, from so many callers and
// returns the rate a second.
func load(b *testing.B, url, token string, callers, first int) float64 {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}}
	var next atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range callers {
		wg.Go(func() {
			for i := int(next.Add(1)); i <= backlogSize; i = int(next.Add(1)) {
				body, _ := json.Marshal(backlogEntry(first + i - 1).Message)
				req, _ := http.NewRequestWithContext(b.Context(), http.MethodPost, url+wire.PathWebhook, bytes.NewReader(body))
				req.Header.Set("Authorization", "Bearer "+token)
				resp, err := client.Do(req)
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				if _ = resp.Body.Close(); resp.StatusCode != http.StatusOK {
					b.Errorf("got %s, want 200", resp.Status)
					return
				}
			}
		})
	}
	wg.Wait()
	return backlogSize / time.Since(start).Seconds()
}

// backlog is a queue in which a backlog waits, whose first message is first.
func backlog(b *testing.B, first int) *queue.Queue {
	b.Helper()
	dir := b.TempDir()
	if parent := os.Getenv("BENCH_DIR"); parent != "" {
		var err error
		if dir, err = os.MkdirTemp(parent, "uplink"); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = os.RemoveAll(dir) })
	}
	q, err := queue.Open(dir, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for i := int(next.Add(1)); i <= backlogSize; i = int(next.Add(1)) {
				if err := q.Put(backlogEntry(first + i - 1)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	return q
}

// BenchmarkBacklog delivers 10,000 messages that waited, and compares the rate
// with that of the same server under as many callers who have nothing to read.
// BENCH_SERVER is the address and, after a space, the token of a real server.
func BenchmarkBacklog(b *testing.B) {
	if url, token, ok := strings.Cut(os.Getenv("BENCH_SERVER"), " "); ok {
		b.Run("server", func(b *testing.B) { deliverBacklog(b, url, token) })
		return
	}
	for _, commit := range []time.Duration{0, 2 * time.Millisecond} {
		b.Run(fmt.Sprintf("commit-%v", commit), func(b *testing.B) { deliverBacklog(b, stub(b, commit), "secreto") })
	}
}

func deliverBacklog(b *testing.B, url, token string) {
	var delivered, direct float64
	for first := 0; b.Loop(); first += 2 * backlogSize {
		b.StopTimer()
		direct = max(direct, load(b, url, token, uplink.Deliverers, first))
		q := backlog(b, first+backlogSize)
		u := uplink.New(uplink.Options{Queue: q, ServerURL: url, Token: token, Log: zerolog.Nop()})
		ctx, cancel := context.WithCancel(b.Context())
		b.StartTimer()
		start := time.Now()
		done := make(chan error, 1)
		go func() { done <- u.Run(ctx) }()
		for q.Stats().Waiting > 0 {
			time.Sleep(time.Millisecond)
		}
		delivered = max(delivered, backlogSize/time.Since(start).Seconds())
		cancel()
		if err := <-done; err != nil || u.Taken() != backlogSize {
			b.Errorf("got %v and %d deliveries, want %d", err, u.Taken(), backlogSize)
		}
	}
	b.ReportMetric(delivered, "msgs/s")
	b.ReportMetric(delivered/direct, "x-direct")
}
