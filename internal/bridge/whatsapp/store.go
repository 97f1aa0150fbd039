package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	waLog "go.mau.fi/whatsmeow/util/log"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"mostrador/internal/ticket"
)

// Files of the session. They hold the keys of the account: nobody else may
// read them.
const (
	sessionFile = "sesion.db"
	lockFile    = "sesion.lock"

	privateFile   os.FileMode = 0o600
	privateFolder os.FileMode = 0o700
)

// settings of the session's SQLite: full synchronisation because a lost key
// is a lost message; immediate transactions and one connection because the
// library reads and then writes within one transaction, and SQLite answers
// "locked" at once when two of those meet, upon which whatsmeow gives the
// message back to its sender.
const settings = "?_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)&_txlock=immediate"

// sessionStore is the folder with the session.
type sessionStore struct {
	lock      *flock.Flock
	db        *sql.DB
	container *sqlstore.Container
	device    *store.Device // the device to start with
}

func openStore(ctx context.Context, dir string, log waLog.Logger) (*sessionStore, error) {
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	s := &sessionStore{lock: lock}
	if err := s.load(ctx, filepath.Join(dir, sessionFile), log); err != nil {
		return nil, errors.Join(unusable(dir, err), s.close())
	}
	return s, nil
}

// unusable is the error for people, with the cause behind it for the log.
func unusable(dir string, cause error) error {
	sentence := fmt.Sprintf("No se puede usar la carpeta de la sesión %s: revise que exista espacio y permiso de escritura.", dir)
	return fmt.Errorf("%w (%w)", ticket.NewError(ticket.CodeUnavailable, sentence), cause)
}

func (s *sessionStore) load(ctx context.Context, file string, log waLog.Logger) error {
	if err := makePrivate(file); err != nil {
		return err
	}
	name, err := dataSource(file)
	if err != nil {
		return err
	}
	if s.db, err = sql.Open("sqlite", name); err != nil {
		return fmt.Errorf("open session: %w", err)
	}
	s.db.SetMaxOpenConns(1)
	s.container = sqlstore.NewWithDB(s.db, "sqlite", log)
	if err := s.container.Upgrade(ctx); err != nil {
		return fmt.Errorf("upgrade session: %w", err)
	}
	devices, err := s.container.GetAllDevices(ctx)
	if err != nil {
		return fmt.Errorf("load session: %w", err)
	}
	if s.device = s.container.NewDevice(); len(devices) > 0 {
		// A row that could not be deleted at a logout comes before the new one.
		s.device = devices[len(devices)-1]
	}
	return nil
}

// makePrivate creates file, or tightens one that others may read, before
// SQLite opens it: its journal files take over the mode.
func makePrivate(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, privateFile)
	if err != nil {
		return fmt.Errorf("create session: %w", err)
	}
	if err := errors.Join(f.Close(), os.Chmod(file, privateFile)); err != nil {
		return fmt.Errorf("protect session: %w", err)
	}
	return nil
}

// dataSource names file as a URI, so that no character of a folder's name is
// taken for a setting.
func dataSource(file string) (string, error) {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return "", fmt.Errorf("locate session: %w", err)
	}
	slashed := filepath.ToSlash(absolute)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/… (https://www.sqlite.org/uri.html, 3.1)
	}
	return (&url.URL{Scheme: "file", Path: slashed}).String() + settings, nil
}

func (s *sessionStore) close() error {
	var err error
	if s.db != nil {
		err = s.db.Close()
	}
	return errors.Join(err, s.lock.Unlock())
}
