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
	for i := range 12 {
		lessons = append(lessons, Sentence{Text: "no prende", Category: []string{"Energía", "Otros"}[i/6]})
	}
	got, err := wrapped(lessons, "Otros")
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range got {
		want := "no prende"
		if i < 6 && i%wrapBefore == 0 {
			want = before[i/wrapBefore] + "\n" + want
		}
		if i < 6 && i%wrapAfter == 0 {
			want += "\n" + after[i/wrapAfter]
		}
		if s.Text != want || lessons[i].Text != "no prende" {
			t.Errorf("lesson %d: got %q made of %q, want %q", i, s.Text, lessons[i].Text, want)
		}
	}
}
