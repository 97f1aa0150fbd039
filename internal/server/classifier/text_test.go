package classifier

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"mostrador/internal/ticket"
)

func words(text string) []string {
	var list []string
	for _, t := range tokenize(clean(text)) {
		list = append(list, t.word)
	}
	return list
}

func TestTextsAreReadTheSameHoweverTheyAreTyped(t *testing.T) {
	for text, want := range map[string]string{
		"¿Ya está LISTA mi compu?":             "ya esta lista mi compu",
		"holaaaa":                              "hola",
		"llamarrrr":                            "llamarr",
		"carro calle password":                 "carro calle pasword",
		"contrasen\u0303a contraseña":          "contrasena contrasena",
		"windows 10 y 11":                      "windows 10 y 11",
		"al 5214772758198":                     "al #",
		"vean https://x.example/a?b=1 porfa":   "vean @ porfa",
		"soy ana@x.example":                    "soy @",
		"no sirve😡😠👍🏽":                         "no sirve emoji_enojado emoji_enojado emoji_gracias",
		"wi-fi":                                "wi fi",
		"ＷＩＦＩ 𝓱𝓸𝓵𝓪":                            "wifi hola",
		"uno\ndos":                             "uno dos",
		"\u202eadnerp":                         "adnerp",
		"a\x00b":                               "ab",
		"a\xffb":                               "a b",
		strings.Repeat("x ", maxRunes) + "fin": strings.TrimSpace(strings.Repeat("x ", maxRunes/2)),
	} {
		if got := strings.Join(words(text), " "); got != want {
			t.Errorf("%.40q: got %.60q, want %.60q", text, got, want)
		}
	}
}

func TestTokensKnowWhereTheyStandAndWhereASentenceBegins(t *testing.T) {
	text := clean("Mi PANTALLA, rota\nayuda")
	var got []string
	for _, tok := range tokenize(text) {
		mark := ""
		if tok.pause {
			mark = "|"
		}
		got = append(got, mark+text[tok.start:tok.end])
	}
	if want := []string{"|Mi", "PANTALLA", "|rota", "|ayuda"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFormsAndRegionalWordsMeanTheSame(t *testing.T) {
	v, err := newVocabulary(true)
	if err != nil {
		t.Fatal(err)
	}
	for _, same := range [][]string{
		{"compu", "ordenador", "computadora", "pc"}, {"prende", "enciende", "prendió", "encender", "arranca"},
		{"presupuesto", "cotización", "cotizar"}, {"celu", "móvil", "celular", "teléfono"}, {"lenta", "lentísima", "lento"},
	} {
		for _, word := range same {
			if got, want := v.stem(foldWord(word)), v.stem(foldWord(same[0])); got != want {
				t.Errorf("%s: got %q, want %q as for %s", word, got, want, same[0])
			}
		}
	}
	if got := v.stem("xilofono"); got != "xilofon" {
		t.Errorf("got %q, want a stem for a word that has no synonym", got)
	}
}

func TestATitleIsTheFirstThingThatIsSaid(t *testing.T) {
	for text, want := range map[string]string{
		"  mi lap   no prende\nya probé":       "Mi lap no prende",
		"Hola, buenas tardes. ¿cuánto cuesta?": "¿cuánto cuesta?",
		"hola que tal\n\nse cayó el wifi":      "Se cayó el wifi",
		"buenos días":                          "Buenos días",
		"que precio tiene":                     "Que precio tiene",
		"👍":                                    "👍",
		"":                                     "",
		"...":                                  "...",
		strings.Repeat("ñandú ", 20):           strings.TrimSpace("Ñandú "+strings.Repeat("ñandú ", 8)) + "…",
		strings.Repeat("a", 100):               "A" + strings.Repeat("a", 58) + "…",
		strings.Repeat("a", 60):                "A" + strings.Repeat("a", 59),
		"hola (urgente) no hay luz en el tablero": "(urgente) no hay luz en el tablero",
	} {
		cleaned := clean(text)
		if got := title(cleaned, tokenize(cleaned)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestTheTemplatesHaveTheirCategories(t *testing.T) {
	for name, want := range map[string]string{
		HelpDesk: "Hardware - Pantalla, Hardware - Energía, Hardware - Otros, Software - Limpieza, Software - Sistema y programas, Impresoras, " +
			"Conectividad, Cuentas y accesos, Ventas y cotizaciones, Facturación y pagos, Seguimiento, Reclamos y garantía, Soporte General",
		Commerce: "soporte, facturacion, pedidos, ventas, reclamo, cancelacion, citas, cuenta, otros",
	} {
		template, err := LoadTemplate(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(template.CategoryNames(), ", "); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		for _, c := range template.Categories {
			if len(c.Keywords) < 5 || slices.Contains(c.Keywords, "") || c.Slug == "" {
				t.Errorf("%s: got slug %q and keywords %q, want some, none blank", c.Name, c.Slug, c.Keywords)
			}
		}
	}
	if _, err := LoadTemplate("prioridad"); ticket.CodeOf(err) != ticket.CodeInvalid {
		t.Errorf("got %v, want CodeInvalid for what is no template", err)
	}
}

func TestSentencesThatCannotBeReadAreNamed(t *testing.T) {
	template := Template{Name: "x", Categories: []Category{{Name: "A", Slug: "a"}}}
	good := "no prende\talta\tmx\t3\n"
	got, err := ReadSentences(fstest.MapFS{"x/a.tsv": {Data: []byte(good)}}, template)
	if want := (Sentence{"no prende", "A", ticket.PriorityHigh, "mx", 3}); err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("got %+v and %v, want %+v", got, err, want)
	}
	for _, bad := range []string{"no prende\talta\tmx", "no prende\talta\tmx\tdos", "no prende\tpronto\tmx\t3", "\talta\tmx\t3", "a\tb\tc\td\te", ""} {
		_, err := ReadSentences(fstest.MapFS{"x/a.tsv": {Data: []byte(good + bad + "\n")}}, template)
		if err == nil || !strings.Contains(err.Error(), "x/a.tsv:2") {
			t.Errorf("%q: got %v, want an error that names line 2", bad, err)
		}
	}
	if _, err := ReadSentences(fstest.MapFS{}, template); err == nil {
		t.Error("no file: got no error, want one")
	}
}
