package store_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
	"mostrador/migrations"
)

func TestADatabaseIsExaminedWhileItIsUsedAndAfterwards(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		s := openShop(t, url)
		s.add(s.fromAna("A1", "hola"))
		look := func() store.Examination {
			t.Helper()
			e, err := store.Examine(t.Context(), url, true)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		e := look()
		if known := len(migrations.Table()); e.Schema != known || e.Known != known || e.Damage != "" || e.Bytes == 0 {
			t.Errorf("got %+v, want a whole database of schema %d", e, known)
		}
		if e.Rows["tickets"] != 1 || e.Rows["messages"] != 1 || !strings.Contains(e.Engine, "SQL") {
			t.Errorf("got %+v, want one ticket with one message", e)
		}
		s.do("close", s.Close())
		if again := look(); again.Rows["tickets"] != 1 {
			t.Errorf("after the end: got %+v, want the same", again)
		}
	})
}

func TestExaminingChangesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "tickets.db")
	if _, err := store.Examine(t.Context(), path, true); ticket.CodeOf(err) != ticket.CodeNotFound {
		t.Errorf("no database: got %v, want %s", err, ticket.CodeNotFound)
	}
	if files, _ := os.ReadDir(dir); len(files) > 0 {
		t.Errorf("got %v, want no file made", files)
	}
	s := openShop(t, path)
	s.add(s.fromAna("A1", "hola"))
	s.do("close", s.Close())
	before, err := os.ReadFile(path)
	s.do("read", err)
	if _, err := store.Examine(t.Context(), path, true); err != nil {
		t.Error(err)
	}
	after, err := os.ReadFile(path)
	s.do("read", err)
	if !slices.Equal(before, after) {
		t.Error("the file is not what it was")
	}
}

func TestDamageIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tickets.db")
	s := openShop(t, path)
	for _, id := range strings.Split("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "") {
		s.add(s.fromAna(id, strings.Repeat("hola "+id, 200)))
	}
	s.do("close", s.Close())
	data, err := os.ReadFile(path)
	s.do("read", err)
	const page = 4096
	for i := 8 * page; i < len(data); i += 2 * page {
		copy(data[i:min(i+16, len(data))], "no page of SQLite")
	}
	s.do("damage", os.WriteFile(path, data, 0o600))
	if e, err := store.Examine(t.Context(), path, true); err == nil && e.Damage == "" {
		t.Errorf("got %+v, want damage", e)
	}
	s.do("replace", os.WriteFile(path, []byte(strings.Repeat("una lista de compras ", 500)), 0o600))
	if _, err := store.Examine(t.Context(), path, true); ticket.CodeOf(err) != ticket.CodeUnavailable {
		t.Errorf("no database at all: got %v, want %s", err, ticket.CodeUnavailable)
	}
}
