package hours_test

import (
	"testing"
	"time"

	"mostrador/internal/server/hours"
)

func TestADayBeginsAfterMidnightWhereTheClocksArePutForwardThen(t *testing.T) {
	const layout = "2006-01-02 15:04 -07"
	for _, tt := range []struct {
		zone, at string
		back     int
		want     string
	}{
		{"America/Mexico_City", "2026-11-23 18:00 -06", 0, "2026-11-23 00:00 -06"},
		{"America/Mexico_City", "2026-03-01 00:00 -06", 1, "2026-02-28 00:00 -06"},
		{"America/Santiago", "2026-09-06 12:00 -03", 0, "2026-09-06 01:00 -03"},
		{"America/Santiago", "2026-09-07 00:30 -03", 1, "2026-09-06 01:00 -03"},
		{"America/Santiago", "2026-09-07 00:30 -03", 2, "2026-09-05 00:00 -04"},
		{"America/Santiago", "2026-04-04 23:30 -04", 0, "2026-04-04 00:00 -03"}, // 25 hours
		{"America/Havana", "2026-03-08 20:00 -04", 0, "2026-03-08 01:00 -04"},
		{"Europe/Madrid", "2026-03-30 00:10 +02", 1, "2026-03-29 00:00 +01"},
	} {
		at, err := time.Parse(layout, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := hours.DayStart(at.In(zone(t, tt.zone)), tt.back).Format(layout); got != tt.want {
			t.Errorf("%s, %d days before %s: got %s, want %s", tt.zone, tt.back, tt.at, got, tt.want)
		}
	}
}

// In Santiago, 6 September 2026 begins at one o'clock.
func TestADayWithoutMidnightHasItsOwnHours(t *testing.T) {
	santiago := zone(t, "America/Santiago")
	for at, open := range map[string]bool{
		"2026-09-05T23:30:00-04:00": true, // Saturday's last hour
		"2026-09-06T01:00:00-03:00": true, // Sunday's first
		"2026-09-06T01:59:00-03:00": true,
		"2026-09-06T02:00:00-03:00": false,
		"2026-09-06T21:00:00-03:00": false, // when Saturday would be open
		"2026-09-07T00:30:00-03:00": false,
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if since, closed := week().Closed(moment.In(santiago)); closed == open {
			t.Errorf("%s: got closed %v since %v, want %v", at, closed, since, !open)
		}
	}
	monday := time.Date(2026, 9, 7, 9, 0, 0, 0, santiago)
	if got, want := week().Ago(monday, time.Hour), time.Date(2026, 9, 6, 1, 0, 0, 0, santiago); !got.Equal(want) {
		t.Errorf("an hour of being open before Monday: got %v, want %v", got, want)
	}
	if _, within := hours.Within(time.Date(2026, 9, 5, 23, 30, 0, 0, santiago), 22*60, 0); !within {
		t.Error("23:30 is not between 22:00 and midnight")
	}
}
