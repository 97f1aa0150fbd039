package pgtest_test

import (
	"context"
	"testing"
	"time"

	"mostrador/internal/pgtest"
)

func TestAHeldCommitIsCarriedOutWhenItsCallerIsGone(t *testing.T) {
	url := pgtest.URL(t)
	p := pgtest.NewProxy(t, url)
	through, direct := connect(t, p.URL), connect(t, url)
	tx, err := through.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "CREATE TABLE mine (id BIGINT)"); err != nil {
		t.Fatal(err)
	}
	release := p.HoldCommit()
	if err := tx.Commit(t.Context()); err == nil {
		t.Error("got nil for a COMMIT without an answer")
	}
	if _, err := direct.Exec(t.Context(), "SELECT * FROM mine"); err == nil {
		t.Error("the table is there before the COMMIT was let go")
	}
	release()
	if _, err := direct.Exec(t.Context(), "SELECT * FROM mine"); err != nil {
		t.Errorf("after the COMMIT: got %v, want the table", err)
	}
}

func TestASilentConnectionSaysNothingAndANewOneWorks(t *testing.T) {
	p := pgtest.NewProxy(t, pgtest.URL(t))
	conn := connect(t, p.URL)
	p.Silence()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := conn.Ping(ctx); ctx.Err() == nil {
		t.Errorf("got %v from a silent connection, want none before the caller gave up", err)
	}
	if err := connect(t, p.URL).Ping(t.Context()); err != nil {
		t.Errorf("a new connection: got %v", err)
	}
}
