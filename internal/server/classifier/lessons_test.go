package classifier

import (
	"slices"
	"testing"
)

func TestNobodyIsAskedAboutWhoTaught(t *testing.T) {
	template, sentences, err := Corpus(HelpDesk)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]scene{
		"country": sceneOf(template, sentences, "mx", usage[HelpDesk]), "new category": sceneWithout(template, sentences, "Impresoras"),
	} {
		voices := map[int]bool{}
		for _, e := range s.early {
			voices[e.Author] = true
		}
		for _, x := range s.sentences {
			if x.Category != "" && name == "new category" {
				voices[x.Author] = true
			}
			if x.Category != "" && (name == "country" && x.Country == "mx" || name == "new category" && x.Category == "Impresoras") {
				t.Fatalf("%s: %q is in the corpus", name, x.Text)
			}
		}
		for _, l := range s.late {
			if voices[l.Author] {
				t.Fatalf("%s: voice %d both teaches and is asked about", name, l.Author)
			}
		}
		if len(s.early) < 200 || len(s.late) < 200 {
			t.Errorf("%s: got %d early and %d late messages, want many", name, len(s.early), len(s.late))
		}
	}
}

func TestASceneFilesMessagesAsItsBusinessDoes(t *testing.T) {
	template, sentences, err := Corpus(Commerce)
	if err != nil {
		t.Fatal(err)
	}
	s := sceneOf(template, sentences, "ar", usage[Commerce])
	if names := s.names(); slices.Contains(names, "reclamo") || !slices.Contains(names, "cobros-cuentas") {
		t.Errorf("got %q, want complaints filed elsewhere and a category of its own", names)
	}
	if got := s.categories[len(s.categories)-1].Name; got != "otros" || len(s.categories) != 10 {
		t.Errorf("got %d categories and %q last, want one more, before the one for everything else", len(s.categories), got)
	}
	s.archive(usage[Commerce])
	if len(s.categories) != 6 {
		t.Errorf("got %d categories, want those left that are used", len(s.categories))
	}
}

