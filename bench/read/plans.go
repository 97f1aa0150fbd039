package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/server/words"
	"mostrador/internal/ticket"
)

// plans prints nothing unless a query would read a whole table.
func plans(ctx context.Context, path string) (err error) {
	s, err := open(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	with := true
	steps, errs := 0, []error{}
	for _, f := range []store.Filter{
		{}, {Before: "500000"}, {Statuses: ticket.Statuses()[:1]}, {Statuses: ticket.Statuses()[:3]}, {Categories: categories[:1]},
		{Priorities: ticket.Priorities()[:1]}, {Priorities: ticket.Priorities()[:2]}, {Assignee: 3}, {Assignee: store.Nobody}, {Contact: 7},
		{Photo: &with}, {Unread: true}, {From: time.Now().AddDate(-1, 0, 0), Until: time.Now()},
		{Statuses: ticket.Statuses()[1:2], Categories: categories[:2], Priorities: ticket.Priorities()[:1], Assignee: 2, Photo: &with},
	} {
		lines, err := s.Explain(ctx, 1, words.Parse(commonWord+" "+otherWord), f)
		if err != nil {
			return err
		}
		steps += len(lines)
		for _, line := range lines {
			if strings.HasPrefix(line, "SCAN") && !strings.Contains(line, "branch") && !strings.Contains(line, "found") {
				errs = append(errs, fmt.Errorf("%+v: %s", f, line))
			}
		}
	}
	fmt.Printf("\nquery plans: %d steps looked at, %d read a whole table\n", steps, len(errs))
	return errors.Join(errs...)
}

// ranking compares the newest messages with a word to the best by bm25.
func ranking(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	newest, err := middle(ctx, db, 200, `SELECT rowid FROM message_words WHERE message_words MATCH ? ORDER BY rowid DESC LIMIT 50`)
	if err != nil {
		return err
	}
	best, err := middle(ctx, db, 5, `SELECT rowid FROM message_words WHERE message_words MATCH ? ORDER BY rank LIMIT 50`)
	if err != nil {
		return err
	}
	ratio := float64(newest) / float64(best)
	fmt.Printf("newest 50 with a common word: %.2f ms, best 50 by bm25: %.1f ms, ratio 1/%.0f\n", millis(newest), millis(best), 1/ratio)
	if ratio > 0.01 {
		return fmt.Errorf("the newest take 1/%.0f of the best, over 1/100", 1/ratio)
	}
	return nil
}

// middle is how long half of n runs of a query take at most.
func middle(ctx context.Context, db *sql.DB, n int, query string) (time.Duration, error) {
	took := make([]time.Duration, n)
	for i := range took {
		begin := time.Now()
		rows, err := db.QueryContext(ctx, query, `"§1" "`+commonWord+`"`)
		if err != nil {
			return 0, err
		}
		found := 0
		for rows.Next() {
			found++
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return 0, err
		}
		if found != 50 {
			return 0, fmt.Errorf("got %d messages, want 50", found)
		}
		took[i] = time.Since(begin)
	}
	slices.Sort(took)
	return took[n/2], nil
}
