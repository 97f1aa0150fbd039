package classifier

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-5 {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestSoftmaxMakesProbabilities(t *testing.T) {
	p := []float32{0, float32(math.Log(3)), impossible}
	softmax(p)
	near(t, "one of four", float64(p[0]), 0.25)
	near(t, "three of four", float64(p[1]), 0.75)
	near(t, "the impossible", float64(p[2]), 0)
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float32Range(-1e6, 1e6), 1, 20).Draw(t, "scores")
		best := argmax(p)
		softmax(p)
		var sum float64
		for _, v := range p {
			sum += float64(v)
		}
		if math.Abs(sum-1) > 1e-4 || p[best] < slices.Max(p) {
			t.Fatalf("got %v, want probabilities and the best to stay the best", p)
		}
	})
}

func TestAMatrixAddsUpWhatFeaturesSay(t *testing.T) {
	m := newMatrix(2, 3)
	copy(m.row(0), []float32{1, 2, 3})
	copy(m.row(1), []float32{10, 0, -10})
	sums := make([]float32, 3)
	if m.addScore(sums, []feature{{0, 0, 2}, {1, 0, 0.5}}); !slices.Equal(sums, []float32{7, 4, 1}) {
		t.Errorf("got %v, want 2 times the first row and half of the second", sums)
	}
	other := newMatrix(2, 3)
	copy(other.row(1), []float32{1, 1, 1})
	m.add(other)
	if got := m.row(1); !slices.Equal(got, []float32{11, 1, -9}) {
		t.Errorf("got %v, want the sum", got)
	}
}

func TestRareClassesCountMoreIfTheyAreToBeBalanced(t *testing.T) {
	lessons := []lesson{{nil, 0}, {nil, 0}, {nil, 0}, {nil, 1}}
	for balance, want := range map[float64][]float64{0: {1, 1, 1}, 1: {4.0 / 9, 4.0 / 3, 4.0 / 3}, 0.5: {2.0 / 3, math.Sqrt(4.0 / 3), math.Sqrt(4.0 / 3)}} {
		for c, got := range classWeights(lessons, 3, balance) {
			near(t, "weight", float64(got), want[c])
		}
	}
}

// twoWords is a shelf where the word 1 means the class 0 and the word 2 the class 1.
func twoWords() (*shelf, []lesson) {
	s, texts := pack([]feature{{1, 0, 100}}, []feature{{2, 0, 100}}, []feature{{3, 0, 100}}, []feature{{1, 0, 100}}, []feature{{2, 0, 100}})
	return s, []lesson{{texts[0], 0}, {texts[1], 1}, {texts[3], 0}, {texts[4], 1}}
}

func TestRegressionLearnsWhatWordsMean(t *testing.T) {
	s, lessons := twoWords()
	m := s.regress(lessons, 2, 0)
	for n, row := range [][]float32{m.row(0), m.row(1)} {
		if row[n] <= row[1-n] {
			t.Errorf("word %d: got weights %v, want it to speak for class %d", n, row, n)
		}
		near(t, "sum of a row", float64(row[0]+row[1]), 0)
	}
	if row := m.row(2); row[0] != 0 || row[1] != 0 {
		t.Errorf("got %v, want nothing of what no lesson has", row)
	}
}

func TestBayesSaysHowRareAWordIsOutsideOfAClass(t *testing.T) {
	s, lessons := twoWords()
	// Each word has the value 1 in its two lessons; the third one is in none.
	outside, own := math.Log((2+smoothing)/(2+3*smoothing)), math.Log(smoothing/(2+3*smoothing))
	row := s.bayes(lessons, 2).row(0)
	near(t, "for its class", float64(row[0]), (outside-own)/2)
	near(t, "against the other", float64(row[1]), (own-outside)/2)
}

// known is an adaptation with two known categories and a fresh one, the last.
func known(rows int) *adaptation {
	return &adaptation{
		rows: map[uint32]uint32{}, fresh: []bool{false, false, true},
		words: newMatrix(rows, 3), guesses: newMatrix(3, 3), biases: make([]float32, 3),
	}
}

func TestAnAdaptationThatLearnedNothingSaysWhatTheModelSays(t *testing.T) {
	a := known(1)
	a.fresh = []bool{false, false, false}
	p := a.score(nil, []float32{0.7, 0.2, 0.1})
	softmax(p)
	for c, want := range []float64{0.7, 0.2, 0.1} {
		near(t, "probability", float64(p[c]), (want+float64(knownFloor))/(1+3*float64(knownFloor)))
	}
}

func TestWhatIsNotInUseIsNeverTheBest(t *testing.T) {
	a := known(0)
	a.hidden = 1
	if got := argmax(a.score(nil, []float32{0.98, 0.01, 0.01})); got == 0 {
		t.Error("got the hidden category")
	}
	a.hidden = 2
	if got := a.bestKnown(a.score(nil, []float32{0.5, 0.5, 0})); got != impossible {
		t.Errorf("got %v, want no known category to be left", got)
	}
}

