package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	moderncsqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"mostrador/internal/ticket"
)

// CopyTo writes a whole and consistent copy of the database to path, where no
// file may be, while everything else goes on: it reads one snapshot. PostgreSQL
// has its own tools for that and is CodeNotAllowed.
func (s *Store) CopyTo(ctx context.Context, path string) error {
	if s.path == "" {
		return ticket.NewError(ticket.CodeNotAllowed, "La base de datos es PostgreSQL: haga sus respaldos con pg_dump.")
	}
	// A connection of its own: those that read may not write, not even elsewhere.
	db, err := sql.Open("sqlite", dsn(s.path, []string{"busy_timeout(10000)"}))
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(ctx, `VACUUM INTO $1`, path); err != nil {
		return fmt.Errorf("copy database: %w", explain(err))
	}
	return nil
}

// InUse reports whether any program has the SQLite file at path open. A file that
// is not there, or is no database, is in nobody's use.
func InUse(ctx context.Context, path string) bool {
	if _, err := os.Stat(path); err != nil {
		return false
	}
	db, err := sql.Open("sqlite", dsn(path, []string{"busy_timeout(0)", "locking_mode(EXCLUSIVE)"})+"&_txlock=exclusive")
	if err != nil {
		return false
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	t, err := db.BeginTx(ctx, nil) // alone with the file, or not at all
	if err == nil {
		err = t.Rollback()
	}
	lite, ok := errors.AsType[*moderncsqlite.Error](err)
	return ok && lite.Code()&0xff == sqlite3.SQLITE_BUSY
}

// Copy is a copy of a database that is only looked at.
type Copy struct{ db *sql.DB }

// Totals say how much is in a copy.
type Totals struct {
	Tickets, Messages int64
	FileBytes         int64 // of all stored files
}

// OpenCopy opens what CopyTo wrote. The caller closes it.
func OpenCopy(path string) (*Copy, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find copy: %w", err)
	}
	db, err := sql.Open("sqlite", dsn(path, []string{"query_only(1)"})+"&mode=ro&immutable=1")
	if err != nil {
		return nil, fmt.Errorf("open copy: %w", err)
	}
	return &Copy{db: db}, nil
}

// Close ends the use of the copy.
func (c *Copy) Close() error { return c.db.Close() }

// Check reads all of the copy and returns an error unless it is whole.
func (c *Copy) Check(ctx context.Context) (Totals, error) {
	var verdict string
	if err := c.db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&verdict); err != nil {
		return Totals{}, fmt.Errorf("check copy: %w", err)
	}
	if verdict != "ok" {
		return Totals{}, errors.New("check copy: " + verdict)
	}
	var t Totals
	err := c.db.QueryRowContext(ctx, `
		SELECT (SELECT COUNT(*) FROM tickets), (SELECT COUNT(*) FROM messages),
			(SELECT COALESCE(SUM(size), 0) FROM attachments WHERE state = 'stored')`).Scan(&t.Tickets, &t.Messages, &t.FileBytes)
	if err != nil {
		return Totals{}, fmt.Errorf("count rows of copy: %w", err)
	}
	return t, nil
}

// Files calls f with the name of every stored file that the copy names.
func (c *Copy) Files(ctx context.Context, f func(name string) error) error {
	rows, err := c.db.QueryContext(ctx, `SELECT file FROM attachments WHERE file IS NOT NULL AND state = 'stored' ORDER BY id`)
	if err != nil {
		return fmt.Errorf("list files of copy: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return fmt.Errorf("list files of copy: %w", err)
		}
		if err := f(name); err != nil {
			return err
		}
	}
	return rows.Err()
}
