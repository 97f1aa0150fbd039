package classifier

import (
	"os"
	"strings"
	"testing"
)

// hardMessages are hand-written messages of other countries, with mixed topics,
// negations, sarcasm and dictation, that no model learns from.
func hardMessages(t *testing.T, template Template) []Sentence {
	t.Helper()
	data, err := os.ReadFile("testdata/dificiles.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []Sentence
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if line[0] == '#' {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 4 || template.nameOf(fields[3]) == fields[3] {
			t.Fatalf("line %d: got %q, want text, priority, country and a category of the template", i+1, fields)
		}
		all = append(all, Sentence{fields[0], template.nameOf(fields[3]), priorityBySlug[fields[1]], fields[2], 0})
	}
	return all
}

func TestHardMessagesAreUnderstoodMoreOftenThanNot(t *testing.T) {
	template, sentences, err := Corpus(HelpDesk)
	if err != nil {
		t.Fatal(err)
	}
	learned := map[string]bool{}
	for _, s := range sentences {
		learned[strings.Join(words(s.Text), " ")] = true
	}
	m, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	var asked trial
	for _, s := range hardMessages(t, template) {
		if learned[strings.Join(words(s.Text), " ")] {
			t.Errorf("%q is in the corpus", s.Text)
		}
		asked.ask(m, s)
		if o := asked.category[len(asked.category)-1]; !o.right() {
			t.Logf("%q: got %q with %.2f, want %q", s.Text, o.got, o.confidence, o.want)
		}
	}
	accuracy, macroF1, priority := asked.category.accuracy(), asked.category.macroF1(template.CategoryNames()), asked.priority.macroF1(priorityNames())
	t.Logf("%d messages: accuracy %.3f, macro-F1 %.3f, calibration error %.3f, priority %.3f", len(asked.category), accuracy, macroF1, asked.category.calibrationError(), priority)
	if len(asked.category) < 120 || accuracy < 0.65 || macroF1 < 0.65 {
		t.Errorf("got accuracy %.3f and macro-F1 %.3f on %d messages, want 0.65 of each", accuracy, macroF1, len(asked.category))
	}
}
