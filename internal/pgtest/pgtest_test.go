package pgtest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"mostrador/internal/pgtest"
)

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func TestEveryTestGetsADatabaseOfItsOwn(t *testing.T) {
	first, second := connect(t, pgtest.URL(t)), connect(t, pgtest.URL(t))
	if _, err := first.Exec(t.Context(), "CREATE TABLE mine (id BIGINT)"); err != nil {
		t.Fatal(err)
	}
	var tables int
	err := second.QueryRow(t.Context(), "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'mine'").Scan(&tables)
	if err != nil || tables != 0 {
		t.Errorf("tables seen by the other database: got %d, %v; want 0", tables, err)
	}
}

func TestNothingOfATestIsLeftForTheNext(t *testing.T) {
	var forgotten *pgx.Conn
	t.Run("one", func(t *testing.T) {
		var err error
		if forgotten, err = pgx.Connect(t.Context(), pgtest.URL(t)); err != nil {
			t.Fatal(err)
		}
		for _, mess := range []string{
			"CREATE TABLE left_over (id BIGINT)",
			"CREATE SEQUENCE left_sequence",
			"DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET default_transaction_read_only = on'; END $$",
		} {
			if _, err := forgotten.Exec(t.Context(), mess); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("next", func(t *testing.T) {
		if err := forgotten.Ping(t.Context()); err == nil {
			t.Error("the connection the test before forgot still works")
		}
		conn := connect(t, pgtest.URL(t))
		if _, err := conn.Exec(t.Context(), "CREATE TABLE left_over (id BIGINT); CREATE SEQUENCE left_sequence"); err != nil {
			t.Errorf("got %v, want an empty database that can be written", err)
		}
	})
}

func TestTheDatabaseTakesSpanish(t *testing.T) {
	var text string
	if err := connect(t, pgtest.URL(t)).QueryRow(t.Context(), "SELECT $1::text", "¿Cómo está, señor?").Scan(&text); err != nil || text != "¿Cómo está, señor?" {
		t.Errorf("got %q, %v", text, err)
	}
}
