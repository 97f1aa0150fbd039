package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// sender is who a message comes from, as few words as possible.
type sender struct{ phone, lid string }

func (s *shop) from(w sender, id string) store.Incoming {
	in := s.fromAna(id, "de "+w.phone+"/"+w.lid)
	in.From = ticket.Identity{Phone: w.phone, LID: w.lid, Chat: w.phone + "@s.whatsapp.net"}
	if w.phone == "" {
		in.From.Chat = w.lid + "@lid"
	}
	return in
}

// whoIs returns the contact of each ticket, by number.
func (s *shop) whoIs() map[int64]sender {
	s.t.Helper()
	page, err := s.Tickets(s.t.Context(), s.origin.Business, store.Filter{})
	if err != nil {
		s.t.Fatal(err)
	}
	found := map[int64]sender{}
	for _, l := range page.Tickets {
		found[l.Number] = sender{l.Contact.Phone, l.Contact.LID}
	}
	return found
}

// Two Mexican numbers and two hidden identifiers; L and P belong together.
const (
	phoneP, phoneQ = "5214772758198", "5215512345678"
	lidL, lidM     = "111222333", "444555666"
)

func TestWhoAMessageIsFrom(t *testing.T) {
	for _, tt := range []struct {
		name    string
		senders []sender
		tickets []int64          // of each message
		want    map[int64]sender // the contact of each ticket at the end
	}{
		{"the phone again", []sender{{phoneP, ""}, {phoneP, ""}}, []int64{1, 1}, map[int64]sender{1: {phoneP, ""}}},
		{"the LID again", []sender{{"", lidL}, {"", lidL}}, []int64{1, 1}, map[int64]sender{1: {"", lidL}}},
		{"the phone learns its LID", []sender{{phoneP, ""}, {phoneP, lidL}, {"", lidL}}, []int64{1, 1, 1}, map[int64]sender{1: {phoneP, lidL}}},
		{"the LID learns its phone", []sender{{"", lidL}, {phoneP, lidL}, {phoneP, ""}}, []int64{1, 1, 1}, map[int64]sender{1: {phoneP, lidL}}},
		{"both known from the start", []sender{{phoneP, lidL}, {"", lidL}, {phoneP, ""}}, []int64{1, 1, 1}, map[int64]sender{1: {phoneP, lidL}}},
		{"two contacts turn out to be one", []sender{{phoneP, ""}, {"", lidL}, {phoneP, lidL}}, []int64{1, 2, 2},
			map[int64]sender{1: {phoneP, lidL}, 2: {phoneP, lidL}}},
		{"the person takes another number", []sender{{phoneP, lidL}, {phoneQ, lidL}, {phoneQ, ""}}, []int64{1, 1, 1}, map[int64]sender{1: {phoneQ, lidL}}},
		{"the number goes to somebody new", []sender{{phoneP, lidL}, {phoneP, lidM}, {phoneP, ""}, {"", lidL}}, []int64{1, 2, 2, 1},
			map[int64]sender{1: {"", lidL}, 2: {phoneP, lidM}}},
		{"the number goes to somebody known", []sender{{phoneP, lidL}, {"", lidM}, {phoneP, lidM}, {"", lidL}}, []int64{1, 2, 2, 1},
			map[int64]sender{1: {"", lidL}, 2: {phoneP, lidM}}},
		{"strangers stay apart", []sender{{phoneP, ""}, {phoneQ, ""}, {"", lidL}, {"", lidM}}, []int64{1, 2, 3, 4},
			map[int64]sender{1: {phoneP, ""}, 2: {phoneQ, ""}, 3: {"", lidL}, 4: {"", lidM}}},
		{"Mexico with and without the 1", []sender{{"5214772758198", ""}, {"524772758198", ""}}, []int64{1, 1}, map[int64]sender{1: {"524772758198", ""}}},
		{"Argentina with and without the 9", []sender{{"5491123456789", ""}, {"541123456789", ""}}, []int64{1, 1}, map[int64]sender{1: {"541123456789", ""}}},
		{"Brazil with and without the 9", []sender{{"5511987654321", ""}, {"551187654321", ""}}, []int64{1, 1}, map[int64]sender{1: {"551187654321", ""}}},
		{"a LID is not a phone", []sender{{"", "5214772758198"}, {"5214772758198", ""}}, []int64{1, 2},
			map[int64]sender{1: {"", "5214772758198"}, 2: {"5214772758198", ""}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *shop) {
				for i, w := range tt.senders {
					if got := s.add(s.from(w, fmt.Sprintf("A%d", i))); got.Ticket != tt.tickets[i] {
						t.Errorf("message %d from %+v: got ticket %d, want %d", i, w, got.Ticket, tt.tickets[i])
					}
				}
				if diff := cmp.Diff(tt.want, s.whoIs(), cmp.AllowUnexported(sender{})); diff != "" {
					t.Errorf("contacts (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestAnswersNeverGoToTheNextOwnerOfANumber(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.from(sender{phoneP, lidL}, "A1"))
		s.add(s.from(sender{phoneP, lidM}, "A2"))
		if got, want := s.ticket(1).Contact.Chat, lidL+"@lid"; got != want {
			t.Errorf("address of the earlier owner: got %q, want %q", got, want)
		}
		if got, want := s.ticket(2).Contact.Chat, phoneP+"@s.whatsapp.net"; got != want {
			t.Errorf("address of the new owner: got %q, want %q", got, want)
		}
	})
}

func TestMergingKeepsEveryMessageOnce(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		photo := s.from(sender{phoneP, ""}, "SAME")
		photo.Attachments = []ticket.Attachment{{File: "a.jpg", MIME: "image/jpeg", State: ticket.FileStored}}
		s.add(photo)
		s.add(s.from(sender{phoneP, ""}, "ONLY1"))
		again := s.from(sender{"", lidL}, "SAME")
		again.Attachments = []ticket.Attachment{{MIME: "image/jpeg", State: ticket.FilePending}}
		s.add(again)
		s.add(s.from(sender{"", lidL}, "ONLY2"))
		s.add(s.from(sender{phoneP, lidL}, "BOTH"))
		seen := map[string]int{}
		var files []ticket.Attachment
		for number := range int64(2) {
			for _, m := range s.conversation(number + 1) {
				seen[m.WhatsAppID]++
				files = append(files, m.Attachments...)
			}
		}
		want := map[string]int{"SAME": 1, "ONLY1": 1, "ONLY2": 1, "BOTH": 1}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(photo.Attachments, files); diff != "" {
			t.Errorf("attachments (-want +got):\n%s", diff)
		}
		if got := s.add(s.from(sender{phoneP, ""}, "SAME")); !got.Duplicate {
			t.Errorf("once more: got %+v, want a duplicate", got)
		}
	})
}

func TestMergingDropsThePictureOfAMessageThatIsThereTwice(t *testing.T) {
	pending := []ticket.Attachment{{MIME: "image/jpeg", State: ticket.FilePending}}
	for _, tt := range []struct {
		name     string
		after    string              // the picture of what was only written to the number
		hidden   []ticket.Attachment // of the same message, from the hidden number
		doomed   []string
		pictures []string // of both tickets
	}{
		{"both have it", "", stored("b.jpg"), []string{"a.jpg"}, []string{"", "b.jpg"}},
		{"the ticket has another one", "c.jpg", stored("b.jpg"), []string{"a.jpg"}, []string{"c.jpg", "b.jpg"}},
		{"only the one that goes has it", "", pending, []string{}, []string{"", "a.jpg"}},
		{"the one that stays has nothing", "c.jpg", nil, []string{}, []string{"c.jpg", "a.jpg"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *shop) {
				s.add(s.withPhoto(sender{phone: phoneP}, "SAME", "a.jpg"))
				if tt.after != "" {
					s.add(s.withPhoto(sender{phone: phoneP}, "ONLY", tt.after))
				}
				again := s.from(sender{lid: lidL}, "SAME")
				again.Attachments = tt.hidden
				s.add(again)
				s.add(s.from(sender{phoneP, lidL}, "BOTH"))
				if diff := cmp.Diff(tt.doomed, s.doomed()); diff != "" {
					t.Errorf("doomed files (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(tt.pictures, []string{s.ticket(1).Photo, s.ticket(2).Photo}); diff != "" {
					t.Errorf("pictures of the tickets (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func stored(file string) []ticket.Attachment {
	return []ticket.Attachment{{File: file, MIME: "image/jpeg", State: ticket.FileStored}}
}

func TestMergingPrefersTheMessageThatCouldBeRead(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.from(sender{phoneP, ""}, "SAME"))
		blind := s.from(sender{"", lidL}, "SAME")
		blind.Kind, blind.Body = ticket.KindUnreadable, ""
		s.add(blind)
		s.add(s.from(sender{phoneP, lidL}, "BOTH"))
		if got := s.add(s.from(sender{"", lidL}, "SAME")); !got.Duplicate || got.Ticket != 1 {
			t.Errorf("repeated: got %+v, want a duplicate in ticket 1", got)
		}
		if got := s.conversation(1)[0].Kind; got != ticket.KindText {
			t.Errorf("kept: got %q, want the text", got)
		}
	})
}

func TestAContactsNameAndAddressAreTheLatest(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		in := s.from(sender{phoneP, lidL}, "A1")
		in.From.Name = "Ana"
		s.add(in)
		in.WhatsAppID, in.From.Name, in.From.Chat = "A2", "", lidL+"@lid"
		s.add(in)
		if got := s.ticket(1).Contact; got.Name != "Ana" || got.Chat != lidL+"@lid" {
			t.Errorf("got %+v, want Ana at her LID", got)
		}
		in.WhatsAppID, in.From.Name = "A3", "Ana María"
		s.add(in)
		if got := s.ticket(1).Contact.Name; got != "Ana María" {
			t.Errorf("name: got %q, want the new one", got)
		}
	})
}

func TestAGroupIsOneContactWithManyAuthors(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		for i, author := range []string{"Ana", "Luis"} {
			in := s.from(sender{fmt.Sprintf("52155123456%02d", i), ""}, fmt.Sprintf("G%d", i))
			in.Group, in.GroupName, in.Author = true, "Oficina", author
			in.From.Chat = "12036304@g.us"
			if got := s.add(in); got.Ticket != 1 {
				t.Errorf("%s in the group: got ticket %d, want 1", author, got.Ticket)
			}
		}
		got := s.ticket(1).Contact
		want := ticket.Contact{ID: got.ID, Name: "Oficina", Chat: "12036304@g.us", Group: true}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("contact (-want +got):\n%s", diff)
		}
		if all := s.conversation(1); all[0].Author != "Ana" || all[1].Author != "Luis" {
			t.Errorf("authors: got %q and %q", all[0].Author, all[1].Author)
		}
		if got := s.add(s.from(sender{"5215512345600", ""}, "P1")); got.Ticket != 2 {
			t.Errorf("a member writing alone: got ticket %d, want a new one", got.Ticket)
		}
	})
}

func TestMessagesThatMergeContactsMayComeAllAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		forms := []sender{{phoneP, ""}, {"", lidL}, {phoneP, lidL}}
		var wg sync.WaitGroup
		const each = 10
		for i := range each * len(forms) {
			wg.Go(func() {
				if _, err := s.AddMessage(t.Context(), s.from(forms[i%len(forms)], fmt.Sprintf("A%d", i))); err != nil {
					t.Errorf("message %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		messages := 0
		for number, who := range s.whoIs() {
			if (who != sender{phoneP, lidL}) {
				t.Errorf("ticket %d: got contact %+v, want the merged one", number, who)
			}
			messages += len(s.conversation(number))
		}
		if messages != each*len(forms) {
			t.Errorf("messages: got %d, want %d", messages, each*len(forms))
		}
	})
}
