package store_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func TestWhatComesAfterTheNewestWasDeletedIsFound(t *testing.T) {
	for _, tt := range []struct {
		name   string
		delete func(s *shop, ana, beto int64)
	}{
		{"erased", func(s *shop, _, beto int64) {
			s.do("erase", s.EraseCustomer(s.t.Context(), s.origin.Business, 0, beto))
		}},
		{"merged", func(s *shop, ana, beto int64) {
			s.do("merge", s.MergeCustomers(s.t.Context(), s.origin.Business, 0, ana, beto))
		}},
		{"merged by a message", func(s *shop, _, _ int64) { s.add(s.from(sender{phoneP, lidL}, "B4")) }},
		{"too old", func(s *shop, _, _ int64) {
			s.setStatus(2, ticket.StatusResolved)
			s.clock.Advance(8 * day)
			s.keep(store.Keep{Tickets: 7})
			s.retireAll()
		}},
	} {
		for _, indexed := range []bool{true, false} {
			t.Run(fmt.Sprint(tt.name, ", indexed before what comes: ", indexed), func(t *testing.T) {
				each(t, func(t *testing.T, s *shop) {
					ana, beto := s.meet("Ana", sender{lid: lidL}, "A1"), s.meet("Beto", sender{phone: phoneP}, "B1")
					for _, id := range []string{"B2", "B3"} {
						s.add(s.from(sender{phone: phoneP}, id))
					}
					s.index()
					tt.delete(s, ana, beto)
					if indexed {
						s.index()
					}
					carla := s.from(sender{phone: phoneQ}, "C1")
					carla.From.Name, carla.Body = "Carla Ibáñez", "quiero una licuadora"
					number := s.add(carla).Ticket
					s.add(s.from(sender{phone: phoneQ}, "C2"))
					s.index()
					if got := s.names(store.CustomerFilter{Search: "ibáñez"}); got != "Carla Ibáñez" {
						t.Errorf("customers: got %q, want the new one", got)
					}
					s.wantFound("licuadora", fmt.Sprint(number, " quiero una [licuadora]"))
					s.wantFound("carla", fmt.Sprint(number, " quiero una licuadora de "+phoneQ+"/"))
					s.wantFound("beto")
				})
			})
		}
	}
}

// Such a database is left by a program of version 13 after the newest of
// everything was deleted and others got their ids.
func TestAnUpgradeFindsWhatTheIndexHasMissed(t *testing.T) {
	url := filepath.Join(t.TempDir(), "tickets.db")
	db := build(t, url, 13)
	for _, statement := range []string{
		`INSERT INTO message_words (rowid, words) SELECT id, '§1' FROM messages WHERE direction <> 'event' AND id <> 4`,
		`INSERT INTO contact_words (rowid, words) SELECT id, '§1' FROM contacts WHERE id <> 1`,
		`UPDATE word_progress SET low = 1, high = CASE what WHEN 'message' THEN 8 ELSE 3 END`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	s := openShop(t, url)
	if got, want := lines(t, db, `SELECT what, changed FROM word_changes`, []string{"what", "changed"}), "what=contact changed=1\nwhat=message changed=4"; got != want {
		t.Errorf("to be indexed: got\n%s\nwant\n%s", got, want)
	}
	s.index()
	s.wantFound("abren", "2 ¿A qué hora [abren]?")
	s.wantFound("begoña", "1 mi laptop no prende")
}

func TestABatchOfTheIndexEndsAfterSoMuchText(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		const long, batch = 7, 3 // of 100 kB each, and how many make a batch
		for i := range long {
			s.add(s.fromAna(fmt.Sprint("A", i), fmt.Sprint("marca", i, strings.Repeat(" relleno", 100_000/8))))
		}
		marked := func(mark string) string {
			return lines(t, rawDB(t, s.url), `SELECT COUNT(*) AS n FROM vocabulary WHERE what = 'message' AND word LIKE '`+mark+`%'`, []string{"n"})
		}
		steps := func(mark string, want ...int) {
			t.Helper()
			for _, n := range want {
				more, err := s.IndexWords(t.Context(), 100)
				if got := marked(mark); err != nil || n < long && !more || got != fmt.Sprint("n=", n) {
					t.Errorf("got %s of %s, more %t, %v; want %d", got, mark, more, err, n)
				}
			}
		}
		steps("marca", batch, 2*batch, long)
		s.do("forget", s.ForgetWords(t.Context()))
		if strings.HasPrefix(s.url, "postgres") {
			return // where the words themselves stay
		}
		if _, err := rawDB(t, s.url).Exec(`DELETE FROM message_words`); err != nil {
			t.Fatal(err)
		}
		steps("marca", batch, 2*batch, long)
		for i := range long {
			s.add(s.event(fmt.Sprint("E", i), ticket.KindEdit, fmt.Sprint("A", i), fmt.Sprint("nueva", i, strings.Repeat(" relleno", 100_000/8))))
		}
		steps("nueva", batch, 2*batch, long)
		s.index()
		if got := marked("nueva") + ", " + marked("marca"); got != "n=7, n=0" {
			t.Errorf("in the end: got %s, want the new words alone", got)
		}
	})
}
