package corpus_test

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mostrador/internal/server/classifier/corpus"
)

// templates says which categories a template has and how many sentences each
// needs at least.
var templates = map[string]struct {
	categories []string
	atLeast    int
}{
	"mesa": {[]string{
		"hardware-pantalla", "hardware-energia", "hardware-otros", "software-limpieza", "software-sistema", "impresoras",
		"conectividad", "cuentas-accesos", "ventas-cotizaciones", "facturacion-pagos", "seguimiento", "reclamos-garantia", "soporte-general",
	}, 250},
	"comercio": {[]string{
		"soporte", "facturacion", "pedidos", "ventas", "reclamo", "cancelacion", "citas", "cuenta", "otros",
	}, 150},
}

var (
	priorities = []string{"urgente", "alta", "normal", "baja"}
	countries  = []string{"mx", "ar", "co", "es", "cl", "pe", "pt", "en", "xx"}
)

// line is one sentence and where it stands.
type line struct {
	where, category, text, priority, country string
	voice                                    int
}

func TestEveryCategoryHasItsFileWithEnoughSentences(t *testing.T) {
	for template, want := range templates {
		count := map[string]int{}
		for _, l := range lines(t, template) {
			count[l.category]++
		}
		for _, category := range want.categories {
			if count[category] < want.atLeast {
				t.Errorf("%s/%s: got %d sentences, want at least %d", template, category, count[category], want.atLeast)
			}
			delete(count, category)
		}
		if len(count) > 0 {
			t.Errorf("%s: got unknown categories %v", template, count)
		}
	}
}

func TestEveryLineIsWellFormed(t *testing.T) {
	for template := range templates {
		for _, l := range lines(t, template) {
			switch {
			case !utf8.ValidString(l.text) || !norm.NFC.IsNormalString(l.text):
				t.Errorf("%s: got %q, want normalised UTF-8", l.where, l.text)
			case l.text == "" || l.text != strings.TrimSpace(l.text):
				t.Errorf("%s: got %q, want words with no space around them", l.where, l.text)
			case !slices.Contains(priorities, l.priority):
				t.Errorf("%s: got priority %q, want one of %v", l.where, l.priority, priorities)
			case !slices.Contains(countries, l.country):
				t.Errorf("%s: got country %q, want one of %v", l.where, l.country, countries)
			}
		}
	}
}

func TestNoSentenceStandsTwiceInATemplate(t *testing.T) {
	for template := range templates {
		first := map[string]string{}
		for _, l := range lines(t, template) {
			key := folded(l.text)
			if before, ok := first[key]; ok {
				t.Errorf("%s: %q stands already at %s", l.where, l.text, before)
			}
			first[key] = l.where
		}
	}
}

func TestEveryVoiceSaysEnoughToBeHeldOut(t *testing.T) {
	const atLeast = 8
	for template := range templates {
		count := map[int]int{}
		for _, l := range lines(t, template) {
			count[l.voice]++
		}
		for voice, n := range count {
			if n < atLeast {
				t.Errorf("%s: voice %d has %d sentences, want at least %d", template, voice, n, atLeast)
			}
		}
	}
}

func TestEveryPriorityIsRepresentedInEveryTemplate(t *testing.T) {
	const rarest = 0.03
	for template := range templates {
		all := lines(t, template)
		count := map[string]int{}
		for _, l := range all {
			count[l.priority]++
		}
		for _, priority := range priorities {
			if got := float64(count[priority]) / float64(len(all)); got < rarest {
				t.Errorf("%s: got %.3f of the sentences with priority %s, want at least %.2f", template, got, priority, rarest)
			}
		}
	}
}

func lines(t *testing.T, template string) []line {
	t.Helper()
	files, err := fs.Glob(corpus.FS, template+"/*.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []line
	for _, file := range files {
		content, err := fs.ReadFile(corpus.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		category := strings.TrimSuffix(path.Base(file), ".tsv")
		for i, row := range strings.Split(strings.TrimSuffix(string(content), "\n"), "\n") {
			where := file + ":" + strconv.Itoa(i+1)
			columns := strings.Split(row, "\t")
			if len(columns) != 4 {
				t.Fatalf("%s: got %d columns, want 4", where, len(columns))
			}
			voice, err := strconv.Atoi(columns[3])
			if err != nil || voice < 1 {
				t.Fatalf("%s: got voice %q, want a number from 1", where, columns[3])
			}
			all = append(all, line{where, category, columns[0], columns[1], columns[2], voice})
		}
	}
	return all
}

// folded returns text in lower case without accents and punctuation, or as it
// is when nothing else would be left.
func folded(text string) string {
	letters := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(text)))
	words := strings.FieldsFunc(letters, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return text
	}
	return strings.Join(words, " ")
}
