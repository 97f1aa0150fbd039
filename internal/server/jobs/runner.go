package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/rs/zerolog"

	"mostrador/internal/server/store"
)

const (
	// sweepEvery is how long an item may wait whose job was lost with the process
	// that should have queued it.
	sweepEvery = time.Minute
	// insertTime bounds what the database has to queue work: one that vanished without
	// a word would hold the sweep for ever.
	insertTime = time.Minute
	// poll is how often the queue is asked for work that another process put in.
	poll = 5 * time.Second
	// workers is how many jobs run at once in this process: they wait for other
	// machines, and those for money.
	workers = 4
	// rescueAfter is when a running job counts as lost with its process.
	rescueAfter = 5 * time.Minute
	// stopTimeout bounds how long the end of the program waits for jobs that were
	// told to stop.
	stopTimeout = 10 * time.Second
	// noteTimeout bounds writing down that a job was given up.
	noteTimeout = 5 * time.Second
	// backlog is how many added items may wait to be queued; the sweep finds the rest.
	backlog = 256
)

// Options says what a Runner works with; all fields are required.
type Options struct {
	Store *store.Store
	// Worked, if set, is told of each attempt: the kind, the result, one of
	// Results, and how long it took.
	Worked func(kind, result string, took time.Duration)
	Log    zerolog.Logger
}

// Runner queues work and does it. Safe for concurrent use.
type Runner struct {
	store    *store.Store
	kinds    map[string]Kind
	worked   func(kind, result string, took time.Duration)
	log      zerolog.Logger
	added    chan task
	stopping atomic.Bool
	config   *river.Config
	retry    time.Duration // after which a queue that did not open is tried again
}

// New returns a Runner that knows no work yet.
func New(o Options) *Runner {
	r := &Runner{store: o.Store, kinds: map[string]Kind{}, worked: o.Worked, log: o.Log, added: make(chan task, backlog), retry: sweepEvery}
	if r.worked == nil {
		r.worked = func(string, string, time.Duration) {}
	}
	known := river.NewWorkers()
	river.AddWorker(known, &worker{runner: r})
	r.config = &river.Config{
		Workers: known, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}},
		FetchPollInterval: poll, RescueStuckJobsAfter: rescueAfter,
		// What it did is in the rows; the queue keeps only what tells of trouble.
		CompletedJobRetentionPeriod: time.Hour, CancelledJobRetentionPeriod: 24 * time.Hour,
		// River tells of each failed attempt below warn; whoever does the work tells once.
		Logger: slog.New(zerolog.NewSlogHandler(o.Log.Level(max(o.Log.GetLevel(), zerolog.WarnLevel)))),
	}
	return r
}

// Register tells r about sorts of work; call it before Run and Add.
func (r *Runner) Register(kinds ...Kind) {
	for _, k := range kinds {
		r.kinds[k.Name] = k
	}
}

// Add queues the work of the named kind on item soon, without waiting for the
// queue; on a nil Runner, or for a kind that is off, it does nothing. The row has
// to be committed already.
func (r *Runner) Add(kind string, item Item) {
	if r == nil || r.kinds[kind].Work == nil {
		return
	}
	select {
	case r.added <- task{Name: kind, Item: item}:
	default: // the sweep finds it
	}
}

// Run queues and works until ctx ends. While only Lazy kinds are registered it
// waits for the first of their work before it opens the queue. Jobs that are
// running then are told to stop, waited for, and begun anew at the next start. A
// queue that does not open, as on a full disk, is tried again after a minute: the
// messages that the rest of the program takes meanwhile do not need it. A Runner
// without kinds, or a nil one, opens nothing and returns at once.
func (r *Runner) Run(ctx context.Context) error {
	if r == nil || len(r.kinds) == 0 {
		return nil
	}
	told := ""
	for r.awaitWork(ctx) {
		err := r.open(ctx)
		if r.stopping.Load() {
			return err
		}
		if ctx.Err() == nil && err.Error() != told { // once is enough for a night
			told = err.Error()
			r.log.Error().Err(err).Msg("queue of jobs not opened; its work waits, and it is tried again each minute")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(r.retry):
		}
	}
	return nil
}

