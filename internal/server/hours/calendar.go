package hours

import "time"

// step is short enough to find where any day begins: every zone is a multiple of
// it away from UTC.
const step = 15 * time.Minute

// DayStart returns when the day begins that is so many days before t's, in t's own
// location. That is not at midnight where the clocks are put forward then, as in
// Chile and Cuba; time.Date gives an hour of the day before for it.
func DayStart(t time.Time, back int) time.Time {
	day := noon(t, back)
	start := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, day.Location())
	for start.Day() != day.Day() {
		start = start.Add(step)
	}
	return start
}

// noon returns the middle of the day that is so many days before t's. No zone
// changes its clocks then, so that it stands for its day.
func noon(t time.Time, back int) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day-back, 12, 0, 0, 0, t.Location())
}

// clock returns so many minutes after midnight on the wall of a day.
func clock(day time.Time, minutes int) time.Time {
	day = noon(day, -(minutes / dayLength)) // the end of one is the start of another
	at := time.Date(day.Year(), day.Month(), day.Day(), 0, minutes%dayLength, 0, 0, day.Location())
	if start := DayStart(day, 0); at.Before(start) {
		return start
	}
	return at
}
