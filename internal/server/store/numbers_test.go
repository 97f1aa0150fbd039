package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/server/words"
	"mostrador/internal/ticket"
)

// wantCustomers compares whom a search brings, by what they are called and the
// newest first.
func (s *shop) wantCustomers(search, want string) {
	s.t.Helper()
	if got := s.names(store.CustomerFilter{Search: search}); got != want {
		s.t.Errorf("%q: got %q, want %q", search, got, want)
	}
}

// wantByNumber compares whom and which tickets a search brings.
func (s *shop) wantByNumber(search, name, found string) {
	s.t.Helper()
	s.wantCustomers(search, name)
	if got := strings.Join(s.find(search, store.Filter{}), "; "); got != found {
		s.t.Errorf("search %q: got %q, want %q", search, got, found)
	}
}

func TestACustomerIsFoundHoweverTheirNumberIsWritten(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.meet("Ana", sender{phone: "5214772758198"}, "A1")
		s.meet("Luis", sender{phone: "524773334444"}, "A2") // WhatsApp knows some without the 1
		s.meet("Eva", sender{phone: "5491141238765"}, "A3")
		wanted := map[string][]string{
			"Ana":  {"5214772758198", "524772758198", "4772758198", "+52 1 477 275 8198", "+52 (477) 275-8198", "477-275-8198", "47 72 75 81 98", "72 75 81 98", "52 1 47 72 75 81 98", "758198", "8198", "72758", "52477275", "ana 8198"},
			"Luis": {"5214773334444", "524773334444", "+52 1 477 333 4444", "33344"},
			"Eva":  {"541141238765", "+54 9 11 4123-8765", "+54 11 4123 8765"},
			"":     {"5219990000000", "81989", "ana 8765"},
		}
		for _, state := range []string{"not indexed", "indexed"} {
			for name, all := range wanted {
				for _, text := range all {
					if got := s.names(store.CustomerFilter{Search: text}); got != name {
						t.Errorf("%s: %q: got %q, want %q", state, text, got, name)
					}
				}
			}
			s.index()
		}
		for name, all := range wanted {
			for _, text := range all {
				page, err := s.Search(t.Context(), s.origin.Business, words.Parse(text), store.Filter{})
				s.do("search", err)
				got := []string{}
				for _, f := range page.Tickets {
					got = append(got, f.Contact.Name)
				}
				if strings.Join(got, ", ") != name {
					t.Errorf("ticket of %q: got %q, want %q", text, got, name)
				}
			}
		}
		for _, text := range []string{"4", "77"} {
			if got := s.find(text, store.Filter{}); len(got) != 0 {
				t.Errorf("tickets of everybody with %q in the number: got %q, want none", text, got)
			}
		}
	})
}

func TestEveryPartOfEveryNumberIsFoundThroughTheIndex(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		random := rand.New(rand.NewPCG(4, 7))
		var phones []string
		for i := range 40 {
			phones = append(phones, fmt.Sprintf("52%d47%06d", i%2, random.IntN(300_000)))
			s.meet(fmt.Sprint("C", i), sender{phone: phones[i]}, "A1")
		}
		s.index()
		for range 300 {
			phone := phones[random.IntN(len(phones))]
			from := random.IntN(len(phone))
			part := phone[from : from+1+random.IntN(len(phone)-from)]
			var want []string
			for i, other := range phones {
				if strings.Contains(other, part) || strings.Contains(fmt.Sprint("c", i), part) {
					want = append([]string{fmt.Sprint("C", i)}, want...)
				}
			}
			s.wantCustomers(part, strings.Join(want, ", "))
		}
	})
}

func TestANumberIsFoundWhenManyNewerOnesAreLikeIt(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.meet("Ana", sender{phone: "5213312345678"}, "A1")
		for i := range 230 { // these have 1234 and 5678 as well
			s.meet("", sender{phone: fmt.Sprintf("521234%03d5678", i)}, "A1")
		}
		s.index()
		s.wantByNumber("12345678", "Ana", "1 de 5213312345678/")
	})
}

