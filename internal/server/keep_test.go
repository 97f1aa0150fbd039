package server_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mostrador/internal/httpx"
	"mostrador/internal/server"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

const otherToken = "b7n2k9x4c6v1m8z3"

// look does something with the database in dir, next to what else has it open.
func look(t *testing.T, dir string, do func(s *store.Store)) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: filepath.Join(dir, "tickets.db"), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	do(s)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// wantBridge checks whose token and which address a bridge has.
func wantBridge(t *testing.T, dir, token, address string) {
	t.Helper()
	look(t, dir, func(s *store.Store) {
		if _, err := s.OriginByToken(t.Context(), httpx.NewToken(token)); err != nil {
			t.Errorf("token: got %v, want it known", err)
		}
	})
	db, err := sql.Open("sqlite", filepath.Join(dir, "tickets.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var got string
	if err := db.QueryRowContext(t.Context(), `SELECT url FROM bridges`).Scan(&got); err != nil || got != address {
		t.Errorf("address: got %q, %v, want %q", got, err, address)
	}
}

func TestACommandWithAnotherConfigurationLeavesTheBridgeAsItIs(t *testing.T) {
	dir := t.TempDir()
	look(t, dir, func(s *store.Store) {
		if _, err := s.Setup(t.Context(), store.Setup{BusinessName: "Taller", BridgeURL: "http://10.0.0.7:8081", TokenHash: httpx.NewToken(token)}); err != nil {
			t.Fatal(err)
		}
	})
	original, err := sql.Open("sqlite", filepath.Join(dir, "original.db"))
	if err == nil {
		_, err = original.ExecContext(t.Context(), `CREATE TABLE tickets (id INTEGER PRIMARY KEY, cliente TEXT, descripcion TEXT, fecha TEXT)`)
	}
	if err != nil || original.Close() != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"API_TOKEN": otherToken, "IP_LAPTOP": "10.0.0.8", "PUERTO": "0"}
	for _, args := range []string{"user list", "user add ana", "backup", "import --db original.db"} {
		var out output
		if err := server.Run(t.Context(), server.Options{
			Args: strings.Fields(args), Getenv: env(vars), Dir: dir, Stdin: strings.NewReader("una frase larga\n"), Stdout: &out, Stderr: &out,
		}); err != nil {
			t.Errorf("%s: got %v and %s, want it done", args, err, &out)
		}
		wantBridge(t, dir, token, "http://10.0.0.7:8081")
	}

	vars["PUERTO_LAPTOP"] = "8082"
	start(t, dir, vars).end()
	wantBridge(t, dir, otherToken, "http://10.0.0.8:8082")
	look(t, dir, func(s *store.Store) {
		if _, err := s.OriginByToken(t.Context(), httpx.NewToken(token)); ticket.CodeOf(err) != ticket.CodeUnauthorized {
			t.Errorf("the old token once the server itself started with another: got %v, want it refused", err)
		}
	})
}
