package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

// desk are the categories of a small template.
func desk() []store.Category {
	return []store.Category{
		{Slug: "energia", Name: "Hardware - Energía", Keywords: []string{"no prende"}}, {Slug: "redes", Name: "Redes"}, {Slug: "general", Name: "Soporte General"},
	}
}

// withCategories gives the shop the categories of desk.
func (s *shop) withCategories() *shop {
	s.t.Helper()
	s.do("use template", s.UseTemplate(s.t.Context(), s.origin.Business, "mesa", desk(), true))
	return s
}

func (s *shop) categories() []store.Category {
	s.t.Helper()
	all, err := s.Categories(s.t.Context(), s.origin.Business)
	s.do("list categories", err)
	return all
}

func (s *shop) lessons() store.Lessons {
	s.t.Helper()
	l, err := s.Lessons(s.t.Context(), s.origin.Business)
	s.do("load lessons", err)
	return l
}

func (s *shop) addCategory(name string) store.Category {
	s.t.Helper()
	c, err := s.AddCategory(s.t.Context(), s.origin.Business, store.Category{Name: name})
	s.do("add category", err)
	return c
}

// inUse returns the names of the categories that tickets may get.
func (s *shop) inUse() string {
	s.t.Helper()
	var names []string
	for _, c := range s.lessons().Categories {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

func TestATemplateIsUsedOnceUnlessSomebodyWantsAnother(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.withCategories().withCategories()
		all := s.categories()
		if got := s.inUse(); got != "Hardware - Energía, Redes, Soporte General" || !all[2].Rest || all[0].Rest || all[0].Color == "" || !slices.Equal(all[0].Keywords, []string{"no prende"}) {
			t.Errorf("got %s in %+v, want the template's once", got, all)
		}
		s.addCategory("Drones")
		shop := []store.Category{{Slug: "ventas", Name: "ventas"}, {Slug: "redes-2", Name: "REDES"}, {Slug: "otros", Name: "otros"}}
		s.do("use another", s.UseTemplate(t.Context(), s.origin.Business, "comercio", shop, false))
		if got := s.inUse(); got != "ventas, Redes, otros, Drones" {
			t.Errorf("got %s, want the new ones, the one of the same name and one's own", got)
		}
		if rest := s.lessons().Categories[2]; !rest.Rest || rest.Slug != "otros" {
			t.Errorf("got %+v, want the new one for everything else", rest)
		}
		s.do("go back", s.UseTemplate(t.Context(), s.origin.Business, "mesa", desk(), false))
		if got := s.inUse(); got != "Hardware - Energía, Redes, Soporte General, Drones" {
			t.Errorf("got %s, want the first ones back", got)
		}
		s.do("an unknown business", s.UseTemplate(t.Context(), 999, "mesa", desk(), true))
	})
}

func TestACategoryIsCheckedAndTidied(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.withCategories()
		c, err := s.AddCategory(t.Context(), s.origin.Business, store.Category{
			Slug: "mine", Name: "  Drones \n y\x00 más ", Keywords: []string{" dron", "dron", ""}, Examples: []string{"a", "\xff"}, Color: "blue", Priority: ticket.PriorityHigh, Rest: true, Archived: true,
		})
		s.do("add category", err)
		want := store.Category{ID: c.ID, Slug: "propia-4", Name: "Drones y más", Keywords: []string{"dron"}, Examples: []string{"a", "\uFFFD"}, Color: "blue", Priority: ticket.PriorityHigh}
		if diff := cmp.Diff(want, s.categories()[3]); diff != "" {
			t.Errorf("stored (-want +got):\n%s", diff)
		}
		for name, bad := range map[string]store.Category{
			"no name": {Name: " \n"}, "long name": {Name: strings.Repeat("ñ", 61)}, "long description": {Name: "x", Description: strings.Repeat("ñ", 501)},
			"long keyword": {Name: "x", Keywords: []string{strings.Repeat("ñ", 101)}}, "long example": {Name: "x", Examples: []string{strings.Repeat("ñ", 1001)}},
			"color": {Name: "x", Color: "fucsia"}, "priority": {Name: "x", Priority: "soon"},
		} {
			_, err := s.AddCategory(t.Context(), s.origin.Business, bad)
			if got := ticket.CodeOf(err); got != ticket.CodeInvalid {
				t.Errorf("%s: got %q (%v), want CodeInvalid", name, got, err)
			}
		}
		_, err = s.AddCategory(t.Context(), s.origin.Business, store.Category{Name: "REDES"})
		wantCode(t, err, ticket.CodeConflict)
	})
}

