package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// withPhoto is a message of somebody with a picture stored under file.
func (s *shop) withPhoto(w sender, id, file string) store.Incoming {
	in := s.from(w, id)
	in.Attachments = []ticket.Attachment{{File: file, MIME: "image/jpeg", State: ticket.FileStored}}
	return in
}

func (s *shop) doomed() []string {
	s.t.Helper()
	names, err := s.DoomedFiles(s.t.Context(), 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	return names
}

func (s *shop) keep(k store.Keep) {
	s.t.Helper()
	if _, err := s.ChangeSettings(s.t.Context(), s.origin.Business, 0, func(b *store.Settings) { b.Keep = k }); err != nil {
		s.t.Fatalf("change settings: %v", err)
	}
}

// retireAll deletes what is old and returns how much that was.
func (s *shop) retireAll() (total store.Retired) {
	s.t.Helper()
	for {
		r, err := s.Retire(s.t.Context(), s.origin.Business)
		if err != nil {
			s.t.Fatalf("retire: %v", err)
		}
		if r == (store.Retired{}) {
			return total
		}
		total.Tickets, total.Photos, total.Log = total.Tickets+r.Tickets, total.Photos+r.Photos, total.Log+r.Log
	}
}

func (s *shop) expired(k store.Keep) store.Retired {
	s.t.Helper()
	r, err := s.CountExpired(s.t.Context(), s.origin.Business, k)
	if err != nil {
		s.t.Fatalf("count what is old: %v", err)
	}
	return r
}

func TestNothingOfAnErasedCustomerIsLeft(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		ana, luis := sender{phone: phoneP}, sender{phone: phoneQ}
		id := s.meet("Ana", ana, "A0")
		s.meet("Luis", luis, "L0")
		var files []string
		for i := range 230 { // more than one transaction takes
			file := fmt.Sprintf("a%03d.jpg", i)
			s.add(s.withPhoto(ana, fmt.Sprint("A", i+1), file))
			files = append(files, file)
		}
		separate := s.withPhoto(ana, "S1", "s.jpg")
		separate.SeparateTicket = true
		s.add(separate)
		s.add(s.withPhoto(luis, "L1", "luis.jpg"))
		s.do("note", s.AddCustomerNote(t.Context(), s.origin.Business, 0, id, "nota"))
		s.queue(store.Reply{Ticket: 1, Text: "hola", WhatsAppID: "R1"})
		s.do("erase", s.EraseCustomer(t.Context(), s.origin.Business, 0, id))
		_, err := s.Customer(t.Context(), s.origin.Business, id)
		wantCode(t, err, ticket.CodeNotFound)
		wantCode(t, s.EraseCustomer(t.Context(), s.origin.Business, 0, id), ticket.CodeNotFound)
		for _, number := range []int64{1, 3} {
			_, err := s.Ticket(t.Context(), s.origin.Business, number)
			wantCode(t, err, ticket.CodeNotFound)
		}
		if diff := cmp.Diff(append(files, "s.jpg"), s.doomed()); diff != "" {
			t.Errorf("doomed files (-want +got):\n%s", diff)
		}
		if used, err := s.ReferencedFiles(t.Context(), []string{"a000.jpg", "luis.jpg"}); err != nil || used["a000.jpg"] || !used["luis.jpg"] {
			t.Errorf("files in use: got %v, %v, want only Luis's", used, err)
		}
		if len(s.conversation(2)) != 2 {
			t.Error("something of Luis is gone too")
		}
		s.wantClaimed("after her reply was erased", "")
		if got := s.add(s.from(ana, "A9")); got.Ticket != 4 || !got.Opened {
			t.Errorf("she writes again: got %+v, want ticket 4, as no number is used twice", got)
		}
	})
}

func TestTheOutcomeOfAnErasedCustomersReplyIsNotTakenForAnothers(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		ana, luis := s.meet("Ana", sender{phone: phoneP}, "A1"), s.meet("Luis", sender{phone: phoneQ}, "B1")
		s.queue(store.Reply{Ticket: 1, Text: "hola, Ana", WhatsAppID: "RA"})
		out := s.claimAll(1)[0]
		s.do("erase", s.EraseCustomer(t.Context(), s.origin.Business, 0, ana))
		q := s.queue(store.Reply{Ticket: 2, Text: "hola, Luis", WhatsAppID: "RB"}) // on SQLite with the number of hers
		wantCode(t, s.ReplySent(t.Context(), out.Message, out.WhatsAppID), ticket.CodeNotFound)
		s.do("fail", s.ReplyFailed(t.Context(), out.Message, out.WhatsAppID, "No."))
		delivery, _, err := s.ReplyOutcome(t.Context(), q.Message)
		if err != nil || delivery != ticket.DeliveryQueued {
			t.Errorf("the reply to %d: got %q, %v, want it queued", luis, delivery, err)
		}
	})
}

