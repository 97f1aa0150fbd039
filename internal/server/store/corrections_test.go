package store_test

import (
	"fmt"
	"slices"
	"testing"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

// rename gives the category called from another name.
func (s *shop) rename(from, to string) {
	s.t.Helper()
	all := s.categories()
	i := slices.IndexFunc(all, func(c store.Category) bool { return c.Name == from })
	_, err := s.ChangeCategory(s.t.Context(), s.origin.Business, all[i].ID, func(c *store.Category) { c.Name = to })
	s.do("rename", err)
}

func TestACorrectionThatIsUndoneAfterTheOldCategoryWasRenamedGivesTheNewName(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.withCategories()
		s.add(s.fromAna("A1", "no prende"))
		c := s.correct(1, "Redes")
		s.rename("Hardware - Energía", `Luz & "corriente" \ <100%_`)
		s.rename("Redes", "Internet")
		s.do("undo", s.UndoCategory(t.Context(), s.origin.Business, 1, 0, c.ID))
		if got := s.ticket(1); got.Category != `Luz & "corriente" \ <100%_` || got.Source != ticket.SourceRules {
			t.Errorf("got %q by %q, want the new name of what it was", got.Category, got.Source)
		}
		c = s.correct(1, "Internet")
		s.rename(`Luz & "corriente" \ <100%_`, "Energía")
		s.do("undo", s.UndoCategory(t.Context(), s.origin.Business, 1, 0, c.ID))
		if got := s.ticket(1).Category; got != "Energía" {
			t.Errorf("renamed again: got %q, want the newest name", got)
		}
	})
}

func TestWhatATicketMayBeAboutFollowsTheNamesOfTheCategories(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		s := openShopWith(t, url, func(int64, string) ticket.Classification {
			return ticket.Classification{
				Category: "Soporte General", Source: ticket.SourceModel, Priority: ticket.PriorityNormal, Doubt: ticket.DoubtUnsure,
				Candidates: []ticket.Candidate{{Category: "Hardware - Energía", Confidence: 0.3}, {Category: "Redes", Confidence: 0.2}},
			}
		})
		s.withCategories()
		s.add(s.fromAna("A1", "?"))
		c := s.correct(1, "Soporte General")
		s.separate("A2", "?")
		s.rename("Redes", "Internet")
		s.do("undo", s.UndoCategory(t.Context(), s.origin.Business, 1, 0, c.ID))
		want := []ticket.Candidate{{Category: "Hardware - Energía", Confidence: 0.3}, {Category: "Internet", Confidence: 0.2}}
		for _, number := range []int64{1, 2} {
			if got := s.ticket(number).Candidates; !slices.Equal(got, want) {
				t.Errorf("ticket %d: got %+v, want %+v", number, got, want)
			}
		}
	})
}

func TestOnlyTheNewestLessonsOfACategoryCount(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.withCategories()
		var numbers []int64
		for i := range store.MostTaught + 2 {
			in := s.fromAna(fmt.Sprint("L", i), fmt.Sprint("texto ", i))
			in.SeparateTicket = true
			numbers = append(numbers, s.add(in).Ticket)
		}
		s.correct(numbers[0], "Soporte General")
		for _, number := range numbers[1:] {
			s.correct(number, "Redes")
		}
		taught := s.lessons().Taught
		if len(taught) != store.MostTaught+1 || taught[0].Text != "texto 0" || taught[1].Text != "texto 2" || taught[len(taught)-1].Text != fmt.Sprint("texto ", store.MostTaught+1) {
			t.Errorf("got %d lessons from %+v to %+v, want all but the oldest of many about networks", len(taught), taught[:2], taught[len(taught)-1])
		}
	})
}