func TestACategoryIsChangedAndItsTicketsFollowItsName(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.withCategories()
		s.add(s.fromAna("A1", "no prende"))
		energy := s.categories()[0]
		change := func(c *store.Category) {
			c.Name, c.Slug, c.Rest, c.ID, c.Examples = "Corriente", "x", true, 99, []string{"se apaga"}
		}
		got, err := s.ChangeCategory(t.Context(), s.origin.Business, energy.ID, change)
		s.do("change", err)
		want := energy
		want.Name, want.Examples = "Corriente", []string{"se apaga"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("changed (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, s.categories()[0]); diff != "" {
			t.Errorf("stored (-want +got):\n%s", diff)
		}
		if got := s.ticket(1).Category; got != "Corriente" {
			t.Errorf("ticket: got %q, want the new name", got)
		}
		archive := func(c *store.Category) { c.Archived = true }
		_, err = s.ChangeCategory(t.Context(), s.origin.Business, energy.ID, archive)
		s.do("archive", err)
		if got := s.inUse(); got != "Redes, Soporte General" {
			t.Errorf("got %s, want it archived", got)
		}
		_, err = s.ChangeCategory(t.Context(), s.origin.Business, s.categories()[2].ID, archive)
		wantCode(t, err, ticket.CodeConflict)
		_, err = s.ChangeCategory(t.Context(), s.origin.Business, energy.ID, func(c *store.Category) { c.Name = "redes" })
		wantCode(t, err, ticket.CodeConflict)
		_, err = s.ChangeCategory(t.Context(), s.origin.Business, 999, archive)
		wantCode(t, err, ticket.CodeNotFound)
		_, err = s.ChangeCategory(t.Context(), s.origin.Business+1, energy.ID, archive)
		wantCode(t, err, ticket.CodeNotFound)
	})
}

func TestCategoriesAreOrderedWholeOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.withCategories()
		all := s.categories()
		ids := []int64{all[2].ID, all[0].ID, all[1].ID}
		s.do("order", s.OrderCategories(t.Context(), s.origin.Business, ids))
		if got := s.inUse(); got != "Soporte General, Hardware - Energía, Redes" {
			t.Errorf("got %s, want the new order", got)
		}
		for name, bad := range map[string][]int64{"one missing": ids[:2], "one twice": {ids[0], ids[0], ids[1]}, "one unknown": {ids[0], ids[1], 99}, "none": nil} {
			err := s.OrderCategories(t.Context(), s.origin.Business, bad)
			if got := ticket.CodeOf(err); got != ticket.CodeConflict {
				t.Errorf("%s: got %q (%v), want CodeConflict", name, got, err)
			}
		}
	})
}

// correct says that ticket number is about name.
func (s *shop) correct(number int64, name string) store.Correction {
	s.t.Helper()
	c, err := s.SetCategory(s.t.Context(), s.origin.Business, number, 0, name)
	s.do("set category", err)
	return c
}

func TestACorrectionStaysWhateverTheCustomerWritesAndIsUndone(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.withCategories()
		s.add(s.fromAna("A1", "no prende"))
		before := s.ticket(1)
		version := s.lessons().Version
		c := s.correct(1, "REDES")
		if want := (store.Correction{ID: c.ID, Before: "Hardware - Energía", After: "Redes", Changed: true}); c != want || c.ID == 0 {
			t.Errorf("got %+v, want %+v", c, want)
		}
		s.add(s.fromAna("A2", "sigue y no prende"))
		got := s.ticket(1)
		if got.Category != "Redes" || got.Source != ticket.SourcePerson || got.Description != "no prende" || len(got.Words) > 0 {
			t.Errorf("got %+v, want what the person said", got.Ticket)
		}
		if l := s.lessons(); !slices.Equal(l.Taught, []store.Taught{{Text: "no prende", Slug: "redes"}}) || l.Version != version+1 {
			t.Errorf("got %+v, want one lesson and a new version", l)
		}
		if again := s.correct(1, "Redes"); again.ID != 0 || again.Changed {
			t.Errorf("said again: got %+v, want nothing to take back", again)
		}
		s.do("undo", s.UndoCategory(t.Context(), s.origin.Business, 1, 0, c.ID))
		if got := s.ticket(1); got.Category != before.Category || got.Source != before.Source || got.Confidence != before.Confidence || !slices.Equal(got.Words, before.Words) {
			t.Errorf("undone: got %+v, want %+v", got.Ticket, before.Ticket)
		}
		if l := s.lessons(); len(l.Taught) != 0 || l.Version != version+2 {
			t.Errorf("undone: got %+v, want nothing taught", l)
		}
		wantCode(t, s.UndoCategory(t.Context(), s.origin.Business, 1, 0, c.ID), ticket.CodeConflict)
		if got := s.bodies(1); !slices.Contains(got, "Categoría: Hardware - Energía → Redes") || !slices.Contains(got, "Categoría: Redes → Hardware - Energía") {
			t.Errorf("got %q, want both changes told", got)
		}
	})
}

