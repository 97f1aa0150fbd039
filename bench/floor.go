package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"

	"github.com/rs/zerolog"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"mostrador/internal/httpx"
	"mostrador/internal/wire"
)

const (
	// roleFloor is what this program calls itself to be the least server there can be.
	roleFloor = "floor"
	// floorBatch is how many messages share a commit, as in the product.
	floorBatch = 512
)

// runFloor serves webhooks as the least that deserves the name: no token, no
// contacts, tickets, categories, search or log, and of each message one row in a
// table without another index, written through the product's SQLite client with
// one flush for all that wait. What the product reaches of its rate is what all
// the rest leaves of the machine.
func runFloor(ctx context.Context, address string) error {
	f, err := openFloor("floor.db")
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return errors.Join(err, f.close())
	}
	return errors.Join(httpx.Serve(ctx, ln, f, zerolog.New(os.Stderr)), f.close())
}

// floor is the least server as a handler.
type floor struct {
	conn  *sqlite.Conn // of the goroutine that writes
	queue chan note
	ended chan struct{} // closed when it has
}

// note is a message on its way to the disk.
type note struct {
	wire.Webhook

	err chan error
}

func openFloor(path string) (*floor, error) {
	conn, err := sqlite.OpenConn(path) // with a log of what is written, as the product
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{
		"PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 4000",
		"CREATE TABLE IF NOT EXISTS notes (id TEXT PRIMARY KEY, sender TEXT, body TEXT) WITHOUT ROWID",
	} {
		if err := sqlitex.ExecuteTransient(conn, statement, nil); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	f := &floor{conn: conn, queue: make(chan note, floorBatch), ended: make(chan struct{})}
	go func() {
		defer close(f.ended)
		for first := range f.queue {
			f.store(first)
		}
	}()
	return f, nil
}

// close must come after the last request.
func (f *floor) close() error {
	close(f.queue)
	<-f.ended
	return f.conn.Close()
}

// ServeHTTP implements http.Handler.
func (f *floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		return // has it started?
	}
	n := note{err: make(chan error, 1)}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &n.Webhook)
	}
	if err == nil {
		f.queue <- n
		err = <-n.err
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	httpx.WriteJSON(w, http.StatusOK, wire.WebhookReply{Status: "ok"})
}

// store commits first and all who wait, and tells them.
func (f *floor) store(first note) {
	batch := []note{first}
	err := sqlitex.ExecuteTransient(f.conn, "BEGIN IMMEDIATE", nil)
	for i := 0; i < len(batch) && err == nil; i++ {
		err = insert(f.conn, batch[i])
		if len(batch) < floorBatch {
			select {
			case n, ok := <-f.queue:
				if ok {
					batch = append(batch, n)
				}
			default:
			}
		}
	}
	end := "COMMIT"
	if err != nil {
		end = "ROLLBACK"
	}
	err = errors.Join(err, sqlitex.ExecuteTransient(f.conn, end, nil))
	for _, n := range batch {
		n.err <- err
	}
}

func insert(conn *sqlite.Conn, n note) error {
	stmt := conn.Prep(`INSERT INTO notes (id, sender, body) VALUES ($id, $sender, $body) ON CONFLICT DO NOTHING`)
	stmt.SetText("$id", n.ID)
	stmt.SetText("$sender", n.Sender)
	stmt.SetText("$body", n.Content)
	_, err := stmt.Step()
	return errors.Join(err, stmt.Reset())
}
