package store_test

import (
	"fmt"
	"testing"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// tally returns the counts of some time by slot and category, and what else a
// Tally says.
func (s *shop) tally(from, until time.Time) (map[string]store.TallyCount, store.Tally) {
	s.t.Helper()
	got, err := s.Tally(s.t.Context(), s.origin.Business, from, until)
	if err != nil {
		s.t.Fatal(err)
	}
	counts := map[string]store.TallyCount{}
	for _, count := range got.Slots {
		counts[count.At.Format(time.DateTime)+" "+count.Category] = count
	}
	return counts, got
}

func TestATallyCountsWhatWasOpenedWithinSomeTime(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		waits := map[int]time.Duration{2: 10 * time.Minute, 3: time.Hour, 4: 3 * time.Hour}
		for number := 1; number <= 5; number++ { // at 9:00, 9:01 … 9:04
			in := message(s.origin, fmt.Sprintf("521000000000%d", number), "A")
			s.add(in)
			if wait := waits[number]; wait > 0 {
				in.Direction, in.SentAt, in.WhatsAppID = ticket.DirectionOut, s.clock.Now().Add(wait), "B"
				s.add(in)
			}
			s.clock.Advance(time.Minute)
		}
		s.clock.Advance(70 * time.Minute)
		s.add(message(s.origin, "5210000000006", "A"))
		s.setStatus(3, ticket.StatusResolved)
		counts, got := s.tally(start.Add(time.Minute), start.Add(2*time.Hour))
		category := s.ticket(1).Category
		first, second := counts["2026-03-02 09:00:00 "+category], counts["2026-03-02 10:15:00 "+category]
		if len(got.Slots) != 2 || first.Tickets != 4 || first.Answered != 3 || first.Resolved != 1 || second.Tickets != 1 || second.Answered != 0 {
			t.Errorf("got %+v, want four tickets, three answered and one resolved, and one later", got.Slots)
		}
		if got.FirstAnswer != time.Hour || got.Before != 1 {
			t.Errorf("got an answer after %v and %d before, want after an hour and one", got.FirstAnswer, got.Before)
		}
		if counts, got = s.tally(start.AddDate(0, 0, 1), start.AddDate(0, 0, 2)); len(counts) != 0 || got.FirstAnswer != 0 || got.Before != 6 {
			t.Errorf("got %+v, want nothing but six before", got)
		}
		if got, err := s.Tally(t.Context(), s.origin.Business+1, start, start.AddDate(0, 0, 1)); err != nil || len(got.Slots) != 0 {
			t.Errorf("another business: got %+v and %v, want nothing", got, err)
		}
	})
}
