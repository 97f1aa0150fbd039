package classifier

import (
	"fmt"
	"slices"
	"strings"
)

// greetings are the folded words people begin and end with, whatever they want.
var greetings = setOf(`hola ola hey hello hi oiga oye buenas buenos buena buen dia dias tarde tardes noche noches disculpe disculpa disculpen perdon perdone
	estimado estimada estimados estimadas saludo saludos cordial cordiales amigo amiga amigos senor senora senorita joven gracias muchas favor porfa porfavor`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// courtesies returns what people say before and after a request.
func courtesies() (before, after []string, err error) {
	data, err := templates.ReadFile("templates/cortesias.txt")
	if err != nil {
		return nil, nil, fmt.Errorf("read courtesies: %w", err)
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if text, ok := strings.CutPrefix(line, "…"); ok {
			after = append(after, text)
		} else if text, ok := strings.CutSuffix(line, "…"); ok && line[0] != '#' {
			before = append(before, text)
		}
	}
	return before, after, nil
}

// wrapEvery is of how many lessons one comes a second time wrapped in courtesies.
const wrapEvery = 7

// wrapped returns lessons and, wrapped in what people say before and after a
// request, every few of them again. Those of the category rest are not wrapped:
// courtesies alone are of that category.
func wrapped(lessons []Sentence, rest string) ([]Sentence, error) {
	before, after, err := courtesies()
	if err != nil {
		return nil, err
	}
	all := slices.Clone(lessons)
	for i := 0; i < len(lessons); i += wrapEvery {
		if s := lessons[i]; s.Category != rest {
			n := i / wrapEvery
			s.Text = before[n%len(before)] + "\n" + s.Text + "\n" + after[n%len(after)]
			all = append(all, s)
		}
	}
	return all, nil
}
