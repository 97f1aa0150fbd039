package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mostrador/internal/server/store"
	"mostrador/internal/server/words"
	"mostrador/internal/ticket"
)

// index brings the index of words up to date, a few rows at a time.
func (s *shop) index() {
	s.t.Helper()
	for more := true; more; {
		var err error
		more, err = s.IndexWords(s.t.Context(), 3)
		s.do("index", err)
	}
}

// find returns the tickets that a search brings, page after page, with the words
// that were found in brackets.
func (s *shop) find(text string, f store.Filter) (all []string) {
	s.t.Helper()
	known := map[int64]bool{}
	for next := ""; ; {
		f.Before = next
		page, err := s.Search(s.t.Context(), s.origin.Business, words.Parse(text), f)
		s.do("search", err)
		for _, found := range page.Tickets {
			if known[found.Number] {
				continue
			}
			known[found.Number] = true
			all = append(all, fmt.Sprint(found.Number, " ", shown(found.Snippet)))
		}
		if next = page.Next; next == "" {
			return all
		}
	}
}

func shown(pieces []words.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Hit {
			p.Text = "[" + p.Text + "]"
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

func (s *shop) wantFound(text string, want ...string) {
	s.t.Helper()
	if got := s.find(text, store.Filter{}); !slices.Equal(got, want) {
		s.t.Errorf("%q: got %q, want %q", text, got, want)
	}
}

// written is a message of one of many customers.
func (s *shop) written(i int, name, id, body string) store.Incoming {
	in := message(s.origin, fmt.Sprintf("52155123456%02d", i), id)
	in.From.Name, in.Body, in.SentAt = name, body, s.clock.Now()
	return in
}

func TestASearchFindsMessagesAndPeopleWhateverTheAccents(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.written(1, "Ana Núñez", "A1", "La impresora está rota"))
		s.add(s.written(2, "Luis", "B1", "Cumplo un año con ustedes"))
		s.add(s.written(3, "Eva", "C1", "¿Tienen IMPRESORAS?"))
		s.queue(store.Reply{Ticket: 2, Text: "Aquí está su impresora", WhatsAppID: "R1"})
		s.wantFound("impresora")
		s.index()
		s.wantFound("impresora", "2 Aquí está su [impresora]", "3 ¿Tienen [IMPRESORAS]?", "1 La [impresora] está rota")
		s.wantFound("impresora ", "2 Aquí está su [impresora]", "1 La [impresora] está rota")
		s.wantFound("ROTÁ esta", "1 La impresora [está] [rota]")
		s.wantFound("año", "2 Cumplo un [año] con ustedes")
		s.wantFound("ano")
		s.wantFound("nuñez", "1 La impresora está rota")
		s.wantFound("nunez")
		s.wantFound("55123 45602", "2 Cumplo un año con ustedes")
		s.wantFound("#3", "3 ¿Tienen IMPRESORAS?")
		s.wantFound(`"*' OR (`)
		s.wantFound("¡!")
		if got := s.find("impresora", store.Filter{Statuses: []ticket.Status{ticket.StatusResolved}}); len(got) != 0 {
			t.Errorf("resolved ones: got %q, want none", got)
		}
		_, err := s.Search(t.Context(), s.origin.Business, words.Parse("hola"), store.Filter{Before: "x"})
		wantCode(t, err, ticket.CodeInvalid)
	})
}

func TestTheIndexFollowsWhatChanges(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.written(1, "Ana", "A1", "quiero una impresora")
		s.add(first)
		s.index()
		edit := s.written(1, "Ana María", "E1", "quiero una computadora")
		edit.Kind, edit.RefersTo = ticket.KindEdit, "A1"
		s.add(edit)
		early := s.written(1, "Ana María", "E2", "no, un cargador")
		early.Kind, early.RefersTo = ticket.KindEdit, "A2"
		s.add(early)
		s.add(s.written(1, "Ana María", "A2", "y un teclado"))
		s.index()
		s.wantFound("impresora")
		s.wantFound("teclado")
		s.wantFound("computadora", "1 quiero una [computadora]")
		s.wantFound("cargador", "1 no, un [cargador]")
		s.wantFound("maria", "1 quiero una computadora no, un cargador")
		if complete, err := s.Indexed(t.Context()); err != nil || !complete {
			t.Errorf("got %v, %v, want it complete", complete, err)
		}
	})
}

func TestATicketIsFoundByWhatTheShopCallsTheCustomer(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.written(1, "Paco", "A1", "quiero una impresora"))
		s.add(s.written(2, "Ana", "A2", "y un teclado"))
		s.index()
		paco := s.ticket(1).Contact.ID
		s.alter(paco, store.CustomerChange{Given: new("Papelería La Fe")})
		s.index()
		s.wantFound("papeleria", "1 quiero una impresora")
		s.wantFound("paco", "1 quiero una impresora") // still WhatsApp's name for him
		s.alter(paco, store.CustomerChange{Given: new("")})
		s.index()
		s.wantFound("papeleria")
	})
}

func TestOldMessagesAreIndexedTheNewestFirstAndNewOnesBeforeThem(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		for i := range 9 {
			s.add(s.written(i, "Ana", "A", fmt.Sprint("vieja", i)))
		}
		s.do("forget the index", s.ForgetWords(t.Context()))
		s.add(s.written(20, "Ana", "B", "nueva"))
		_, err := s.IndexWords(t.Context(), 3)
		s.do("index", err)
		s.wantFound("nueva", "10 [nueva]")
		s.wantFound("vieja8 ", "9 [vieja8]")
		s.wantFound("vieja0 ")
		if complete, err := s.Indexed(t.Context()); err != nil || complete {
			t.Errorf("got %v, %v, want it incomplete", complete, err)
		}
		s.Store = s.another() // it goes on after a restart
		s.index()
		if got := s.find("vieja", store.Filter{Limit: 2}); len(got) != 9 || got[0] != "9 [vieja8]" {
			t.Errorf("got %q, want all nine, the newest first", got)
		}
	})
}

func TestNobodyFindsWhatIsAnotherBusinesss(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.written(1, "Ana", "A1", "impresora"))
		s.index()
		page, err := s.Search(t.Context(), s.origin.Business+1, words.Parse("impresora"), store.Filter{})
		if err != nil || len(page.Tickets) != 0 {
			t.Errorf("got %v, %v, want nothing", page.Tickets, err)
		}
	})
}
