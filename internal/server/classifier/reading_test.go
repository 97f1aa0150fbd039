package classifier

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"mostrador/internal/ticket"
)

// anything is text as nobody would write it.
var anything = rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
	rapid.StringMatching(`[aáàñü no.,!\n\t😀🏽]{0,60}`))

func TestACleanedTextIsValidAndCleaningItAgainChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := clean(anything.Draw(t, "text"))
		if !utf8.ValidString(text) || !norm.NFC.IsNormalString(text) {
			t.Fatalf("got %q, want valid composed Unicode", text)
		}
		if again := clean(text); again != text {
			t.Fatalf("got %q of %q", again, text)
		}
	})
}

func TestTokensStandInTheirTextOneAfterTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := clean(anything.Draw(t, "text"))
		end := 0
		for i, tok := range tokenize(text) {
			if tok.start < end || tok.end <= tok.start || tok.end > len(text) || i == 0 && !tok.pause {
				t.Fatalf("token %d of %q: got %+v after %d", i, text, tok, end)
			}
			end = tok.end
		}
	})
}

func TestTokensAreAppendedToWhatIsThere(t *testing.T) {
	room := make([]token, 1, 16)
	got := appendTokens(room, "no prende")
	if len(got) != 3 || got[2].word != "prende" || &got[0] != &room[0] {
		t.Errorf("got %+v, want two more in the same array", got)
	}
}

