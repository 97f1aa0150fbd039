package auth

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTheCommonestPasswordsAreLongEnoughAndSortedOut(t *testing.T) {
	seen := map[string]bool{}
	for word := range strings.Lines(common) {
		word = strings.TrimSuffix(word, "\n")
		if seen[word] || word != strings.ToLower(word) || utf8.RuneCountInString(word) < minPassword {
			t.Errorf("got %q, want lower case, %d characters or more, and no word twice", word, minPassword)
		}
		seen[word] = true
		if checkNewPassword("ana", strings.ToUpper(word)) == nil {
			t.Errorf("%q: got no refusal", word)
		}
	}
	if len(seen) < 200 {
		t.Errorf("got %d words, want 200 or more", len(seen))
	}
}

func FuzzAnyPasswordIsJudged(f *testing.F) {
	f.Add("ana", "una frase larga")
	f.Add("", "\xff\x00")
	f.Add("x", "xxxxxxxxxxxx")
	f.Fuzz(func(t *testing.T, name, password string) {
		err := checkNewPassword(name, password)
		if err == nil && (utf8.RuneCountInString(password) < minPassword || len(password) > maxPassword || !utf8.ValidString(password)) {
			t.Errorf("%q: got no refusal", password)
		}
		_ = checkName(name)
	})
}
