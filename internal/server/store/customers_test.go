package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// meet stores a first message of somebody and returns their contact's id.
func (s *shop) meet(name string, w sender, id string) int64 {
	s.t.Helper()
	in := s.from(w, id)
	in.From.Name = name
	return s.ticket(s.add(in).Ticket).Contact.ID
}

func (s *shop) customer(id int64) store.Customer {
	s.t.Helper()
	c, err := s.Customer(s.t.Context(), s.origin.Business, id)
	if err != nil {
		s.t.Fatalf("load customer %d: %v", id, err)
	}
	return c
}

func (s *shop) alter(id int64, c store.CustomerChange) {
	s.t.Helper()
	if err := s.ChangeCustomer(s.t.Context(), s.origin.Business, 0, id, c); err != nil {
		s.t.Fatalf("change customer %d: %v", id, err)
	}
}

// names lists the customers a filter chooses.
func (s *shop) names(f store.CustomerFilter) string {
	s.t.Helper()
	page, err := s.Customers(s.t.Context(), s.origin.Business, f)
	if err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, c := range page.Customers {
		names = append(names, c.Shown())
	}
	return strings.Join(names, ", ")
}

func TestCustomersAreFoundByPartsOfNamesAndNumbers(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		ana := s.meet("Ana Núñez", sender{phone: phoneP}, "A1")
		s.meet("LUÍS Pérez", sender{phone: phoneQ}, "A2")
		s.meet("", sender{lid: lidL}, "A3")
		s.alter(ana, store.CustomerChange{Given: new("Doña Ana, la de la papelería")})
		wanted := map[string]string{
			"":                ", LUÍS Pérez, Doña Ana, la de la papelería",
			"luis":            "LUÍS Pérez",
			"LUÍS per":        "LUÍS Pérez",
			"nuñez":           "Doña Ana, la de la papelería", // by WhatsApp's name
			"nunez":           "",                             // ñ is a letter of its own
			"papeleria dona":  "",
			"papeleria doña":  "Doña Ana, la de la papelería",
			"+52 1 477 275":   "Doña Ana, la de la papelería",
			"5512345678":      "LUÍS Pérez",
			"100%":            "",
			"_":               ", LUÍS Pérez, Doña Ana, la de la papelería",
			"nadie conocido":  "",
			lidL:              "", // a hidden number is not shown and not searched
			"é":               "LUÍS Pérez, Doña Ana, la de la papelería",
			"a b c d e f g h": "",
		}
		look := func(index string) {
			for search, want := range wanted {
				if got := s.names(store.CustomerFilter{Search: search}); got != want {
					t.Errorf("%s: %q: got %q, want %q", index, search, got, want)
				}
			}
		}
		look("nothing indexed")
		s.index()
		look("all indexed")
		s.alter(ana, store.CustomerChange{Given: new("")})
		if got := s.names(store.CustomerFilter{Search: "papelería"}); got != "" {
			t.Errorf("a name of before: got %q, want nobody", got)
		}
		s.alter(ana, store.CustomerChange{Given: new("Doña Ana, la de la papelería")})
		look("renamed since")
		if got := s.ticket(1).Contact.Name; got != "Doña Ana, la de la papelería" {
			t.Errorf("ticket: got %q, want the shop's name for her", got)
		}
		s.alter(ana, store.CustomerChange{Given: new("")})
		if got := s.ticket(1).Contact.Name; got != "Ana Núñez" {
			t.Errorf("without a given name: got %q, want WhatsApp's", got)
		}
		wantCode(t, s.ChangeCustomer(t.Context(), s.origin.Business, 0, ana, store.CustomerChange{Given: new(strings.Repeat("ñ", 101))}), ticket.CodeInvalid)
		wantCode(t, s.ChangeCustomer(t.Context(), s.origin.Business, 0, 99, store.CustomerChange{}), ticket.CodeNotFound)
		wantCode(t, s.ChangeCustomer(t.Context(), s.origin.Business+1, 0, ana, store.CustomerChange{}), ticket.CodeNotFound)
	})
}