func TestOnlyTheLastWordOnATicketCountsAndIsUndone(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.withCategories()
		s.add(s.fromAna("A1", "no prende"))
		first, second := s.correct(1, "Redes"), s.correct(1, "Soporte General")
		if got := s.lessons().Taught; len(got) != 1 || got[0].Slug != "general" {
			t.Errorf("got %+v, want the last word", got)
		}
		wantCode(t, s.UndoCategory(t.Context(), s.origin.Business, 1, 0, first.ID), ticket.CodeConflict)
		s.do("undo the last", s.UndoCategory(t.Context(), s.origin.Business, 1, 0, second.ID))
		if got := s.ticket(1); got.Category != "Redes" || got.Source != ticket.SourcePerson {
			t.Errorf("got %q by %q, want the first word to stand", got.Category, got.Source)
		}
		if got := s.lessons().Taught; len(got) != 1 || got[0].Slug != "redes" {
			t.Errorf("got %+v, want the first word to teach", got)
		}
	})
}

func TestWhatNobodyCanMeanIsRefused(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.withCategories()
		s.add(s.fromAna("A1", "no prende"))
		archived := s.addCategory("Vieja")
		_, err := s.ChangeCategory(t.Context(), s.origin.Business, archived.ID, func(c *store.Category) { c.Archived = true })
		s.do("archive", err)
		for _, tt := range []struct {
			business, number int64
			name             string
			want             ticket.Code
		}{
			{s.origin.Business, 1, "Nada", ticket.CodeNotFound}, {s.origin.Business, 9, "Redes", ticket.CodeNotFound},
			{s.origin.Business + 1, 1, "Redes", ticket.CodeNotFound}, {s.origin.Business, 1, "vieja", ticket.CodeConflict},
		} {
			_, err := s.SetCategory(t.Context(), tt.business, tt.number, 0, tt.name)
			wantCode(t, err, tt.want)
		}
		wantCode(t, s.UndoCategory(t.Context(), s.origin.Business, 9, 0, 1), ticket.CodeNotFound)
		wantCode(t, s.UndoCategory(t.Context(), s.origin.Business, 1, 0, 1), ticket.CodeConflict)
	})
}