// awaitWork waits for a reason to open the queue, and reports false when ctx ends
// first.
func (r *Runner) awaitWork(ctx context.Context) bool {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		for name, kind := range r.kinds {
			if !kind.Lazy {
				return true
			}
			if items, err := kind.Wanted(ctx); err != nil && ctx.Err() == nil {
				r.log.Warn().Err(err).Str("kind", name).Msg("wanted work not listed")
			} else if len(items) > 0 {
				return true
			}
		}
		select {
		case <-ctx.Done():
			return false
		case t := <-r.added:
			r.Add(t.Name, t.Item) // for the queue, once it is open
			return true
		case <-ticker.C:
		}
	}
}

// open opens the queue and works until ctx ends. Unless it is stopping then, its
// error says why the queue did not open.
func (r *Runner) open(ctx context.Context) error {
	conns, err := r.store.Jobs(ctx)
	if err != nil {
		return err
	}
	return errors.Join(r.work(ctx, conns), conns.Close())
}

func (r *Runner) work(ctx context.Context, conns store.JobConns) error {
	q, err := openQueue(ctx, conns, r.config)
	if err == nil {
		// Jobs end when the runner says so, after it has noted that it stops.
		err = q.Start(context.WithoutCancel(ctx))
	}
	if err != nil {
		return fmt.Errorf("start queue of jobs: %w", err)
	}
	r.queueUntil(ctx, q)
	r.stopping.Store(true)
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := q.StopAndCancel(stop); err != nil {
		return fmt.Errorf("stop queue of jobs: %w", err)
	}
	return nil
}

// queueUntil queues what is added and what the sweep finds until ctx ends.
func (r *Runner) queueUntil(ctx context.Context, q queue) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		r.sweep(ctx, q)
		for swept := false; !swept; {
			select {
			case <-ctx.Done():
				return
			case t := <-r.added:
				r.insert(ctx, q, r.andMore(t))
			case <-ticker.C:
				swept = true
			}
		}
	}
}

// andMore is t and what else was added by now, each once: PostgreSQL refuses to
// meet the same conflict twice in one statement.
func (r *Runner) andMore(t task) []task {
	tasks := []task{t}
	for range len(r.added) {
		if t := <-r.added; !slices.Contains(tasks, t) {
			tasks = append(tasks, t)
		}
	}
	return tasks
}

// sweep queues everything that rows want.
func (r *Runner) sweep(ctx context.Context, q queue) {
	for name, kind := range r.kinds {
		items, err := kind.Wanted(ctx)
		if err != nil {
			if ctx.Err() == nil {
				r.log.Warn().Err(err).Str("kind", name).Msg("wanted work not listed")
			}
			continue
		}
		tasks := make([]task, len(items))
		for i, item := range items {
			tasks[i] = task{Name: name, Item: item}
		}
		r.insert(ctx, q, tasks)
	}
}

// Waiting returns how many items of each kind want work, up to as many as
// Kind.Wanted lists. A kind that cannot be asked is left out.
func (r *Runner) Waiting(ctx context.Context) map[string]int {
	waiting := map[string]int{}
	for name, kind := range r.kinds {
		if items, err := kind.Wanted(ctx); err == nil {
			waiting[name] = len(items)
		}
	}
	return waiting
}

// insert queues tasks, except those that are queued already.
func (r *Runner) insert(ctx context.Context, q queue, tasks []task) {
	if len(tasks) == 0 {
		return
	}
	params := make([]river.InsertManyParams, len(tasks))
	for i, t := range tasks {
		kind := r.kinds[t.Name]
		params[i] = river.InsertManyParams{Args: t, InsertOpts: &river.InsertOpts{
			MaxAttempts: kind.Attempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished},
		}}
		if kind.Delay > 0 {
			params[i].InsertOpts.ScheduledAt = time.Now().Add(kind.Delay)
		}
	}
	limited, cancel := context.WithTimeout(ctx, insertTime)
	defer cancel()
	if _, err := q.InsertMany(limited, params); err != nil && ctx.Err() == nil {
		r.log.Warn().Err(err).Msg("work not queued; the next sweep tries again")
	}
}