func TestCustomersComeInPages(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		for i := range 5 {
			s.meet(fmt.Sprint("C", i), sender{phone: fmt.Sprintf("521551234567%d", i)}, "A")
		}
		var seen []string
		f := store.CustomerFilter{Limit: 2}
		for {
			page, err := s.Customers(t.Context(), s.origin.Business, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range page.Customers {
				seen = append(seen, c.Name)
			}
			if f.Before = page.Next; page.Next == "" {
				break
			}
		}
		if diff := cmp.Diff([]string{"C4", "C3", "C2", "C1", "C0"}, seen); diff != "" {
			t.Errorf("pages (-want +got):\n%s", diff)
		}
		_, err := s.Customers(t.Context(), s.origin.Business, store.CustomerFilter{Before: "x"})
		wantCode(t, err, ticket.CodeInvalid)
		if got := s.names(store.CustomerFilter{Blocked: true}); got != "" {
			t.Errorf("blocked: got %q, want nobody", got)
		}
	})
}

func TestASearchOfCustomersGoesOnPageByPage(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		var want []string
		for i := range 230 {
			name := fmt.Sprintf("Ramírez %d", i)
			s.meet(name, sender{phone: fmt.Sprintf("52155%08d", i)}, fmt.Sprint("R", i))
			if i == 120 {
				s.index() // the others are not in it yet
			}
			want = append([]string{name}, want...)
		}
		for _, indexed := range []bool{false, true} {
			if indexed {
				s.index()
			}
			var seen []string
			for f := (store.CustomerFilter{Limit: 40, Search: "rez"}); ; {
				page, err := s.Customers(t.Context(), s.origin.Business, f)
				s.do("search", err)
				for _, c := range page.Customers {
					seen = append(seen, c.Name)
				}
				if f.Before = page.Next; page.Next == "" {
					break
				}
			}
			if diff := cmp.Diff(want, seen); diff != "" {
				t.Errorf("all indexed: %t: pages (-want +got):\n%s", indexed, diff)
			}
		}
		if got := s.names(store.CustomerFilter{Search: "ramírez 5500000077"}); got != "Ramírez 77" {
			t.Errorf("by name and number: got %q, want one", got)
		}
		if got := s.names(store.CustomerFilter{Search: "ramírez", Blocked: true}); got != "" {
			t.Errorf("blocked: got %q, want nobody", got)
		}
	})
}

func TestACustomersHistoryAndGroups(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		ana := s.meet("Ana", sender{phoneP, lidL}, "A1")
		s.setStatus(1, ticket.StatusResolved)
		s.clock.Advance(100 * time.Hour)
		s.add(s.from(sender{phoneP, lidL}, "A2"))
		group := s.from(sender{phoneP, lidL}, "G1")
		group.Group, group.GroupName, group.From.Chat, group.AuthorKey = true, "Oficina", "12036304@g.us", lidL
		s.add(group)
		page, err := s.CustomerTickets(t.Context(), s.origin.Business, ana, store.Filter{Limit: 1})
		if err != nil || len(page.Tickets) != 1 || page.Tickets[0].Number != 2 || page.Next != "2" {
			t.Errorf("history: got %+v, %v, want ticket 2 and more", page, err)
		}
		page, err = s.CustomerTickets(t.Context(), s.origin.Business, ana, store.Filter{Before: page.Next})
		if err != nil || len(page.Tickets) != 1 || page.Tickets[0].Number != 1 || page.Next != "" {
			t.Errorf("history: got %+v, %v, want ticket 1 and no more", page, err)
		}
		groups, err := s.CustomerGroups(t.Context(), s.origin.Business, ana)
		if err != nil || len(groups) != 1 || groups[0].Name != "Oficina" || !groups[0].Group {
			t.Errorf("groups: got %+v, %v, want the office", groups, err)
		}
		c := s.customer(ana)
		if c.Tickets != 2 || !c.LastChanged.Equal(s.clock.Now()) || !c.FirstSeen.Equal(start) {
			t.Errorf("customer: got %+v, want two tickets", c)
		}
	})
}

