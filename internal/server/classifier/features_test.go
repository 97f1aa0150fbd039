package classifier

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// kinds tells how often each kind of feature was appended and with which weights.
func kinds(t *testing.T, r recipe, text string) (counts [4]int, weights []float32) {
	t.Helper()
	for i, only := range []recipe{{words: 1}, {stems: 1}, {pairs: 1}, {grams: 1}} {
		only.greeting, only.denied = r.greeting, r.denied
		tokens := tokenize(clean(text))
		list := only.appendFeatures(nil, tokens, stemsOf(t, tokens))
		counts[i] = len(list)
		if i == 0 {
			for _, f := range list {
				weights = append(weights, f.value)
			}
		}
	}
	return counts, weights
}

func stemsOf(t *testing.T, tokens []token) []string {
	t.Helper()
	v, err := newVocabulary(true)
	if err != nil {
		t.Fatal(err)
	}
	return v.stemsOf(tokens)
}

func TestAWordHasItselfItsStemItsPairAndItsSequencesOfLetters(t *testing.T) {
	for text, want := range map[string][4]int{
		"":        {},
		"a":       {1, 1, 1, 1},     // <a>
		"no":      {1, 1, 1, 3},     // <no no> <no>
		"red":     {1, 1, 1, 6},     // 3 of three, 2 of four, 1 of five
		"red red": {2, 2, 2, 12},    // the same feature may come again
		"hola":    {1, 1, 1, 4 + 5}, // 4 of three, 3 of four, 2 of five
	} {
		if got, _ := kinds(t, measured, text); got != want {
			t.Errorf("%q: got %v words, stems, pairs and sequences, want %v", text, got, want)
		}
	}
}

func TestWhatIsLeftOutOfARecipeHasNoFeatures(t *testing.T) {
	tokens := tokenize("no prende la pantalla")
	if list := (recipe{greeting: 1, denied: 1}).appendFeatures(nil, tokens, stemsOf(t, tokens)); len(list) != 0 {
		t.Errorf("got %v, want none of a recipe without weights", list)
	}
}

func TestAPairEndsAtAPause(t *testing.T) {
	pairs := recipe{pairs: 1, greeting: 1, denied: 1}
	keys := func(text string) []uint32 {
		var all []uint32
		tokens := tokenize(text)
		for _, f := range pairs.appendFeatures(nil, tokens, stemsOf(t, tokens)) {
			all = append(all, f.key)
		}
		return all
	}
	together, apart, alone := keys("carga lento"), keys("carga. lento"), keys("lento")
	if together[1] == apart[1] {
		t.Error("a pause makes no difference")
	}
	if apart[1] != alone[0] {
		t.Error("got another pair after a pause than at the beginning, want the same")
	}
}

func TestNoFeatureIsTakenForOneOfAnotherKind(t *testing.T) {
	seen := map[uint32]byte{}
	for _, kind := range []byte{wordKind, stemKind, pairKind, gramKind} {
		h := hash(start(kind), "red")
		if before, ok := seen[h]; ok {
			t.Errorf("%c and %c hash the same", before, kind)
		}
		seen[h] = kind
	}
	if hash(start(wordKind), "red") != hash(start(wordKind), []byte("red")) {
		t.Error("got another hash for bytes than for a string")
	}
}

func TestWhatIsDeniedAndWhatIsCourtesyCountLess(t *testing.T) {
	r := recipe{greeting: 0.3, denied: 0.1}
	for text, want := range map[string][]float32{
		"no es la batería vieja, es otra":    {1, 1, 0.1, 0.1, 0.1, 1, 1},
		"no es la batería sino la placa":     {1, 1, 0.1, 0.1, 1, 1, 1},
		"no era pero prende":                 {1, 1, 1, 1},
		"no fue: prende":                     {1, 1, 1},
		"no son los cables ni el cargador":   {1, 1, 0.1, 0.1, 0.1, 1, 1},
		"no. es la batería":                  {1, 1, 1, 1},
		"hola gracias":                       {1, 1},
		"hola no prende nada":                {0.3, 1, 1, 1},
		"hola no prende":                     {1, 1, 1}, // two more words are too few to know
		"no prende mi lap gracias":           {1, 1, 1, 1, 0.3},
		"no es una queja gracias, no prende": {1, 1, 0.1, 0.1, 0.1, 1, 1},
	} {
		if _, got := kinds(t, r, text); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestATextHasNoMoreFeaturesThanThereIsRoomFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := clean(rapid.String().Draw(t, "text"))
		tokens := tokenize(text)
		stems := make([]string, len(tokens))
		if list := measured.appendFeatures(nil, tokens, stems); len(list) > featuresPerByte*len(text)+maxGram {
			t.Fatalf("got %d features of %d bytes", len(list), len(text))
		}
	})
}

// pack puts texts on a shelf.
func pack(texts ...[]feature) (*shelf, [][]packed) {
	s := newShelf(64)
	all := make([][]packed, len(texts))
	for i, text := range texts {
		all[i] = s.add(nil, text)
	}
	s.finish()
	return s, all
}

func TestRareFeaturesCountMore(t *testing.T) {
	s, _ := pack([]feature{{7, 0, 1}, {7, 1, 1}, {8, 0, 1}}, []feature{{7, 0, 1}})
	l := newLedger(s, newMatrix(2, 1))
	for key, want := range map[uint32]float64{
		7: math.Log(3) - math.Log(2), // in both texts, however often in one
		8: math.Log(3) - math.Log(1),
		9: math.Log(3), // never met
	} {
		if got := float64(l.rarity(l.find(key))); math.Abs(got-want) > 1e-6 {
			t.Errorf("feature %d: got %v, want %v", key, got, want)
		}
	}
}

func TestTheLessOfATextIsKnownTheLessItSays(t *testing.T) {
	s, _ := pack([]feature{{7, 0, 1}}, []feature{{8, 0, 1}})
	ones := newMatrix(2, 1)
	ones.cells[0], ones.cells[1] = 1, 1
	l := newLedger(s, ones)
	length := func(text ...feature) float64 { return float64(l.score(text)[0]) }
	known, half := length(feature{7, 0, 100}), length(feature{7, 0, 100}, feature{9, 0, 100})
	if math.Abs(known-1) > 1e-6 || half >= known || half <= 0 {
		t.Errorf("got lengths %v and %v, want 1 and less for what is half unknown", known, half)
	}
	if short := length(feature{7, 0, 1}); short >= 0.1 {
		t.Errorf("got %v for a text of one plain feature, want it not to be stretched to 1", short)
	}
}

func TestAPackedTextIsTheSameAsTheTextThatWasPacked(t *testing.T) {
	drawn := rapid.Custom(func(t *rapid.T) feature {
		return feature{
			key:   rapid.Uint32Range(0, 30).Draw(t, "key"),
			value: rapid.SampledFrom([]float32{1, 0.35, 0.3, 0.105, 0.1, 0.035}).Draw(t, "value"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.SliceOf(drawn), 1, 8).Draw(t, "texts")
		s, packs := pack(texts...)
		var list []feature
		for i, text := range texts {
			list = s.unpack(list, packs[i])
			var square float32
			for n := range text {
				text[n].key = s.numbers[text[n].key]
				text[n].value *= s.rarities[text[n].key]
				square += text[n].value * text[n].value
			}
			shrink(text, square)
			if !slices.Equal(list, text) {
				t.Fatalf("got %v, want %v", list, text)
			}
		}
		if len(s.values) > 6 {
			t.Fatalf("got %d values, want each once", len(s.values))
		}
	})
}