func TestAFreshCategoryHasToClearItsBar(t *testing.T) {
	a := known(0)
	a.biases[2] = 5 - float32(math.Log(float64(freshFloor))) // a score of 5
	guess := []float32{1 - knownFloor, 0, 0}                 // a score of 0
	for bar, want := range map[float32]int{4.5: 2, 5.5: 0} {
		a.bars = []float32{0, 0, bar}
		scores := a.score(nil, guess)
		if got := argmax(scores); got != want {
			t.Errorf("bar %v: got %d, want %d", bar, got, want)
		}
		near(t, "margin", float64(scores[2]), float64(sharpness*(5-bar)))
	}
}

func TestABarLetsThroughNoMoreThanMayBeStolen(t *testing.T) {
	hundred := func(from float32) []float32 {
		all := make([]float32, 100)
		for i := range all {
			all[99-i] = from + float32(i)
		}
		return all
	}
	for name, tt := range map[string]struct {
		own, others []float32
		want        float32
	}{
		"nothing to go by":           {nil, hundred(0), 0},
		"nobody to steal from":       {hundred(0), nil, 0},
		"many lessons":               {slices.Repeat([]float32{50}, 20), hundred(0), 98},
		"five give a right to less":  {slices.Repeat([]float32{50}, 5), hundred(0), 99},
		"apart from all others":      {slices.Repeat([]float32{500}, 20), hundred(0), 99},
		"most of its own, just so":   {append(slices.Repeat([]float32{98.5}, 17), 1, 2, 3), hundred(0), 98.5},
		"a few of its own do not go": {append(slices.Repeat([]float32{98.5}, 15), 1, 2, 3, 4, 5), hundred(0), 98},
	} {
		if got := bar(slices.Clone(tt.own), tt.others); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		margins := rapid.SliceOfN(rapid.Float32Range(-50, 50), 1, 300)
		own, others := margins.Draw(t, "own"), margins.Draw(t, "others")
		limit, above := bar(own, others), 0
		for _, m := range others {
			if m > limit {
				above++
			}
		}
		if float64(above) > stolen*float64(len(others)) {
			t.Fatalf("got a bar of %v below %d of %d", limit, above, len(others))
		}
	})
}

func TestFreshLessonsAreSeenAsOftenAsReminders(t *testing.T) {
	lessons := []taught{{class: 2, times: 1}, {class: 2, times: 1}, {class: 0, times: 5}}
	known(0).balance(lessons, 101)
	if lessons[0].times != 50 || lessons[1].times != 50 || lessons[2].times != 5 {
		t.Errorf("got %d, %d and %d times, want 50, 50 and 5", lessons[0].times, lessons[1].times, lessons[2].times)
	}
	known(0).balance(lessons, 0)
	if lessons[0].times != 1 {
		t.Errorf("got %d times without reminders, want once", lessons[0].times)
	}
}

func TestADoubtedGuessKeepsItsOrderAndIsLessSure(t *testing.T) {
	p := doubted([]float32{0.64, 0.36, 0})
	near(t, "the likelier", float64(p[0]), 0.8/1.4)
	near(t, "the other", float64(p[1]), 0.6/1.4)
	near(t, "the impossible", float64(p[2]), 0)
}

func TestAReminderAloneTeachesNothing(t *testing.T) {
	a := known(1)
	a.fresh = []bool{false, false, false}
	reminder := taught{text: []feature{{0, 0, 1}}, guess: []float32{0.6, 0.3, 0.1}, reminder: true, times: 1}
	for _, v := range a.missing(nil, reminder, 1) {
		if math.Abs(float64(v)) > 0.02 {
			t.Errorf("got a move of %v, want about none, whatever is right", v)
		}
	}
	lesson := reminder
	lesson.reminder, lesson.class = false, 1
	if got := a.missing(nil, lesson, 1); got[1] < 0.6 || got[0] > -0.5 {
		t.Errorf("got a move of %v, want one towards what people said", got)
	}
}

func TestAStepMovesWordsAndOnlyWhatIsMisunderstoodOfGuesses(t *testing.T) {
	a := known(2)
	l := taught{text: []feature{{1, 0, 0.5}}, guess: []float32{0.6, 0.4, 0}}
	a.step(l, []float32{-1, 0, 1}, []int{1})
	if got := a.words.row(1); !slices.Equal(got, []float32{-0.5, 0, 0.5}) {
		t.Errorf("words: got %v", got)
	}
	if got := a.words.row(0); !slices.Equal(got, []float32{0, 0, 0}) {
		t.Errorf("other words: got %v, want them as they were", got)
	}
	if got, other := a.guesses.row(1), a.guesses.row(0); !slices.Equal(got, []float32{-0.4, 0, 0.4}) || other[0] != 0 {
		t.Errorf("guesses: got %v and %v, want only those of the misunderstood", got, other)
	}
	if !slices.Equal(a.biases, []float32{0, 0, taughtBias}) {
		t.Errorf("biases: got %v, want only the fresh category's", a.biases)
	}
	l.reminder = true
	a.step(l, []float32{-1, 0, 1}, []int{1})
	if got := a.guesses.row(1); got[2] != 0.4 {
		t.Errorf("got %v, want a reminder to teach nothing of guesses", got)
	}
}
