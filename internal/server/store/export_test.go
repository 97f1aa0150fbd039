package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

// Waiting returns how many callers wait for SQLite's writer.
func (s *Store) Waiting() int { return len(s.writer.(*groupWriter).queue) }

// Pragma runs a PRAGMA on SQLite's writing connection, to make it fail later.
func (s *Store) Pragma(ctx context.Context, pragma string) error {
	return s.write(ctx, "pragma", func(t *tx) error { return t.exec("PRAGMA " + pragma) })
}

// CheckIntegrity returns what SQLite's own checks find wrong with the file.
func (s *Store) CheckIntegrity(ctx context.Context) error {
	var verdict string
	if err := s.reader.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("integrity check: %s", verdict)
	}
	return nil
}

// BatchLimit is how many callers share a commit at most.
const BatchLimit = batchLimit

// ProbeAfter is how long Check believes the last failure.
const ProbeAfter = probeAfter

// OnCommit makes SQLite's writer call hook at each COMMIT, before anything of it
// is durable; a hook that returns false makes the commit fail.
func (s *Store) OnCommit(ctx context.Context, hook func() bool) error {
	w := s.writer.(*groupWriter)
	return s.write(ctx, "register hook", func(*tx) error {
		w.conn = hooked{w.conn, hook}
		return nil
	})
}

type hooked struct {
	querier
	hook func() bool
}

func (h hooked) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if query == "COMMIT" && !h.hook() {
		return nil, errors.New("the hook refused")
	}
	return h.querier.ExecContext(ctx, query, args...)
}

// AuditQuery is what Audit asks.
func AuditQuery(business int64, f AuditFilter) (query string, args []any) {
	return auditQuery(business, 1<<62, defaultAuditPage, f)
}

// SetSilence changes how long PostgreSQL may say nothing.
func (s *Store) SetSilence(d time.Duration) { s.silence.Store(int64(d)) }

// SetStretch changes how many tickets a page looks at, so that a few are many.
func (s *Store) SetStretch(n int64) { s.stretch = n }

// ForgetWords makes everything that is there old and not indexed, as it is after
// the migration of a database with a past.
func (s *Store) ForgetWords(ctx context.Context) error {
	return s.write(ctx, "forget words", func(t *tx) error {
		return errors.Join(
			t.exec(`DELETE FROM vocabulary`),
			t.exec(`UPDATE word_progress SET high = (SELECT MAX(id) FROM messages), low = (SELECT MAX(id) + 1 FROM messages) WHERE what = 'message'`),
			t.exec(`UPDATE word_progress SET high = (SELECT MAX(id) FROM contacts), low = (SELECT MAX(id) + 1 FROM contacts) WHERE what = 'contact'`),
		)
	})
}

// ExplainCustomers returns how SQLite would find a page of customers.
func (s *Store) ExplainCustomers(ctx context.Context, business int64, words []string, blocked bool, ids string) ([]string, error) {
	r := customerSearch{Store: s, business: business, words: words, blocked: blocked, limit: defaultLimit}
	query, args := r.query(1<<60, ids)
	return s.plan(ctx, query, args)
}

// Parts and Covering are what the index knows of a text and what a word is looked
// for by.
var (
	Parts    = parts
	Covering = covering
)

// SetStatus is ChangeTickets for one ticket's status.
func (s *Store) SetStatus(ctx context.Context, business, number, user int64, status ticket.Status) error {
	_, err := s.ChangeTickets(ctx, business, user, []int64{number}, Change{Status: &status})
	return err
}

// SetAssignee is ChangeTickets for who has one ticket; 0 is nobody.
func (s *Store) SetAssignee(ctx context.Context, business, number, user, assignee int64) error {
	_, err := s.ChangeTickets(ctx, business, user, []int64{number}, Change{Assignee: &assignee})
	return err
}
