package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// tx is one transaction: every row it writes carries the same instant.
type tx struct {
	ctx  context.Context // the caller's on PostgreSQL; on SQLite the writer's, as a transaction serves several callers
	now  int64           // Unix milliseconds
	conn querier
	lock string // ends a query whose rows nobody else may change before the transaction ends
	id   string // ends an INSERT whose row's id is wanted

	hints []Hint // what changes with the commit
}

// What PostgreSQL has in tx.lock and tx.id. SQLite has one writer at a time and
// needs no locks, and tells the id of a row anyway: RETURNING would cost it a
// temporary table each time.
const (
	rowLock     = " FOR UPDATE"
	returningID = " RETURNING id"
)

// querier is what a transaction or a list works on.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	query(ctx context.Context, query string, args ...any) (rows, error)
}

// scanner is a row that can be read.
type scanner interface{ Scan(dest ...any) error }

// rows are the rows of a query, as *sql.Rows are.
type rows interface {
	scanner
	Next() bool
	Err() error
	Close() error
}

// pool makes a querier of database/sql's connections.
type pool struct{ *sql.DB }

func (p pool) query(ctx context.Context, query string, args ...any) (rows, error) {
	return p.QueryContext(ctx, query, args...) //nolint:rowserrcheck // the caller's
}

// poolTx makes a querier of a transaction of theirs.
type poolTx struct{ *sql.Tx }

func (t poolTx) query(ctx context.Context, query string, args ...any) (rows, error) {
	return t.QueryContext(ctx, query, args...) //nolint:rowserrcheck // the caller's
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.conn.ExecContext(t.ctx, query, args...)
	return err
}

// changed is exec that reports whether any row was touched.
func (t *tx) changed(query string, args ...any) (bool, error) {
	result, err := t.conn.ExecContext(t.ctx, query, args...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// add inserts one row and returns its id, or 0 when a conflict kept it out and
// query says to do nothing about that.
func (t *tx) add(query string, args ...any) (id int64, err error) {
	if t.id != "" {
		_, err = t.row([]any{&id}, query+t.id, args...)
		return id, err
	}
	result, err := t.conn.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return 0, err
	}
	return result.LastInsertId()
}

// row scans the first row into dest and reports whether there was one.
func (t *tx) row(dest []any, query string, args ...any) (bool, error) {
	found, err := t.conn.query(t.ctx, query, args...)
	if err != nil {
		return false, err
	}
	if !found.Next() {
		return false, errors.Join(found.Err(), found.Close())
	}
	return true, errors.Join(found.Scan(dest...), found.Close())
}

// one scans row and reports whether there was one.
func one(row *sql.Row, dest ...any) (bool, error) {
	err := row.Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// list runs a query and reads every row with scan. The slice is never nil.
func list[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	found, err := q.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }() // what went wrong, Err says
	all := []T{}
	for found.Next() {
		v, err := scan(found)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, found.Err()
}

func scanID(row scanner) (id int64, err error) {
	err = row.Scan(&id)
	return id, err
}

// millis is t as the database keeps it; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// instant is the inverse of millis, in UTC.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// nullable makes NULL of an empty text, for columns of a unique key.
func nullable(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// reference makes NULL of an absent id.
func reference(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
