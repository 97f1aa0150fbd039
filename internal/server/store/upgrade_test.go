package store_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.mau.fi/util/dbutil"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/server/words"
	"mostrador/migrations"
)

// build makes a database as a program of version would have left it, with rows
// in every table that people or programs fill.
func build(t *testing.T, url string, version int) *sql.DB {
	t.Helper()
	db := rawDB(t, url)
	dialect := "sqlite"
	if strings.HasPrefix(url, "postgres") {
		dialect = "postgres"
	}
	old, err := dbutil.NewWithDB(db, dialect)
	if err != nil {
		t.Fatal(err)
	}
	if old.UpgradeTable = migrations.Table()[:version]; version > 0 {
		if err := old.Upgrade(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range past {
		if row.version > version {
			continue
		}
		marks := make([]string, len(row.values))
		for i := range marks {
			marks[i] = fmt.Sprintf("$%d", i+1)
		}
		query := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", row.table, row.columns, strings.Join(marks, ", "))
		if _, err := db.ExecContext(t.Context(), query, row.values...); err != nil {
			t.Fatalf("version %d: %s: %v", version, query, err)
		}
	}
	return db
}

// columns returns the columns of every table but those of the index of words,
// which a worker fills anew.
func columns(t *testing.T, db *sql.DB, url string) map[string][]string {
	t.Helper()
	query := `SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.name`
	if strings.HasPrefix(url, "postgres") {
		query = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, column_name`
	}
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	found := map[string][]string{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(table, "sqlite_") && !strings.HasPrefix(table, "message_words") && !strings.HasPrefix(table, "contact_words") && !strings.HasPrefix(table, "word_") && table != "vocabulary" && table != "version" {
			found[table] = append(found[table], column)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// contents returns what is in columns of tables, a line for each row.
func contents(t *testing.T, db *sql.DB, columns map[string][]string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for table, names := range columns {
		all[table] = lines(t, db, "SELECT "+strings.Join(names, ", ")+" FROM "+table, names)
	}
	return all
}

// lines returns the rows that query has, in order, with the names of columns.
func lines(t *testing.T, db *sql.DB, query string, names []string) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	var found []string
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(names))
		for i, name := range names {
			line[i] = fmt.Sprintf("%s=%v", name, values[i])
		}
		found = append(found, strings.Join(line, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return strings.Join(found, "\n")
}

func TestEverySchemaThatEverWasIsUpgradedWithAllThatIsInIt(t *testing.T) {
	for version := range len(migrations.Table()) + 1 {
		t.Run(fmt.Sprint("v", version), func(t *testing.T) {
			storetest.Run(t, func(t *testing.T, url string) {
				db := build(t, url, version)
				tables := columns(t, db, url)
				before := contents(t, db, tables)
				for table, rows := range before {
					if rows == "" && !slices.Contains(filledByItself, table) {
						t.Errorf("table %s has no row: add one to past, in past_test.go", table)
					}
				}
				s := openShop(t, url)
				for table, rows := range contents(t, db, tables) {
					if rows != before[table] {
						t.Errorf("%s: got\n%s\nwant what was there before\n%s", table, rows, before[table])
					}
				}
				if version > 0 {
					s.wantThePast()
				} else if got := s.total(); got != 0 {
					t.Errorf("got %d tickets in a database that was empty, want none", got)
				}
			})
		})
	}
}

// wantThePast works with what build left, as the program of today.
func (s *shop) wantThePast() {
	s.t.Helper()
	if got := s.total(); got != 3 || s.origin != (store.Origin{Business: 1, Bridge: 1}) {
		s.t.Errorf("got %d tickets of %+v, want the 3 of the business that was there", got, s.origin)
	}
	messages := s.conversation(1)
	if len(messages) != 3 || messages[0].Body != "mi laptop no prende" || len(messages[1].Attachments) != 1 {
		s.t.Errorf("got %+v, want the 3 messages of ticket 1 and their file", messages)
	}
	if got := s.add(s.fromAna("A1", "mi laptop no prende")); !got.Duplicate {
		s.t.Errorf("a message that was there: got %+v, want it known", got)
	}
	if got := s.add(s.fromAna("A3", "¿y mi laptop?")); got.Ticket != 1 || got.Opened {
		s.t.Errorf("a new message: got %+v, want it in ticket 1", got)
	}
	for more := true; more; {
		var err error
		more, err = s.IndexWords(s.t.Context(), 100)
		s.do("index words", err)
	}
	found, err := s.Search(s.t.Context(), 1, words.Parse("abren"), store.Filter{})
	if s.do("search", err); len(found.Tickets) != 1 {
		s.t.Errorf("search for a word that was there: got %+v, want ticket 2", found)
	}
	s.wantCustomers("52 477 275", "Begoña Ávila")
	counts, err := s.Counts(s.t.Context(), 1)
	if s.do("count", err); fmt.Sprint(counts) != "map[in_progress:1 pending:1 resolved:1 waiting:0]" {
		s.t.Errorf("got counts %v, want one ticket of each", counts)
	}
	if got := ids(s.claimAll(10)); got != "R1" && got != "" {
		s.t.Errorf("got replies %q to send, want R1 alone or, if it is too late for it, none", got)
	}
}
