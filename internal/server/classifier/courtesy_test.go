package classifier

import (
	"strings"
	"testing"
)

func TestSomeLessonsAreWrappedInCourtesies(t *testing.T) {
	before, after, err := courtesies()
	if err != nil || len(before) < 20 || len(after) < 20 || strings.Contains(strings.Join(append(before, after...), ""), "…") {
		t.Fatalf("got %d before, %d after and %v, want many without their marks", len(before), len(after), err)
	}
	var lessons []Sentence
	for i := range 3 * wrapEvery {
		lessons = append(lessons, Sentence{Text: "no prende", Category: []string{"Energía", "Energía", "Otros"}[i/wrapEvery]})
	}
	got, err := wrapped(lessons, "Otros")
	if err != nil || len(got) != len(lessons)+2 {
		t.Fatalf("got %d lessons and %v, want %d and two of the first category again", len(got), err, len(lessons))
	}
	for i, s := range got {
		want := "no prende"
		if n := i - len(lessons); n >= 0 {
			want = before[n] + "\nno prende\n" + after[n]
		}
		if s.Text != want {
			t.Errorf("lesson %d: got %q, want %q", i, s.Text, want)
		}
	}
}
