// Package store is the server's memory: businesses, contacts, tickets, messages,
// the replies that wait to be sent, users and their sessions.
//
// Its one rule: an exported method is one transaction, and every query is one
// text that SQLite and PostgreSQL both understand. No other package of the
// server names a driver or writes SQL.
//
// Every method may return a ticket.Error with CodeUnavailable, which wraps what
// the database said, when nothing can be stored or read at the moment.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/ticket"
)

// Options says which database to open and what the store needs from outside.
type Options struct {
	// URL is postgres://… or postgresql://…, or the path of a SQLite file,
	// which is made, readable by its owner alone, when it does not exist.
	URL string
	// Now is the clock; required.
	Now func() time.Time
	// Log receives what happens behind a call's back.
	Log zerolog.Logger
	// Classify sorts what a customer of a business wrote, when it opens a ticket and each time
	// more comes before the first answer. It runs inside the transaction, which
	// alone knows everything they wrote: to read that beforehand as well made a
	// server with two cores slower. On SQLite all messages wait for it, so it
	// must take microseconds, and it must not use the store.
	// Without it tickets have no category.
	Classify func(business int64, text string) ticket.Classification
	// Wishes is which background work rows ask for.
	Wishes Wishes
	// Changed, if set, is told what a transaction changed once it is committed,
	// before the caller that wanted it returns. On SQLite all writers wait for
	// it: it must take microseconds, and it must not use the store.
	Changed func([]Hint)
	Meters  Meters
}

// Meters are told how the database does; each may be nil, and must take
// microseconds.
type Meters struct {
	// Committed is told how many callers shared a transaction, and how long that
	// took from its beginning until it was on disk.
	Committed func(callers int, took time.Duration)
	// Failed is told of every transaction that the database could not store.
	Failed func()
}

// Store is an open database. All methods may be called concurrently, also by
// several servers on one PostgreSQL: nothing but how the last transaction ended
// and, for a second, whose a token is, is kept in the process.
type Store struct {
	path     string // of the SQLite file, empty on PostgreSQL
	reader   pool
	postgres bool
	writer   transactor
	closers  []func() error // in the order to call them
	trouble  atomic.Pointer[trouble]
	url      string
	tokens   tokens
	now      func() time.Time
	log      zerolog.Logger
	classify func(business int64, text string) ticket.Classification
	wishes   Wishes
	changed  func([]Hint)
	meters   Meters
	relay    *relay       // on PostgreSQL
	silence  atomic.Int64 // see pgSilence
	stretch  int64        // see defaultStretch
}

// Path returns the path of the SQLite file, "" on PostgreSQL.
func (s *Store) Path() string { return s.path }

// transactor runs closures as durable transactions.
type transactor interface {
	// do runs fn in a transaction and returns nil only after the commit is on
	// disk. fn may be run several times, each time on a transaction that holds
	// nothing of the earlier ones: it must only change variables that it sets
	// anew each time. When do returns, fn does not run any more.
	do(ctx context.Context, fn func(*tx) error) error
}

// Open opens the database, bringing it up to date first. A database written by
// a newer program is refused with a Spanish sentence and left as it is.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Now == nil {
		return nil, errors.New("open store: no clock")
	}
	s := &Store{url: o.URL, now: o.Now, log: o.Log, classify: o.Classify, wishes: o.Wishes, changed: o.Changed, meters: o.Meters, stretch: defaultStretch}
	if s.changed == nil {
		s.changed = func([]Hint) {}
	}
	if s.meters.Committed == nil {
		s.meters.Committed = func(int, time.Duration) {}
	}
	if s.meters.Failed == nil {
		s.meters.Failed = func() {}
	}
	if s.classify == nil {
		s.classify = unclassified
	}
	open := s.openSQLite
	if isPostgres(o.URL) {
		open = s.openPostgres
	} else if strings.Contains(o.URL, "://") || o.URL == "" {
		return nil, ticket.NewError(ticket.CodeInvalid, "DATABASE_URL tiene que empezar por postgres:// o ser la ruta de un archivo SQLite.")
	}
	if err := open(ctx, o.URL); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", explain(err)), s.Close())
	}
	return s, nil
}

// Close waits for the transactions under way and closes the database. After it
// only Close itself may be called.
func (s *Store) Close() error {
	var errs []error
	for _, closer := range s.closers {
		errs = append(errs, closer())
	}
	s.closers = nil
	return errors.Join(errs...)
}

// Ping reads from the database and returns an error when it does not answer.
func (s *Store) Ping(ctx context.Context) error {
	var id int64
	err := s.reader.QueryRowContext(ctx, `SELECT id FROM businesses ORDER BY id LIMIT 1`).Scan(&id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("ping database: %w", explain(err))
	}
	return nil
}

// write runs fn as do describes, saying in errors what was being done.
func (s *Store) write(ctx context.Context, what string, fn func(*tx) error) error {
	err := explain(s.writer.do(ctx, fn))
	s.note(err)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func unclassified(int64, string) ticket.Classification {
	return ticket.Classification{Source: ticket.SourceRules, Priority: ticket.PriorityNormal}
}
