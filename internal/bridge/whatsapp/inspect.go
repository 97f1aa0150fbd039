package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
	"go.mau.fi/whatsmeow/store"
)

// Inspection is what a look at the session's folder from beside tells.
type Inspection struct {
	Exists bool   // there is a session's file
	Paired bool   // it belongs to an account
	Damage string // what SQLite says is damaged; empty: nothing
	InUse  bool   // a bridge has it open
}

// Inspect looks at the session in dir without changing anything, also while a
// bridge uses it.
func Inspect(ctx context.Context, dir string) (i Inspection, err error) {
	file := filepath.Join(dir, sessionFile)
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return i, nil
	}
	i.Exists, i.InUse = true, InUse(dir)
	name, err := dataSource(file)
	if err != nil {
		return i, err
	}
	path, _, _ := strings.Cut(name, "?")
	db, err := sql.Open("sqlite", path+"?mode=ro&_pragma=busy_timeout(10000)&_pragma=query_only(1)")
	if err != nil {
		return i, fmt.Errorf("open session: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&i.Damage); err != nil {
		return i, fmt.Errorf("check session: %w", err)
	}
	if i.Damage = strings.TrimPrefix(i.Damage, "ok"); i.Damage != "" {
		return i, nil
	}
	var tables, accounts int
	if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_schema WHERE name = 'whatsmeow_device'`).Scan(&tables); err != nil {
		return i, fmt.Errorf("read session: %w", err)
	}
	if tables == 0 {
		return i, nil
	}
	if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM whatsmeow_device`).Scan(&accounts); err != nil {
		return i, fmt.Errorf("read session: %w", err)
	}
	i.Paired = accounts > 0
	return i, nil
}

// InUse reports whether a bridge has the session in dir open.
func InUse(dir string) bool {
	path := filepath.Join(dir, lockFile)
	if _, err := os.Stat(path); err != nil {
		return false
	}
	lock := flock.New(path, flock.SetFlag(os.O_RDWR))
	free, err := lock.TryRLock()
	if err == nil && free {
		_ = lock.Unlock()
	}
	return err == nil && !free
}

// ProtocolVersion is the version of WhatsApp that the library passes for.
func ProtocolVersion() string { return store.GetWAVersion().String() }
