package store

import (
	"strings"
	"unicode"

	"mostrador/internal/address"
)

const (
	// longestPart is up to how many characters in a row of a name or a number are
	// a word of the index of contacts, so that any part of either is found by it.
	longestPart = 3
	// partMark tells a part that has letters from a word that is all there is.
	partMark = "·"
)

// parts returns the words of the index for all that stands in a row in a text.
func parts(text string) []string {
	var all []string
	for _, run := range runs(text) {
		for i := range run {
			for n := 1; n <= min(longestPart, len(run)-i); n++ {
				all = appendPart(all, run[i:i+n])
			}
		}
	}
	return all
}

// covering returns parts that every text with word in it has, few though together
// they are all of it. None: so many have it that an index is of no use.
func covering(word string) []string {
	var all []string
	for _, run := range runs(word) {
		last := max(len(run)-longestPart, 0)
		for i := 0; i < last; i += longestPart {
			all = appendPart(all, run[i:i+longestPart])
		}
		all = appendPart(all, run[last:])
	}
	return all
}

// runs cuts what no part goes beyond. Keys made by old versions have more in them
// than letters, digits and blanks.
func runs(text string) [][]rune {
	var all [][]rune
	for _, field := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		all = append(all, []rune(field))
	}
	return all
}

// appendPart leaves out single digits, which nearly all numbers have.
func appendPart(all []string, part []rune) []string {
	switch text := string(part); {
	case isTyped(text):
		return append(all, partMark+text)
	case len(part) > 1:
		return append(all, text)
	}
	return all
}

// oneNumber makes one word of words that together are a number which can be
// written with and without a digit that makes no difference.
func oneNumber(words []string) []string {
	whole := strings.Join(words, "")
	if key := address.Key(whole); key != whole && !isTyped(whole) {
		return []string{key}
	}
	return words
}

// contain adds that both names and the number of a contact c have a word in them.
func (c *conditions) contain(word string) {
	pattern := c.arg("%" + word + "%")
	if isTyped(word) {
		c.text = append(c.text, "c.search_key LIKE "+pattern)
	} else {
		c.text = append(c.text, "(c.search_key LIKE "+pattern+" OR c.phone_key LIKE "+pattern+")")
	}
}
