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

// groupWriter is SQLite's transactor. One goroutine owns the one connection that
// writes; whoever comes while it works shares its transaction, and with it one
// flush to disk. There is no timer: a lone caller waits for nobody.
type groupWriter struct {
	conn    querier
	now     func() time.Time
	queue   chan *job
	stop    chan struct{} // closed by close
	stopped chan struct{} // closed when run has returned
	once    sync.Once
}

// job is one caller's closure on its way through the writer.
type job struct {
	fn    func(*tx) error
	taken atomic.Bool // by the writer, to run it, or by its caller, to give it up
	err   chan error
}

func newGroupWriter(conn querier, now func() time.Time) *groupWriter {
	w := &groupWriter{
		conn:    conn,
		now:     now,
		queue:   make(chan *job, batchLimit),
		stop:    make(chan struct{}),
		stopped: make(chan struct{}),
	}
	go w.run()
	return w
}

// do implements transactor. A caller whose ctx ends before its turn gets ctx's
// error, and its closure never runs.
func (w *groupWriter) do(ctx context.Context, fn func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{fn: fn, err: make(chan error, 1)}
	select {
	case w.queue <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.stop:
		return errClosed
	}
	select {
	case err := <-j.err:
		return err
	case <-ctx.Done():
		if j.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
	case <-w.stopped:
		if j.taken.CompareAndSwap(false, true) {
			return errClosed
		}
	}
	return <-j.err
}

// close ends the writer after the batch under way; its connection is free then.
func (w *groupWriter) close() {
	w.once.Do(func() { close(w.stop) })
	<-w.stopped
}

func (w *groupWriter) run() {
	defer close(w.stopped)
	batch := make([]*job, 0, batchLimit)
	for {
		select {
		case <-w.stop:
			return
		case j := <-w.queue:
			w.serve(w.take(batch[:0], j))
		}
	}
}

// take adds j to batch, unless its caller has given it up.
func (w *groupWriter) take(batch []*job, j *job) []*job {
	if j.taken.CompareAndSwap(false, true) {
		batch = append(batch, j)
	}
	return batch
}

// join adds what waits now to batch, as far as there is room.
func (w *groupWriter) join(batch []*job) []*job {
	for range min(len(w.queue), batchLimit-len(batch)) {
		batch = w.take(batch, <-w.queue)
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
	t := &tx{ctx: context.Background(), now: w.now().UnixMilli(), conn: w.conn}
	if err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return batch, false, fmt.Errorf("begin: %w", err)
	}
	for i := 0; i < len(batch); i++ {
		if err := guarded(t, batch[i].fn); err != nil {
			w.rollback(t)
			return batch, true, err
		}
		if i == len(batch)-1 {
			batch = join(batch)
		}
	}
	if err := t.exec("COMMIT"); err != nil {
		w.rollback(t)
		return batch, false, fmt.Errorf("commit: %w", err)
	}
	return batch, false, nil
}

// rollback ignores its error: after some failures, such as a full disk, SQLite
// has rolled back by itself and says so.
func (w *groupWriter) rollback(t *tx) { _ = t.exec("ROLLBACK") }

// guarded keeps a panicking closure from taking other callers, or the writer,
// with it.
func guarded(t *tx, fn func(*tx) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic in transaction: %v", v)
		}
	}()
	return fn(t)
}