func TestAccuracyCountsWhatPeopleDealtWith(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		s := openShopWith(t, url, func(_ int64, text string) ticket.Classification {
			c := ticket.Classification{Category: "Redes", Source: ticket.SourceModel, Confidence: 0.9, Priority: ticket.PriorityNormal}
			switch text {
			case "?":
				c.Doubt, c.Category, c.Candidates = ticket.DoubtUnsure, "Soporte General", []ticket.Candidate{{Category: "Redes", Confidence: 0.3}}
			case "":
				c.Doubt = ticket.DoubtNoText
			case "reglas":
				c.Source = ticket.SourceRules
			}
			return c
		})
		s.withCategories()
		for i, text := range []string{"corrected", "confirmed", "answered", "?", "", "reglas", "new", "back and forth", "?"} {
			in := s.fromAna("A"+string(rune('1'+i)), text)
			in.SeparateTicket = true
			if text == "" {
				in.Kind = ticket.KindVoice
			}
			s.add(in)
		}
		s.correct(1, "Soporte General")
		s.correct(2, "Redes")
		for _, answered := range []int64{3, 4, 5, 6} {
			s.setStatus(answered, ticket.StatusResolved)
		}
		s.correct(8, "Soporte General")
		s.correct(8, "Redes")
		s.correct(9, "Redes")
		if got := s.ticket(5).Doubt; got != ticket.DoubtVoice {
			t.Errorf("got doubt %q, want it to tell a voice note", got)
		}
		got, err := s.Accuracy(t.Context(), s.origin.Business)
		s.do("accuracy", err)
		// Newest first: sorted by a person, back and forth, unsure, answered, confirmed, corrected.
		if want := (store.Accuracy{Right: []bool{false, true, false, true, true, false}, Said: 4}); !cmp.Equal(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestCorrectionsOfAnIntervalTeachNothing(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.withCategories()
		for _, id := range []string{"A1", "A2", "A3"} {
			in := s.fromAna(id, "no prende "+id)
			in.SeparateTicket = true
			s.correct(s.add(in).Ticket, "Redes")
			s.clock.Advance(time.Hour)
		}
		set := func(change func(*store.Learning)) store.Learning {
			l, err := s.SetLearning(t.Context(), s.origin.Business, change)
			s.do("set learning", err)
			return l
		}
		for name, tt := range map[string]struct {
			change func(*store.Learning)
			want   string
		}{
			"all":        {func(l *store.Learning) { l.IgnoredFrom, l.IgnoredUntil = time.Time{}, time.Time{} }, "A1A2A3"},
			"since then": {func(l *store.Learning) { l.IgnoredFrom, l.IgnoredUntil = start.Add(time.Hour), s.clock.Now() }, "A1"},
			"until then": {func(l *store.Learning) { l.IgnoredFrom, l.IgnoredUntil = time.Time{}, start.Add(time.Hour) }, "A2A3"},
			"nothing":    {func(l *store.Learning) { l.Enabled = false; l.IgnoredUntil = time.Time{} }, ""},
			"not a thing": {func(l *store.Learning) {
				l.Enabled, l.IgnoredFrom, l.IgnoredUntil, l.Template = true, time.Time{}, s.clock.Now(), "x"
			}, ""},
		} {
			set(func(l *store.Learning) { l.Enabled = true })
			set(tt.change)
			var words []string
			for _, taught := range s.lessons().Taught {
				words = append(words, strings.TrimPrefix(taught.Text, "no prende "))
			}
			if got := strings.Join(words, ""); got != tt.want {
				t.Errorf("%s: got %q, want %q", name, got, tt.want)
			}
		}
		if l := s.lessons(); l.Template != "mesa" || l.Threshold != 0.35 {
			t.Errorf("got %+v, want template and threshold as they were", l.Learning)
		}
		_, err := s.SetLearning(t.Context(), s.origin.Business, func(l *store.Learning) { l.Threshold = 1.1 })
		wantCode(t, err, ticket.CodeInvalid)
		_, err = s.SetLearning(t.Context(), 999, func(*store.Learning) {})
		wantCode(t, err, ticket.CodeNotFound)
		_, err = s.Lessons(t.Context(), 999)
		wantCode(t, err, ticket.CodeNotFound)
	})
}

func TestDoubtAndReasonsAreKeptAndARepeatedQuestionPresses(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		want := ticket.Classification{
			Category: "Soporte General", Source: ticket.SourceModel, Priority: ticket.PriorityLow, Doubt: ticket.DoubtUnsure,
			Candidates: []ticket.Candidate{{Category: "Redes", Confidence: 0.3}, {Category: "Soporte General", Confidence: 0.2}},
			Reason:     ticket.ReasonWords, ReasonWords: []string{"cuando", "puedan"},
		}
		s := openShopWith(t, url, func(int64, string) ticket.Classification { return want })
		s.add(s.fromAna("A1", "cuando puedan"))
		got := s.ticket(1)
		if got.Doubt != want.Doubt || !slices.Equal(got.Candidates, want.Candidates) || got.Reason != want.Reason || !slices.Equal(got.ReasonWords, want.ReasonWords) {
			t.Errorf("got %+v, want %+v", got.Ticket, want)
		}
		s.clock.Advance(11 * time.Hour)
		s.add(s.fromAna("A2", "¿hola?"))
		if got := s.ticket(1); got.Priority != ticket.PriorityLow {
			t.Errorf("the same day: got %q, want it as before", got.Priority)
		}
		s.clock.Advance(2 * time.Hour)
		s.add(s.fromAna("A3", "¿alguien?"))
		if got := s.ticket(1); got.Priority != ticket.PriorityHigh || got.Reason != ticket.ReasonRepeated || got.ReasonWords != nil {
			t.Errorf("without an answer for half a day: got %q for %q, want it to press", got.Priority, got.Reason)
		}
	})
}

func TestACorrectedMessageIsNotARepeatedQuestion(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		s := openShopWith(t, url, func(int64, string) ticket.Classification {
			return ticket.Classification{Category: "Soporte General", Source: ticket.SourceModel, Priority: ticket.PriorityNormal}
		})
		s.add(s.fromAna("A1", "orijinal"))
		unread := s.fromAna("A2", "")
		unread.Kind = ticket.KindUnreadable
		s.add(unread)
		s.clock.Advance(time.Minute)
		s.add(s.event("E1", ticket.KindEdit, "A1", "original"))
		s.add(s.fromAna("A2", "por fin"))
		if got := s.ticket(1); got.Description != "original\npor fin" || got.Priority != ticket.PriorityNormal {
			t.Errorf("got %q of priority %q, want the corrected text and normal", got.Description, got.Priority)
		}
	})
}

