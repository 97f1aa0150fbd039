package backup

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// How many copies are kept: the newest of each of the last days, weeks and months
// that have one.
const (
	keepDays   = 7
	keepWeeks  = 4
	keepMonths = 6
)

// Names of copies: mostrador-20261126T030000Z.tar.gz, .age behind it when it is
// encrypted, and beside each one that counts a file with .sha256 behind it.
const (
	prefix    = "mostrador-"
	suffix    = ".tar.gz"
	encrypted = ".age"
	checked   = ".sha256"
	stamp     = "20060102T150405Z"
)

// File is something on a shelf.
type File struct {
	Name string
	Size int64 // bytes
}

func nameOf(at time.Time, secret bool) string {
	name := prefix + at.UTC().Format(stamp) + suffix
	if secret {
		name += encrypted
	}
	return name
}

// timeOf reads a copy's name; anything else on a shelf is not ours.
func timeOf(name string) (time.Time, bool) {
	text, ok := strings.CutPrefix(strings.TrimSuffix(name, encrypted), prefix)
	if !ok {
		return time.Time{}, false
	}
	text, ok = strings.CutSuffix(text, suffix)
	if !ok {
		return time.Time{}, false
	}
	at, err := time.Parse(stamp, text)
	return at, err == nil
}

// abandoned are copies, and what lies beside them, that somebody began to write more
// than a day before now and never ended. A shelf may be shared: a newer one may be
// another server's, which is still at it.
func abandoned(files []File, now time.Time) []string {
	var names []string
	for _, f := range files {
		name, unfinished := strings.CutSuffix(f.Name, half)
		at, ours := timeOf(strings.TrimSuffix(name, checked))
		if unfinished && ours && now.Sub(at) > 24*time.Hour {
			names = append(names, f.Name)
		}
	}
	return names
}

// counting are the copies that were read back, the oldest first.
func counting(files []File) []Made { return sorted(files, true) }

// notCounting are the others.
func notCounting(files []File) []Made { return sorted(files, false) }

func sorted(files []File, counts bool) []Made {
	good := map[string]bool{}
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name, checked); ok {
			good[name] = true
		}
	}
	var made []Made
	for _, f := range files {
		if at, ok := timeOf(f.Name); ok && good[f.Name] == counts {
			made = append(made, Made{Name: f.Name, At: at, Size: f.Size})
		}
	}
	slices.SortFunc(made, func(a, b Made) int { return a.At.Compare(b.At) })
	return made
}

// surplus are the files to remove: copies that no day, week or month in zone
// needs any more, with what is beside them, and copies that never counted and
// are older than one that does.
func surplus(files []File, zone *time.Location) []string {
	good := counting(files)
	kept := map[string]bool{}
	for _, rule := range []struct {
		n      int
		period func(time.Time) string
	}{
		{keepDays, func(t time.Time) string { return t.Format(time.DateOnly) }},
		{keepWeeks, func(t time.Time) string { year, week := t.ISOWeek(); return fmt.Sprint(year, "-", week) }},
		{keepMonths, func(t time.Time) string { return t.Format("2006-01") }},
	} {
		seen := map[string]bool{}
		for _, m := range slices.Backward(good) {
			if period := rule.period(m.At.In(zone)); !seen[period] && len(seen) < rule.n {
				seen[period], kept[m.Name] = true, true
			}
		}
	}
	var old []string
	for _, f := range files {
		name := strings.TrimSuffix(f.Name, checked)
		at, ours := timeOf(name)
		newer := len(good) > 0 && good[len(good)-1].At.After(at)
		if ours && newer && !kept[name] {
			old = append(old, f.Name)
		}
	}
	return old
}
