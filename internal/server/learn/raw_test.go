package learn_test

import (
	"database/sql"
	"testing"
)

// exec changes the rows of a SQLite file beside its store.
func exec(t *testing.T, url, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}
