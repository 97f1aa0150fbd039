package words

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shortestStart is how many runes the last word of a query needs to stand for
// every word that begins with it; fewer would find everything.
const shortestStart = 3

// most words of a query count.
const most = 8

// Query is what somebody looks for: every word has to be there.
type Query struct {
	Words []string // folded, each once
	// Open says that the last word may go on: it was being typed.
	Open bool
	// Joined is all words as they came, also those that came again, without what was
	// between them: a number in one piece.
	Joined string
}

// Parse makes a Query of what somebody typed. Without a word in it there is
// nothing to look for, and Words is empty.
func Parse(text string) Query {
	var q Query
	all := Split(text)
	q.Joined = strings.Join(all, "")
	for i, word := range all {
		if i == len(all)-1 {
			last, _ := utf8.DecodeLastRuneInString(text)
			q.Open = !unicode.IsSpace(last) && utf8.RuneCountInString(word) >= shortestStart
		}
		q.Words = slices.DeleteFunc(q.Words, func(known string) bool { return known == word })
		q.Words = append(q.Words, word)
	}
	if len(q.Words) > most {
		q.Words, q.Open = q.Words[:most], false
	}
	return q
}

// hits reports whether a folded word is one of those looked for.
func (q Query) hits(word string) bool {
	for i, wanted := range q.Words {
		if word == wanted || q.Open && i == len(q.Words)-1 && strings.HasPrefix(word, wanted) {
			return true
		}
	}
	return false
}

// Piece is a stretch of text; Hit says that it is a word that was looked for.
type Piece struct {
	Text string
	Hit  bool
}

// Lengths of a snippet, in bytes: of all of it, and of what precedes the first
// hit.
const (
	snippetLength = 180
	snippetLead   = 50
)

// Snippet returns the stretch of text around the first word that q looks for, or
// its beginning when none is there. What is left out shows as "…".
func (q Query) Snippet(text string) []Piece {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	first, _ := q.find(text, 0)
	start := 0
	if first > snippetLead && first < len(text) {
		start = first - snippetLead
		if space := strings.IndexByte(text[start:first], ' '); space >= 0 {
			start += space + 1
		}
		for !utf8.RuneStart(text[start]) {
			start++
		}
	}
	end := len(text)
	if end-start > snippetLength {
		end = start + snippetLength
		for !utf8.RuneStart(text[end]) {
			end--
		}
	}
	var pieces []Piece
	if start > 0 {
		pieces = append(pieces, Piece{Text: "…"})
	}
	pieces = append(pieces, q.mark(text[start:end])...)
	if end < len(text) {
		pieces = append(pieces, Piece{Text: "…"})
	}
	return pieces
}

// mark cuts text at the words looked for.
func (q Query) mark(text string) []Piece {
	var pieces []Piece
	for done := 0; done < len(text); {
		start, end := q.find(text, done)
		if start > done {
			pieces = append(pieces, Piece{Text: text[done:start]})
		}
		if end > start {
			pieces = append(pieces, Piece{Text: text[start:end], Hit: true})
		}
		done = end
	}
	return pieces
}

// find returns where the first hit at or after from begins and ends; both are
// the length of text when there is none.
func (q Query) find(text string, from int) (start, end int) {
	for start, end = next(text, from); start < end; start, end = next(text, end) {
		if q.hits(Fold(text[start:end])) {
			return start, end
		}
	}
	return len(text), len(text)
}
