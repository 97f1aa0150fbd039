package classifier

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTitle is the longest title in runes: one line of the ticket table.
const maxTitle = 60

// title returns what a cleaned text is about in one line: from where the
// greeting ends, if more follows, and cut between words.
func title(text string, tokens []token) string {
	text = text[greetingEnd(text, tokens):]
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			first, size := utf8.DecodeRuneInString(line)
			return shorten(string(unicode.ToUpper(first)) + line[size:])
		}
	}
	return ""
}

// greetingEnd returns where a text goes on after its greeting, 0 if it does not.
func greetingEnd(text string, tokens []token) int {
	for i, t := range tokens {
		switch {
		case t.greeting, t.word == "que" && i+1 < len(tokens) && tokens[i+1].word == "tal", i > 0 && t.word == "tal":
			continue
		case i == 0:
			return 0
		}
		gap := text[tokens[i-1].end:t.start]
		return t.start - len(gap) + len(strings.TrimRightFunc(gap, opens))
	}
	return 0
}

// opens reports whether r belongs to the word after it.
func opens(r rune) bool { return strings.ContainsRune("¿¡(«\"'“$", r) }

// shorten cuts line to at most maxTitle runes, between words if it can.
func shorten(line string) string {
	runes := []rune(line)
	if len(runes) <= maxTitle {
		return line
	}
	cut := string(runes[:maxTitle-1])
	if space := strings.LastIndexByte(cut, ' '); space > len(cut)/2 {
		cut = cut[:space]
	}
	return strings.TrimRightFunc(cut, unicode.IsSpace) + "…"
}
