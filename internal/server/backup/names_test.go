package backup

import (
	"slices"
	"testing"
	"time"
)

func TestSevenDaysFourWeeksAndSixMonthsAreKept(t *testing.T) {
	var files []File
	start := time.Date(2025, 1, 1, 3, 0, 0, 0, time.UTC)
	for day := range 400 {
		name := nameOf(start.AddDate(0, 0, day), day%2 == 0)
		files = append(files, File{Name: name, Size: 1}, File{Name: name + checked, Size: 1})
	}
	files = append(files, File{Name: "otra cosa"}, File{Name: "mostrador-x.tar.gz"})
	old := surplus(files, time.UTC)
	var kept []string
	for _, m := range counting(files) {
		if !slices.Contains(old, m.Name) {
			kept = append(kept, m.At.Format(time.DateOnly))
		}
	}
	want := []string{
		"2025-09-30", "2025-10-31", "2025-11-30", "2025-12-31", "2026-01-18", "2026-01-25", "2026-01-29", "2026-01-30", "2026-01-31",
		"2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04",
	}
	if !slices.Equal(kept, want) {
		t.Errorf("got %v, want %v", kept, want)
	}
	for _, name := range old {
		if _, ours := timeOf(name); !ours && name != "otra cosa" && len(name) > len(checked) {
			if _, ours := timeOf(name[:len(name)-len(checked)]); !ours {
				t.Errorf("got %q among what is removed, want only ours", name)
			}
		}
	}
}

func TestACopyThatNeverCountedStaysUntilANewerOneCounts(t *testing.T) {
	at := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)
	half, good := nameOf(at, false), nameOf(at.Add(time.Hour), false)
	if old := surplus([]File{{Name: half}}, time.UTC); len(old) != 0 {
		t.Errorf("got %v, want it kept", old)
	}
	if old := surplus([]File{{Name: half}, {Name: good}, {Name: good + checked}}, time.UTC); !slices.Equal(old, []string{half}) {
		t.Errorf("got %v, want the unfinished one", old)
	}
}

func TestACopyIsDueOnceADayFromItsHourOn(t *testing.T) {
	zone := time.FixedZone("CST", -6*3600)
	at := func(day, hour int) time.Time { return time.Date(2026, 1, day, hour, 30, 0, 0, zone) }
	for _, tt := range []struct {
		last, now time.Time
		want      bool
	}{
		{time.Time{}, at(1, 1), true},
		{at(1, 3), at(1, 20), false},
		{at(1, 3), at(2, 2), false},
		{at(1, 3), at(2, 3), true},
		{at(1, 20), at(2, 3), true},
		{at(1, 2), at(1, 3), true},
		{at(1, 1), at(2, 2), true},
	} {
		if got := !next(tt.last, tt.now, 3).After(tt.now); got != tt.want {
			t.Errorf("last %v, now %v: got %v, want %v", tt.last, tt.now, got, tt.want)
		}
	}
}
