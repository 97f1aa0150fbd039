package classifier

import (
	"math"
	"strings"
	"testing"
	"time"

	"mostrador/internal/ticket"
)

// sample has one mistake in five: b taken for a, with a confidence of 0.55.
var sample = outcomes{
	{"a", "a", "b", 0.95}, {"a", "a", "b", 0.85}, {"b", "b", "a", 0.75}, {"b", "a", "b", 0.55}, {"c", "c", "a", 0.65},
}

func TestFiguresAreWhatTheirNamesSay(t *testing.T) {
	classes := []string{"a", "b", "c", "none of these"}
	for name, pair := range map[string][2]float64{
		"accuracy":          {sample.accuracy(), 0.8},
		"macro-F1":          {sample.macroF1(classes), (0.8 + 2.0/3 + 1) / 3},
		"calibration error": {sample.calibrationError(), (0.05 + 0.15 + 0.25 + 0.55 + 0.35) / 5},
		"surest 60 %":       {sample.surest(0.6).accuracy(), 1},
		"nothing":           {outcomes{}.accuracy() + outcomes{}.macroF1(classes) + outcomes{}.calibrationError(), 0},
	} {
		if got, want := pair[0], pair[1]; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	if got := sample.confusions(); len(got) != 1 || got[0] != (confusion{"b", "a", 1}) {
		t.Errorf("got %v, want b taken for a once", got)
	}
	if got := sample.grades(classes); len(got) != 3 || got[1] != (grade{"b", 2, 1, 0.5}) {
		t.Errorf("got %v, want three classes, b found every other time", got)
	}
}

func TestNoVoiceIsAskedAboutWhatItTaught(t *testing.T) {
	var sentences []Sentence
	for i := range 40 {
		sentences = append(sentences, Sentence{Author: i / 4 * 10, Country: []string{"mx", "ar"}[i%2]})
	}
	part := byVoice(sentences)
	perFold := map[int]int{}
	for i, s := range sentences {
		perFold[part(s)]++
		if part(s) != part(sentences[i/4*4]) {
			t.Errorf("voice %d is in two parts", s.Author)
		}
	}
	if len(perFold) != folds || perFold[0] != 8 {
		t.Errorf("got %v, want five equal parts", perFold)
	}
	if _, countries := byCountry(sentences); len(countries) != 2 {
		t.Errorf("got %v, want two countries", countries)
	}
}

// What cross-validation has to reach is a little less than it does; see
// docs/CLASSIFICATION.md.
func TestTheModelIsAsGoodAsWePromise(t *testing.T) {
	for name, floor := range map[string]struct{ accuracy, macroF1, half, calibration, priority float64 }{
		HelpDesk: {0.83, 0.83, 0.95, 0.06, 0.60},
		Commerce: {0.80, 0.80, 0.92, 0.06, 0.55},
	} {
		template, sentences, err := Corpus(name)
		if err != nil {
			t.Fatal(err)
		}
		trials, err := crossValidate(template, sentences, experiment{recipe: measured, part: byVoice(sentences)})
		if err != nil {
			t.Fatal(err)
		}
		found := together(trials)
		half, calibration, priority := found.category.surest(0.5), found.category.calibrationError(), found.priority.macroF1(priorityNames())
		if found.category.accuracy() < floor.accuracy || found.category.macroF1(template.CategoryNames()) < floor.macroF1 ||
			half.accuracy() < floor.half || calibration > floor.calibration || priority < floor.priority {
			t.Errorf("%s: got accuracy %.3f, macro-F1 %.3f, surest half %.3f, calibration error %.3f, priority %.3f, want %+v", name, found.category.accuracy(),
				found.category.macroF1(template.CategoryNames()), half.accuracy(), calibration, priority, floor)
		}
	}
}

func TestAReportHasEverySection(t *testing.T) {
	template := Template{Name: "bicis", Categories: []Category{{Name: "Frenos", Keywords: []string{"freno"}}, {Name: "Otros"}}}
	var sentences []Sentence
	for i := range 20 {
		sentences = append(sentences,
			Sentence{"no frena mi bici", "Frenos", ticket.PriorityHigh, "mx", i}, Sentence{"gracias", "Otros", ticket.PriorityLow, "es", i})
	}
	var out strings.Builder
	second := time.Unix(0, 0)
	now := func() time.Time { second = second.Add(time.Second); return second }
	if err := Report(&out, template, sentences, now); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"### bicis: 40 frases, 2 categorías", "| acierto | 1.000 |", "| Frenos | 20 | 1.000 | 1.000 | 1.000 |", "### Cobertura", "| hola / buenas tardes / […] / gracias | 1.000 |", "### Confusiones", "| mx | 20 |",
		"| sin sinónimos |", "| entrenamiento | 1000 ms |", "### Curva de aprendizaje", "| 4/4 | 1.000 |",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got\n%s\nwant %q in it", out.String(), want)
		}
	}
}
