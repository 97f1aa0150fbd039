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
	began := time.Now()
	err := kind.Work(ctx, job.Args.Item)
	result := w.result(job, err)
	w.runner.worked(kind.Name, result, time.Since(began))
	switch result {
	case resultDone:
		return nil
	case resultStopped:
		return river.JobSnooze(0) // the next start goes on with it
	case resultPostponed:
		after, _ := Postponed(err)
		return river.JobSnooze(after)
	case resultFailed:
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

// Results of an attempt.
const (
	resultDone      = "done"
	resultStopped   = "stopped" // by the end of the program; it goes on at the next start
	resultPostponed = "postponed"
	resultFailed    = "failed" // and tried again
	resultGivenUp   = "given_up"
)

// Results returns the results that Options.Worked is told of.
func Results() []string {
	return []string{resultDone, resultStopped, resultPostponed, resultFailed, resultGivenUp}
}

func (w *worker) result(job *river.Job[task], err error) string {
	_, postponed := Postponed(err)
	switch {
	case err == nil:
		return resultDone
	case w.runner.stopping.Load():
		return resultStopped
	case postponed:
		return resultPostponed
	case !Hopeless(err) && job.Attempt < job.MaxAttempts:
		return resultFailed
	}
	return resultGivenUp
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
