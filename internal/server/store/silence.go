package store

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// pgSilence is how long PostgreSQL may say nothing to who waits for it. A peer that
// vanished is silent for ever, and what waits for it without an end of its own, such
// as the outbox, would be too. No statement takes nearly as long, but those of a
// migration, which has connections of its own. Who waits for a lock as long, such as
// that of another server's migration, fails too and is tried again.
const pgSilence = 30 * time.Second

// impatient makes the connections that dial opens fail when they are silent for
// longer than limit, a time.Duration.
func impatient(dial pgconn.DialFunc, limit *atomic.Int64) pgconn.DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &impatientConn{Conn: conn, limit: limit}, nil
	}
}

// impatientConn is a connection whose every read and write has a deadline, beside
// the one that its user sets for when a context ends.
type impatientConn struct {
	net.Conn
	limit *atomic.Int64

	mu   sync.Mutex
	ends time.Time // what its user set
}

// SetDeadline implements net.Conn.
func (c *impatientConn) SetDeadline(at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ends = at
	return c.Conn.SetDeadline(at)
}

// Read implements net.Conn.
func (c *impatientConn) Read(b []byte) (int, error) {
	if err := c.begin(c.SetReadDeadline); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

// Write implements net.Conn.
func (c *impatientConn) Write(b []byte) (int, error) {
	if err := c.begin(c.SetWriteDeadline); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// begin sets the earlier of both deadlines.
func (c *impatientConn) begin(set func(time.Time) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := time.Now().Add(time.Duration(c.limit.Load()))
	if !c.ends.IsZero() && c.ends.Before(at) {
		at = c.ends
	}
	return set(at)
}
