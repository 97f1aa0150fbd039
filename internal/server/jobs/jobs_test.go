package jobs_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/jobs"
	"mostrador/internal/server/store/storetest"
)

const kind = "prueba"

var item = jobs.Item{Business: 1, ID: 7}

// rows stands for the database that says what is wanted, and counts what was done.
type rows struct {
	mu      sync.Mutex
	wanted  []jobs.Item
	started []jobs.Item
	done    []jobs.Item
	givenUp []error
}

func (r *rows) want(items ...jobs.Item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wanted = append(r.wanted, items...)
}

func (r *rows) list(context.Context) ([]jobs.Item, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.wanted), nil
}

func (r *rows) remove(i jobs.Item) {
	r.wanted = slices.DeleteFunc(r.wanted, func(other jobs.Item) bool { return other == i })
}

func (r *rows) start(i jobs.Item) (attempt int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started = append(r.started, i)
	return len(r.started)
}

func (r *rows) finish(i jobs.Item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(i)
	r.done = append(r.done, i)
}

func (r *rows) giveUp(_ context.Context, i jobs.Item, cause error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(i)
	r.givenUp = append(r.givenUp, cause)
	return nil
}

func (r *rows) counts() (started, done, givenUp int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.started), len(r.done), len(r.givenUp)
}

// job is the kind that works on r, with work for what an attempt does.
func (r *rows) job(work func(ctx context.Context, attempt int) error) jobs.Kind {
	return jobs.Kind{
		Name: kind, Timeout: 20 * time.Second, Attempts: 3, Wanted: r.list, GiveUp: r.giveUp,
		Work: func(ctx context.Context, i jobs.Item) error {
			if err := work(ctx, r.start(i)); err != nil {
				return err
			}
			r.finish(i)
			return nil
		},
	}
}

func succeed(context.Context, int) error { return nil }

// run runs a hurried Runner on the database at url; the returned stop ends it and
// fails the test when it does not end well.
func run(t *testing.T, url string, kinds ...jobs.Kind) (r *jobs.Runner, stop func()) {
	t.Helper()
	r = jobs.New(jobs.Options{Store: storetest.OpenURL(t, url), Log: zerolog.New(zerolog.NewTestWriter(t))})
	r.Register(kinds...)
	r.Hurry()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: got %v, want no error", err)
		}
	})
	t.Cleanup(stop)
	return r, stop
}

func TestWorkThatIsAddedTwiceIsDoneOnce(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		var r rows
		release := make(chan struct{})
		runner, _ := run(t, url, r.job(func(context.Context, int) error { <-release; return nil }))
		runner.Add(kind, item)
		storetest.Eventually(t, "the work has begun", func() bool { n, _, _ := r.counts(); return n == 1 })
		runner.Add(kind, item)
		// What is added is queued in order: this one tells that the repeat was.
		other := jobs.Item{Business: 1, ID: 8}
		runner.Add(kind, other)
		storetest.Eventually(t, "another item's work has begun", func() bool { n, _, _ := r.counts(); return n == 2 })
		close(release)
		storetest.Eventually(t, "both are done", func() bool { _, n, _ := r.counts(); return n == 2 })
		if !slices.Contains(r.done, item) || !slices.Contains(r.done, other) {
			t.Errorf("done: got %v, want %v and %v", r.done, item, other)
		}
	})
}

func TestWhatRowsWantIsFoundWithoutBeingAdded(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		var r rows
		r.want(item)
		run(t, url, r.job(succeed))
		storetest.Eventually(t, "the sweep found the row", func() bool { _, n, _ := r.counts(); return n == 1 })
	})
}

