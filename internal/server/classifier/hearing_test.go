package classifier

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// corpusTexts are the sentences of the help desk, and bursts of three of them.
func corpusTexts(t *testing.T) []string {
	t.Helper()
	_, sentences, err := Corpus(HelpDesk)
	if err != nil {
		t.Fatal(err)
	}
	texts := make([]string, 0, len(sentences))
	for i, s := range sentences {
		texts = append(texts, s.Text)
		if i%50 == 2 {
			texts = append(texts, strings.Join([]string{s.Text, sentences[i-1].Text, sentences[i-2].Text}, "\n"))
		}
	}
	return texts
}

// taughtModel is a shop that made a category of its own and put printers elsewhere.
func taughtModel(t *testing.T) *Model {
	t.Helper()
	template, err := LoadTemplate(HelpDesk)
	if err != nil {
		t.Fatal(err)
	}
	shop := Business{Template: HelpDesk, Threshold: DefaultThreshold, Categories: slices.Concat([]Category{{Name: "Drones", Slug: "propia-1"}}, template.Categories[2:])}
	for _, text := range []string{"mi dron no vuela", "se le rompió la hélice al dron", "el dron no enlaza con el control"} {
		shop.Lessons = append(shop.Lessons, Lesson{Text: text, Slug: "propia-1"})
	}
	m, err := TrainBusiness(shop)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func plainAndTaught(t *testing.T) map[string]*Model {
	t.Helper()
	plain, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*Model{"plain": plain, "taught": taughtModel(t)}
}

// inFull is what columns say of a text, from all its features one by one.
func (m *Model) inFull(text string) []float32 {
	hashed := m.features(text)
	columns := m.ledger.score(hashed)
	if m.taught != nil {
		words := make([]float32, m.taught.words.classes)
		m.taught.words.addScore(words, m.taught.number(m.ledger, hashed))
		columns = append(columns, words...)
	}
	return columns
}

func TestWhatWordsSayIsWhatTheirFeaturesSayOneByOne(t *testing.T) {
	for name, m := range plainAndTaught(t) {
		check := func(t rapid.TB, text string) {
			got := m.listen(tokenize(clean(text))).columns
			for c, want := range m.inFull(text) {
				if math.Abs(float64(got[c]-want)) > 1e-4*max(1, math.Abs(float64(want))) {
					t.Fatalf("%s: %q: column %d: got %v, want %v", name, text, c, got[c], want)
				}
			}
		}
		for _, text := range corpusTexts(t) {
			check(t, text)
		}
		rapid.Check(t, func(t *rapid.T) { check(t, rapid.String().Draw(t, "text")) })
	}
}

func TestAWordThatWasForgottenIsHeardAsBefore(t *testing.T) {
	for name, m := range plainAndTaught(t) {
		for i, text := range corpusTexts(t) {
			if i%7 > 0 {
				continue
			}
			remembered := m.Classify(text)
			m.words = new(wordCache)
			if diff := cmp.Diff(m.Classify(text), remembered); diff != "" {
				t.Fatalf("%s: %q: forgotten (-), remembered (+)\n%s", name, text, diff)
			}
		}
	}
}

func TestNoMoreWordsAreRememberedThanThereIsRoomFor(t *testing.T) {
	m, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	a, b := m.word("pantalla"), m.word("pantalla")
	if a != b {
		t.Error("got a word worked out twice, want it remembered")
	}
	// Two words for one place take turns.
	var other string
	for r := 'a'; hash(hashStart, "x"+other)%wordSlots != hash(hashStart, "pantalla")%wordSlots; r++ {
		other = string(r)
	}
	if got := m.word("x" + other); got.text != "x"+other {
		t.Errorf("got %q, want the word that was asked for", got.text)
	}
	if got := m.word("pantalla"); got == a || !slices.Equal(got.columns, a.columns) {
		t.Error("got the word that had to go, want one like it")
	}
}

func TestAWordAsLongAsAMessageIsNotRemembered(t *testing.T) {
	m, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("xy", longestWord)
	if a, b := m.word(long), m.word(long); a == b || !slices.Equal(a.columns, b.columns) {
		t.Error("got the same word, want it worked out again with the same result")
	}
}

func TestTokensSpeakInProportionToWhatTheySay(t *testing.T) {
	m, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	h := m.listen(tokenize("no prende mi laptop, no es la pantalla"))
	for c := range h.columns {
		weights := make([]float32, len(h.words))
		h.speak(weights, c)
		var sum float64
		for _, w := range weights {
			sum += float64(w)
		}
		if math.Abs(sum-float64(h.columns[c])) > 1e-4 {
			t.Errorf("column %d: got %v of all tokens, want %v", c, sum, h.columns[c])
		}
	}
}
