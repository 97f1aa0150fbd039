package doctor

import (
	"net/url"
	"regexp"
	"sort"
	"strings"
)

// hidden stands for what was taken out.
const hidden = "********"

// shortest is the length from which a secret is looked for inside of other texts:
// shorter ones would take half of the words with them, and are refused as secrets.
const shortest = 4

// What may be a person's: WhatsApp's addresses, and numbers that are as long as a
// phone's, with or without what people put between digits.
var personal = regexp.MustCompile(`[\w.:+-]+@(?:s\.whatsapp\.net|lid|c\.us|g\.us|broadcast|newsletter)\b|\+?\(?\d(?:[ ().-]{0,2}\d){6,}`)

// cleaner takes out of texts what must not leave the machine.
type cleaner struct{ replace *strings.Replacer }

// newCleaner knows secrets in the forms in which they may come along.
func newCleaner(secrets []string) cleaner {
	var forms []string
	for _, s := range secrets {
		for _, form := range []string{s, url.QueryEscape(s), url.PathEscape(s)} {
			if len(form) >= shortest {
				forms = append(forms, form)
			}
		}
	}
	// The longest first, or the tail of one that holds another would stay.
	sort.Slice(forms, func(i, j int) bool { return len(forms[i]) > len(forms[j]) })
	var pairs []string
	for _, form := range forms {
		pairs = append(pairs, form, hidden)
	}
	return cleaner{strings.NewReplacer(pairs...)}
}

// secrets is text without secrets.
func (c cleaner) secrets(text string) string { return c.replace.Replace(text) }

// all is text without secrets and without what may be a person's.
func (c cleaner) all(text string) string {
	return personal.ReplaceAllString(c.secrets(text), hidden)
}
