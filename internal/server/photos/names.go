package photos

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxName is the longest name shown, in runes.
const MaxName = 200

// CleanLine makes text fit to stand in one line of the panel: no control
// characters, none that reverse the direction of what follows, at most limit
// runes.
func CleanLine(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, text)
	return cut(strings.TrimSpace(text), limit)
}

// FileName is CleanLine for a name that a browser will offer to save under.
func FileName(name string) string {
	return CleanLine(strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' {
			return '_'
		}
		return r
	}, name), MaxName)
}

func cut(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit])
}