func TestDoomedFilesAreForgottenOnceTheyAreGone(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		id := s.meet("Ana", sender{phone: phoneP}, "A0")
		for _, name := range []string{"a.jpg", "b.jpg", "c.jpg"} {
			s.add(s.withPhoto(sender{phone: phoneP}, name, name))
		}
		s.do("erase", s.EraseCustomer(t.Context(), s.origin.Business, 0, id))
		s.do("forget", s.ForgetFiles(t.Context(), []string{"a.jpg", "c.jpg", "unknown"}))
		s.do("forget nothing", s.ForgetFiles(t.Context(), nil))
		if diff := cmp.Diff([]string{"b.jpg"}, s.doomed()); diff != "" {
			t.Errorf("doomed (-want +got):\n%s", diff)
		}
	})
}

func TestOldClosedTicketsGoWholeAndNothingElseDoes(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.withPhoto(sender{phone: phoneP}, "A1", "a.jpg"))
		s.setStatus(1, ticket.StatusResolved)
		s.add(s.from(sender{phone: phoneQ}, "B1")) // stays open
		noted := s.meet("Carla", sender{lid: lidL}, "C1")
		s.do("note", s.AddCustomerNote(t.Context(), s.origin.Business, 0, noted, "importante"))
		s.setStatus(3, ticket.StatusResolved)
		s.add(s.from(sender{lid: lidM}, "D1"))
		s.queue(store.Reply{Ticket: 4, Text: "está listo", WhatsAppID: "R1"})
		s.setStatus(4, ticket.StatusResolved)
		s.clock.Advance(29 * day)
		s.add(s.from(sender{phone: "5215500000000"}, "E1"))
		s.setStatus(5, ticket.StatusResolved)
		s.clock.Advance(day + time.Hour)
		if got := s.expired(store.Keep{Tickets: 30}); got != (store.Retired{Tickets: 2}) {
			t.Errorf("dry run: got %+v, want 2 tickets", got)
		}
		if got := s.retireAll(); got != (store.Retired{}) {
			t.Errorf("kept for ever: got %+v deleted, want nothing", got)
		}
		s.keep(store.Keep{Tickets: 30})
		if got := s.retireAll(); got.Tickets != 2 {
			t.Errorf("got %+v deleted, want 2 tickets", got)
		}
		page, err := s.Tickets(t.Context(), s.origin.Business, store.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		var left []int64
		for _, l := range page.Tickets {
			left = append(left, l.Number)
		}
		if diff := cmp.Diff([]int64{5, 4, 2}, left); diff != "" {
			t.Errorf("tickets left (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"a.jpg"}, s.doomed()); diff != "" {
			t.Errorf("doomed (-want +got):\n%s", diff)
		}
		if s.customer(noted).Tickets != 0 {
			t.Error("Carla has tickets left")
		}
		all, err := s.Customers(t.Context(), s.origin.Business, store.CustomerFilter{})
		if err != nil || len(all.Customers) != 4 {
			t.Errorf("got %d customers, %v, want the one of whom nothing is left gone", len(all.Customers), err)
		}
	})
}

func TestALongOldTicketGoesInSteps(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		for i := range 450 {
			s.add(s.from(sender{phone: phoneP}, fmt.Sprint("A", i)))
		}
		s.setStatus(1, ticket.StatusResolved)
		s.clock.Advance(8 * day)
		s.keep(store.Keep{Tickets: 7})
		if _, err := s.Retire(t.Context(), s.origin.Business); err != nil {
			t.Fatal(err)
		}
		if got := len(s.conversation(1)); got != 251 {
			t.Errorf("after one step: got %d entries left, want 251", got)
		}
		s.retireAll()
		if got := s.names(store.CustomerFilter{}); got != "" {
			t.Errorf("got customers %q, want none", got)
		}
	})
}

