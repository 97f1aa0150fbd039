package classifier

import (
	"cmp"
	"slices"

	"mostrador/internal/ticket"
)

// phrase is a reason for which a ticket presses at least so much. Of several in a
// text the later one in templates/motivos.txt counts, of those with one reason the
// first.
type phrase struct {
	stems    []string
	reason   ticket.Reason
	priority ticket.Priority
	rule, at int // where it stands in the file: which reason, and which of its phrases
}

// reasonBySlug has the reasons of templates/motivos.txt.
var reasonBySlug = map[string]ticket.Reason{
	"peligro": ticket.ReasonDanger, "bloqueado": ticket.ReasonLocked, "plazo": ticket.ReasonDeadline,
	"parado": ticket.ReasonStopped, "insiste": ticket.ReasonRepeated,
}

// readPhrases reads the embedded phrases in the words of v, by their first stem.
func readPhrases(v *vocabulary) (map[string][]*phrase, error) {
	t, err := readTemplate("motivos")
	if err != nil {
		return nil, err
	}
	all := map[string][]*phrase{}
	for i, c := range t.Categories {
		for at, keyword := range c.Keywords {
			stems := v.stemsOf(tokenize(clean(keyword)))
			p := &phrase{stems: stems, reason: reasonBySlug[c.Slug], priority: priorityBySlug[c.Name], rule: i, at: at}
			all[stems[0]] = append(all[stems[0]], p)
		}
	}
	return all, nil
}

// press says how pressing a text of the category class is, and why: the model's
// opinion, raised by the rules, and the category's own priority where the text
// says nothing.
func (m *Model) press(c *ticket.Classification, text string, tokens []token, h hearing, class int) {
	all := ticket.Priorities()
	if first := len(m.categories); h.known {
		pressing := argmax(h.columns[first:m.ledger.columns])
		c.Priority = all[pressing]
		if c.Priority != ticket.PriorityNormal {
			weights := make([]float32, len(tokens))
			h.speak(weights, first+pressing)
			c.Reason, c.ReasonWords = ticket.ReasonWords, shown(text, tokens, weights)
		}
	}
	for _, f := range m.find(h) {
		if slices.Index(all, f.priority) <= slices.Index(all, c.Priority) {
			c.Priority, c.Reason = f.priority, f.reason
			c.ReasonWords = []string{text[tokens[f.token].start:tokens[f.token+len(f.stems)-1].end]}
		}
	}
	if own := m.categories[class].Priority; own != "" && c.Priority == ticket.PriorityNormal && own != ticket.PriorityNormal {
		c.Priority, c.Reason, c.ReasonWords = own, ticket.ReasonCategory, nil
	}
}

// found is a phrase and the token it begins with.
type found struct {
	*phrase
	token int
}

// find returns the phrases that a text states, one of each reason, in the order of
// the reasons.
func (m *Model) find(h hearing) []found {
	var all []found
	for i, w := range h.words {
		for _, p := range w.opens {
			if m.states(h, i, p) {
				all = append(all, found{p, i})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(a.at, b.at)) })
	return slices.CompactFunc(all, func(a, b found) bool { return a.rule == b.rule })
}

// states reports whether a text has p from token i on, and does not deny it.
func (m *Model) states(h hearing, i int, p *phrase) bool {
	if len(p.stems) > len(h.words)-i {
		return false
	}
	for n, stem := range p.stems {
		if denied := h.weights[i+n] == m.recipe.denied && m.recipe.denied < 1; denied || h.words[i+n].stem != stem {
			return false
		}
	}
	return true
}
