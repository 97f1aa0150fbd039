package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// batchLimit bounds how many callers share one commit: enough that the flush
// to disk costs next to nothing per caller, few enough that the first of them
// does not wait long for the last.
const batchLimit = 512

// errClosed answers those who write after Close.
var errClosed = errors.New("store is closed")

// groupWriter is SQLite's transactor. The connection is used by one caller at a
// time, for all who wait: whoever comes while it works shares its transaction, and
// with it one flush to disk. There is no timer and no goroutine in between: a lone
// caller waits for nobody.
type groupWriter struct {
	conn    querier
	now     func() time.Time
	changed func([]Hint)
	queue   chan *job
	turn    chan struct{} // holds a value while nobody uses the rest
	stop    chan struct{} // closed by close
	once    sync.Once
	// committed is Meters.Committed.
	committed func(callers int, took time.Duration)
}

// job is one caller's closure on its way through the writer.
type job struct {
	fn    func(*tx) error
	taken atomic.Bool // by who runs it, or by its caller, to give it up
	err   chan error
}

func newGroupWriter(conn querier, now func() time.Time, changed func([]Hint)) *groupWriter {
	w := &groupWriter{
		conn:    conn,
		now:     now,
		changed: changed,

		committed: func(int, time.Duration) {},

		queue: make(chan *job, batchLimit),
		turn:  make(chan struct{}, 1),
		stop:  make(chan struct{}),
	}
	w.turn <- struct{}{}
	return w
}

// do implements transactor. A caller whose ctx ends before its turn gets ctx's
// error, and its closure never runs.
func (w *groupWriter) do(ctx context.Context, fn func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j, queue := &job{fn: fn, err: make(chan error, 1)}, w.queue
	for {
		select {
		case queue <- j:
			queue = nil // once is enough
		case <-w.turn:
			w.work(j, queue == nil)
			return <-j.err
		case err := <-j.err:
			return err
		case <-ctx.Done():
			return j.giveUp(ctx.Err())
		case <-w.stop:
			return j.giveUp(errClosed)
		}
	}
}

// work serves those who wait, among them j, and passes the turn on.
func (w *groupWriter) work(j *job, queued bool) {
	var batch []*job
	if !queued {
		batch = append(batch, j)
	}
	w.serve(w.join(batch))
	w.turn <- struct{}{}
}

// giveUp returns why the caller waits no more, or what becomes of the job when
// somebody runs it already.
func (j *job) giveUp(why error) error {
	if j.taken.CompareAndSwap(false, true) {
		return why
	}
	return <-j.err
}

// close waits for the batch under way; the connection is free then.
func (w *groupWriter) close() {
	w.once.Do(func() {
		close(w.stop)
		<-w.turn
	})
}

// join adds to batch who waits now, as far as there is room, without those who
// gave up.
func (w *groupWriter) join(batch []*job) []*job {
	for range min(len(w.queue), batchLimit-len(batch)) {
		if j := <-w.queue; j.taken.CompareAndSwap(false, true) {
			batch = append(batch, j)
		}
	}
	return batch
}

// serve commits batch, and those who come before the commit, in one transaction.
// If a closure fails, each gets a transaction of its own, so that it fails alone.
func (w *groupWriter) serve(batch []*job) {
	if len(batch) == 0 {
		return
	}
	batch, closureFailed, err := w.commit(batch, w.join)
	if !closureFailed || len(batch) == 1 {
		answer(batch, err)
		return
	}
	for i := range batch {
		_, closureFailed, err = w.commit(batch[i:i+1], nobody)
		if err != nil && !closureFailed {
			answer(batch[i:], err)
			return
		}
		batch[i].err <- err
	}
}

func nobody(batch []*job) []*job { return batch }

func answer(batch []*job, err error) {
	for _, j := range batch {
		j.err <- err
	}
}

// commit runs batch, and whom join adds to it each time that all are done, as one
// transaction. closureFailed tells an error of one of the closures from one of the
// database, which would hit every batch alike.
func (w *groupWriter) commit(batch []*job, join func([]*job) []*job) (all []*job, closureFailed bool, err error) {
	began := w.now()
	t := &tx{ctx: context.Background(), now: began.UnixMilli(), conn: w.conn}
	if err := guarded(t, begin); err != nil {
		return batch, false, fmt.Errorf("begin: %w", err)
	}
	for i := 0; i < len(batch); i++ {
		if err := guarded(t, batch[i].fn); err != nil {
			rollback(t)
			return batch, true, err
		}
		if i == len(batch)-1 {
			batch = join(batch)
		}
	}
	if err := guarded(t, commit); err != nil {
		rollback(t)
		return batch, false, fmt.Errorf("commit: %w", unsure(err))
	}
	w.committed(len(batch), w.now().Sub(began))
	if len(t.hints) > 0 {
		w.changed(t.hints)
	}
	return batch, false, nil
}

func begin(t *tx) error  { return t.exec("BEGIN IMMEDIATE") }
func commit(t *tx) error { return t.exec("COMMIT") }

// rollback ignores its error: after some failures, such as a full disk, SQLite
// has rolled back by itself and says so.
func rollback(t *tx) {
	_ = guarded(t, func(t *tx) error { return t.exec("ROLLBACK") })
}

// guarded keeps a panic from taking other callers with it, whose turn would never
// come.
func guarded(t *tx, fn func(*tx) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic in transaction: %v", v)
		}
	}()
	return fn(t)
}
