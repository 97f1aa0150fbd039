// Package jobs does in the background what nobody waits for, with River as the
// queue: retries with growing pauses, several servers on one PostgreSQL, and
// nothing left hanging when the program ends.
//
// Its one rule: rows of the database say what is wanted, the queue only says
// when. A row that wants something is found by the sweep even if the program was
// killed before it could queue the job, and a job whose row does not want it any
// more does nothing.
package jobs

import (
	"context"
	"errors"
	"time"
)

// Item is the row that a job is about: a business, and a number or id within it.
type Item struct {
	Business int64 `json:"business"`
	ID       int64 `json:"id"`
}

// Kind is one sort of work. Its functions may be called concurrently, also for
// the same item.
type Kind struct {
	// Name is kept in the queue's rows: it must not change.
	Name string
	// Lazy kinds alone do not have the queue opened, which takes memory, before
	// one of them has work.
	Lazy bool
	// Delay is how long after Add the work begins.
	Delay time.Duration
	// Timeout bounds one attempt.
	Timeout time.Duration
	// Attempts is how often it is tried; those that Later put off do not count.
	Attempts int
	// Wanted returns items whose rows want the work, at most a few hundred, the
	// oldest first.
	Wanted func(ctx context.Context) ([]Item, error)
	// Work does it, or returns why it could not. It notes in the row that the
	// work is done, and returns nil for a row that does not want it.
	Work func(ctx context.Context, item Item) error
	// GiveUp notes in the row that the work is not wanted any more, after the last
	// attempt or an error of Never.
	GiveUp func(ctx context.Context, item Item, cause error) error
}

// later is an error after which a job waits without losing an attempt.
type later struct {
	error
	after time.Duration
}

// Unwrap returns the error that Later was given.
func (l *later) Unwrap() error { return l.error }

// Later makes of err one after which the job is tried again in the given time,
// and which does not count as an attempt.
func Later(err error, after time.Duration) error { return &later{error: err, after: max(after, 0)} }

// never is an error that trying again does not change.
type never struct{ error }

// Unwrap returns the error that Never was given.
func (n *never) Unwrap() error { return n.error }

// Never makes of err one after which the job is given up.
func Never(err error) error { return &never{err} }

// Postponed returns how long Later said to wait after err, if it did.
func Postponed(err error) (time.Duration, bool) {
	l, ok := errors.AsType[*later](err)
	if !ok {
		return 0, false
	}
	return l.after, true
}

// Hopeless reports whether err is one of Never.
func Hopeless(err error) bool {
	_, ok := errors.AsType[*never](err)
	return ok
}
