package jobs_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"mostrador/internal/server/jobs"
	"mostrador/internal/server/store/storetest"
)

// obstruct keeps the queue of the database at url from being opened, until the
// returned function is called.
func obstruct(t *testing.T, url string) (lift func()) {
	t.Helper()
	if !strings.Contains(url, "://") {
		if err := os.Mkdir(url+"-trabajos", 0o700); err != nil {
			t.Fatal(err)
		}
		return func() {
			if err := os.Remove(url + "-trabajos"); err != nil {
				t.Fatal(err)
			}
		}
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	do := func(statement string) {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	do(`CREATE TABLE river_job (id BIGINT)`)
	return func() { do(`DROP TABLE river_job`) }
}

func TestAQueueThatDoesNotOpenIsTriedAgainAndToldOfOnce(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		var r rows
		r.want(item)
		lazy := r.job(succeed)
		lazy.Lazy = true
		var looks atomic.Int64
		lazy.Wanted = func(ctx context.Context) ([]jobs.Item, error) {
			looks.Add(1)
			return r.list(ctx)
		}
		var log bytes.Buffer
		runner := jobs.New(jobs.Options{Store: storetest.OpenURL(t, url), Log: zerolog.New(zerolog.SyncWriter(&log))})
		runner.Register(lazy)
		runner.Hurry()
		lift := obstruct(t, url)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- runner.Run(ctx) }()
		over := func() bool { return len(ended) > 0 }
		storetest.Eventually(t, "it was tried again", func() bool { return looks.Load() >= 3 || over() })
		if over() {
			t.Fatalf("got an end with %v, want it to go on without its queue", <-ended)
		}
		lift()
		storetest.Eventually(t, "the work is done", func() bool { _, done, _ := r.counts(); return done == 1 })
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: got %v, want no error", err)
		}
		if got := strings.Count(log.String(), "queue of jobs not opened"); got != 1 {
			t.Errorf("told %d times, want once:\n%s", got, &log)
		}
	})
}
