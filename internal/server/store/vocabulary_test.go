package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

// vocabulary returns the words that a search may complete, of what.
func (s *shop) vocabulary(what string) []string {
	s.t.Helper()
	return strings.Split(strings.ReplaceAll(
		lines(s.t, rawDB(s.t, s.url), `SELECT word FROM vocabulary WHERE what = '`+what+`'`, []string{"word"}), "word=", ""), "\n")
}

func (s *shop) wantVocabulary(when string, messages, contacts []string) {
	s.t.Helper()
	if diff := cmp.Diff(messages, s.vocabulary("message")); diff != "" {
		s.t.Errorf("%s: words of messages (-want +got):\n%s", when, diff)
	}
	if diff := cmp.Diff(contacts, s.vocabulary("contact")); diff != "" {
		s.t.Errorf("%s: words of contacts (-want +got):\n%s", when, diff)
	}
	if got := lines(s.t, rawDB(s.t, s.url), `SELECT text FROM lost_texts`, []string{"text"}); got != "" {
		s.t.Errorf("%s: got %q kept, want no text of before", when, got)
	}
}

// confide has Ana write, change, send and be called things that nobody else is.
func (s *shop) confide() (ana int64) {
	s.t.Helper()
	number := s.add(s.written(1, "Ana Xóchitl", "A1", "tengo psoriasis y una impresora")).Ticket
	s.index()
	edit := s.written(1, "Ana Citlali", "E1", "tengo vitiligo y una impresora")
	edit.Kind, edit.RefersTo = ticket.KindEdit, "A1"
	s.add(edit)
	s.index()
	file := s.written(1, "", "A2", "mire")
	file.Attachments = []ticket.Attachment{{File: "a.pdf", Name: "quetiapina.pdf", MIME: "application/pdf", State: ticket.FileStored}}
	s.add(file)
	ana = s.ticket(number).Contact.ID
	s.alter(ana, store.CustomerChange{Given: new("Doña Malinalli")})
	return ana
}

func TestNobodyIsToldTheWordsOfAnErasedCustomer(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.written(2, "Luis", "L1", "una impresora"))
		ana := s.confide()
		s.index()
		s.alter(ana, store.CustomerChange{Given: new("Doña")})
		s.index()
		s.wantVocabulary("before",
			[]string{"impresora", "mire", "pdf", "quetiapina", "tengo", "una", "vitiligo", "y"}, []string{"ana", "citlali", "doña", "luis"})
		s.do("erase", s.EraseCustomer(t.Context(), s.origin.Business, 0, ana))
		s.index()
		s.wantVocabulary("after", []string{"impresora", "una"}, []string{"luis"})
		s.wantFound("impres", "1 una [impresora]")
	})
}

func TestACustomerWhoIsErasedBeforeTheIndexCameToThemLeavesNoWord(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.written(2, "Luis", "L1", "una impresora"))
		ana := s.confide()
		s.do("erase", s.EraseCustomer(t.Context(), s.origin.Business, 0, ana))
		s.index()
		s.wantVocabulary("after", []string{"impresora", "una"}, []string{"luis"})
	})
}

func TestAFileIsFoundByTheNameItCameWithLast(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		in := s.written(1, "", "A1", "mire")
		in.Attachments = []ticket.Attachment{{Name: "quetiapina.pdf", MIME: "application/pdf", State: ticket.FilePending}}
		s.add(in)
		s.index()
		in.Attachments = []ticket.Attachment{{File: "a.pdf", Name: "receta.pdf", MIME: "application/pdf", State: ticket.FileStored}}
		s.add(in)
		s.index()
		s.wantFound("receta", "1 mire [receta].pdf")
		s.wantFound("quetiapina")
		s.wantVocabulary("after", []string{"mire", "pdf", "receta"}, []string{""})
	})
}

func TestThePartsOfTwoContactsThatBecameOneKeepTheirWords(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		first := s.from(sender{phone: phoneP}, "SAME")
		first.Body, first.From.Name = "hola", "Ana"
		first.Attachments = []ticket.Attachment{{File: "a.pdf", Name: "receta.pdf", MIME: "application/pdf", State: ticket.FileStored}}
		s.add(first)
		again := first
		again.From, again.Attachments = ticket.Identity{LID: lidL, Chat: lidL + "@lid"}, nil
		s.add(again)
		s.index()
		both := s.from(sender{phoneP, lidL}, "BOTH")
		both.Body = "gracias"
		s.add(both)
		s.index()
		s.wantFound("receta", "2 hola [receta].pdf")
		s.wantVocabulary("after", []string{"gracias", "hola", "pdf", "receta"}, []string{""})
	})
}

func TestAnUpgradeForgetsTheWordsOfWhoWasErasedBefore(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		db := build(t, url, 13)
		if _, err := db.ExecContext(t.Context(), `INSERT INTO vocabulary (what, word, n) VALUES ('message', 'psoriasis', 1), ('contact', 'xochitl', 2)`); err != nil {
			t.Fatal(err)
		}
		s := openShop(t, url)
		s.index()
		s.wantVocabulary("after",
			strings.Fields("a abren favor foto gracias hora jpg laptop las llamar mañana mi mire no nueve por prende que traigala"), strings.Fields("avila begoña del los taller"))
	})
}
