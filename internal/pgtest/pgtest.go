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
	"errors"
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

// cluster is the PostgreSQL of this process.
type cluster struct {
	url  string      // of a superuser on the database "postgres"
	free chan string // databases to use again; nil when the cluster outlives us
}

// reusable bounds how many emptied databases wait for the next test.
const reusable = 64

// server starts or finds the PostgreSQL, or says why there is none.
var server = sync.OnceValues(func() (cluster, error) {
	if given := os.Getenv("TEST_DATABASE_URL"); given != "" {
		return cluster{url: given}, nil
	}
	bin := binaries()
	if bin == "" {
		return cluster{}, missingError("no PostgreSQL: set TEST_DATABASE_URL, or install its server (apt-get install postgresql)")
	}
	address, err := start(bin)
	return cluster{url: address, free: make(chan string, reusable)}, err
})

// missingError says that this machine has no PostgreSQL, which is no failure.
type missingError string

// Error returns what to do about it.
func (e missingError) Error() string { return string(e) }

// URL returns the URL of an empty database that is t's alone until t ends.
func URL(t testing.TB) string {
	t.Helper()
	c, err := server()
	if missing, ok := errors.AsType[missingError](err); ok && os.Getenv("CI") != "true" {
		t.Skip(missing.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	name, err := c.take(t.Context())
	if err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() {
		if err := c.giveBack(context.Background(), name); err != nil {
			t.Errorf("clear database: %v", err)
		}
	})
	return c.database(name)
}

func (c cluster) take(ctx context.Context) (string, error) {
	select {
	case name := <-c.free:
		return name, nil
	default:
		name := "t_" + strings.ToLower(rand.Text())
		return name, run(ctx, c.url, "CREATE DATABASE "+name+" TEMPLATE template0")
	}
}

// giveBack throws out whoever is still connected and everything that was made.
// Emptying a database takes a tenth of the time of making one.
func (c cluster) giveBack(ctx context.Context, name string) error {
	if c.free == nil {
		return run(ctx, c.url, "DROP DATABASE "+name+" WITH (FORCE)")
	}
	err := run(ctx, c.url, "ALTER DATABASE "+name+" RESET ALL; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
	if err != nil {
		return err
	}
	if err := run(ctx, c.database(name), "DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
		return err
	}
	select {
	case c.free <- name:
	default: // enough of them; this one goes with the server
	}
	return nil
}

// database returns the URL of one of the cluster's databases.
func (c cluster) database(name string) string {
	u, err := url.Parse(c.url)
	if err != nil {
		return c.url // CREATE DATABASE went through it, so it can be parsed
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
	defer func() { _ = conn.Close(ctx) }()
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
