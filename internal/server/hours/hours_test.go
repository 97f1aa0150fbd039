package hours_test

import (
	"testing"
	"time"

	"mostrador/internal/server/hours"
	"mostrador/internal/ticket"
)

// week is open on weekdays with a break, on Saturday into Sunday, and not on Sunday.
func week() hours.Week {
	var w hours.Week
	for day := time.Monday; day <= time.Friday; day++ {
		w[day] = []hours.Span{{9 * 60, 14 * 60}, {16 * 60, 19 * 60}}
	}
	w[time.Saturday] = []hours.Span{{20 * 60, 24 * 60}}
	w[time.Sunday] = []hours.Span{{0, 2 * 60}}
	return w
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := hours.Zone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestClosedSinceTheLastSpanEnded(t *testing.T) {
	const layout = "Mon 2006-01-02 15:04"
	for at, want := range map[string]string{
		"Mon 2026-11-23 09:00": "",
		"Mon 2026-11-23 13:59": "",
		"Mon 2026-11-23 14:00": "Mon 2026-11-23 14:00",
		"Mon 2026-11-23 15:30": "Mon 2026-11-23 14:00",
		"Mon 2026-11-23 08:59": "Sun 2026-11-22 02:00",
		"Tue 2026-11-24 03:00": "Mon 2026-11-23 19:00",
		"Sat 2026-11-28 12:00": "Fri 2026-11-27 19:00",
		"Sat 2026-11-28 23:59": "",
		"Sun 2026-11-29 01:59": "",
		"Sun 2026-11-29 02:00": "Sun 2026-11-29 02:00",
	} {
		moment, err := time.ParseInLocation(layout, at, zone(t, "America/Santiago"))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if since, closed := week().Closed(moment); closed {
			got = since.Format(layout)
		}
		if got != want {
			t.Errorf("%s: got closed since %q, want %q", at, got, want)
		}
	}
}

func TestTheHoursKeepTheirPlaceWhenTheClocksChange(t *testing.T) {
	// In Madrid, 25 October 2026 has 25 hours and 29 March 2026 has 23.
	for _, day := range []string{"2026-10-26", "2026-03-30", "2026-03-27"} {
		for clock, open := range map[string]bool{"08:59": false, "09:00": true, "18:59": true, "19:00": false} {
			moment, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, zone(t, "Europe/Madrid"))
			if err != nil {
				t.Fatal(err)
			}
			if _, closed := week().Closed(moment); closed == open {
				t.Errorf("%s %s: got closed %v, want %v", day, clock, closed, !open)
			}
		}
	}
}

func TestAWeekWithOneOpeningIsClosedSinceTheWeekBefore(t *testing.T) {
	var w hours.Week
	w[time.Monday] = []hours.Span{{600, 660}}
	since, closed := w.Closed(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	if want := time.Date(2026, 11, 16, 11, 0, 0, 0, time.UTC); !closed || !since.Equal(want) {
		t.Errorf("got %v %v, want closed since %v", since, closed, want)
	}
}

func TestWithoutHoursNothingIsClosed(t *testing.T) {
	if _, closed := (hours.Week{}).Closed(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)); closed || (hours.Week{}).IsSet() {
		t.Error("got a week without hours closed, want it open")
	}
}

func TestHoursThatMakeNoSenseAreRefused(t *testing.T) {
	if err := week().Check(); err != nil {
		t.Errorf("a good week: %v", err)
	}
	for _, day := range [][]hours.Span{
		{{600, 600}}, {{700, 600}}, {{-1, 60}}, {{0, 1441}}, {{600, 700}, {650, 800}}, {{600, 700}, {700, 800}}, {{900, 960}, {600, 700}},
		{{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 10}, {11, 12}, {13, 14}},
	} {
		w := hours.Week{3: day}
		if got := ticket.CodeOf(w.Check()); got != ticket.CodeInvalid {
			t.Errorf("%v: got %q, want %q", day, got, ticket.CodeInvalid)
		}
	}
}

func TestOnlyZonesOfTheWorldAreZones(t *testing.T) {
	for _, name := range []string{"America/Mexico_City", "Europe/Madrid", "America/Argentina/Buenos_Aires", "UTC"} {
		zone(t, name)
	}
	for _, name := range []string{"Local", "Mexico/Nowhere", "America/../etc", "GMT+27"} {
		if _, err := hours.Zone(name); ticket.CodeOf(err) != ticket.CodeInvalid {
			t.Errorf("%q: got %v, want %q", name, err, ticket.CodeInvalid)
		}
	}
}