func TestATicketsPriorityFollowsWhatItsCustomerWrites(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		s := openShopWith(t, url, func(_ int64, text string) ticket.Classification {
			c := ticket.Classification{Category: "Soporte General", Source: ticket.SourceModel, Priority: ticket.PriorityNormal}
			if strings.HasSuffix(text, "urgente") {
				c.Priority = ticket.PriorityHigh
			}
			return c
		})
		for i, want := range []ticket.Priority{ticket.PriorityNormal, ticket.PriorityHigh, ticket.PriorityHigh, ticket.PriorityNormal} {
			text := "es urgente"
			if want == ticket.PriorityNormal {
				text = "con calma"
			}
			s.add(s.fromAna(fmt.Sprintf("A%d", i), text))
			if got := s.ticket(1).Priority; got != want {
				t.Errorf("after message %d: got %q, want %q", i, got, want)
			}
		}
		s.add(s.event("E1", ticket.KindEdit, "A3", "es urgente"))
		if got := s.ticket(1).Priority; got != ticket.PriorityHigh {
			t.Errorf("after an edit: got %q, want %q", got, ticket.PriorityHigh)
		}
	})
}

func TestEveryServerLearnsThatSomethingChanged(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.withCategories()
		s.add(s.fromAna("A1", "no prende"))
		other := s.another()
		version := func() int64 {
			versions, err := other.LearnVersions(t.Context())
			s.do("versions", err)
			return versions[s.origin.Business]
		}
		for name, change := range map[string]func(){
			"a new category": func() { s.addCategory("Drones") },
			"a correction":   func() { s.correct(1, "Redes") },
			"a setting": func() {
				_, err := s.SetLearning(t.Context(), s.origin.Business, func(l *store.Learning) { l.Threshold = 0.5 })
				s.do("set learning", err)
			},
			"an order": func() {
				s.do("order", s.OrderCategories(t.Context(), s.origin.Business, func() (ids []int64) {
					for _, c := range s.categories() {
						ids = append(ids, c.ID)
					}
					return ids
				}()))
			},
		} {
			before := version()
			change()
			if got := version(); got != before+1 {
				t.Errorf("%s: got version %d, want %d", name, got, before+1)
			}
		}
	})
}

func TestACategoryGivenToManyIsUnlearnedWhenItIsTakenBack(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.withCategories()
		s.add(s.fromAna("A1", "no prende"))
		s.tickets(2)
		was := s.ticket(1)
		before := s.change(0, []int64{1, 2, 3}, store.Change{Category: pointer("redes")})
		corrections := map[int64]int64{}
		for _, b := range before {
			corrections[b.Number] = b.Correction
		}
		if len(corrections) != 3 || corrections[1] == 0 || len(s.lessons().Taught) == 0 {
			t.Fatalf("got %+v and %+v, want three corrections that teach", before, s.lessons().Taught)
		}
		later := s.correct(3, "Soporte General")
		undone, err := s.UndoCategories(t.Context(), s.origin.Business, 0, corrections)
		s.do("undo", err)
		if undone != 2 {
			t.Errorf("undone: got %d, want the two that nobody touched since", undone)
		}
		if got := s.ticket(1); got.Category != was.Category || got.Source != was.Source || got.Confidence != was.Confidence {
			t.Errorf("undone: got %+v, want %+v", got.Ticket, was.Ticket)
		}
		if got := s.ticket(3).Category; got != later.After {
			t.Errorf("changed since: got %q, want %q to stay", got, later.After)
		}
		for _, lesson := range s.lessons().Taught {
			if lesson.Slug == "redes" {
				t.Errorf("got %+v, want nothing learned of what was taken back", lesson)
			}
		}
		if again, err := s.UndoCategories(t.Context(), s.origin.Business, 0, corrections); again != 0 || err != nil {
			t.Errorf("once more: got %d, %v, want nothing left to undo", again, err)
		}
		_, err = s.UndoCategories(t.Context(), s.origin.Business, 0, map[int64]int64{1: corrections[1], 99: 1})
		wantCode(t, err, ticket.CodeNotFound)
		many := map[int64]int64{}
		for n := range upTo(501) {
			many[n] = 1
		}
		_, err = s.UndoCategories(t.Context(), s.origin.Business, 0, many)
		wantCode(t, err, ticket.CodeInvalid)
	})
}
