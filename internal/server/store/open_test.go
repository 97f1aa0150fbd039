package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/pgtest"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
	"mostrador/migrations"
)

func options(url string) store.Options {
	return store.Options{URL: url, Now: time.Now, Log: zerolog.Nop()}
}

// rawDB opens the database of a store beside it.
func rawDB(t *testing.T, url string) *sql.DB {
	t.Helper()
	driver := "sqlite"
	if strings.HasPrefix(url, "postgres") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestEverythingIsThereAfterOpeningAgain(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		first := &shop{t: t, url: url, clock: storetest.NewClock(start)}
		var err error
		first.Store, err = store.Open(t.Context(), options(url))
		first.do("open", err)
		first.origin = storetest.Origin(t, first.Store)
		first.add(first.fromAna("A1", "hola"))
		first.queue(store.Reply{Ticket: 1, Text: "x", WhatsAppID: "R1"})
		first.do("close", first.Close())
		s := openShop(t, url)
		if s.origin != first.origin {
			t.Errorf("origin: got %+v, want %+v", s.origin, first.origin)
		}
		if got := s.add(s.fromAna("A1", "hola")); !got.Duplicate {
			t.Errorf("the same message: got %+v, want a duplicate", got)
		}
		s.clock.Advance(time.Since(start))
		if got := ids(s.claimAll(1)); got != "R1" {
			t.Errorf("waiting reply: got %q, want R1", got)
		}
		if err := s.Ping(t.Context()); err != nil {
			t.Errorf("ping: %v", err)
		}
	})
}

func TestADatabaseOfANewerProgramIsRefusedAndUntouched(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		s, err := store.Open(t.Context(), options(url))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		db := rawDB(t, url)
		newer := len(migrations.Table()) + 1
		if _, err := db.Exec(`UPDATE version SET version = $1, compat = $1`, newer); err != nil {
			t.Fatal(err)
		}
		_, err = store.Open(t.Context(), options(url))
		wantCode(t, err, ticket.CodeConflict)
		if !strings.Contains(err.Error(), "versión más nueva") {
			t.Errorf("got %q, want it in Spanish", err)
		}
		var version int
		if err := db.QueryRow(`SELECT version FROM version`).Scan(&version); err != nil || version != newer {
			t.Errorf("version: got %d, %v; want %d", version, err, newer)
		}
	})
}

func TestServersThatStartTogetherDoNotRace(t *testing.T) {
	url := pgtest.URL(t)
	var wg sync.WaitGroup
	origins := make([]store.Origin, 6)
	for i := range origins {
		wg.Go(func() {
			s, err := store.Open(t.Context(), options(url))
			if err != nil {
				t.Errorf("server %d: %v", i, err)
				return
			}
			if origins[i], err = s.Setup(t.Context(), store.Setup{BusinessName: "Taller"}); err != nil {
				t.Errorf("set up by server %d: %v", i, err)
			}
			if err := s.Close(); err != nil {
				t.Errorf("close server %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	for i, o := range origins {
		if o != origins[0] || o.Business == 0 {
			t.Errorf("server %d: got %+v, want %+v", i, o, origins[0])
		}
	}
}

func TestADatabaseThatCannotBeOpenedIsExplained(t *testing.T) {
	dir := t.TempDir()
	notADatabase := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(notADatabase, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, code := range map[string]ticket.Code{
		"":                                ticket.CodeInvalid,
		"mysql://localhost/tickets":       ticket.CodeInvalid,
		filepath.Join(dir, "no", "x.db"):  ticket.CodeUnavailable,
		dir:                               ticket.CodeUnavailable,
		notADatabase:                      ticket.CodeUnavailable,
		"postgres:///x?host=" + dir:       ticket.CodeUnavailable,
		"postgresql://127.0.0.1:1/x":      ticket.CodeUnavailable,
		"postgres://user:secret@:::/host": ticket.CodeInternal,
	} {
		_, err := store.Open(t.Context(), options(url))
		if err == nil {
			t.Errorf("%q: got no error", url)
			continue
		}
		if got := ticket.CodeOf(err); got != code {
			t.Errorf("%q: got %q (%v), want %q", url, got, err, code)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error shows the password: %v", url, err)
		}
	}
	if _, err := store.Open(t.Context(), store.Options{URL: filepath.Join(dir, "x.db")}); err == nil {
		t.Error("without a clock: got no error")
	}
}

func TestTheDatabaseFileIsItsOwnersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission bits")
	}
	// Characters that mean something in a URI must not.
	path := filepath.Join(t.TempDir(), "100% ¿tickets?&_pragma=x#1.db")
	s := storetest.OpenURL(t, path)
	storetest.Origin(t, s)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Errorf("file %s: %v", suffix, err)
			continue
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("file %s: got mode %v, want 0600", suffix, got)
		}
	}
}

func TestACommitIsOnDiskWhenItIsAnswered(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tickets.db")
	s := openShop(t, path)
	s.add(s.fromAna("A1", "hola"))
	// What is in the files at this moment, without asking the open store.
	dir := t.TempDir()
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + suffix)
		s.do("read file", err)
		s.do("copy file", os.WriteFile(filepath.Join(dir, "copy.db"+suffix), data, 0o600))
	}
	copied := openShop(t, filepath.Join(dir, "copy.db"))
	if got := copied.ticket(1).Description; got != "hola" {
		t.Errorf("got %q, want the message in the copy", got)
	}
}

func TestAnEndedContextStopsOpening(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := store.Open(ctx, options(url)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's error", err)
		}
	})
}
