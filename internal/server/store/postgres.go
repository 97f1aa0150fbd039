package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Limits of one server's connections to PostgreSQL, whose default is 100 for
// everybody.
const (
	pgConnections = 16
	pgIdleTime    = 5 * time.Minute
)

// pgAttempts bounds how often a transaction that lost a race is tried.
const pgAttempts = 20

func isPostgres(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
}

// openPostgres fills s with one pool for reading and writing.
func (s *Store) openPostgres(ctx context.Context, url string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return err
	}
	patient := stdlib.OpenDB(*config)
	if err := errors.Join(migrate(ctx, patient, pgDialect, s.log), patient.Close()); err != nil {
		return err
	}
	s.silence.Store(int64(pgSilence))
	config.DialFunc = impatient(config.DialFunc, &s.silence)
	db := stdlib.OpenDB(*config)
	s.closers = append(s.closers, db.Close)
	db.SetMaxOpenConns(pgConnections)
	db.SetMaxIdleConns(pgConnections)
	db.SetConnMaxIdleTime(pgIdleTime)
	s.postgres, s.relay = true, newRelay()
	told := s.changed
	s.changed = func(hints []Hint) {
		told(hints)
		s.relay.add(hints)
	}
	s.reader, s.writer = pool{db}, &poolWriter{db: db, now: s.now, changed: s.changed, committed: s.meters.Committed}
	return nil
}

// poolWriter is PostgreSQL's transactor: each closure is a transaction on the
// pool, tried again when it lost against another one.
type poolWriter struct {
	db      *sql.DB
	now     func() time.Time
	changed func([]Hint)
	// committed is Meters.Committed.
	committed func(callers int, took time.Duration)
}

// do implements transactor.
func (w *poolWriter) do(ctx context.Context, fn func(*tx) error) error {
	var err error
	for range pgAttempts {
		if err = w.try(ctx, fn); !lostRace(err) {
			return err
		}
	}
	return err
}

func (w *poolWriter) try(ctx context.Context, fn func(*tx) error) error {
	began := w.now()
	// Losing a race is noticed by looking again, which a snapshot would not show.
	conn, err := w.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return err
	}
	defer func() { _ = conn.Rollback() }() // after Commit it does nothing
	t := &tx{ctx: ctx, now: w.now().UnixMilli(), conn: poolTx{conn}, lock: rowLock, id: returningID}
	if err := guarded(t, fn); err != nil {
		return err
	}
	if err := conn.Commit(); err != nil {
		return unsure(err)
	}
	w.committed(1, w.now().Sub(began))
	if len(t.hints) > 0 {
		w.changed(t.hints)
	}
	return nil
}
