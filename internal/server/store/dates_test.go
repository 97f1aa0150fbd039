package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

// opened adds a ticket at the clock's time, of somebody new.
func (s *shop) opened(n int) int64 {
	s.t.Helper()
	return s.add(message(s.origin, fmt.Sprintf("52155%08d", n), "A")).Ticket
}

// imported adds a ticket of another system, under the number it had or another.
func (s *shop) imported(n int, number int64, created time.Time) int64 {
	s.t.Helper()
	phone := fmt.Sprintf("52166%08d", n)
	got, _, err := s.Import(s.t.Context(), store.Imported{
		Origin: s.origin, From: ticket.Identity{Phone: phone, Chat: phone + "@s.whatsapp.net"}, Number: number,
		Title: "hola", Status: ticket.StatusPending, Category: "General", CreatedAt: created,
		Messages: []ticket.Message{{WhatsAppID: "viejo", Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: "hola", SentAt: created}},
	})
	s.do("import", err)
	return got
}

// dated returns the numbers of all pages of tickets within some time, and how
// many pages these are.
func (s *shop) dated(from, until time.Time) (numbers []int64, pages int) {
	s.t.Helper()
	for f := (store.Filter{From: from, Until: until, Limit: 3}); ; pages++ {
		page, err := s.Tickets(s.t.Context(), s.origin.Business, f)
		s.do("list", err)
		for _, l := range page.Tickets {
			numbers = append(numbers, l.Number)
		}
		if f.Before = page.Next; f.Before == "" {
			return numbers, pages + 1
		}
	}
}

// wantDated checks which tickets lists and tallies find within some time.
func (s *shop) wantDated(from, until time.Time, want ...int64) {
	s.t.Helper()
	for _, stretch := range []int64{1, 2, 1000} {
		s.SetStretch(stretch)
		if got, _ := s.dated(from, until); !slices.Equal(got, want) {
			s.t.Errorf("from %v until %v, %d at a time: got %v, want %v", from, until, stretch, got, want)
		}
	}
	if from.IsZero() || until.IsZero() {
		return
	}
	counts, _ := s.tally(from, until)
	var tickets int64
	for _, count := range counts {
		tickets += count.Tickets
	}
	if _, after := s.tally(until, until.Add(until.Sub(from))); tickets != int64(len(want)) || after.Before != tickets {
		s.t.Errorf("from %v until %v: got a tally of %d, and %d before what follows, want %d", from, until, tickets, after.Before, len(want))
	}
}

func TestImportedTicketsAreFoundByTheirDates(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.opened(1)
		old := start.AddDate(-1, 0, 0)
		if a, b := s.imported(1, 1, old), s.imported(2, 2, old.AddDate(0, 0, 1)); a != 2 || b != 3 {
			t.Fatalf("got numbers %d and %d, want 2 and 3", a, b)
		}
		end := start.AddDate(0, 0, 1)
		s.wantDated(start, time.Time{}, 1)
		s.wantDated(time.Time{}, start, 3, 2)
		s.wantDated(start, end, 1)
		s.wantDated(old, start, 3, 2)
		s.wantDated(old, old.Add(time.Hour), 2)
		s.wantDated(old, end, 3, 2, 1)
		s.clock.Advance(time.Hour)
		s.opened(2)
		s.wantDated(start, end, 4, 1)
		s.wantDated(start.Add(time.Minute), end, 4)
	})
}

func TestATicketThatIsImportedBetweenOthersIsFoundByItsDateAndSoAreThey(t *testing.T) {
	const day = 24 * time.Hour
	for name, since := range map[string]time.Duration{"older": -30 * day, "newer": -time.Hour, "as old": -3 * day} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *shop) {
				want := map[int64]time.Time{}
				for i, number := range []int64{3, 10} {
					at := start.Add(time.Duration(i-3) * day)
					want[s.imported(i, number, at)] = at
				}
				want[s.opened(1)] = start
				if got := s.imported(5, 5, start.Add(since)); got != 5 {
					t.Fatalf("got number %d, want 5, which nobody has", got)
				}
				want[5] = start.Add(since)
				for _, at := range want {
					s.wantDated(at, time.Time{}, within(want, at, start.Add(day))...)
					s.wantDated(at, at.Add(time.Minute), within(want, at, at.Add(time.Minute))...)
				}
			})
		})
	}
}

func TestTicketsOfAClockThatWasWrongAreFoundByTheirDates(t *testing.T) {
	for name, wrong := range map[string]time.Duration{
		"a little behind": -time.Second, "an hour behind": -time.Hour, "behind": -30 * time.Hour, "an hour ahead": time.Hour, "two ahead": 2 * time.Hour, "ahead": 365 * 24 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *shop) {
				want := map[time.Time]int64{}
				open := func() {
					s.clock.Advance(time.Minute)
					want[s.clock.Now()] = s.opened(len(want))
				}
				open()
				open()
				s.clock.Advance(wrong)
				open()
				open()
				s.clock.Advance(-wrong)
				open()
				open()
				for at, number := range want {
					s.wantDated(at, at.Add(time.Second), number)
				}
			})
		})
	}
}

