// Package hours knows when a business is open.
//
// Its one rule: it reckons with the wall clock of the business's time zone, so
// that nine o'clock stays nine o'clock when the clocks change. Zone data is
// linked in: a container or a Windows machine may have none.
package hours

import (
	"slices"
	"time"
	_ "time/tzdata" // so that Zone knows every zone wherever the program runs

	"mostrador/internal/ticket"
)

// dayLength is a day in minutes, which is also the latest end of a Span.
const dayLength = 24 * 60

// maxSpans is how often a business may open on one day.
const maxSpans = 6

// Span is a time of day during which a business is open: from the first up to,
// and without, the second minute after midnight. What goes past midnight is two
// spans, the first of which ends at 1440.
type Span [2]int

// Week holds the spans of every day, in their order, by time.Weekday. The zero
// Week says that nobody set any hours.
type Week [7][]Span

// Zone returns the time zone with an IANA name, or CodeInvalid. The empty name is
// UTC.
func Zone(name string) (*time.Location, error) {
	// "Local" would be whatever this machine is set to.
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, ticket.NewError(ticket.CodeInvalid, "La zona horaria no existe; use un nombre como «America/Mexico_City».")
	}
	return zone, nil
}

// IsSet reports whether the business opens at all.
func (w Week) IsSet() bool {
	return slices.ContainsFunc(w[:], func(day []Span) bool { return len(day) > 0 })
}

// Check returns CodeInvalid when a day's spans are not in order, overlap or do
// not lie within the day.
func (w Week) Check() error {
	for _, day := range w {
		end := -1
		for _, span := range day {
			if span[0] <= end || span[0] < 0 || span[1] <= span[0] || span[1] > dayLength || len(day) > maxSpans {
				return ticket.NewError(ticket.CodeInvalid, "Revise el horario: cada tramo empieza antes de terminar, y los de un día van en orden y no se superponen.")
			}
			end = span[1]
		}
	}
	return nil
}

// Closed reports whether the business is closed at t, in t's own location, and
// since when. A week without hours is never closed.
func (w Week) Closed(t time.Time) (since time.Time, closed bool) {
	if !w.IsSet() {
		return time.Time{}, false
	}
	for back := range 8 { // the same weekday once more: its later spans may be the last ones
		day := noon(t, back)
		for _, span := range slices.Backward(w[day.Weekday()]) {
			from, to := clock(day, span[0]), clock(day, span[1])
			if !t.Before(to) {
				return to, true
			}
			if !t.Before(from) {
				return time.Time{}, false
			}
		}
	}
	return time.Time{}, false // not reached: a week that is set has an end within eight days
}
