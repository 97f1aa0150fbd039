// Package words makes text searchable: it cuts it into words as people compare
// them and shows where words were found.
//
// Its one rule: what is stored and what is asked go through the same function,
// so that an accent, a capital or a comma never hides anything. ñ is a letter of
// its own, as it is in Spanish: «ano» does not find «año».
package words

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longest is how many runes of a word count; what is longer is no word that
// anybody types.
const longest = 40

// Split returns the words of text, folded, in their order.
func Split(text string) []string {
	var all []string
	for start, end := next(text, 0); start < end; start, end = next(text, end) {
		if word := Fold(text[start:end]); word != "" {
			all = append(all, word)
		}
	}
	return all
}

// Fold returns a word in lower case without accents. It is its own inverse's
// end: folding twice changes nothing.
func Fold(word string) string {
	var b strings.Builder
	b.Grow(len(word))
	n := 0
	for i := 0; i < len(word) && n < longest; n++ {
		if c := word[i]; c < utf8.RuneSelf && (i+1 == len(word) || word[i+1] < utf8.RuneSelf) {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			b.WriteByte(c)
			i++
			continue
		}
		// One character with whatever marks follow it.
		size := norm.NFC.NextBoundaryInString(word[i:], true)
		fold(&b, word[i:i+size])
		i += size
	}
	return b.String()
}

// fold writes one character with its marks.
func fold(b *strings.Builder, cluster string) {
	composed := norm.NFC.String(cluster)
	if r, size := utf8.DecodeRuneInString(composed); r == 'ñ' || r == 'Ñ' {
		b.WriteRune('ñ')
		composed = composed[size:]
	}
	for _, r := range norm.NFKD.String(composed) {
		if isWord(r) && !unicode.Is(unicode.M, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
}

// next returns where the next word at or after from begins and ends; both are
// the length of text when there is none.
func next(text string, from int) (start, end int) {
	start = len(text)
	for i, r := range text[from:] {
		if isWord(r) {
			start = from + i
			break
		}
	}
	for i, r := range text[start:] {
		if !isWord(r) && !unicode.Is(unicode.M, r) {
			return start, start + i
		}
	}
	return start, len(text)
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsNumber(r) }
