package store

import (
	"context"
	"time"
)

// slack is by how much a ticket may be older than one with a lower number without
// its number counting as out of order: servers that share a database have clocks
// of their own, and each clock is put right now and then. Migration 15 has it too.
const slack = time.Hour

// numbered are the columns of a business that follow from a ticket opened at $2
// getting the next number; see migration 15. Where it is out of order, order
// begins anew with it.
const numbered = `
	unordered_to = CASE WHEN $2 < last_ticket_at - 3600000 THEN last_ticket_number ELSE unordered_to END,
	unordered_at = CASE WHEN $2 < last_ticket_at - 3600000 AND last_ticket_at > unordered_at THEN last_ticket_at ELSE unordered_at END,
	last_ticket_at = CASE WHEN $2 < last_ticket_at AND $2 >= last_ticket_at - 3600000 THEN last_ticket_at ELSE $2 END`

// fillGap notes that a ticket opened at some time gets a number below the last.
func (t *tx) fillGap(business, number, created int64) error {
	// What comes to lie below unordered_to counts for unordered_at as well.
	var newest int64
	if _, err := t.row([]any{&newest}, `
		SELECT CAST(COALESCE(MAX(created_at), 0) AS BIGINT) FROM tickets
		WHERE business_id = $1 AND number < $2 AND number > (SELECT unordered_to FROM businesses WHERE id = $1)`, business, number); err != nil {
		return err
	}
	return t.exec(`
		UPDATE businesses SET
			unordered_to = CASE WHEN $2 > unordered_to THEN $2 ELSE unordered_to END,
			unordered_at = CASE WHEN $3 > unordered_at THEN $3 ELSE unordered_at END
		WHERE id = $1`, business, number, max(newest, created))
}

// order is how the numbers of a business's tickets follow time.
type order struct {
	last      int64 // the highest that a ticket has had
	unordered int64 // up to this one tickets are of any time
	newest    int64 // but none of them of later than this
}

func (s *Store) order(ctx context.Context, business int64) (o order, err error) {
	_, err = one(s.reader.QueryRowContext(ctx, `SELECT last_ticket_number, unordered_to, unordered_at FROM businesses WHERE id = $1`, business),
		&o.last, &o.unordered, &o.newest)
	return o, err
}

// numbersWithin returns between which numbers all tickets are that were opened
// from one time on and before another: from low on, below high. Others may be
// there too. The zero time is no bound.
func (s *Store) numbersWithin(ctx context.Context, business int64, from, until time.Time) (low, high int64, err error) {
	o, err := s.order(ctx, business)
	if err != nil {
		return 0, 0, err
	}
	low, high = 1, o.last+1
	if millis(from) > o.newest {
		if low, err = s.numberAt(ctx, business, from.Add(-slack), o); err != nil {
			return 0, 0, err
		}
	}
	if !until.IsZero() {
		high, err = s.numberAt(ctx, business, until.Add(slack), o)
	}
	return low, high, err
}

// numberAt returns a number above the unordered ones: below it none of these was
// opened slack after a time or later, from it on none slack before it or earlier.
func (s *Store) numberAt(ctx context.Context, business int64, at time.Time, o order) (int64, error) {
	low, high := o.unordered+1, o.last+1
	for low < high {
		middle := low + (high-low)/2
		var number, created int64
		found, err := one(s.reader.QueryRowContext(ctx, `
			SELECT number, created_at FROM tickets WHERE business_id = $1 AND number >= $2 ORDER BY number LIMIT 1`, business, middle), &number, &created)
		switch {
		case err != nil:
			return 0, err
		case !found || created >= millis(at):
			high = middle
		default:
			low = number + 1
		}
	}
	return low, nil
}
