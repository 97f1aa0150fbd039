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

// Of how many lessons one is wrapped in what comes before and after a request.
const wrapBefore, wrapAfter = 3, 4

// wrapped returns lessons of which every few stand in a burst with courtesies,
// except those of the category rest, which is what courtesies alone are.
func wrapped(lessons []Sentence, rest string) ([]Sentence, error) {
	before, after, err := courtesies()
	if err != nil {
		return nil, err
	}
	lessons = slices.Clone(lessons)
	for i, s := range lessons {
		if s.Category == rest {
			continue
		}
		if i%wrapBefore == 0 {
			s.Text = before[i/wrapBefore%len(before)] + "\n" + s.Text
		}
		if i%wrapAfter == 0 {
			s.Text += "\n" + after[i/wrapAfter%len(after)]
		}
		lessons[i] = s
	}
	return lessons, nil
}
