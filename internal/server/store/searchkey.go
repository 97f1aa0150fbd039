package store

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// searchKey returns texts in the way they are compared: lower case, without
// accents, and nothing but letters, digits and single blanks. ñ is a letter of
// its own: «ano» does not find «año».
func searchKey(texts ...string) string {
	var b strings.Builder
	blank := false
	for _, r := range norm.NFC.String(strings.Join(texts, " ")) {
		r = unicode.ToLower(r)
		if r == 'ñ' || unicode.IsDigit(r) || unicode.IsLetter(r) {
			if blank && b.Len() > 0 {
				b.WriteByte(' ')
			}
			blank = false
			b.WriteString(bare(r))
			continue
		}
		blank = true
	}
	return b.String()
}

// bare returns a letter without its marks.
func bare(r rune) string {
	if r < unicode.MaxASCII || r == 'ñ' {
		return string(r)
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.M, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(string(r)))
}
