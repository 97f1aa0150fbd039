package classifier

import (
	"cmp"
	"slices"

	"mostrador/internal/ticket"
)

// Model is a trained classifier. It never changes, so that any number of
// goroutines may use it.
type Model struct {
	recipe             recipe
	categories         []Category
	vocabulary         *vocabulary
	index              *index
	category, priority matrix
}

// threshold is the least confidence with which a category is believed.
const threshold = 0.35

// maxWords is how many deciding words are worth showing.
const maxWords = 4

// Classify says what text is about. Below the threshold, or if there is nothing
// to read, the category is the template's last one, and Doubt says why.
func (m *Model) Classify(text string) ticket.Classification {
	c, ranked := m.answer(text)
	rest := m.categories[len(m.categories)-1].Name
	switch {
	case len(ranked) == 0:
		c.Category, c.Doubt = rest, ticket.DoubtNoText
	case c.Confidence < threshold && len(ranked) > 1:
		c.Candidates = ranked[:2]
		c.Category, c.Confidence, c.Doubt, c.Words = rest, confidenceOf(rest, ranked), ticket.DoubtUnsure, nil
	}
	return c
}

// Guess is Classify without a threshold: the likeliest category, however unlikely.
func (m *Model) Guess(text string) ticket.Classification {
	c, ranked := m.answer(text)
	if len(ranked) == 0 {
		c.Category = m.categories[len(m.categories)-1].Name
	}
	return c
}

// tieBreak gives a text that says nothing to the category for everything else.
const tieBreak = 0.01

// answer returns the best category and all of them, best first; none for a text
// without words.
func (m *Model) answer(text string) (ticket.Classification, []ticket.Candidate) {
	text = clean(text)
	tokens := tokenize(text)
	c := ticket.Classification{Source: ticket.SourceModel, Priority: ticket.PriorityNormal, Title: title(text, tokens)}
	if len(tokens) == 0 {
		return c, nil
	}
	list := make([]feature, 0, featuresPerByte*len(text))
	features := m.index.number(m.recipe.appendFeatures(list, tokens, m.vocabulary.stemsOf(tokens)))
	scores := m.category.score(features)
	scores[len(scores)-1] += tieBreak
	softmax(scores)
	ranked := make([]ticket.Candidate, len(scores))
	for i, p := range scores {
		ranked[i] = ticket.Candidate{Category: m.categories[i].Name, Confidence: float64(p)}
	}
	// Stable, so that equal ones keep the template's order.
	slices.SortStableFunc(ranked, func(a, b ticket.Candidate) int { return cmp.Compare(b.Confidence, a.Confidence) })
	best := argmax(scores)
	c.Category, c.Confidence = ranked[0].Category, ranked[0].Confidence
	c.Words = m.words(text, tokens, features, best)
	if len(features) > 0 {
		c.Priority = ticket.Priorities()[argmax(m.priority.score(features))]
	}
	return c, ranked
}

func argmax(scores []float32) int {
	return slices.Index(scores, slices.Max(scores))
}

func confidenceOf(category string, ranked []ticket.Candidate) float64 {
	i := slices.IndexFunc(ranked, func(c ticket.Candidate) bool { return c.Category == category })
	return ranked[i].Confidence
}

// worthShowing is the share of the strongest word's weight that makes another
// one worth showing too.
const worthShowing = 0.3

// words returns, as they were written and in that order, the words that spoke
// most for a class against the average one, which is 0: all rows are centred.
func (m *Model) words(text string, tokens []token, features []feature, class int) []string {
	weights := make([]float32, len(tokens))
	for _, f := range features {
		weights[f.token] += f.value * m.category.row(f.key)[class]
	}
	order := make([]int, 0, len(tokens))
	for i, t := range tokens {
		if weights[i] > 0 && !fillers[t.word] {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weights[b], weights[a]) })
	var chosen []int
	seen := map[string]bool{}
	for _, i := range order {
		if len(chosen) == maxWords || weights[i] < worthShowing*weights[order[0]] {
			break
		}
		if !seen[tokens[i].word] {
			seen[tokens[i].word] = true
			chosen = append(chosen, i)
		}
	}
	slices.Sort(chosen)
	words := make([]string, len(chosen))
	for i, t := range chosen {
		words[i] = text[tokens[t].start:tokens[t].end]
	}
	return words
}

// fillers are words that may tell the model something and people nothing.
var fillers = setOf(`a al algo aqui asi aun aunque cada como con cual cuando de del desde donde dos e el ella ellos en era es esa ese eso esta estaba estan este
	esto estoy fue ha hace hacer han hasta hay he i k ke la las le les lo los me mi mis muy nada ni nos o otra otro pa para pero por porque pues q que se ser si
	sin sobre solo son su sus tambien te tengo ti tiene todo tu un una uno unos va x xq y ya yo`)
