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
	t.Cleanup(func() { conn.Close(context.Background()) })
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

func TestTheDatabaseIsGoneAfterTheTest(t *testing.T) {
	admin := connect(t, pgtest.URL(t))
	var name string
	t.Run("inner", func(t *testing.T) {
		// A connection that its test forgot must not keep the database alive.
		conn, err := pgx.Connect(t.Context(), pgtest.URL(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.QueryRow(t.Context(), "SELECT current_database()").Scan(&name); err != nil {
			t.Fatal(err)
		}
	})
	var left int
	err := admin.QueryRow(t.Context(), "SELECT COUNT(*) FROM pg_database WHERE datname = $1", name).Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("databases called %q: got %d, %v; want 0", name, left, err)
	}
}

func TestTheDatabaseTakesSpanish(t *testing.T) {
	var text string
	if err := connect(t, pgtest.URL(t)).QueryRow(t.Context(), "SELECT $1::text", "¿Cómo está, señor?").Scan(&text); err != nil || text != "¿Cómo está, señor?" {
		t.Errorf("got %q, %v", text, err)
	}
}
