package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mostrador/internal/ticket"
	"mostrador/migrations"
)

// Examination is what a look at a database from beside tells. It holds nothing of
// what is stored but how much there is.
type Examination struct {
	Engine  string           `json:"motor"`       // SQLite or PostgreSQL, with its version
	Schema  int              `json:"esquema"`     // 0: empty
	Known   int              `json:"conocido"`    // the newest schema this program knows
	Bytes   int64            `json:"bytes"`       // on disk
	Rows    map[string]int64 `json:"filas"`       // by table
	Damage  string           `json:"danos"`       // what the engine says is damaged; empty: nothing
	Skipped bool             `json:"sin_revisar"` // Damage was not looked for
}

// counted are the tables whose rows say how much there is.
var counted = []string{"businesses", "bridges", "users", "contacts", "tickets", "messages", "attachments"}

// Examine looks at the database that Options.URL names without changing anything,
// also while servers use it. On SQLite it reads all of it if whole. Its errors are
// those of Open, and CodeNotFound while there is no database yet.
func Examine(ctx context.Context, url string, whole bool) (Examination, error) {
	look := examineLite
	if isPostgres(url) {
		look = examinePostgres
	}
	e, err := look(ctx, url, whole)
	if err != nil {
		return e, fmt.Errorf("examine database: %w", explain(err))
	}
	return e, nil
}

func examineLite(ctx context.Context, path string, whole bool) (e Examination, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return e, err
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return e, ticket.NewError(ticket.CodeNotFound, "Todavía no hay base de datos.")
	}
	if err != nil {
		return e, err
	}
	db, err := sql.Open("sqlite", dsn(path, []string{"busy_timeout(10000)", "query_only(1)"})+"&mode=ro")
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if err := refuseOriginal(ctx, pool{db}, path); err != nil {
		return e, err
	}
	e.Bytes = info.Size()
	if log, err := os.Stat(path + "-wal"); err == nil {
		e.Bytes += log.Size()
	}
	if err := db.QueryRowContext(ctx, `SELECT 'SQLite ' || sqlite_version()`).Scan(&e.Engine); err != nil {
		return e, err
	}
	if e.Skipped = !whole; whole {
		if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&e.Damage); err != nil {
			return e, err
		}
		e.Damage = strings.TrimPrefix(e.Damage, "ok")
	}
	var tables int
	if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_schema WHERE name = 'version'`).Scan(&tables); err != nil {
		return e, err
	}
	return e, e.count(ctx, db, tables > 0)
}

func examinePostgres(ctx context.Context, url string, _ bool) (e Examination, err error) {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	e.Skipped = true
	var there bool
	err = db.QueryRowContext(ctx, `SELECT 'PostgreSQL ' || current_setting('server_version'), pg_database_size(current_database()), to_regclass('version') IS NOT NULL`).
		Scan(&e.Engine, &e.Bytes, &there)
	if err != nil {
		return e, err
	}
	return e, e.count(ctx, db, there)
}

// count fills in the schema and how much there is.
func (e *Examination) count(ctx context.Context, db *sql.DB, migrated bool) error {
	e.Known, e.Rows = len(migrations.Table()), map[string]int64{}
	if !migrated {
		return nil
	}
	if err := db.QueryRowContext(ctx, `SELECT version FROM version`).Scan(&e.Schema); err != nil {
		return err
	}
	if e.Schema < 1 {
		return nil
	}
	for _, table := range counted {
		var rows int64
		if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+table).Scan(&rows); err != nil {
			return err
		}
		e.Rows[table] = rows
	}
	return nil
}