func TestABlockedCustomersMessagesAreKeptAndBotherNobody(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		ana := s.meet("Ana", sender{phone: phoneP}, "A1")
		s.queue(store.Reply{Ticket: 1, Text: "ya voy", WhatsAppID: "R1"})
		s.alter(ana, store.CustomerChange{Blocked: new(true)})
		if l := s.ticket(1); l.Status != ticket.StatusResolved || l.Unread != 0 {
			t.Errorf("her open ticket: got %s with %d unread, want it resolved", l.Status, l.Unread)
		}
		if got := s.conversation(1)[1]; got.Delivery != ticket.DeliveryDiscarded {
			t.Errorf("the waiting reply: got %q, want it taken back", got.Delivery)
		}
		s.clock.Advance(1000 * time.Hour)
		got := s.add(s.from(sender{phone: phoneP}, "A2"))
		if got.Ticket != 1 || got.Opened || got.Reopened || !got.Muted {
			t.Errorf("what she writes: got %+v, want it muted in ticket 1", got)
		}
		if l := s.ticket(1); l.Status != ticket.StatusResolved || l.Unread != 0 || len(s.conversation(1)) != 4 {
			t.Errorf("got %s with %d unread and %d messages, want it stored and still resolved", l.Status, l.Unread, len(s.conversation(1)))
		}
		wantCode(t, s.tryReply(store.Reply{WhatsAppID: "R2"}), ticket.CodeConflict)
		if got := s.names(store.CustomerFilter{Blocked: true}); got != "Ana" {
			t.Errorf("blocked: got %q, want Ana", got)
		}
		s.alter(ana, store.CustomerChange{Blocked: new(false)})
		if got := s.add(s.from(sender{phone: phoneP}, "A3")); got.Ticket != 2 || !got.Opened || got.Muted {
			t.Errorf("unblocked: got %+v, want a new ticket", got)
		}
		s.do("reply", s.tryReply(store.Reply{WhatsAppID: "R3"}))
	})
}

func TestAReplyThatIsBeingSentWhenItsCustomerIsBlockedIsNotTriedAgain(t *testing.T) {
	setback := func(s *shop, o store.Outgoing) {
		s.do("retry", s.ReplyRetry(s.t.Context(), o.Message, store.Setback{Attempt: o.Attempts, At: s.clock.Now(), Reason: "WhatsApp no contesta."}))
	}
	for name, ends := range map[string]func(s *shop, o store.Outgoing){
		"it did not get through": setback,
		"nobody said how it ended": func(s *shop, _ store.Outgoing) {
			s.clock.Advance(time.Hour)
			s.wantClaimed("its customer is blocked", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *shop) {
				ana := s.meet("Ana", sender{phone: phoneP}, "A1")
				q := s.queue(store.Reply{Ticket: 1, Text: "ya voy", WhatsAppID: "R1"})
				sending := s.claimAll(1)[0]
				s.alter(ana, store.CustomerChange{Blocked: new(true)})
				ends(s, sending)
				delivery, failure, err := s.ReplyOutcome(t.Context(), q.Message)
				if delivery != ticket.DeliveryDiscarded || failure != "Se bloqueó al cliente." || err != nil {
					t.Errorf("got %s %q, %v, want it taken back", delivery, failure, err)
				}
				setback(s, sending) // too late to matter
				s.wantClaimed("it was taken back", "")
			})
		})
	}
}

func TestABlockedCustomerWithoutTicketsGetsAResolvedOne(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		ana := s.meet("Ana", sender{phone: phoneP}, "A1")
		s.alter(ana, store.CustomerChange{Blocked: new(true)})
		s.keep(store.Keep{Tickets: 7})
		s.clock.Advance(8 * 24 * time.Hour)
		s.retireAll()
		got := s.add(s.from(sender{phone: phoneP}, "A2"))
		if got.Ticket != 2 || got.Opened || s.ticket(2).Status != ticket.StatusResolved {
			t.Errorf("got %+v and %s, want a ticket that is resolved from the start", got, s.ticket(2).Status)
		}
	})
}

func TestNotesSayWhoWroteThemAndWhen(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		luis := s.user("Luis")
		ana := s.meet("Ana", sender{phone: phoneP}, "A1")
		s.do("note", s.AddCustomerNote(t.Context(), s.origin.Business, luis.ID, ana, "  paga en efectivo "))
		s.clock.Advance(time.Minute)
		s.do("note", s.AddCustomerNote(t.Context(), s.origin.Business, 0, ana, "cliente desde 2019"))
		notes, err := s.CustomerNotes(t.Context(), s.origin.Business, ana)
		if err != nil || len(notes) != 2 {
			t.Fatalf("got %+v, %v, want two notes", notes, err)
		}
		want := store.CustomerNote{ID: notes[1].ID, Author: "Luis", Body: "paga en efectivo", At: start}
		if diff := cmp.Diff(want, notes[1]); diff != "" {
			t.Errorf("note (-want +got):\n%s", diff)
		}
		s.do("delete note", s.DeleteCustomerNote(t.Context(), s.origin.Business, ana, notes[0].ID))
		wantCode(t, s.DeleteCustomerNote(t.Context(), s.origin.Business, ana, notes[0].ID), ticket.CodeNotFound)
		for _, body := range []string{" ", strings.Repeat("x", 4001)} {
			wantCode(t, s.AddCustomerNote(t.Context(), s.origin.Business, 0, ana, body), ticket.CodeInvalid)
		}
		wantCode(t, s.AddCustomerNote(t.Context(), s.origin.Business, 0, 99, "x"), ticket.CodeNotFound)
	})
}

