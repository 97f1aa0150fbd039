package address

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"
)

// formats says how numbers are written abroad, country by country: a line for each
// way, with the country code, how the rest of the number begins, its groups and
// what is made of them. The first way that fits counts. It is libphonenumber's
// knowledge, without the 6 MB that the library occupies and the 5 ms that it needs
// at every start; TestFormatsAreTheLibrarys writes it.
//
//go:embed formats.tsv
var formats string

// way is one way to write the numbers of a country.
type way struct {
	begins, groups *regexp.Regexp
	written        string
}

// waysOf holds the ways of the countries that were asked for, as []way by code.
var waysOf sync.Map

// Display returns phone as people write it, such as "+52 477 275 8198", or
// "+digits" when the numbering plan is unknown. An empty phone gives "".
func Display(phone string) string {
	if phone == "" {
		return ""
	}
	key := Key(phone)
	// No country code begins with another one.
	for n := 1; n <= min(3, len(key)); n++ {
		ways, known := readWays(key[:n])
		if !known {
			continue
		}
		rest := key[n:]
		for _, w := range ways {
			if w.begins.MatchString(rest) && w.groups.MatchString(rest) {
				return "+" + key[:n] + " " + w.groups.ReplaceAllString(rest, w.written)
			}
		}
		return strings.TrimRight("+"+key[:n]+" "+rest, " ")
	}
	return "+" + phone
}

// readWays returns the ways of a country; known is false for a code of none.
func readWays(code string) (ways []way, known bool) {
	if ways, ok := waysOf.Load(code); ok {
		return ways.([]way), true
	}
	for line := range strings.Lines(formats) {
		rest, ok := strings.CutPrefix(line, code+"\t")
		if !ok {
			continue
		}
		known = true
		if f := strings.Split(strings.TrimSuffix(rest, "\n"), "\t"); len(f) == 3 {
			ways = append(ways, way{regexp.MustCompile("^(?:" + f[0] + ")"), regexp.MustCompile("^(?:" + f[1] + ")$"), f[2]})
		}
	}
	if known {
		waysOf.Store(code, ways)
	}
	return ways, known
}