func TestPeopleTeachInTheOrderOfArrivalAndNoMoreThanTheySay(t *testing.T) {
	template := Template{Name: "x", Categories: []Category{{Name: "A", Slug: "a", Keywords: []string{"uno"}}, {Name: "B", Slug: "b", Keywords: []string{"dos"}}}}
	m, err := Train(template, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := scene{template: template, categories: template.Categories, early: []Sentence{
		{Text: "uno", Category: "A"}, {Text: "dos", Category: "A"}, {Text: "dos dos", Category: "B"}, {Text: "uno uno", Category: "A"},
	}}
	if got := s.taughtBy(m, 2); len(got) != 3 || got[1] != (Lesson{"dos", "a"}) {
		t.Errorf("got %v, want two of A and one of B", got)
	}
	s.onlyMistakes = true
	if got := s.taughtBy(m, 2); len(got) != 1 || got[0] != (Lesson{"dos", "a"}) {
		t.Errorf("got %v, want only the mistake", got)
	}
	s.onlyMistakes, s.onlyCategory = false, "B"
	if got := s.taughtBy(m, 2); len(got) != 1 || got[0].Slug != "b" {
		t.Errorf("got %v, want only what belongs to B", got)
	}
}

// What docs/CLASSIFICATION.md promises of corrections, with a margin.
func TestCorrectionsTeachAsMuchAsWePromise(t *testing.T) {
	for name, floor := range map[string]float64{HelpDesk: 0.15, Commerce: 0.10} {
		template, sentences, err := Corpus(name)
		if err != nil {
			t.Fatal(err)
		}
		s := sceneOf(template, sentences, "mx", usage[name])
		s.archive(usage[name])
		before, err := s.ask(0)
		if err != nil {
			t.Fatal(err)
		}
		after, err := s.ask(20)
		if err != nil {
			t.Fatal(err)
		}
		if gain := after.macroF1(s.names()) - before.macroF1(s.names()); gain < floor || after.calibrationError() > 0.2 {
			t.Errorf("%s: got %.3f more and a calibration error of %.3f, want at least %.2f more", name, gain, after.calibrationError(), floor)
		}
	}
}

func TestCorrectingOnlyMistakesDoesNoHarm(t *testing.T) {
	for _, name := range []string{HelpDesk, Commerce} {
		template, sentences, err := Corpus(name)
		if err != nil {
			t.Fatal(err)
		}
		s := sceneOf(template, sentences, "mx", nil)
		s.onlyMistakes = true
		before, err := s.ask(0)
		if err != nil {
			t.Fatal(err)
		}
		after, err := s.ask(20)
		if err != nil {
			t.Fatal(err)
		}
		if loss := before.accuracy() - after.accuracy(); loss > 0.01 || after.calibrationError() > 0.08 {
			t.Errorf("%s: got %.3f less right and a calibration error of %.3f, want at most 0.01 and 0.08", name, loss, after.calibrationError())
		}
	}
}

// What docs/CLASSIFICATION.md promises of a new category, with a margin.
func TestABroadNewCategoryIsFoundAfterTenCorrections(t *testing.T) {
	template, sentences, err := Corpus(HelpDesk)
	if err != nil {
		t.Fatal(err)
	}
	s := sceneWithout(template, sentences, "Conectividad")
	s.onlyCategory = "Conectividad"
	found, err := s.ask(10)
	if err != nil {
		t.Fatal(err)
	}
	if g := found.grades([]string{"Conectividad"})[0]; g.f1() < 0.45 || found.accuracy() < 0.75 {
		t.Errorf("got F1 %.3f and %.3f right in all, want at least 0.45 and 0.75", g.f1(), found.accuracy())
	}
}

func TestACategoryIsMisunderstoodOnlyIfSureGuessesAreOverruled(t *testing.T) {
	lesson := func(guess, class int, sure float32) taught {
		p := []float32{(1 - sure) / 3, (1 - sure) / 3, (1 - sure) / 3, (1 - sure) / 3}
		p[guess] = sure
		return taught{guess: p, class: class}
	}
	many := func(n int, l ...taught) []taught { return slices.Repeat(l, n) }
	fresh := []bool{false, false, false, true}
	for name, tt := range map[string]struct {
		lessons []taught
		hidden  int
		want    []int
	}{
		"sure guesses overruled":            {many(3, lesson(0, 1, 0.9)), 0, []int{0}},
		"too few of them":                   {many(2, lesson(0, 1, 0.9)), 0, nil},
		"unsure guesses overruled":          {many(9, lesson(0, 1, 0.6)), 0, nil},
		"half of them confirmed":            {many(3, lesson(0, 1, 0.9), lesson(0, 0, 0.9)), 0, nil},
		"a new category takes a few":        {many(5, lesson(0, 3, 0.9)), 0, nil},
		"a new category takes all":          {many(6, lesson(0, 3, 0.9)), 0, []int{0}},
		"but somebody spoke for the old":    {append(many(9, lesson(0, 3, 0.9)), lesson(1, 0, 0.5)), 0, nil},
		"for one and for another":           {append(many(2, lesson(0, 1, 0.9)), many(2, lesson(0, 2, 0.9))...), 0, nil},
		"mostly for one":                    {append(many(3, lesson(0, 1, 0.9)), many(2, lesson(0, 2, 0.9))...), 0, []int{0}},
		"what is not in use is misused":     {nil, 1, []int{0}},
		"right guesses":                     {many(9, lesson(2, 2, 0.9)), 0, nil},
		"overruled by an old and a new one": {many(3, lesson(2, 1, 0.9), lesson(2, 3, 0.9)), 0, []int{2}},
	} {
		if got := misunderstood(tt.lessons, fresh, tt.hidden); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}
