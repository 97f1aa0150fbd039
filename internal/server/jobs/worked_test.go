package jobs_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/jobs"
	"mostrador/internal/server/store/storetest"
)

func TestEveryAttemptAtWorkIsToldAndWhatWaitsIsCounted(t *testing.T) {
	var mu sync.Mutex
	var results []string
	var r rows
	runner := jobs.New(jobs.Options{
		Store: storetest.OpenURL(t, filepath.Join(t.TempDir(), "tickets.db")), Log: zerolog.Nop(),
		Worked: func(of, result string, took time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			if of != kind || took < 0 {
				t.Errorf("got kind %q after %v, want %q", of, took, kind)
			}
			results = append(results, result)
		},
	})
	cause := errors.New("machine is down")
	runner.Register(r.job(func(_ context.Context, attempt int) error {
		return []error{jobs.Later(cause, time.Millisecond), cause, nil, jobs.Never(cause)}[attempt-1]
	}))
	runner.Hurry()
	r.want(item)
	if got := runner.Waiting(t.Context()); got[kind] != 1 || len(got) != 1 {
		t.Errorf("waiting: got %v, want one", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	storetest.Eventually(t, "the work is done", func() bool { _, done, _ := r.counts(); return done == 1 })
	runner.Add(kind, jobs.Item{Business: 1, ID: 9})
	storetest.Eventually(t, "the other is given up", func() bool { _, _, up := r.counts(); return up == 1 })
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(results, " "); got != "postponed failed done given_up" {
		t.Errorf("got %q, want each result once", got)
	}
	if got := runner.Waiting(t.Context()); got[kind] != 0 {
		t.Errorf("waiting: got %v, want none", got)
	}
}
