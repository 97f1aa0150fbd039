package classifier

import (
	"cmp"
	"math"
	"slices"

	"mostrador/internal/ticket"
)

// Model is a trained classifier. It never changes, so that any number of
// goroutines may use it.
type Model struct {
	recipe     recipe
	categories []Category
	hidden     int // so many categories, the first ones, are not in use and never answered
	vocabulary *vocabulary
	ledger     *ledger // its columns are the categories and then the priorities
	words      *wordCache
	fresh      []bool               // of each category whether the sentences say nothing of it; nil if of all something
	taught     *adaptation          // nil if people taught nothing
	phrases    map[string][]*phrase // of the rules, by their first stem
	threshold  float64
}

// DefaultThreshold is the least confidence with which a category is believed,
// unless the business says otherwise.
const DefaultThreshold = 0.35

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
	case c.Confidence < m.threshold && len(ranked) > 1:
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

// impossible is the score of what is never answered.
const impossible = -1e9

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
	h := m.listen(tokens)
	scores := m.guess(h.columns)
	via := argmax(scores) // what the model took the text for
	if m.taught != nil {
		scores = m.taught.score(h.columns[m.ledger.columns:], scores)
		softmax(scores)
	}
	m.hide(scores)
	ranked := make([]ticket.Candidate, len(scores)-m.hidden)
	for i, p := range scores[m.hidden:] {
		ranked[i] = ticket.Candidate{Category: m.categories[m.hidden+i].Name, Confidence: float64(p)}
	}
	// Stable, so that equal ones keep the template's order.
	slices.SortStableFunc(ranked, func(a, b ticket.Candidate) int { return cmp.Compare(b.Confidence, a.Confidence) })
	best := argmax(scores)
	c.Category, c.Confidence = ranked[0].Category, ranked[0].Confidence
	c.Words = shown(text, tokens, m.weigh(h, via, best))
	m.press(&c, text, tokens, h, best)
	return c, ranked
}

// features returns the hashed features of a text.
func (m *Model) features(text string) []feature {
	tokens := tokenize(clean(text))
	return m.recipe.appendFeatures(nil, tokens, m.vocabulary.stemsOf(tokens))
}

// guess returns the probability of each category before people taught anything,
// from what the ledger's columns say.
func (m *Model) guess(columns []float32) []float32 {
	scores := slices.Clone(columns[:len(m.categories)])
	scores[len(scores)-1] += tieBreak
	for c, fresh := range m.fresh {
		if fresh {
			scores[c] = impossible
		}
	}
	softmax(scores)
	return scores
}

// hide gives the probability of categories that are not in use to the others.
func (m *Model) hide(scores []float32) {
	if m.hidden == 0 {
		return
	}
	for c := range scores {
		scores[c] = float32(math.Log(float64(scores[c] + math.SmallestNonzeroFloat32)))
		if c < m.hidden {
			scores[c] = impossible
		}
	}
	softmax(scores)
}

// class returns the number of the category called name, -1 if there is none.
func (m *Model) class(name string) int {
	return slices.IndexFunc(m.categories, func(c Category) bool { return c.Name == name })
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

// weigh says how much each token spoke for a class: by itself, or where people
// taught that what the model took the text for, via, means that class, for via. Of
// a fresh class only what people taught says anything. Columns need no comparison
// with the others: what a feature says in all of them comes to 0.
func (m *Model) weigh(h hearing, via, class int) []float32 {
	weights := make([]float32, len(h.words))
	source := class
	if m.taught != nil {
		if via != class && m.taught.guesses.row(uint32(via))[class] > 0 {
			source = via
		}
		h.speak(weights, m.ledger.columns+class)
	}
	if len(m.fresh) == 0 || !m.fresh[source] {
		h.speak(weights, source)
	}
	return weights
}

// shown returns, as they were written and in that order, the words with the
// greatest weights.
func shown(text string, tokens []token, weights []float32) []string {
	var most float32
	for i, t := range tokens {
		if weights[i] > most && !fillers[t.word] {
			most = weights[i]
		}
	}
	order := make([]int, 0, len(tokens))
	for i, t := range tokens {
		if weights[i] > 0 && weights[i] >= worthShowing*most && !fillers[t.word] {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weights[b], weights[a]) })
	var chosen []int
	seen := map[string]bool{}
	for _, i := range order {
		if len(chosen) == maxWords {
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