func TestNumbersAreFoundAsTheyAreNow(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.meet("Ana", sender{lid: lidL}, "A1")
		s.index()
		s.wantByNumber("2758", "", "")
		s.add(s.from(sender{phoneP, lidL}, "A2")) // WhatsApp tells the number
		s.wantCustomers("2758", "Ana")
		s.index()
		s.wantByNumber("2758", "Ana", "1 de /"+lidL+" de "+phoneP+"/"+lidL)

		s.add(s.from(sender{phoneP, lidM}, "B1")) // the number changes hands
		s.index()
		s.wantCustomers("2758", "")
		if got := s.find("2758", store.Filter{}); len(got) != 1 || !strings.HasPrefix(got[0], "2 ") {
			t.Errorf("the number's tickets: got %q, want those of who has it now", got)
		}
		other := s.ticket(2).Contact.ID
		s.alter(other, store.CustomerChange{Given: new("Eva")})

		hidden := s.meet("Hija", sender{lid: "777888999"}, "C1")
		third := s.meet("Madre", sender{phone: phoneQ}, "D1")
		s.do("merge", s.MergeCustomers(t.Context(), s.origin.Business, 0, hidden, third))
		s.wantCustomers("345678", "Hija")
		s.index()
		s.wantCustomers("345678", "Hija")
		if got := s.find("345678", store.Filter{}); len(got) != 2 {
			t.Errorf("tickets of two made one: got %q, want both", got)
		}

		s.do("erase", s.EraseCustomer(t.Context(), s.origin.Business, 0, hidden))
		s.wantCustomers("345678", "")
		s.index()
		s.wantByNumber("345678", "", "")
		s.wantCustomers("2758", "Eva")
	})
}

func TestImportedCustomersAreFoundByTheirNumbers(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		_, _, err := s.Import(t.Context(), store.Imported{
			Origin: s.origin, From: ticket.Identity{Phone: phoneQ, Chat: phoneQ + "@s.whatsapp.net", Name: "Taller 99887"}, Number: 7,
			Title: "hola", Description: "hola", Status: ticket.StatusPending, Category: "General", CreatedAt: start.Add(-time.Hour),
			Messages: []ticket.Message{{WhatsAppID: "viejo-7", Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: "hola", SentAt: start.Add(-time.Hour)}},
		})
		s.do("import", err)
		for range 2 {
			s.wantCustomers("345", "Taller 99887")
			s.wantCustomers("988", "Taller 99887") // digits of a name count as well
			s.index()
		}
		s.wantByNumber("2345", "Taller 99887", "7 hola")
	})
}

// Whatever is looked for, what has it is not missed.
func FuzzPartsCover(f *testing.F) {
	f.Add("begoña núñez 5214772758198 524772758198", "477275")
	f.Add("a1 b22 c333", "22")
	f.Add("ŀ “x” año", "ŀ")
	f.Fuzz(func(t *testing.T, text, word string) {
		known := store.Parts("1", text)
		for _, part := range known {
			if strings.ContainsAny(part, " \"'") {
				t.Fatalf("got %q of %q, want no blanks and quotes in it", part, text)
			}
		}
		if !strings.Contains(text, word) {
			return
		}
		for _, part := range store.Covering("1", word) {
			if !slices.Contains(known, part) {
				t.Errorf("%q in %q: part %q is not in its words", word, text, part)
			}
		}
	})
}

func TestAWordIsLookedForByFewPartsOfIt(t *testing.T) {
	for word, want := range map[string]string{
		"": "", "4": "", "47": "", "ñ": "ñ", "5g": "5g", "477": "477", "4772": "4772", "477275": "4772 7275",
		"5214772758198": "5214 7727 5819 8198", "begoña": "beg oña", "a1234": "a12 234",
	} {
		if got := strings.ReplaceAll(strings.Join(store.Covering("1", word), " "), "§1·", ""); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}
