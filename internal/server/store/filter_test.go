package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// colourful opens n tickets, an hour apart, that differ in all that a filter may
// ask for.
func (s *shop) colourful(n int) (all []store.Listed, people []int64) {
	s.t.Helper()
	people = []int64{s.person("Ana"), s.person("Luis")}
	for i := range n {
		in := message(s.origin, fmt.Sprintf("52155%08d", i%11), fmt.Sprint("A", i))
		in.SeparateTicket = true
		if i%4 == 0 {
			in.Kind, in.Attachments = ticket.KindImage, []ticket.Attachment{{File: fmt.Sprint(i, ".jpg"), MIME: "image/jpeg", State: ticket.FileStored}}
		}
		number := s.add(in).Ticket
		c := store.Change{Status: &ticket.Statuses()[i%4], Priority: &ticket.Priorities()[i%3], Category: pointer(fmt.Sprint("C", i%5))}
		if i%6 < 2 {
			c.Assignee = &people[i%6]
		}
		s.change(0, []int64{number}, c)
		if i%7 == 0 && i%4 != 3 {
			s.do("sent", s.ReplySent(s.t.Context(), s.queue(store.Reply{Ticket: number, Text: "hola", WhatsAppID: fmt.Sprint("R", i)}).Message, ""))
		}
		all = append([]store.Listed{s.ticket(number)}, all...)
		s.clock.Advance(time.Hour)
	}
	return all, people
}

// wants is Filter in other words.
func wants(f store.Filter, l store.Listed) bool {
	return (len(f.Statuses) == 0 || slices.Contains(f.Statuses, l.Status)) &&
		(len(f.Categories) == 0 || slices.Contains(f.Categories, l.Category)) &&
		(len(f.Priorities) == 0 || slices.Contains(f.Priorities, l.Priority)) &&
		(f.Assignee == 0 || f.Assignee == l.Assignee.ID || f.Assignee == store.Nobody && l.Assignee.ID == 0) &&
		(f.Contact == 0 || f.Contact == l.Contact.ID) &&
		(f.From.IsZero() || !l.CreatedAt.Before(f.From)) && (f.Until.IsZero() || l.CreatedAt.Before(f.Until)) &&
		(f.Photo == nil || *f.Photo == (l.Photo != "")) && (!f.Unread || l.Unread > 0)
}

func drawFilter(r *rapid.T, all []store.Listed, people []int64) store.Filter {
	f := store.Filter{
		Limit:      rapid.IntRange(1, 20).Draw(r, "limit"),
		Statuses:   rapid.SliceOfNDistinct(rapid.SampledFrom(ticket.Statuses()), 0, 4, rapid.ID).Draw(r, "statuses"),
		Categories: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"C0", "C1", "C2", "otra"}), 0, 2, rapid.ID).Draw(r, "categories"),
		Priorities: rapid.SliceOfNDistinct(rapid.SampledFrom(ticket.Priorities()), 0, 2, rapid.ID).Draw(r, "priorities"),
		Assignee:   rapid.SampledFrom([]int64{0, 0, store.Nobody, people[0], people[1]}).Draw(r, "assignee"),
		Contact:    rapid.SampledFrom([]int64{0, 0, 0, all[0].Contact.ID}).Draw(r, "contact"),
		Photo:      rapid.SampledFrom([]*bool{nil, nil, pointer(true), pointer(false)}).Draw(r, "photo"),
		Unread:     rapid.SampledFrom([]bool{false, false, true}).Draw(r, "unread"),
	}
	if rapid.Bool().Draw(r, "dated") {
		f.From = start.Add(time.Duration(rapid.IntRange(-2, 60).Draw(r, "from")) * time.Hour)
		f.Until = start.Add(time.Duration(rapid.IntRange(-2, 60).Draw(r, "until")) * time.Hour)
	}
	return f
}

func TestAFilterFindsWhatItAsksForOnceNewestFirst(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		all, people := s.colourful(48)
		rapid.Check(t, func(r *rapid.T) {
			s.SetStretch(rapid.SampledFrom([]int64{1, 7, 1000}).Draw(r, "stretch"))
			f := drawFilter(r, all, people)
			var want, got []int64
			for _, l := range all {
				if wants(f, l) {
					want = append(want, l.Number)
				}
			}
			for page := (store.Page{Next: "1000"}); page.Next != ""; {
				f.Before = page.Next
				var err error
				if page, err = s.Tickets(t.Context(), s.origin.Business, f); err != nil {
					r.Fatal(err)
				}
				for _, l := range page.Tickets {
					got = append(got, l.Number)
				}
			}
			if !slices.Equal(got, want) {
				r.Fatalf("%+v: got %v, want %v", f, got, want)
			}
		})
	})
}

func TestCountsFollowEveryChange(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		all, _ := s.colourful(20)
		s.add(message(s.origin, "5215500000003", "again")) // joins or reopens whatever is theirs
		want := map[ticket.Status]int64{}
		for _, l := range all {
			want[s.ticket(l.Number).Status]++
		}
		got, err := s.Counts(t.Context(), s.origin.Business)
		s.do("count", err)
		for _, status := range ticket.Statuses() {
			if got[status] != want[status] {
				t.Errorf("%s: got %d, want %d", status, got[status], want[status])
			}
		}
	})
}
