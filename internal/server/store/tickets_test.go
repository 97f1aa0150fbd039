package store_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// fill opens n tickets, every third of them resolved, and returns the numbers
// by status, newest first.
func (s *shop) fill(n int) map[ticket.Status][]int64 {
	s.t.Helper()
	numbers := map[ticket.Status][]int64{}
	for i := range n {
		number := s.add(message(s.origin, fmt.Sprintf("5215512%06d", i), "A")).Ticket
		status := ticket.StatusPending
		if i%3 == 0 {
			status = ticket.StatusResolved
			s.setStatus(number, status)
		}
		numbers[status] = append([]int64{number}, numbers[status]...)
		numbers[""] = append([]int64{number}, numbers[""]...)
	}
	return numbers
}

func TestPagesHaveEveryTicketOnceNewestFirst(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		numbers := s.fill(37)
		rapid.Check(t, func(r *rapid.T) {
			filter := store.Filter{
				Limit: rapid.IntRange(1, 40).Draw(r, "limit"),
			}
			status := rapid.SampledFrom([]ticket.Status{"", ticket.StatusPending, ticket.StatusResolved, ticket.StatusWaiting}).Draw(r, "status")
			if status != "" {
				filter.Statuses = []ticket.Status{status}
			}
			var got []int64
			for {
				page, err := s.Tickets(t.Context(), s.origin.Business, filter)
				if err != nil {
					r.Fatal(err)
				}
				if len(page.Tickets) > filter.Limit {
					r.Fatalf("page: got %d tickets, want at most %d", len(page.Tickets), filter.Limit)
				}
				for _, l := range page.Tickets {
					got = append(got, l.Number)
				}
				if filter.Before = page.Next; filter.Before == "" {
					break
				}
			}
			if !slices.Equal(got, numbers[status]) {
				r.Fatalf("got %v, want %v", got, numbers[status])
			}
		})
	})
}

func TestALastPageThatIsFullHasNoNext(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.fill(4)
		page, err := s.Tickets(t.Context(), s.origin.Business, store.Filter{Limit: 4})
		s.do("list", err)
		if len(page.Tickets) != 4 || page.Next != "" {
			t.Errorf("got %d tickets and next %q, want 4 and none", len(page.Tickets), page.Next)
		}
		page, err = s.Tickets(t.Context(), s.origin.Business+1, store.Filter{})
		s.do("list", err)
		if page.Tickets == nil || len(page.Tickets) != 0 {
			t.Errorf("another business: got %v, want an empty list", page.Tickets)
		}
	})
}

func TestACursorThatNobodyGaveIsRefused(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		for _, cursor := range []string{"x", "0", "-1", "1; DROP TABLE tickets", "99999999999999999999"} {
			_, err := s.Tickets(t.Context(), s.origin.Business, store.Filter{Before: cursor})
			wantCode(t, err, ticket.CodeInvalid)
		}
	})
}

func TestTicketsAreCounted(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		numbers := s.fill(7)
		got, err := s.Counts(t.Context(), s.origin.Business)
		s.do("count", err)
		want := map[ticket.Status]int64{
			ticket.StatusPending: int64(len(numbers[ticket.StatusPending])), ticket.StatusInProgress: 0,
			ticket.StatusWaiting: 0, ticket.StatusResolved: int64(len(numbers[ticket.StatusResolved])),
		}
		if !maps.Equal(got, want) {
			t.Errorf("counts: got %v, want %v", got, want)
		}
		if got := s.total(); got != 7 {
			t.Errorf("total: got %d, want 7", got)
		}
	})
}

func TestWhatIsNotThere(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		for _, where := range []struct{ business, number int64 }{
			{s.origin.Business, 2},
			{s.origin.Business + 1, 1},
		} {
			_, err := s.Ticket(t.Context(), where.business, where.number)
			wantCode(t, err, ticket.CodeNotFound)
			_, err = s.Conversation(t.Context(), where.business, where.number)
			wantCode(t, err, ticket.CodeNotFound)
			err = s.SetStatus(t.Context(), where.business, where.number, 0, ticket.StatusResolved)
			wantCode(t, err, ticket.CodeNotFound)
		}
		_, err := s.Business(t.Context(), 99)
		wantCode(t, err, ticket.CodeNotFound)
	})
}

func TestChangingTheStatusLeavesAnEvent(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		user, err := s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: "Luis"})
		s.do("create user", err)
		s.add(s.fromAna("A1", "hola"))
		s.clock.Advance(time.Minute)
		for range 2 { // the second time changes nothing
			s.do("set status", s.SetStatus(t.Context(), s.origin.Business, 1, user, ticket.StatusResolved))
		}
		l := s.ticket(1)
		if l.Status != ticket.StatusResolved || !l.ResolvedAt.Equal(s.clock.Now()) || l.Unread != 0 {
			t.Errorf("ticket: got %q, resolved %v, %d unread", l.Status, l.ResolvedAt, l.Unread)
		}
		all := s.conversation(1)
		want := ticket.Message{
			ID: all[1].ID, Direction: ticket.DirectionEvent, Kind: ticket.KindOther,
			Body: "Estado: pendiente → resuelto", Author: "Luis", SentAt: s.clock.Now(),
		}
		if diff := cmp.Diff([]ticket.Message{want}, all[1:]); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		s.setStatus(1, ticket.StatusWaiting)
		if got := s.ticket(1).ResolvedAt; !got.IsZero() {
			t.Errorf("taken up again: got resolved %v, want never", got)
		}
		wantCode(t, s.SetStatus(t.Context(), s.origin.Business, 1, 0, "lost"), ticket.CodeInvalid)
	})
}

func TestFilesAreFoundByTheirBusinessOnly(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		in := s.fromAna("A1", "mira")
		file := ticket.Attachment{File: "a.jpg", Name: "IMG.jpg", MIME: "image/jpeg", Size: 7, State: ticket.FileStored}
		in.Attachments = []ticket.Attachment{file, {Name: "b", State: ticket.FilePending}}
		s.add(in)
		got, err := s.File(t.Context(), s.origin.Business, "a.jpg")
		s.do("find file", err)
		if got != file {
			t.Errorf("got %+v, want %+v", got, file)
		}
		_, err = s.File(t.Context(), s.origin.Business+1, "a.jpg")
		wantCode(t, err, ticket.CodeNotFound)
		for _, name := range []string{"", "b", "../a.jpg", "a\xff", "%"} {
			_, err = s.File(t.Context(), s.origin.Business, name)
			wantCode(t, err, ticket.CodeNotFound)
		}
		names := []string{"a.jpg", "orphan.jpg", ""}
		for i := range 1200 {
			names = append(names, fmt.Sprintf("%d.jpg", i))
		}
		referenced, err := s.ReferencedFiles(t.Context(), names)
		s.do("find references", err)
		if !maps.Equal(referenced, map[string]bool{"a.jpg": true}) {
			t.Errorf("referenced: got %v, want only a.jpg", referenced)
		}
		if none, err := s.ReferencedFiles(t.Context(), nil); err != nil || len(none) != 0 {
			t.Errorf("of no names: got %v, %v", none, err)
		}
	})
}