func TestWhatIsOlderThanAListGoesBackIsNotLookedAt(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		for n := range 20 {
			s.imported(n, int64(n+1), start.AddDate(-1, 0, n))
		}
		s.opened(0)
		for n := range 20 {
			s.imported(100+n, int64(n+1), start.AddDate(-2, 0, n))
		}
		s.clock.Advance(24 * time.Hour)
		for n := range 2 {
			s.opened(n + 1)
		}
		s.SetStretch(1)
		if got, pages := s.dated(start.Add(2*time.Hour), time.Time{}); !slices.Equal(got, []int64{43, 42}) || pages > 3 {
			t.Errorf("got %v in %d pages that look at one ticket each, want 43 and 42 in at most 3", got, pages)
		}
		s.wantDated(start, start.Add(time.Minute), 21)
	})
}

func TestTicketsOfAnyOrderAreFoundByTheirDates(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		random := rand.New(rand.NewPCG(15, 14))
		opened := map[int64]time.Time{}
		hours := func(n int) time.Duration { return time.Duration(random.IntN(n*60)) * time.Minute }
		for n := range 120 {
			switch s.clock.Advance(hours(2)); random.IntN(8) {
			case 0:
				s.clock.Advance(-hours(6))
			case 1, 2:
				at := s.clock.Now().Add(hours(10) - hours(60))
				opened[s.imported(n, int64(n+random.IntN(60)-30), at)] = at
			default:
				opened[s.opened(n)] = s.clock.Now()
			}
			if n%6 == 0 {
				from := s.clock.Now().Add(-hours(80))
				until := from.Add(hours(30))
				s.wantDated(from, until, within(opened, from, until)...)
				s.wantDated(from, time.Time{}, within(opened, from, until.AddDate(1, 0, 0))...)
			}
		}
	})
}

// within returns the tickets opened within some time, the highest number first.
func within(opened map[int64]time.Time, from, until time.Time) (numbers []int64) {
	for number, at := range opened {
		if !at.Before(from) && at.Before(until) {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	slices.Reverse(numbers)
	return numbers
}

func TestTicketsFromBeforeTheirOrderWasKnownAreFoundByTheirDates(t *testing.T) {
	const before, day = 14, 24 * time.Hour // the last version that did not know it
	for name, c := range map[string]struct {
		created     []time.Duration // of ticket 4 and on, since start
		unordered   int64
		until, last time.Duration
	}{
		"in order":                {[]time.Duration{-2 * day, -2 * day, -day}, 0, 0, -day},
		"nearly":                  {[]time.Duration{-day, -day - time.Hour, -day}, 0, 0, -day},
		"two imported":            {[]time.Duration{-day, -9 * day, -8 * day}, 5, -day, -8 * day},
		"two imported before new": {[]time.Duration{-5 * day, -9 * day, -8 * day, -4 * day, -3 * day}, 5, -5 * day, -3 * day},
		"more than an hour back":  {[]time.Duration{-3 * day, -day, -day - time.Hour - time.Second, -time.Hour}, 5, -day, -time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T, url string) {
				db, opened := build(t, url, before), map[int64]time.Time{}
				for i, since := range c.created {
					number := int64(4 + i)
					opened[number] = start.Add(since)
					_, err := db.ExecContext(t.Context(), `
						INSERT INTO tickets (business_id, number, contact_id, bridge_id, title, description, status, priority, category, category_source, confidence, words, photo, unread, created_at, updated_at)
						SELECT business_id, $1, contact_id, bridge_id, title, description, status, priority, category, category_source, confidence, words, photo, unread, $2, $2 FROM tickets WHERE number = 1`,
						number, opened[number].UnixMilli())
					if err != nil {
						t.Fatal(err)
					}
				}
				if _, err := db.ExecContext(t.Context(), `UPDATE businesses SET last_ticket_number = $1`, 3+len(c.created)); err != nil {
					t.Fatal(err)
				}
				s := openShop(t, url)
				want := fmt.Sprintf("unordered_to=%d unordered_at=%d last_ticket_at=%d", c.unordered, start.Add(c.until).UnixMilli(), start.Add(c.last).UnixMilli())
				if c.unordered == 0 {
					want = fmt.Sprintf("unordered_to=0 unordered_at=0 last_ticket_at=%d", start.Add(c.last).UnixMilli())
				}
				if got := lines(t, db, `SELECT unordered_to, unordered_at, last_ticket_at FROM businesses`, []string{"unordered_to", "unordered_at", "last_ticket_at"}); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
				opened[s.opened(1)] = s.clock.Now()
				for _, at := range opened {
					s.wantDated(at, time.Time{}, within(opened, at, start.Add(time.Hour))...)
					s.wantDated(at, at.Add(time.Minute), within(opened, at, at.Add(time.Minute))...)
				}
			})
		})
	}
}
