package hours_test

import (
	"testing"
	"time"

	"mostrador/internal/server/hours"
)

const minute = "Mon 2006-01-02 15:04"

func at(t *testing.T, text, in string) time.Time {
	t.Helper()
	moment, err := time.ParseInLocation(minute, text, zone(t, in))
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func TestWaitingCountsOnlyWhileTheBusinessIsOpen(t *testing.T) {
	for _, c := range []struct {
		now  string
		wait time.Duration
		want string
	}{
		{"Mon 2026-11-23 10:00", time.Hour, "Mon 2026-11-23 09:00"},
		{"Mon 2026-11-23 10:00", 2 * time.Hour, "Sun 2026-11-22 01:00"},
		{"Mon 2026-11-23 16:30", time.Hour, "Mon 2026-11-23 13:30"},
		{"Mon 2026-11-23 15:00", time.Hour, "Mon 2026-11-23 13:00"},
		{"Sun 2026-11-22 12:00", 7 * time.Hour, "Fri 2026-11-20 18:00"},
		{"Mon 2026-11-23 10:00", 0, "Mon 2026-11-23 10:00"},
	} {
		if got := week().Ago(at(t, c.now, "America/Mexico_City"), c.wait).Format(minute); got != c.want {
			t.Errorf("%s less %s: got %q, want %q", c.now, c.wait, got, c.want)
		}
	}
	now := at(t, "Mon 2026-11-23 10:00", "America/Mexico_City")
	if got := (hours.Week{}).Ago(now, 3*time.Hour); !got.Equal(now.Add(-3 * time.Hour)) {
		t.Errorf("without hours: got %s, want three hours ago", got)
	}
	var hardly hours.Week
	hardly[time.Monday] = []hours.Span{{0, 1}}
	if got := hardly.Ago(now, 7*24*time.Hour); got.After(now.AddDate(0, 0, -100)) {
		t.Errorf("hardly ever open: got %s, want the farthest there is", got)
	}
}

func TestQuietHoursGoPastMidnightAndKeepTheirPlaceWhenTheClocksChange(t *testing.T) {
	// In Madrid, 29 March 2026 has 23 hours and 25 October 2026 has 25.
	const night, morning = 22 * 60, 7*60 + 30
	for now, want := range map[string]string{
		"Mon 2026-11-23 21:59": "",
		"Mon 2026-11-23 22:00": "Tue 2026-11-24 07:30",
		"Tue 2026-11-24 00:00": "Tue 2026-11-24 07:30",
		"Tue 2026-11-24 07:29": "Tue 2026-11-24 07:30",
		"Tue 2026-11-24 07:30": "",
		"Sat 2026-03-28 23:00": "Sun 2026-03-29 07:30",
		"Sun 2026-03-29 03:10": "Sun 2026-03-29 07:30",
		"Sun 2026-10-25 02:30": "Sun 2026-10-25 07:30",
	} {
		end, quiet := hours.Within(at(t, now, "Europe/Madrid"), night, morning)
		got := ""
		if quiet {
			got = end.Format(minute)
		}
		if got != want {
			t.Errorf("%s: got quiet until %q, want %q", now, got, want)
		}
	}
	noon := at(t, "Mon 2026-11-23 12:00", "Europe/Madrid")
	if end, quiet := hours.Within(noon, 9*60, 24*60); !quiet || end.Format(minute) != "Tue 2026-11-24 00:00" {
		t.Errorf("until midnight: got %s, %v", end, quiet)
	}
	if _, quiet := hours.Within(noon, 0, 0); quiet {
		t.Error("equal: got quiet, want never")
	}
}
