// Package pgtest gives tests a PostgreSQL of their own.
//
// Its one rule: it is for tests; nothing it starts outlives the test process,
// and nothing it makes is reachable from outside the machine.
//
// The server is the one TEST_DATABASE_URL names, or one that is started from the
// installed binaries on a unix socket, without TCP and without durability. Where
// there is neither, tests are skipped, except when CI is true: then they fail.
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// startTimeout is how long a new server may take until it answers; it usually
// needs a tenth of a second, on a busy machine some.
const startTimeout = 30 * time.Second

// server returns the URL of the process's PostgreSQL, as a superuser on the
// database "postgres", or why there is none.
var server = sync.OnceValues(func() (string, error) {
	if given := os.Getenv("TEST_DATABASE_URL"); given != "" {
		return given, nil
	}
	bin := binaries()
	if bin == "" {
		return "", missingError("no PostgreSQL: set TEST_DATABASE_URL, or install its server (apt-get install postgresql)")
	}
	return start(bin)
})

// missingError says that this machine has no PostgreSQL, which is no failure.
type missingError string

// Error returns what to do about it.
func (e missingError) Error() string { return string(e) }

// URL makes an empty database for t and returns its URL. The database is gone
// after the test.
func URL(t testing.TB) string {
	t.Helper()
	admin, err := server()
	if missing, ok := err.(missingError); ok && os.Getenv("CI") != "true" { //nolint:errorlint // never wrapped
		t.Skip(string(missing))
	}
	if err != nil {
		t.Fatal(err)
	}
	name := "t_" + strings.ToLower(rand.Text())
	if err := run(t.Context(), admin, "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() {
		if err := run(context.Background(), admin, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop database: %v", err)
		}
	})
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatalf("TEST_DATABASE_URL: %v", err)
	}
	u.Path = "/" + name
	return u.String()
}

// run executes one statement on a connection of its own.
func run(ctx context.Context, url, statement string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

// binaries returns the folder of the newest installed PostgreSQL, "" without
// one. Debian keeps initdb out of the PATH.
func binaries() string {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return ""
	}
	version := func(path string) int {
		n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		if err != nil {
			return 0
		}
		return n
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest)
}

// await returns when the server at url takes connections.
func await(url string, exited <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for {
		err := run(ctx, url, "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-retry.C:
		case exit := <-exited:
			return fmt.Errorf("postgres ended: %w", exit)
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w", err)
		}
	}
}
