package jobs_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/jobs"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
)

// childURL names the database for the process that is to be killed.
const childURL = "MOSTRADOR_JOBS_TEST_URL"

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		hang(url)
	}
	os.Exit(m.Run())
}

// hang works on item for ever, saying so when it begins.
func hang(url string) {
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{URL: url, Now: time.Now, Log: zerolog.Nop()})
	if err != nil {
		panic(err)
	}
	r := jobs.New(jobs.Options{Store: s, Log: zerolog.Nop()})
	r.Register(jobs.Kind{
		Name: kind, Timeout: time.Hour, Attempts: 3,
		Wanted: func(context.Context) ([]jobs.Item, error) { return []jobs.Item{item}, nil },
		Work: func(context.Context, jobs.Item) error {
			_, _ = os.Stdout.WriteString("begun\n")
			select {}
		},
	})
	panic(r.Run(ctx))
}

func TestWorkOfAKilledProcessIsDoneByAnother(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		child := exec.Command(os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), childURL+"="+url)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "begun\n" {
			t.Fatalf("child said %q, %v; want that it has begun", line, err)
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // says that it was killed
		longAgo(t, url)
		var r rows
		run(t, url, r.job(succeed))
		storetest.Eventually(t, "another process did the work", func() bool { _, n, _ := r.counts(); return n == 1 })
	})
}

// longAgo makes it long ago that the killed process led and began: the lease of
// its leadership would run out after 15 s, the job count as lost after minutes.
func longAgo(t *testing.T, url string) {
	t.Helper()
	conns, err := storetest.OpenURL(t, url).Jobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conns.Close() }()
	for _, query := range []string{`DELETE FROM river_leader`, `UPDATE river_job SET attempted_at = '2020-01-01 00:00:00'`} {
		if conns.Postgres != nil {
			_, err = conns.Postgres.Exec(t.Context(), query)
		} else {
			_, err = conns.SQLite.ExecContext(t.Context(), query)
		}
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
}
