package store

import (
	"context"
	"fmt"
	"time"
)

// TallySlot is how long the counts of a Tally are taken together for. Every
// time zone in use is a multiple of it away from UTC, so that whoever reads a
// Tally can make whole hours and days of any zone of it.
const TallySlot = 15 * time.Minute

// Tally counts the tickets that were opened within some time. One that was joined
// to another is not counted.
type Tally struct {
	Slots []TallyCount // in no order; what has none is left out
	// Before is how many there were in as much time right before.
	Before int64
	// FirstAnswer is how long half of those that were answered had to wait for it
	// at most; zero when none was.
	FirstAnswer time.Duration
}

// TallyCount is how many tickets of one category were opened within a slot.
type TallyCount struct {
	At       time.Time // when the slot begins, in UTC
	Category string    // empty: unsorted
	Tickets  int64
	Answered int64 // of them, by a person, be it by now
	Resolved int64 // of them, by now
}

// Tally counts a business's tickets opened from a time on and before another. It
// looks at each of them, and at those of as much time right before.
func (s *Store) Tally(ctx context.Context, business int64, from, until time.Time) (Tally, error) {
	now, err := s.openedWithin(ctx, business, from, until)
	if err != nil {
		return Tally{}, fmt.Errorf("find tickets to count: %w", explain(err))
	}
	slots, err := s.slots(ctx, now)
	if err != nil {
		return Tally{}, fmt.Errorf("count tickets: %w", explain(err))
	}
	wait, err := s.usualWait(ctx, now, slots)
	if err != nil {
		return Tally{}, fmt.Errorf("find usual wait for an answer: %w", explain(err))
	}
	before, err := s.openedWithin(ctx, business, from.Add(from.Sub(until)), from)
	if err != nil {
		return Tally{}, fmt.Errorf("count tickets before: %w", explain(err))
	}
	t := Tally{Slots: slots, FirstAnswer: wait}
	err = s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM tickets WHERE `+before.where(), before.args...).Scan(&t.Before)
	return t, wrap("count tickets before", err)
}

func (s *Store) slots(ctx context.Context, c conditions) ([]TallyCount, error) {
	return list(ctx, s.reader, func(row scanner) (count TallyCount, err error) {
		var slot int64
		err = row.Scan(&slot, &count.Category, &count.Tickets, &count.Answered, &count.Resolved)
		count.At = instant(slot * TallySlot.Milliseconds())
		return count, err
	}, fmt.Sprintf(`
		SELECT created_at / %d AS slot, category, COUNT(*),
			SUM(CASE WHEN first_answer_at > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN resolved_at > 0 THEN 1 ELSE 0 END)
		FROM tickets WHERE %s GROUP BY slot, category`, TallySlot.Milliseconds(), c.where()), c.args...)
}

// usualWait is the median of how long those of the counted tickets waited for an
// answer that had one.
func (s *Store) usualWait(ctx context.Context, c conditions, counted []TallyCount) (time.Duration, error) {
	var answered, wait int64
	for _, count := range counted {
		answered += count.Answered
	}
	if answered == 0 {
		return 0, nil
	}
	c.text = append(c.text, "first_answer_at > 0")
	// A clock that was set back has answers come before what they answer.
	_, err := one(s.reader.QueryRowContext(ctx, `
		SELECT CASE WHEN first_answer_at > created_at THEN first_answer_at - created_at ELSE 0 END AS wait
		FROM tickets WHERE `+c.where()+` ORDER BY wait LIMIT 1 OFFSET `+c.arg((answered-1)/2), c.args...), &wait)
	return time.Duration(wait) * time.Millisecond, err
}

// openedWithin are the conditions of a ticket that was opened within some time and
// not joined to another, among them the numbers that it can have.
func (s *Store) openedWithin(ctx context.Context, business int64, from, until time.Time) (conditions, error) {
	low, high, err := s.numbersWithin(ctx, business, from, until)
	if err != nil {
		return conditions{}, err
	}
	c := conditions{text: []string{"merged_into = 0"}}
	c.add("business_id = %s", business)
	c.add("number >= %s", low)
	c.add("number < %s", high)
	c.add("created_at >= %s", millis(from))
	c.add("created_at < %s", millis(until))
	return c, nil
}
