package store

import (
	"context"
	"database/sql"
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
// writes; whoever comes while it commits shares the next transaction, and with
// it the next flush to disk. There is no timer: a lone caller waits for nobody.
type groupWriter struct {
	conn    *sql.Conn
	cache   *statements
	now     func() time.Time
	changed func([]Hint)
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

func newGroupWriter(conn *sql.Conn, now func() time.Time, changed func([]Hint)) *groupWriter {
	w := &groupWriter{
		conn:    conn,
		cache:   &statements{conn: conn, all: map[string]*sql.Stmt{}},
		now:     now,
		changed: changed,
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

// close ends the writer after the batch under way and gives its connection back.
func (w *groupWriter) close() error {
	w.once.Do(func() { close(w.stop) })
	<-w.stopped
	return errors.Join(w.cache.close(), w.conn.Close())
}

func (w *groupWriter) run() {
	defer close(w.stopped)
	batch := make([]*job, 0, batchLimit)
	for {
		select {
		case <-w.stop:
			return
		case j := <-w.queue:
			w.serve(w.fill(append(batch[:0], j)))
		}
	}
}

// fill adds what already waits to batch and takes out what was given up.
func (w *groupWriter) fill(batch []*job) []*job {
	for range min(len(w.queue), batchLimit-1) {
		batch = append(batch, <-w.queue)
	}
	kept := batch[:0]
	for _, j := range batch {
		if j.taken.CompareAndSwap(false, true) {
			kept = append(kept, j)
		}
	}
	return kept
}

// serve commits batch in one transaction. If a closure fails, each gets a
// transaction of its own, so that it fails alone.
func (w *groupWriter) serve(batch []*job) {
	if len(batch) == 0 {
		return
	}
	closureFailed, err := w.commit(batch)
	if closureFailed && len(batch) > 1 {
		for i, j := range batch {
			closureFailed, err = w.commit(batch[i : i+1])
			if err != nil && !closureFailed {
				answer(batch[i:], err)
				return
			}
			j.err <- err
		}
		return
	}
	answer(batch, err)
}

func answer(batch []*job, err error) {
	for _, j := range batch {
		j.err <- err
	}
}

// commit runs batch as one transaction. closureFailed tells an error of one of
// the closures from one of the database, which would hit every batch alike.
func (w *groupWriter) commit(batch []*job) (closureFailed bool, err error) {
	t := &tx{ctx: context.Background(), now: w.now().UnixMilli(), conn: w.cache}
	if err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return false, fmt.Errorf("begin: %w", err)
	}
	for _, j := range batch {
		if err := guarded(t, j.fn); err != nil {
			w.rollback(t)
			return true, err
		}
	}
	if err := t.exec("COMMIT"); err != nil {
		w.rollback(t)
		return false, fmt.Errorf("commit: %w", err)
	}
	if len(t.hints) > 0 {
		w.changed(t.hints)
	}
	return false, nil
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

// statements is a querier that prepares each text once. It is for one goroutine.
type statements struct {
	conn *sql.Conn
	all  map[string]*sql.Stmt
}

func (s *statements) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.all[query]; ok {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.all[query] = stmt
	return stmt, nil
}

// ExecContext implements querier.
func (s *statements) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := s.prepared(ctx, query) //nolint:sqlclosecheck // stays open until the cache is closed
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

// QueryContext implements querier.
func (s *statements) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := s.prepared(ctx, query) //nolint:sqlclosecheck // stays open until the cache is closed
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// QueryRowContext implements querier. A text that cannot be prepared is handed
// on, so that its error comes out of Scan.
func (s *statements) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	stmt, err := s.prepared(ctx, query) //nolint:sqlclosecheck // stays open until the cache is closed
	if err != nil {
		return s.conn.QueryRowContext(ctx, query, args...)
	}
	return stmt.QueryRowContext(ctx, args...)
}

func (s *statements) close() error {
	var errs []error
	for _, stmt := range s.all {
		errs = append(errs, stmt.Close())
	}
	s.all = nil
	return errors.Join(errs...)
}
