package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the server's database
)

// Folders of the programs, as they are documented.
const (
	queueFolder  = "cola_mensajes"
	photoFolder  = "fotos_evidencia"
	databaseFile = "tickets.db"
)

// rest is what is still on its way.
type rest struct {
	unacked int            // at WhatsApp, not taken by the bridge
	queue   map[string]int // files in each folder of the bridge's queue
	replies int            // of the server, not at WhatsApp
	late    int            // those among them that want a person's word
	files   int            // attachments that are to follow
	quiet   int            // sent, the customer's receipt outstanding
}

func (r rest) nothing() bool {
	waiting := r.unacked + r.replies + r.files + r.quiet
	for _, n := range r.queue {
		waiting += n
	}
	return waiting == 0
}

// signEvery is how often a customer writes while something is on its way.
const signEvery = 6 * time.Second

// quiet returns when nothing is on its way any more. Now and then a customer
// writes: to the server that is a sign of life of the bridge, which brings
// waiting replies forward.
func (w *world) quiet(ctx context.Context) error {
	db, err := w.openDatabase()
	if err != nil {
		return err
	}
	defer db.Close()
	sign := time.Now().Add(signEvery)
	for deadline := time.Now().Add(patience); ; sleep(ctx, 100*time.Millisecond) {
		if time.Now().After(sign) {
			sign = time.Now().Add(signEvery)
			w.crowd[0].say(move{kind: moveText, count: 1})
		}
		r, err := w.remaining(ctx, db)
		if err != nil {
			return err
		}
		if r.nothing() {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.late > 0 {
			w.desk.approveAll(ctx)
		}
		if time.Now().After(deadline) {
			// What is missing then, and its story, is told by the reckoning.
			fmt.Fprintf(w.out, "never quiet: %+v\n", r)
			return nil
		}
	}
}

func (w *world) openDatabase() (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.server.dir, databaseFile)+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}

func (w *world) remaining(ctx context.Context, db *sql.DB) (rest, error) {
	r := rest{unacked: w.sim.Unacked(), queue: map[string]int{}}
	err := db.QueryRowContext(ctx, `SELECT
		(SELECT COUNT(*) FROM messages WHERE delivery = 'queued'),
		(SELECT COUNT(*) FROM messages WHERE hold = 'confirm'),
		(SELECT COUNT(*) FROM messages WHERE delivery = 'sent'),
		(SELECT COUNT(*) FROM attachments WHERE state = 'pending')`).Scan(&r.replies, &r.late, &r.quiet, &r.files)
	if err != nil {
		return r, fmt.Errorf("ask database: %w", err)
	}
	root := filepath.Join(w.bridge.dir, queueFolder)
	states, err := os.ReadDir(root)
	if err != nil {
		return r, fmt.Errorf("list queue: %w", err)
	}
	for _, state := range states {
		entries, err := os.ReadDir(filepath.Join(root, state.Name()))
		if err != nil {
			return r, fmt.Errorf("list queue: %w", err)
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".tmp") {
				r.queue[state.Name()]++
			}
		}
	}
	return r, nil
}