func TestOldPhotosGoAndTheirTicketsStay(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.withPhoto(sender{phone: phoneP}, "A1", "a.jpg"))
		s.add(s.withPhoto(sender{phone: phoneP}, "A2", "b.jpg"))
		s.setStatus(1, ticket.StatusResolved)
		s.add(s.withPhoto(sender{phone: phoneQ}, "B1", "open.jpg"))
		late := s.from(sender{phone: phoneP}, "A1")
		late.Attachments = []ticket.Attachment{{File: "late.jpg", MIME: "image/jpeg", State: ticket.FileStored}}
		s.keep(store.Keep{Photos: 10})
		s.clock.Advance(9 * day)
		if got := s.retireAll(); got != (store.Retired{}) {
			t.Errorf("too early: got %+v, want nothing deleted", got)
		}
		s.clock.Advance(2 * day)
		if got := s.expired(store.Keep{Photos: 10}); got != (store.Retired{Photos: 2}) {
			t.Errorf("dry run: got %+v, want 2 photos", got)
		}
		if got := s.retireAll(); got != (store.Retired{Photos: 2}) {
			t.Errorf("got %+v deleted, want 2 photos", got)
		}
		if got := s.doomed(); !slices.Equal(got, []string{"a.jpg", "b.jpg"}) {
			t.Errorf("doomed: got %v, want both photos", got)
		}
		first := s.conversation(1)[0].Attachments[0]
		if want := (ticket.Attachment{MIME: "image/jpeg", State: ticket.FileUnavailable, Note: "Se borró por antigüedad."}); first != want {
			t.Errorf("attachment: got %+v, want %+v", first, want)
		}
		if got := s.ticket(1).Photo; got != "" {
			t.Errorf("the ticket's photo: got %q, want none", got)
		}
		if got := s.retireAll(); got != (store.Retired{}) {
			t.Errorf("once more: got %+v, want nothing deleted", got)
		}
		// A repetition brings the file again, after its like was deleted.
		s.add(late)
		if got := s.retireAll(); got != (store.Retired{Photos: 1}) {
			t.Errorf("a late file: got %+v deleted, want it", got)
		}
		if s.ticket(2).Photo != "open.jpg" {
			t.Error("a photo of an open ticket is gone")
		}
	})
}

func TestAReopenedTicketKeepsItsPhotos(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.withPhoto(sender{phone: phoneP}, "A1", "a.jpg"))
		s.setStatus(1, ticket.StatusResolved)
		s.keep(store.Keep{Photos: 7, Tickets: 7})
		s.clock.Advance(8 * day)
		s.setStatus(1, ticket.StatusInProgress)
		if got := s.retireAll(); got != (store.Retired{}) || s.ticket(1).Photo != "a.jpg" {
			t.Errorf("got %+v deleted, want nothing of an open ticket", got)
		}
	})
}

func TestOldLinesOfTheLogGoAndNewOnesStay(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		luis := s.user("Luis")
		id := s.meet("Ana", sender{phone: phoneP}, "A1")
		s.alter(id, store.CustomerChange{Blocked: new(true)})
		s.clock.Advance(31 * day)
		s.do("block", s.ChangeCustomer(t.Context(), s.origin.Business, luis.ID, id, store.CustomerChange{Blocked: new(false)}))
		old := s.expired(store.Keep{Log: 30})
		if old.Log < 1 || old.Tickets != 0 {
			t.Errorf("dry run: got %+v, want some lines", old)
		}
		s.keep(store.Keep{Log: 30})
		if got := s.retireAll(); got != old {
			t.Errorf("got %+v deleted, want %+v", got, old)
		}
		acts, err := s.Audit(t.Context(), s.origin.Business, store.AuditFilter{Kind: "customer"})
		if err != nil || len(acts.Acts) != 1 || acts.Acts[0].Action != "customer.unblocked" || acts.Acts[0].UserName != "Luis" {
			t.Errorf("got %+v, %v, want only the new line", acts, err)
		}
	})
}

func TestWhatIsDoneToCustomersIsInTheAuditLogWithoutWhoTheyAre(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		luis := s.user("Luis")
		id, hidden := s.meet("Ana", sender{phone: phoneP}, "A1"), s.meet("Anita", sender{lid: lidL}, "A2")
		s.do("name", s.ChangeCustomer(t.Context(), s.origin.Business, luis.ID, id, store.CustomerChange{Given: new("Doña Ana"), Blocked: new(true)}))
		s.do("merge", s.MergeCustomers(t.Context(), s.origin.Business, luis.ID, id, hidden))
		s.do("export", s.NoteExport(t.Context(), s.origin.Business, luis.ID, id))
		s.do("erase", s.EraseCustomer(t.Context(), s.origin.Business, luis.ID, id))
		page, err := s.Audit(t.Context(), s.origin.Business, store.AuditFilter{Kind: "customer"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, act := range page.Acts {
			got = append(got, act.Action)
			if act.User != luis.ID || act.Object != fmt.Sprintf("customer/%d", id) || len(act.Details) != 0 {
				t.Errorf("got %+v, want who did it and nothing of the customer", act)
			}
		}
		want := []string{"customer.erased", "customer.exported", "customer.merged", "customer.blocked", "customer.named"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
	})
}
