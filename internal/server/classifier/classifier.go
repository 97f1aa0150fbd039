// Package classifier says what a customer's request is about.
//
// Its one rule: it is a pure function of the text, so that the same words
// always lead to the same category and the words that decided can be shown.
package classifier

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"mostrador/internal/ticket"
)

// General is the category of a text that no rule knows.
const General = "Soporte General"

const (
	// maxTitle is the longest title in runes: one line of the ticket table.
	maxTitle = 80
	// maxWords is how many deciding words are worth showing.
	maxWords = 5
	// confidenceOfRules is what a few keywords deserve: they name the subject but
	// know nothing of negations or context.
	confidenceOfRules = 0.5
)

// rule gives category to texts with one of words, which are folded, and may be
// phrases of several words.
type rule struct {
	category string
	words    []string
}

// rules are tried in this order; the first that matches decides.
var rules = []rule{
	{"Hardware - Pantalla", []string{
		"pantalla", "pantallas", "display", "cristal", "touch", "tactil", "lcd", "monitor", "vidrio", "estrellada", "estrellado",
	}},
	{"Hardware - Energía", []string{
		"bateria", "baterias", "pila", "carga", "cargar", "cargador", "prende", "prenden", "prender", "enciende", "encienden", "encender",
		"se apaga", "apagado", "apagada", "corriente", "voltaje", "eliminador",
	}},
	{"Software - Limpieza", []string{
		"lento", "lenta", "lentos", "lentas", "lentitud", "virus", "malware", "limpieza", "limpiar", "formatear", "formateo", "formato",
		"windows", "se traba", "trabado", "trabada", "publicidad",
	}},
}

// Classify returns what text is about. Case and accents do not matter, and a
// keyword matches whole words only.
func Classify(text string) ticket.Classification {
	c := ticket.Classification{
		Category: General, Source: ticket.SourceRules, Priority: ticket.PriorityNormal, Title: Title(text),
	}
	folded := " " + strings.Join(words(text), " ") + " "
	for _, rule := range rules {
		if found := rule.find(folded); len(found) > 0 {
			c.Category, c.Words, c.Confidence = rule.category, found, confidenceOfRules
			break
		}
	}
	return c
}

// find returns the words of the rule that text holds between spaces.
func (r rule) find(text string) []string {
	var found []string
	for _, word := range r.words {
		if len(found) < maxWords && strings.Contains(text, " "+word+" ") {
			found = append(found, word)
		}
	}
	return found
}

// words splits text into folded words.
func words(text string) []string {
	return strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// strippers take accents away; each holds 8 KiB, too much to make for every text.
var strippers = sync.Pool{New: func() any {
	return transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
}}

// fold lower-cases text and takes its accents away.
func fold(text string) string {
	strip, _ := strippers.Get().(transform.Transformer)
	defer strippers.Put(strip)
	folded, _, err := transform.String(strip, text)
	if err != nil {
		folded = text
	}
	return strings.ToLower(folded)
}

// Title returns the first line of text that is not blank, cut between words to
// at most 80 runes.
func Title(text string) string {
	var line string
	for l := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(l); line != "" {
			break
		}
	}
	letters := []rune(line)
	if len(letters) <= maxTitle {
		return line
	}
	letters = letters[:maxTitle-1]
	if end := lastSpace(letters); end > maxTitle/2 {
		letters = letters[:end]
	}
	return strings.TrimRightFunc(string(letters), unicode.IsSpace) + "…"
}

func lastSpace(letters []rune) int {
	for i, letter := range slices.Backward(letters) {
		if unicode.IsSpace(letter) {
			return i
		}
	}
	return -1
}
