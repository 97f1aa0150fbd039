// Package storetest opens stores for tests, on the engines the product runs on.
//
// Its one rule: what it opens is real and as durable as in production; only the
// place is temporary.
package storetest

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/pgtest"
	"mostrador/internal/server/store"
)

// Option changes how a store is opened.
type Option func(*store.Options)

// Open opens a SQLite store in a temporary folder. It is closed with the test.
func Open(t testing.TB, options ...Option) *store.Store {
	t.Helper()
	return OpenURL(t, filepath.Join(t.TempDir(), "tickets.db"), options...)
}

// OpenURL is Open for a database of the caller's choice, which several stores
// may share.
func OpenURL(t testing.TB, url string, options ...Option) *store.Store {
	t.Helper()
	o := store.Options{URL: url, Now: time.Now, Log: zerolog.Nop()}
	for _, option := range options {
		option(&o)
	}
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	return s
}

// Run runs body as a subtest on each engine, with the URL of a fresh database.
func Run(t *testing.T, body func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { body(t, filepath.Join(t.TempDir(), "tickets.db")) })
	t.Run("postgres", func(t *testing.T) { body(t, pgtest.URL(t)) })
}

// Origin sets up the default business of s and returns it.
func Origin(t testing.TB, s *store.Store) store.Origin {
	t.Helper()
	o, err := s.Setup(t.Context(), store.Setup{BusinessName: "Taller", BridgeURL: "http://bridge.test", TokenHash: [32]byte{1}})
	if err != nil {
		t.Fatalf("set up business: %v", err)
	}
	return o
}
