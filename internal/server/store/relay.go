package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"golang.org/x/sync/errgroup"
)

const (
	// channel is PostgreSQL's name for what the servers tell each other.
	channel = "mostrador"
	// relayRest lets hints gather, so that one notification tells of many.
	relayRest = 50 * time.Millisecond
	// relayLimit is how many hints one notification holds: far below the 8000
	// bytes that PostgreSQL allows.
	relayLimit = 100
	// relayRetry is how long after a failure the next attempt waits.
	relayRetry = 2 * time.Second
)

// relay is what waits to be told to the other servers.
type relay struct {
	mu    sync.Mutex
	hints []Hint
	wake  chan struct{}
	self  string // so that nobody hears themselves
}

func newRelay() *relay { return &relay{wake: make(chan struct{}, 1), self: rand.Text()} }

// add remembers hints. So many that they would take long are told as one.
func (r *relay) add(hints []Hint) {
	r.mu.Lock()
	if r.hints = append(r.hints, hints...); len(r.hints) > relayLimit {
		r.hints = append(r.hints[:0], Hint{Kind: HintEverything})
	}
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *relay) take() []Hint {
	r.mu.Lock()
	defer r.mu.Unlock()
	hints := r.hints
	r.hints = nil
	return hints
}

// notification is what one server tells the others.
type notification struct {
	From  string `json:"from"`
	Hints []Hint `json:"hints"`
}

// Relay tells other servers on the same PostgreSQL what this one changes, and
// tells hear what they change, until ctx ends; then it returns nil. After the
// connection was lost hear gets HintEverything. On SQLite there are no others.
func (s *Store) Relay(ctx context.Context, hear func([]Hint)) error {
	if !s.postgres {
		<-ctx.Done()
		return nil
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.keepTelling(ctx) })
	g.Go(func() error { return s.keepListening(ctx, hear) })
	return g.Wait()
}

func (s *Store) keepTelling(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.relay.wake:
		}
		hints := s.relay.take()
		data, err := json.Marshal(notification{From: s.relay.self, Hints: hints})
		if err == nil {
			_, err = s.reader.ExecContext(ctx, `SELECT pg_notify($1, $2)`, channel, string(data))
		}
		rest := relayRest
		if err != nil && ctx.Err() == nil {
			s.log.Warn().Err(err).Msg("other servers not told of changes")
			s.relay.add([]Hint{{Kind: HintEverything}})
			rest = relayRetry
		}
		if !pause(ctx, rest) {
			return nil
		}
	}
}

func (s *Store) keepListening(ctx context.Context, hear func([]Hint)) error {
	for {
		err := s.listen(ctx, hear)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // told to stop
		}
		s.log.Warn().Err(err).Msg("changes of other servers not heard")
		if !pause(ctx, relayRetry) {
			return nil
		}
		hear([]Hint{{Kind: HintEverything}})
	}
}

// listen hears until the connection fails. It keeps one of the pool to itself.
func (s *Store) listen(ctx context.Context, hear func([]Hint)) error {
	conn, err := s.reader.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close() }() // the pool throws it away when it is broken
	return conn.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return errors.New("not a connection of pgx")
		}
		if _, err := c.Conn().Exec(ctx, "LISTEN "+channel); err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		return s.receive(ctx, c.Conn(), hear)
	})
}

func (s *Store) receive(ctx context.Context, conn *pgx.Conn, hear func([]Hint)) error {
	for {
		told, err := conn.WaitForNotification(ctx)
		if pgconn.Timeout(err) && ctx.Err() == nil {
			// Nobody had anything to tell, or the connection is dead.
			if err := conn.Ping(ctx); err != nil {
				return fmt.Errorf("look whether the connection lives: %w", err)
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("wait: %w", err)
		}
		var n notification
		if json.Unmarshal([]byte(told.Payload), &n) == nil && n.From != s.relay.self {
			hear(n.Hints)
		}
	}
}

// pause waits and reports whether ctx goes on.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
