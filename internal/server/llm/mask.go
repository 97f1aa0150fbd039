package llm

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// What stands where something was left out.
const (
	maskedEmail  = "[correo]"
	maskedPhone  = "[teléfono]"
	maskedNumber = "[número]"
)

const (
	// secretDigits is how many digits in a row may tell who somebody is: the
	// shortest phone numbers have seven.
	secretDigits = 7
	// phoneDigits is the most that a phone number has; cards and accounts have more.
	phoneDigits = 13
	// maxGap is how many marks or spaces may stand between two digits of one number.
	maxGap = 3
)

// once compiles a pattern when it is first needed, which most servers never do.
func once(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// email is lenient: it takes spaces around the @, as people write on phones.
var email = once(`[\pL\pN._%+\-]+[ \t]?@[ \t]?[\pL\pN\-]+(?:\.[\pL\pN\-]+)*`)

// harmless are long numbers that name nobody: amounts with a currency, and days.
var harmless = once(`(?i)^(?:(?:[$€]|s/\.?|us\$|usd|mxn|ars|cop|clp|pen|eur) ?\d{1,3}(?:[.,]\d{3})*(?:[.,]\d{1,2})?|\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{4})$`)

// currency is what may stand before an amount.
var currency = once(`(?i)(?:[$€]|s/\.?|us\$|usd|mxn|ars|cop|clp|pen|eur) ?$`)

// Mask returns text without what tells who somebody is: e-mail addresses, phone
// numbers, and other long runs of digits such as those of cards and documents,
// however they are grouped. It cannot know names.
func Mask(text string) string {
	text = email().ReplaceAllString(strings.ToValidUTF8(text, "\uFFFD"), maskedEmail)
	runes := []rune(text)
	var out strings.Builder
	for i := 0; i < len(runes); {
		end, digits := number(runes[i:])
		switch {
		case digits < secretDigits || isHarmless(runes, i, i+end):
			end = max(end, 1)
			out.WriteString(string(runes[i : i+end]))
		case digits <= phoneDigits:
			out.WriteString(maskedPhone)
		default:
			out.WriteString(maskedNumber)
		}
		i += end
	}
	return out.String()
}

// number returns the length of the number that runes begin with, in runes, and
// how many digits it has; 0 without one.
func number(runes []rune) (end, digits int) {
	gap := 0
	for i, r := range runes {
		switch {
		case unicode.IsDigit(r):
			digits, gap, end = digits+1, 0, i+1
		case i == 0 && (r == '+' || r == '('):
		case joins(r) && gap < maxGap && (digits > 0 || i > 0):
			gap++
		default:
			return end, digits
		}
	}
	return end, digits
}

// joins reports whether r may stand within one number.
func joins(r rune) bool {
	switch r {
	case '-', '.', '(', ')', '_', '·', '–', '—', '‑':
		return true
	}
	return r != '\n' && r != '\r' && unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)
}

func isHarmless(runes []rune, from, to int) bool {
	if harmless().MatchString(string(runes[from:to])) {
		return true
	}
	before := currency().FindString(string(runes[max(0, from-5):from]))
	return before != "" && harmless().MatchString(before+string(runes[from:to]))
}
