package store

import (
	"strings"
	"unicode"

	"mostrador/internal/address"
)

// Which characters in a row of a name or a number are a word of the index of
// contacts, so that any part of either is found by it: three or four digits, as
// fewer are in nearly every number, and one to three of all else.
const (
	fewestDigits, mostDigits = 3, 4
	mostOther                = 3
)

// wholeNumber is how many digits nobody writes but as they stand in one number:
// the shortest ones have no more, apart from their country.
const wholeNumber = 8

// parts returns the words that the index has for what a business knows of a
// contact. Each names the business, as to look for a word that everybody has
// beside a rare one takes longer than all the rest.
func parts(business, text string) []string {
	var all []string
	for _, run := range runs(text) {
		for i := range run {
			for n := 1; n <= min(mostDigits, len(run)-i); n++ {
				part := string(run[i : i+n])
				if digits := !isTyped(part); digits && n >= fewestDigits || !digits && n <= mostOther {
					all = append(all, partWord(business, part))
				}
			}
		}
	}
	return all
}

// covering returns parts that every text with word in it has, few though together
// they are all of it. None: so many have it that an index is of no use.
func covering(business, word string) []string {
	var all []string
	for _, run := range runs(word) {
		length := mostOther
		if !isTyped(string(run)) {
			if length = mostDigits; len(run) < fewestDigits {
				continue
			}
		}
		last := max(len(run)-length, 0)
		for i := 0; i < last; i += length {
			all = append(all, partWord(business, string(run[i:i+length])))
		}
		all = append(all, partWord(business, string(run[last:])))
	}
	return all
}

func partWord(business, part string) string { return businessWord(business) + "·" + part }

// runs cuts what no part goes beyond. Keys made by old versions have more in them
// than letters, digits and blanks.
func runs(text string) [][]rune {
	var all [][]rune
	for _, field := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		all = append(all, []rune(field))
	}
	return all
}

// oneNumber returns what all ways of writing a number have in common, if joined,
// which is words without what was between them, can be nothing but one.
func oneNumber(joined string) (key string, ok bool) {
	if len(joined) < wholeNumber || isTyped(joined) {
		return "", false
	}
	return address.Key(joined), true
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
