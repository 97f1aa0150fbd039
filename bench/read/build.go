package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/rs/zerolog"

	"mostrador/internal/server/store"
	"mostrador/migrations"
)

const (
	// messagesPerTicket and ticketsPerContact are round figures of a busy shop.
	messagesPerTicket = 3
	ticketsPerContact = 3
	people            = 5
	// years is how long the past is.
	years = 3
	// indexAtOnce is far more than a server that people use would index in one
	// transaction.
	indexAtOnce = 20_000
)

// name says for which version of the database it was built: an old one is not
// brought up to date.
func name(tickets int) string {
	return fmt.Sprintf("tickets-%d-v%d.db", tickets, len(migrations.Table()))
}

// database returns the path of a database of that many tickets, which it builds
// when there is none yet.
func database(ctx context.Context, dir string, tickets int) (string, error) {
	path := filepath.Join(dir, name(tickets))
	if _, err := os.Stat(path + ".whole"); err == nil {
		return path, nil
	}
	for _, ending := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(path + ending)
	}
	begin := time.Now()
	s, err := open(ctx, path)
	if err != nil {
		return "", err
	}
	origin, err := s.Setup(ctx, store.Setup{BusinessName: "Taller", TokenHash: [32]byte{1}})
	for i := range people {
		if err == nil {
			_, err = s.CreateUser(ctx, store.User{Business: origin.Business, Name: fmt.Sprint("Persona ", i+1), Role: "agent"})
		}
	}
	if err = errors.Join(err, s.Close()); err != nil {
		return "", err
	}
	if err := fill(ctx, path, origin, tickets); err != nil {
		return "", err
	}
	rows := time.Since(begin)
	if err := index(ctx, path); err != nil {
		return "", err
	}
	fmt.Printf("built %s: rows in %.0f s, words in %.0f s\n", filepath.Base(path), rows.Seconds(), (time.Since(begin) - rows).Seconds())
	return path, os.WriteFile(path+".whole", nil, 0o600)
}

func open(ctx context.Context, path string) (*store.Store, error) {
	return store.Open(ctx, store.Options{URL: path, Now: time.Now, Log: zerolog.Nop()})
}

func index(ctx context.Context, path string) error {
	s, err := open(ctx, path)
	if err != nil {
		return err
	}
	more := true
	for more && err == nil {
		more, err = s.IndexWords(ctx, indexAtOnce)
	}
	return errors.Join(err, s.Close())
}

// fill writes the rows, without indexes and triggers, which come back afterwards.
func fill(ctx context.Context, path string, origin store.Origin, tickets int) (err error) {
	db, err := sql.Open("sqlite", path+"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=cache_size(-200000)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	again, err := strip(ctx, db)
	if err != nil {
		return err
	}
	p := &past{ctx: ctx, db: db, origin: origin, random: rand.New(rand.NewPCG(1, uint64(tickets))), tickets: tickets}
	if err := p.write(); err != nil {
		return err
	}
	for _, statement := range append(again,
		`INSERT INTO ticket_counts (business_id, status, n) SELECT business_id, status, COUNT(*) FROM tickets GROUP BY business_id, status`,
		`UPDATE businesses SET last_ticket_number = (SELECT MAX(number) FROM tickets)`,
		`UPDATE word_progress SET low = 1, high = 0`,
	) {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// strip drops the indexes and triggers of the big tables and returns what makes
// them again.
func strip(ctx context.Context, db *sql.DB) (again []string, err error) {
	rows, err := db.QueryContext(ctx, `SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL
		AND tbl_name IN ('tickets', 'messages', 'contacts', 'attachments')`)
	if err != nil {
		return nil, err
	}
	var drops []string
	for rows.Next() {
		var kind, name, text string
		if err := rows.Scan(&kind, &name, &text); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		drops, again = append(drops, "DROP "+kind+" "+name), append(again, text)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	_, err = db.ExecContext(ctx, strings.Join(drops, "; "))
	return again, err
}