func TestAFoldedWordIsFoldedAlready(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zA-ZáéíóúüñÁÉÍÓÚÜÑçãõ]{1,20}`).Draw(t, "word")
		folded := foldWord(word)
		if strings.Trim(folded, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Fatalf("%q: got %q, want plain letters", word, folded)
		}
		if again := foldWord(folded); again != folded || foldWord(strings.ToUpper(word)) != folded {
			t.Fatalf("%q: got %q, then %q", word, folded, again)
		}
	})
}

func TestLettersArePlainWhetherTheyAreCommonOrNot(t *testing.T) {
	for from, want := range map[rune]rune{'Á': 'a', 'ñ': 'n', 'Ü': 'u', 'ç': 'c', 'ő': 'o', 'Ž': 'z', 'ạ': 'a', 'Я': 'я', 'ﬁ': 'f', 'ß': 'ß', '\u0301': -1} {
		if got := foldRune(from); got != want {
			t.Errorf("%c: got %c, want %c", from, got, want)
		}
	}
	for r := range rune(len(plainLetters)) {
		if plainLetters[r] != plain(r) {
			t.Errorf("%c: got %c, want %c", r, plainLetters[r], plain(r))
		}
	}
}

func TestEmojisThatSayTheSameAreTheSame(t *testing.T) {
	for emoji, want := range map[string]string{"😡": "emoji_enojado", "🤬": "emoji_enojado", "🆘": "emoji_alarma", "🐢": "🐢", "😂🤣": "emoji_risa emoji_risa", "👍🏿": "emoji_gracias", "👩‍🔧": "👩 🔧"} {
		if got := strings.Join(words(emoji), " "); got != want {
			t.Errorf("%s: got %q, want %q", emoji, got, want)
		}
	}
}

func TestATitleIsOneShortLineOfTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := clean(anything.Draw(t, "text"))
		got := title(text, tokenize(text))
		if n := utf8.RuneCountInString(got); n > maxTitle || strings.ContainsAny(got, "\n\t") || !utf8.ValidString(got) {
			t.Fatalf("got %q of %d runes", got, n)
		}
		if strings.TrimSpace(text) != "" && got == "" {
			t.Fatalf("got no title of %q", text)
		}
	})
}

func TestAGreetingEndsWhereTheRequestBegins(t *testing.T) {
	for text, want := range map[string]string{
		"hola, no prende":         "no prende",
		"hola que tal, no prende": "no prende",
		"que tal hola":            "que tal hola",
		"buenas, ¿cuánto sale?":   "¿cuánto sale?",
		"buenas (urgente) ayuda":  "(urgente) ayuda",
		"no prende, hola":         "no prende, hola",
		"hola buenas tardes":      "hola buenas tardes",
		"Estimado señor: «Word»":  "«Word»",
	} {
		if got := text[greetingEnd(text, tokenize(text)):]; got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestALineIsCutBetweenWordsIfItCan(t *testing.T) {
	for line, want := range map[string]string{
		"corta":                        "corta",
		strings.Repeat("ñ", 61):        strings.Repeat("ñ", 59) + "…",
		"a " + strings.Repeat("b", 70): "a " + strings.Repeat("b", 57) + "…", // a cut after «a» would leave too little
		strings.Repeat("abcd ", 13):    strings.TrimSpace(strings.Repeat("abcd ", 11)) + "…",
	} {
		if got := shorten(line); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

func TestAVocabularyWithoutSynonymsStillKnowsForms(t *testing.T) {
	plain, err := newVocabulary(false)
	if err != nil {
		t.Fatal(err)
	}
	if plain.stem("pantallas") != plain.stem("pantalla") {
		t.Error("got two stems for one word")
	}
	if plain.stem("ordenador") == plain.stem("compu") {
		t.Error("got one stem for two words, without synonyms")
	}
}

func TestAVocabularyKeepsTheStemsItLearned(t *testing.T) {
	v, err := newVocabulary(true)
	if err != nil {
		t.Fatal(err)
	}
	tokens := tokenize("pantallas rotas")
	before := v.stemsOf(tokens)
	if len(v.stems) != 0 {
		t.Errorf("got %v kept, want none before anything is learned", v.stems)
	}
	if after := v.learn(tokens); !slices.Equal(before, after) || len(v.stems) != 2 || v.stems["rotas"] != after[1] {
		t.Errorf("got %q and %v, want the same stems, kept", after, v.stems)
	}
}

func TestAnEmbeddedTemplateThatCannotBeReadIsAnError(t *testing.T) {
	if _, err := readTemplate("no-existe"); err == nil {
		t.Error("got no error for a file that is not there")
	}
	for _, name := range []string{HelpDesk, Commerce, "prioridad", "motivos"} {
		template, err := readTemplate(name)
		if err != nil || template.Name != name {
			t.Fatalf("%s: got %q and %v", name, template.Name, err)
		}
		slugs := map[string]bool{}
		for _, c := range template.Categories {
			if slugs[c.Slug] || strings.ContainsAny(c.Slug, "[] ") || strings.Contains(c.Name, "]") {
				t.Errorf("%s: got slug %q of %q, want a plain one of its own", name, c.Slug, c.Name)
			}
			slugs[c.Slug] = true
		}
	}
}

func TestALineOfTheCorpusIsReadAsItIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Sentence{
			Text:     rapid.StringMatching(`[a-zñ ¿?]{1,20}`).Draw(t, "text"),
			Priority: rapid.SampledFrom(ticket.Priorities()).Draw(t, "priority"),
			Country:  rapid.SampledFrom([]string{"mx", "xx"}).Draw(t, "country"), Author: rapid.IntRange(1, 99).Draw(t, "author"),
		}
		slug := ""
		for s, p := range priorityBySlug {
			if p == want.Priority {
				slug = s
			}
		}
		got, err := parseSentence(strings.Join([]string{want.Text, slug, want.Country, strconv.Itoa(want.Author)}, "\t"))
		if err != nil || got != want {
			t.Fatalf("got %+v and %v, want %+v", got, err, want)
		}
	})
}

// stating returns the phrases that a text states among these, whose words are their
// own stems.
func stating(text string, phrases ...*phrase) []found {
	m := &Model{recipe: measured}
	tokens := tokenize(text)
	h := hearing{weights: m.recipe.weights(tokens)}
	for _, t := range tokens {
		w := &word{text: t.word, stem: t.word}
		for _, p := range phrases {
			if p.stems[0] == t.word {
				w.opens = append(w.opens, p)
			}
		}
		h.words = append(h.words, w)
	}
	return m.find(h)
}

func TestAPhraseIsFoundAmongWholeWords(t *testing.T) {
	for text, want := range map[string][2]int{
		"saca humo": {0, 2}, "mi cargador saca humo ya": {2, 4}, "saca humos": {}, "humo saca": {}, "": {}, "un incendio": {1, 2}, "saca": {}, "saca mucho humo": {},
		"incendio y saca humo": {2, 4}, "saca humo, saca humo": {0, 2},
	} {
		var got [2]int
		for _, f := range stating(text, &phrase{stems: []string{"saca", "humo"}}, &phrase{stems: []string{"incendio"}, at: 1}) {
			got = [2]int{f.token, f.token + len(f.stems)}
		}
		if got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestOnePhraseOfEachReasonIsFoundInTheirOrder(t *testing.T) {
	got := stating("es para hoy y saca humo", &phrase{stems: []string{"saca", "humo"}}, &phrase{stems: []string{"hoy"}, rule: 1, at: 1}, &phrase{stems: []string{"para", "hoy"}, rule: 1})
	if len(got) != 2 || got[0].token != 4 || got[1].token != 1 {
		t.Errorf("got %+v, want the first reason's and then the other's first phrase", got)
	}
}

func TestWhatIsDeniedIsNotStated(t *testing.T) {
	for text, want := range map[string]int{"no es humo, es polvo": 0, "no es polvo, es humo": 1} {
		if got := stating(text, &phrase{stems: []string{"humo"}}); len(got) != want {
			t.Errorf("%q: got %+v, want %d", text, got, want)
		}
	}
}

func TestTheWordsThatAreShownAreFewAndInTheirOrder(t *testing.T) {
	text := "lap de red tres red cuatro cinco seis"
	tokens := tokenize(text)
	for name, tt := range map[string]struct {
		weights []float32
		want    []string
	}{
		"none speaks for it": {make([]float32, 8), []string{}},
		"the strongest four": {[]float32{5, 9, 6, 5, 0, 4, 5, 6}, []string{"red", "tres", "lap", "seis"}},
		"a filler never":     {[]float32{0, 9, 0, 0, 0, 0, 0, 0}, []string{}},
		"once each":          {[]float32{0, 0, 3, 0, 3, 0, 0, 0}, []string{"red"}},
		"nothing weak":       {[]float32{10, 0, 2.9, 3, 0, 0, 0, 0}, []string{"lap", "tres"}},
		"nothing against it": {[]float32{1, 0, -9, 0, 0, 0, 0, 0}, []string{"lap"}},
	} {
		got := shown(text, tokens, tt.weights)
		slices.Sort(tt.want)
		sorted := slices.Sorted(slices.Values(got))
		if !slices.Equal(sorted, tt.want) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
		at := -1
		for _, word := range got {
			next := strings.Index(text, word)
			if next <= at {
				t.Errorf("%s: got %q, want the text's order", name, got)
			}
			at = next
		}
	}
}

func TestHiddenCategoriesGiveTheirProbabilityToTheOthers(t *testing.T) {
	m := &Model{hidden: 1}
	p := []float32{0.5, 0.3, 0.2}
	m.hide(p)
	near(t, "hidden", float64(p[0]), 0)
	near(t, "the second", float64(p[1]), 0.6)
	near(t, "the third", float64(p[2]), 0.4)
	m.hidden = 0
	m.hide(p)
	near(t, "as it was", float64(p[1]), 0.6)
}

func TestAFreshCategoryIsNeverTheModelsOwnGuess(t *testing.T) {
	m := &Model{categories: make([]Category, 3), fresh: []bool{true, false, false}}
	p := m.guess([]float32{9, 1, 1, 8})
	near(t, "fresh", float64(p[0]), 0)
	if p[2] <= p[1] {
		t.Errorf("got %v, want the last one to win a tie", p)
	}
}
