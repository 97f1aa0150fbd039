package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"zombiezen.com/go/sqlite"
)

// liteConn is one connection to a SQLite file, for one goroutine. It prepares
// each text once. database/sql and its driver would make each statement of a
// message cost twice what SQLite itself takes for it.
type liteConn struct {
	conn     *sqlite.Conn
	prepared map[string]*liteStmt
}

// openLite opens the file, which must exist, that uri names.
func openLite(ctx context.Context, uri string, pragmas []string) (*liteConn, error) {
	conn, err := sqlite.OpenConn(uri, sqlite.OpenReadWrite, sqlite.OpenURI)
	if err != nil {
		return nil, err
	}
	c := &liteConn{conn: conn, prepared: map[string]*liteStmt{}}
	for _, pragma := range pragmas {
		if _, err := c.ExecContext(ctx, "PRAGMA "+pragma); err != nil {
			return nil, errors.Join(err, c.close())
		}
	}
	return c, nil
}

func (c *liteConn) close() error { return c.conn.Close() } // with its statements

// ExecContext implements querier.
func (c *liteConn) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := c.bound(query, args)
	if err != nil {
		return nil, err
	}
	for stmt.Next() {
		continue // a PRAGMA tells its new value
	}
	if err := errors.Join(stmt.Err(), stmt.Close()); err != nil {
		return nil, err
	}
	return liteResult{id: c.conn.LastInsertRowID(), changed: int64(c.conn.Changes())}, nil
}

// query implements querier. The rows have to be closed before the same text is
// used again.
func (c *liteConn) query(_ context.Context, query string, args ...any) (rows, error) {
	stmt, err := c.bound(query, args)
	if err != nil {
		return nil, err
	}
	return stmt, nil
}

// bound returns the statement of query with its parameters set.
func (c *liteConn) bound(query string, args []any) (*liteStmt, error) {
	s, ok := c.prepared[query]
	if !ok {
		var err error
		if s, err = c.prepare(query); err != nil {
			return nil, err
		}
		c.prepared[query] = s
	}
	for i, n := range s.numbers {
		if n > len(args) {
			return nil, fmt.Errorf("no value for $%d of %q", n, query)
		}
		if err := s.bind(i+1, args[n-1]); err != nil {
			return nil, fmt.Errorf("set $%d: %w", n, err)
		}
	}
	s.err = nil
	return s, nil
}

func (c *liteConn) prepare(query string) (*liteStmt, error) {
	stmt, err := c.conn.Prepare(strings.TrimSpace(query))
	if err != nil {
		return nil, err
	}
	s := &liteStmt{stmt: stmt}
	for i := range stmt.BindParamCount() {
		n, err := strconv.Atoi(strings.TrimPrefix(stmt.BindParamName(i+1), "$"))
		if err != nil || n < 1 {
			return nil, errors.Join(fmt.Errorf("parameter %d of %q has no number", i+1, query), stmt.Finalize())
		}
		s.numbers = append(s.numbers, n)
	}
	return s, nil
}

// liteStmt is a prepared statement, and the rows of its last execution.
type liteStmt struct {
	stmt    *sqlite.Stmt
	numbers []int // SQLite counts parameters as they come in the text: the number in $n of each
	err     error
}

// bind sets the i-th parameter, counted from 1.
func (s *liteStmt) bind(i int, arg any) error {
	switch v := arg.(type) {
	case nil:
		s.stmt.BindNull(i)
	case int64:
		s.stmt.BindInt64(i, v)
	case string:
		s.stmt.BindText(i, v)
	case bool:
		s.stmt.BindBool(i, v)
	case float64:
		s.stmt.BindFloat(i, v)
	case []byte:
		s.stmt.BindBytes(i, v)
	default:
		switch v := reflect.ValueOf(arg); {
		case v.Kind() == reflect.String:
			s.stmt.BindText(i, v.String())
		case v.CanInt():
			s.stmt.BindInt64(i, v.Int())
		default:
			return fmt.Errorf("a %T cannot be stored", arg)
		}
	}
	return nil
}

// Next implements rows.
func (s *liteStmt) Next() bool {
	ok, err := s.stmt.Step()
	s.err = err
	return ok
}

// Err implements rows.
func (s *liteStmt) Err() error { return s.err }

// Close implements rows.
func (s *liteStmt) Close() error { return s.stmt.Reset() }

// Scan implements scanner.
func (s *liteStmt) Scan(dest ...any) error {
	if n := s.stmt.ColumnCount(); n != len(dest) {
		return fmt.Errorf("read %d columns into %d variables", n, len(dest))
	}
	for i, d := range dest {
		if err := s.column(i, d); err != nil {
			return fmt.Errorf("read column %d: %w", i, err)
		}
	}
	return nil
}

func (s *liteStmt) column(i int, dest any) error {
	if s.stmt.ColumnIsNull(i) {
		return errors.New("it is NULL")
	}
	switch d := dest.(type) {
	case *int64:
		*d = s.stmt.ColumnInt64(i)
	case *string:
		*d = s.stmt.ColumnText(i)
	case *bool:
		*d = s.stmt.ColumnBool(i)
	case *float64:
		*d = s.stmt.ColumnFloat(i)
	default:
		switch v := reflect.ValueOf(dest).Elem(); {
		case v.Kind() == reflect.String:
			v.SetString(s.stmt.ColumnText(i))
		case v.CanInt():
			v.SetInt(s.stmt.ColumnInt64(i))
		default:
			return fmt.Errorf("into a %T", dest)
		}
	}
	return nil
}

// liteResult is what the last statement did.
type liteResult struct{ id, changed int64 }

// LastInsertId implements sql.Result.
func (r liteResult) LastInsertId() (int64, error) { return r.id, nil }

// RowsAffected implements sql.Result.
func (r liteResult) RowsAffected() (int64, error) { return r.changed, nil }
