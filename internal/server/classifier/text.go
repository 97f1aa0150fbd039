package classifier

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRunes is how much of a text is read. It is what a ticket's description
// holds; more would only cost time.
const maxRunes = 4000

// token is one word, emoji or number of a text.
type token struct {
	word       string // folded: lower case, no accents, no lengthened letters
	start, end int    // where it stands in the text it was read from
	pause      bool   // punctuation or a line's end stands before it
	greeting   bool   // people begin and end with it, whatever they want
}

// Tokens that stand for what is better not told apart.
const (
	numberToken  = "#"
	addressToken = "@"
)

// clean returns the start of text as valid, composed Unicode. Everything else
// here works on what it returns.
func clean(text string) string {
	n := 0
	for i := range text {
		if n++; n > maxRunes {
			text = text[:i]
			break
		}
	}
	return norm.NFC.String(strings.Map(visible, strings.ToValidUTF8(text, " ")))
}

// visible drops what cannot be seen and may turn or hide what can, but not the
// joiner within emojis.
func visible(r rune) rune {
	if r >= ' ' && r < 0x7f {
		return r
	}
	if r != '\n' && r != '\t' && r != '\u200d' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
		return -1
	}
	return r
}

// tokenize splits a cleaned text into tokens.
func tokenize(text string) []token {
	return appendTokens(make([]token, 0, len(text)/5+1), text)
}

// appendTokens appends the tokens of a cleaned text. Their words share memory.
func appendTokens(tokens []token, text string) []token {
	var folded strings.Builder
	folded.Grow(len(text))
	pause := true
	for start := 0; start < len(text); {
		length := strings.IndexFunc(text[start:], unicode.IsSpace)
		if length < 0 {
			length = len(text) - start
		}
		tokens, pause = appendField(tokens, &folded, text[start:start+length], start, pause)
		start += length
		if start < len(text) {
			pause = pause || text[start] == '\n'
			_, size := utf8.DecodeRuneInString(text[start:])
			start += size
		}
	}
	return tokens
}

// appendField appends the tokens of a field, which has no blanks and stands at
// offset. pause says whether one is due, before and after.
func appendField(tokens []token, folded *strings.Builder, field string, offset int, pause bool) ([]token, bool) {
	if strings.Contains(field, "://") || strings.Contains(field, "@") || strings.HasPrefix(field, "www.") {
		return append(tokens, token{word: addressToken, start: offset, end: offset + len(field), pause: pause}), false
	}
	for i := 0; i < len(field); {
		r, size := utf8.DecodeRuneInString(field[i:])
		word := ""
		switch {
		case isWordRune(r):
			if size = strings.IndexFunc(field[i:], func(r rune) bool { return !isWordRune(r) }); size < 0 {
				size = len(field) - i
			}
			word = appendFolded(folded, field[i:i+size])
		case isEmoji(r):
			word = emojiName(r)
		case strings.ContainsRune(".,;:!?¡¿()…", r):
			pause = true
		}
		if word != "" {
			tokens = append(tokens, token{word: word, start: offset + i, end: offset + i + size, pause: pause, greeting: greetings[word]})
			pause = false
		}
		i += size
	}
	return tokens, pause
}

// foldWord returns word in lower case and without accents. Letters that are
// lengthened, or doubled by mistake, count once; ll and rr stay. Long numbers
// are all the same.
func foldWord(word string) string { return appendFolded(new(strings.Builder), word) }

// appendFolded is foldWord in the memory of folded.
func appendFolded(folded *strings.Builder, word string) string {
	begin := folded.Len()
	var last rune
	repeats, digits := 0, 0
	for _, r := range word {
		if r = foldRune(r); r < 0 {
			continue
		}
		if r != last {
			last, repeats = r, 0
		} else {
			repeats++
		}
		if unicode.IsDigit(r) {
			digits++
		} else if repeats > 0 && (repeats > 1 || r != 'l' && r != 'r') {
			continue
		}
		if r < utf8.RuneSelf {
			folded.WriteByte(byte(r)) // nearly all of them, in half the time
		} else {
			folded.WriteRune(r)
		}
	}
	word = folded.String()[begin:]
	if digits > 2 && digits*2 > len(word) {
		return numberToken
	}
	return word
}

// foldRune returns the plain lower-case form of a letter, -1 for a mark that
// only changes the letter before it.
func foldRune(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	case r < utf8.RuneSelf:
		return r
	case unicode.Is(unicode.Mn, r):
		return -1
	}
	if int(r) < len(plainLetters) {
		return plainLetters[r]
	}
	return plain(r)
}

// plain returns the lower-case form of r without what was put on it.
func plain(r rune) rune {
	base, _ := utf8.DecodeRuneInString(norm.NFKD.String(string(r)))
	return unicode.ToLower(base)
}

// plainLetters has the plain forms of the letters of most languages that are
// written in the Latin alphabet.
var plainLetters = func() (all [0x180]rune) {
	for r := range all {
		all[r] = plain(rune(r))
	}
	return all
}()

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// isEmoji reports whether r is a picture, leaving out what only changes the
// picture before it, such as a skin tone.
func isEmoji(r rune) bool {
	return r >= 0x2190 && unicode.Is(unicode.So, r) || r >= 0x1f000 && r < 0x1f3fb || r > 0x1f3ff && r < 0x1fb00
}

// moods are emojis that say the same.
var moods = func() map[rune]string {
	names := map[rune]string{}
	for mood, emojis := range map[string]string{
		"emoji_enojado": "😡😠🤬👿😤💢",
		"emoji_triste":  "😢😭😞😔☹🙁😟😥😩😫😣😖",
		"emoji_feliz":   "😀😃😄😁😊🙂☺😉🥰😍🤗😇👏🎉❤💖💕",
		"emoji_risa":    "😂🤣😅😆",
		"emoji_alarma":  "🚨🆘⚠❗‼⛔🔥",
		"emoji_gracias": "🙏🙌👍👌✅🤝💪",
		"emoji_duda":    "🤔😕🤷😐🧐❓",
	} {
		for _, r := range emojis {
			names[r] = mood
		}
	}
	return names
}()

// emojiName returns the token of an emoji.
func emojiName(r rune) string {
	if mood, ok := moods[r]; ok {
		return mood
	}
	return string(r)
}
