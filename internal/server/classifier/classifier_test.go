package classifier_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/classifier"
	"mostrador/internal/ticket"
)

func TestTheFourRulesOfTheOriginal(t *testing.T) {
	for text, want := range map[string]string{
		"Se me rompió la pantalla":             "Hardware - Pantalla",
		"El DISPLAY tiene rayas":               "Hardware - Pantalla",
		"mi lap no enciende":                   "Hardware - Energía",
		"La batería no dura nada":              "Hardware - Energía",
		"la bateria no dura nada":              "Hardware - Energía",
		"de repente se apaga sola":             "Hardware - Energía",
		"anda muy lenta, creo que tiene VÍRUS": "Software - Limpieza",
		"hay que formatear":                    "Software - Limpieza",
		"hola, ¿a qué hora abren?":             "Soporte General",
		"":                                     "Soporte General",
	} {
		got := classifier.Classify(text)
		if got.Category != want {
			t.Errorf("%q: got %q (%v), want %q", text, got.Category, got.Words, want)
		}
		if (len(got.Words) > 0) != (want != classifier.General) || (got.Confidence > 0) != (want != classifier.General) {
			t.Errorf("%q: got words %v and confidence %v, want both only with a match", text, got.Words, got.Confidence)
		}
	}
}

func TestKeywordsAreWholeWords(t *testing.T) {
	for _, text := range []string{"los prendedores llegaron", "descargamos el silento", "pantallazo", "se-apagan", "recargado"} {
		if got := classifier.Classify(text); got.Category != classifier.General {
			t.Errorf("%q: got %q by %v, want %q", text, got.Category, got.Words, classifier.General)
		}
	}
}

func TestAClassificationSaysWhyAndHowSureItIs(t *testing.T) {
	got := classifier.Classify("\n  Mi celular no prende y no carga\nya probé otro cargador")
	want := ticket.Classification{
		Category: "Hardware - Energía", Source: ticket.SourceRules, Confidence: 0.5,
		Words: []string{"carga", "cargador", "prende"}, Priority: ticket.PriorityNormal,
		Title: "Mi celular no prende y no carga",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("classification (-want +got):\n%s", diff)
	}
}

func TestALongTitleIsCutBetweenWords(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("ñandú ", 20):   strings.TrimSpace(strings.Repeat("ñandú ", 13)) + "…",
		strings.Repeat("a", 100):       strings.Repeat("a", 79) + "…",
		strings.Repeat("a", 80):        strings.Repeat("a", 80),
		"uno\ndos":                     "uno",
		"x " + strings.Repeat("b", 90): "x " + strings.Repeat("b", 77) + "…",
	} {
		if got := classifier.Title(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzClassifyIsBoundedAndRepeatable(f *testing.F) {
	for _, seed := range []string{"no prende", "\xff\xfe", "ﷺ pantalla", strings.Repeat("virus ", 50), "a\u0301\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := classifier.Classify(text)
		if diff := cmp.Diff(got, classifier.Classify(text)); diff != "" {
			t.Errorf("two runs differ:\n%s", diff)
		}
		if n := utf8.RuneCountInString(got.Title); n > 80 || strings.Contains(got.Title, "\n") {
			t.Errorf("got title %q of %d runes, want one line of at most 80", got.Title, n)
		}
		if len(got.Words) > 5 || slices.Contains(got.Words, "") || got.Confidence < 0 || got.Confidence > 1 {
			t.Errorf("got %v with confidence %v", got.Words, got.Confidence)
		}
	})
}

func TestABlankTextHasNoTitle(t *testing.T) {
	if got := classifier.Title(" \n\t\n"); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}