func TestFailedWorkIsTriedAgainAndThenGivenUp(t *testing.T) {
	cause := errors.New("machine is down")
	for name, c := range map[string]struct {
		work                   func(context.Context, int) error
		started, done, givenUp int
	}{
		"it works the second time": {func(_ context.Context, n int) error {
			if n < 2 {
				return cause
			}
			return nil
		}, 2, 1, 0},
		"it never works":              {func(context.Context, int) error { return cause }, 3, 0, 1},
		"trying again would not help": {func(context.Context, int) error { return jobs.Never(cause) }, 1, 0, 1},
		"waiting costs no attempt": {func(_ context.Context, n int) error {
			if n <= 4 {
				return jobs.Later(cause, time.Millisecond)
			}
			return nil
		}, 5, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T, url string) {
				var r rows
				r.want(item)
				_, stop := run(t, url, r.job(c.work))
				storetest.Eventually(t, "the work ended", func() bool { _, done, up := r.counts(); return done+up == 1 })
				stop()
				if s, d, g := r.counts(); s != c.started || d != c.done || g != c.givenUp {
					t.Errorf("got %d attempts, %d done, %d given up; want %d, %d, %d", s, d, g, c.started, c.done, c.givenUp)
				}
				if c.givenUp > 0 && !errors.Is(r.givenUp[0], cause) {
					t.Errorf("given up because of %v, want %v", r.givenUp[0], cause)
				}
			})
		})
	}
}

func TestWorkThatTheEndOfTheProgramInterruptsGoesOnAtTheNextStart(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		var r rows
		runner, stop := run(t, url, r.job(func(ctx context.Context, _ int) error { <-ctx.Done(); return ctx.Err() }))
		runner.Add(kind, item)
		storetest.Eventually(t, "the work has begun", func() bool { n, _, _ := r.counts(); return n == 1 })
		stop()
		if _, d, g := r.counts(); d+g != 0 {
			t.Fatalf("got %d done and %d given up when stopped, want none", d, g)
		}
		run(t, url, r.job(succeed)) // the rows say nothing: only the queue knows
		storetest.Eventually(t, "the next start did it", func() bool { _, n, _ := r.counts(); return n == 1 })
	})
}

func TestAKindThatIsOffAndARunnerWithoutKindsDoNothing(t *testing.T) {
	var none *jobs.Runner
	none.Add(kind, item)
	if err := none.Run(t.Context()); err != nil {
		t.Errorf("run nothing: %v", err)
	}
	var r rows
	runner, stop := run(t, filepath.Join(t.TempDir(), "tickets.db"), r.job(succeed))
	runner.Add("apagada", item)
	runner.Add(kind, item)
	storetest.Eventually(t, "the kind that is on was worked", func() bool { _, n, _ := r.counts(); return n == 1 })
	stop()
	if s, _, _ := r.counts(); s != 1 {
		t.Errorf("got %d attempts, want 1", s)
	}
}

func TestAProgramThatEndsWhileItStartsEndsWell(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		var r rows
		runner := jobs.New(jobs.Options{Store: storetest.OpenURL(t, url), Log: zerolog.Nop()})
		runner.Register(r.job(succeed))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := runner.Run(ctx); err != nil {
			t.Errorf("got %v, want no error", err)
		}
	})
}

func TestWhatWasAddedBeforeTheStartIsDoneOnce(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		var r rows
		runner := jobs.New(jobs.Options{Store: storetest.OpenURL(t, url), Log: zerolog.Nop()})
		runner.Register(r.job(succeed))
		runner.Hurry()
		other := jobs.Item{Business: 1, ID: 8}
		for _, i := range []jobs.Item{item, item, other, item} {
			runner.Add(kind, i)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- runner.Run(ctx) }()
		storetest.Eventually(t, "both are done", func() bool { _, n, _ := r.counts(); return n >= 2 })
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
		if s, _, _ := r.counts(); s != 2 {
			t.Errorf("got %d attempts, want 2", s)
		}
	})
}

func TestTheQueueStaysClosedUntilALazyKindHasWork(t *testing.T) {
	var r rows
	lazy := r.job(succeed)
	lazy.Lazy = true
	looked := make(chan struct{}, 1)
	lazy.Wanted = func(ctx context.Context) ([]jobs.Item, error) {
		select {
		case looked <- struct{}{}:
		default:
		}
		return r.list(ctx)
	}
	path := filepath.Join(t.TempDir(), "tickets.db")
	runner, stop := run(t, path, lazy)
	<-looked
	if _, err := os.Stat(path + "-trabajos"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before any work: got %v, want no file of the queue", err)
	}
	runner.Add(kind, item)
	storetest.Eventually(t, "what was added is done", func() bool { _, n, _ := r.counts(); return n == 1 })
	stop()
	r.want(jobs.Item{Business: 1, ID: 8})
	run(t, path, lazy)
	storetest.Eventually(t, "what the rows want is done", func() bool { _, n, _ := r.counts(); return n == 2 })
}