func TestTwoContactsThatArePersonAndHiddenNumberBecomeOne(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		phone := s.meet("Ana", sender{phone: phoneP}, "A1")
		s.do("note", s.AddCustomerNote(t.Context(), s.origin.Business, 0, phone, "de confianza"))
		s.clock.Advance(time.Minute)
		hidden := s.meet("", sender{lid: lidL}, "A2")
		s.alter(hidden, store.CustomerChange{Given: new("Anita")})
		s.do("merge", s.MergeCustomers(t.Context(), s.origin.Business, 0, phone, hidden))
		c := s.customer(phone)
		if c.Phone != phoneP || c.LID != lidL || c.Name != "Ana" || c.Given != "Anita" || c.Chat != lidL+"@lid" || c.Tickets != 2 {
			t.Errorf("got %+v, want everything of both, at the address last written from", c)
		}
		if got := s.names(store.CustomerFilter{Search: "anita " + phoneP}); got != "Anita" {
			t.Errorf("search: got %q, want Anita", got)
		}
		notes, err := s.CustomerNotes(t.Context(), s.origin.Business, phone)
		if err != nil || len(notes) != 1 {
			t.Errorf("notes: got %v, %v, want hers", notes, err)
		}
		_, err = s.Customer(t.Context(), s.origin.Business, hidden)
		wantCode(t, err, ticket.CodeNotFound)
		for _, w := range []sender{{phone: phoneP}, {lid: lidL}} {
			if got := s.ticket(s.add(s.from(w, "A"+w.phone)).Ticket).Contact.ID; got != phone {
				t.Errorf("a message from %+v: got contact %d, want %d", w, got, phone)
			}
		}
	})
}

func TestTwoPeopleAreNotMerged(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		p, q := s.meet("P", sender{phone: phoneP}, "A1"), s.meet("Q", sender{phone: phoneQ}, "A2")
		l, m := s.meet("L", sender{lid: lidL}, "A3"), s.meet("M", sender{lid: lidM}, "A4")
		in := s.from(sender{phone: phoneQ}, "G1")
		in.Group, in.GroupName, in.From.Chat = true, "Oficina", "12036304@g.us"
		group := s.ticket(s.add(in).Ticket).Contact.ID
		for _, pair := range [][2]int64{{p, q}, {l, m}, {p, group}, {group, l}} {
			wantCode(t, s.MergeCustomers(t.Context(), s.origin.Business, 0, pair[0], pair[1]), ticket.CodeConflict)
		}
		wantCode(t, s.MergeCustomers(t.Context(), s.origin.Business, 0, p, p), ticket.CodeInvalid)
		wantCode(t, s.MergeCustomers(t.Context(), s.origin.Business, 0, p, 99), ticket.CodeNotFound)
		wantCode(t, s.MergeCustomers(t.Context(), s.origin.Business+1, 0, p, l), ticket.CodeNotFound)
	})
}

func TestContactsThatTurnOutToBeOneKeepTheShopsNameAndBlock(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		phone := s.meet("Ana", sender{phone: phoneP}, "A1")
		s.meet("", sender{lid: lidL}, "A2")
		s.alter(phone, store.CustomerChange{Given: new("Doña Ana"), Blocked: new(true)})
		got := s.add(s.from(sender{phoneP, lidL}, "A3"))
		c := s.ticket(got.Ticket).Contact
		if c.Name != "Doña Ana" || c.Phone != phoneP || c.LID != lidL || !got.Muted {
			t.Errorf("got %+v, muted %v, want the given name and the block kept", c, got.Muted)
		}
		if got := s.names(store.CustomerFilter{Search: "doña"}); got != "Doña Ana" {
			t.Errorf("search: got %q, want her", got)
		}
	})
}
