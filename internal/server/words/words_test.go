package words_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mostrador/internal/server/words"
)

func TestTextIsCutIntoWordsAsPeopleCompareThem(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		" ¡…! 🙂":                           "",
		"Mi LAPTOP no prende.":             "mi laptop no prende",
		"Última actualización, ¿verdad?":   "ultima actualizacion verdad",
		"Año nuevo, PIÑATA y pin\u0303ata": "año nuevo piñata y piñata",
		"pinguino pingüino cigüen\u0303a":  "pinguino pinguino cigueña",
		"e\u0301xito EXITO éxito":          "exito exito exito",
		"HP-1020 wifi/5G":                  "hp 1020 wifi 5g",
		"ﬁrma １２３ Straße":                  "firma 123 straße",
		"n\u0303\u0301x":                   "ñx",
		"العربية 中文":                       "العربية 中文",
	} {
		if got := strings.Join(words.Split(text), " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := words.Split(strings.Repeat("a", 5000)); len(got) != 1 || len(got[0]) != 40 {
		t.Errorf("a long word: got %q, want 40 letters of it", got)
	}
}

func TestAQueryKnowsItsWordsAndWhetherTheLastIsBeingTyped(t *testing.T) {
	for text, want := range map[string]words.Query{
		"":                      {},
		"¿?":                    {},
		"Impresora":             {Words: []string{"impresora"}, Open: true},
		"impresora ":            {Words: []string{"impresora"}},
		"no pr":                 {Words: []string{"no", "pr"}},
		"año ano año":           {Words: []string{"ano", "año"}, Open: true},
		"a b c d e f g h i jkl": {Words: []string{"a", "b", "c", "d", "e", "f", "g", "h"}},
	} {
		if got := words.Parse(text); !slices.Equal(got.Words, want.Words) || got.Open != want.Open {
			t.Errorf("%q: got %+v, want %+v", text, got, want)
		}
	}
}

func TestAQueryKnowsANumberInOnePiece(t *testing.T) {
	for text, want := range map[string]string{
		"+52 (477) 477-8198": "524774778198", "47 72 47 72": "47724772", "１２ ab": "12ab", " ": "",
	} {
		if got := words.Parse(text).Joined; got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestASnippetShowsTheWordsWhereTheyAre(t *testing.T) {
	long := strings.Repeat("antes de todo esto ", 20) + "la IMPRESORA falló, la impresora… " + strings.Repeat("y después más ", 30)
	for _, tt := range []struct{ query, text, want string }{
		{"impresora", "Mi  IMPRESORA\nfalla", "Mi [IMPRESORA] falla"},
		{"impre", "impresora", "[impresora]"},
		{"impre ", "impresora", "impresora"},
		{"año", "El ano y el AÑO", "El ano y el [AÑO]"},
		{"última vez", "Por ultima vez", "Por [ultima] [vez]"},
		{"nada", "Hola", "Hola"},
		{"hola", "", ""},
		{"nada", strings.Repeat("hola ", 50), strings.Repeat("hola ", 36) + "…"},
	} {
		if got := shown(words.Parse(tt.query).Snippet(tt.text)); got != tt.want {
			t.Errorf("%q in %q: got %q, want %q", tt.query, tt.text, got, tt.want)
		}
	}
	got := shown(words.Parse("impresora").Snippet(long))
	if !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "…") || strings.Count(got, "[") != 2 || len(got) > 200 {
		t.Errorf("long text: got %q, want two hits with dots around", got)
	}
}

func shown(pieces []words.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Hit {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func FuzzSnippet(f *testing.F) {
	f.Add("hola", "¡Hola! ñandú e\u0301")
	f.Add("a\u0303", strings.Repeat("á\u0303é ", 100))
	f.Fuzz(func(t *testing.T, query, text string) {
		for _, word := range words.Split(text) {
			if again := words.Fold(word); again != word {
				t.Fatalf("folded twice: got %q, want %q", again, word)
			}
			if strings.ContainsAny(word, " \x00\"'") {
				t.Fatalf("word %q has what is none of it", word)
			}
		}
		all := words.Parse(query).Snippet(text)
		if utf8.ValidString(text) {
			for _, p := range all {
				if !utf8.ValidString(p.Text) || p.Text == "" {
					t.Fatalf("piece %q of %q is broken", p.Text, text)
				}
			}
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	for b.Loop() {
		words.Split("Buenas tardes, mi laptop no prende desde ayer y la necesito para el lunes. ¿Cuánto tardará la revisión?")
	}
}
