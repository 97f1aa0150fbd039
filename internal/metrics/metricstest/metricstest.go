// Package metricstest keeps the page on metrics true.
//
// Its one rule: what a family is called, takes and means is written in one place,
// the code; the page repeats it word for word.
package metricstest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"mostrador/internal/metrics"
)

// ours are the labels whose values the program makes up itself while it runs:
// patterns of routes, kinds of background work, versions.
var ours = []string{"route", "kind", "program", "version", "go"}

// Documented checks that the page has exactly the families of a program between
// its marks, and that none can grow with what customers send.
func Documented(t *testing.T, page, program string, families []metrics.Desc) {
	t.Helper()
	want := Table(families)
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "<!-- "+program+" -->\n")
	got, _, _ := strings.Cut(rest, "<!-- end -->")
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("%s does not say of %s what the code does; it should be:\n%s", page, program, want)
	}
	for _, d := range families {
		for _, l := range d.Labels {
			if l.Values == nil && !slices.Contains(ours, l.Name) || len(l.Values) > 20 {
				t.Errorf("%s: the label %s may take %d values, want few that are known beforehand", d.Name, l.Name, len(l.Values))
			}
		}
		if d.Help == "" || d.Type == "counter" != strings.HasSuffix(d.Name, "_total") {
			t.Errorf("%s: a %s with help %q, want help, and _total for counters alone", d.Name, d.Type, d.Help)
		}
	}
}

// Table is the families as the page shows them.
func Table(families []metrics.Desc) string {
	var b strings.Builder
	b.WriteString("| metric | type | labels | what it says |\n|---|---|---|---|\n")
	for _, d := range families {
		var labels []string
		for _, l := range d.Labels {
			text := "`" + l.Name + "`"
			if l.Values != nil {
				text += ": " + strings.Join(l.Values, " ")
			}
			labels = append(labels, text)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", d.Name, d.Type, strings.Join(labels, "; "), d.Help)
	}
	return b.String()
}
