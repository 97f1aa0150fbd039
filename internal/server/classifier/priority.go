package classifier

import (
	"slices"
	"strings"

	"mostrador/internal/ticket"
)

// rule is a reason for which a ticket presses at least so much.
type rule struct {
	reason   ticket.Reason
	priority ticket.Priority
	phrases  []string // stems of each, with a blank around every one
}

// reasonBySlug has the reasons of templates/motivos.txt.
var reasonBySlug = map[string]ticket.Reason{
	"peligro": ticket.ReasonDanger, "bloqueado": ticket.ReasonLocked, "plazo": ticket.ReasonDeadline,
	"parado": ticket.ReasonStopped, "insiste": ticket.ReasonRepeated,
}

// readRules reads the embedded rules in the words of v.
func readRules(v *vocabulary) ([]rule, error) {
	t, err := readTemplate("motivos")
	if err != nil {
		return nil, err
	}
	rules := make([]rule, len(t.Categories))
	for i, c := range t.Categories {
		rules[i] = rule{reason: reasonBySlug[c.Slug], priority: priorityBySlug[c.Name]}
		for _, phrase := range c.Keywords {
			rules[i].phrases = append(rules[i].phrases, " "+strings.Join(v.stemsOf(tokenize(clean(phrase))), " ")+" ")
		}
	}
	return rules, nil
}

// press says how pressing a text of the category class is, and why: the model's
// opinion, raised by the rules, and the category's own priority where the text
// says nothing.
func (m *Model) press(c *ticket.Classification, text string, tokens []token, stems []string, features []feature, class int) {
	all := ticket.Priorities()
	if len(features) > 0 {
		pressing := argmax(m.priority.score(features))
		c.Priority = all[pressing]
		if c.Priority != ticket.PriorityNormal {
			weights := make([]float32, len(tokens))
			m.priority.speak(weights, features, pressing)
			c.Reason, c.ReasonWords = ticket.ReasonWords, shown(text, tokens, weights)
		}
	}
	joined := " " + strings.Join(m.stated(tokens, stems), " ") + " "
	for _, r := range m.rules {
		begin, end := r.find(joined)
		if end > 0 && slices.Index(all, r.priority) <= slices.Index(all, c.Priority) {
			c.Priority, c.Reason = r.priority, r.reason
			c.ReasonWords = []string{text[tokens[begin].start:tokens[end-1].end]}
		}
	}
	if own := m.categories[class].Priority; own != "" && c.Priority == ticket.PriorityNormal && own != ticket.PriorityNormal {
		c.Priority, c.Reason, c.ReasonWords = own, ticket.ReasonCategory, nil
	}
}

// stated returns the stems of what the text does not deny; a denied one is empty.
func (m *Model) stated(tokens []token, stems []string) []string {
	list := slices.Clone(stems)
	for i, w := range m.recipe.weights(tokens) {
		if w == m.recipe.denied && w < 1 {
			list[i] = ""
		}
	}
	return list
}

// find returns which of the stems, joined like a phrase, one of r's phrases is:
// from begin up to end, which is 0 if none is there.
func (r rule) find(joined string) (begin, end int) {
	for _, phrase := range r.phrases {
		if at := strings.Index(joined, phrase); at >= 0 {
			begin = strings.Count(joined[:at+1], " ") - 1
			return begin, begin + strings.Count(phrase, " ") - 1
		}
	}
	return 0, 0
}
