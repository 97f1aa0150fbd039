package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"mostrador/internal/server/store"
)

// task is what River keeps of a job. All kinds share one sort of row, so that a
// new kind is nothing but a call of Register.
type task struct {
	Name string `json:"name"`
	Item
}

// Kind implements river.JobArgs.
func (task) Kind() string { return "mostrador" }

// unfinished are the states in which a job keeps another one for its item out.
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
	rivertype.JobStateRetryable, rivertype.JobStateScheduled,
}

// worker runs the jobs of all kinds.
type worker struct {
	river.WorkerDefaults[task]

	runner *Runner
}

// Timeout implements river.Worker.
func (w *worker) Timeout(job *river.Job[task]) time.Duration {
	return w.runner.kinds[job.Args.Name].Timeout // 0, River's own, for a kind that is off
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, job *river.Job[task]) error {
	kind, ok := w.runner.kinds[job.Args.Name]
	if !ok {
		return river.JobCancel(errors.New("this kind of work is switched off"))
	}
	err := kind.Work(ctx, job.Args.Item)
	if err == nil {
		return nil
	}
	if w.runner.stopping.Load() {
		return river.JobSnooze(0) // the next start goes on with it
	}
	if after, ok := Postponed(err); ok {
		return river.JobSnooze(after)
	}
	if !Hopeless(err) && job.Attempt < job.MaxAttempts {
		return err
	}
	// The attempt's own time may be over.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	if noteErr := kind.GiveUp(ctx, job.Args.Item, err); noteErr != nil {
		return errors.Join(err, noteErr) // the sweep brings the item again
	}
	return river.JobCancel(err)
}

// queue is the part of River's client that does not depend on the engine.
type queue interface {
	Start(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
	InsertMany(ctx context.Context, params []river.InsertManyParams) ([]*rivertype.JobInsertResult, error)
}

// openQueue brings the queue's tables up to date and returns its client.
func openQueue(ctx context.Context, conns store.JobConns, config *river.Config) (queue, error) {
	if conns.Postgres != nil {
		return newQueue(ctx, riverpgxv5.New(conns.Postgres), config)
	}
	return newQueue(ctx, localDriver{riversqlite.New(conns.SQLite)}, config)
}

func newQueue[T any](ctx context.Context, driver riverdriver.Driver[T], config *river.Config) (queue, error) {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("prepare tables: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, fmt.Errorf("make tables: %w", err)
	}
	client, err := river.NewClient(driver, config)
	if err != nil {
		return nil, fmt.Errorf("make client: %w", err)
	}
	return client, nil
}

// localDriver is SQLite's driver without its substitute for LISTEN, which asks
// the database twenty times a second. One process has the file, and what it
// queues it knows.
type localDriver struct{ *riversqlite.Driver }

// SupportsListener implements riverdriver.Driver.
func (localDriver) SupportsListener() bool { return false }

// SupportsListenNotify implements riverdriver.Driver.
func (localDriver) SupportsListenNotify() bool { return false }
