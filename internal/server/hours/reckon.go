package hours

import (
	"slices"
	"time"
)

// farthest is how many days Ago goes back at most: a business that hardly ever
// opens.
const farthest = 100

// Ago returns the moment from which on the business was open for d until t, in
// t's own location. A week without hours is always open.
func (w Week) Ago(t time.Time, d time.Duration) time.Time {
	if !w.IsSet() {
		return t.Add(-d)
	}
	for back := range farthest {
		day := noon(t, back)
		for _, span := range slices.Backward(w[day.Weekday()]) {
			from, to := clock(day, span[0]), clock(day, span[1])
			if to.After(t) {
				to = t
			}
			if !to.After(from) {
				continue
			}
			if open := to.Sub(from); open < d {
				d -= open
				continue
			}
			return to.Add(-d)
		}
	}
	return t.AddDate(0, 0, -farthest)
}

// Within reports whether t, in its own location, lies in the time of day from the
// first up to, and without, the second minute after midnight, and when that ends.
// It may go past midnight; when both are equal it is never.
func Within(t time.Time, from, to int) (end time.Time, within bool) {
	if from == to {
		return time.Time{}, false
	}
	length := 0
	if to <= from {
		length = 1
	}
	for back := range 2 {
		begin := clock(noon(t, back), from)
		end = clock(noon(t, back-length), to)
		if !t.Before(begin) && t.Before(end) {
			return end, true
		}
	}
	return time.Time{}, false
}
