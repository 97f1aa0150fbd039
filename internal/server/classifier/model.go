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
	recipe             recipe
	categories         []Category
	hidden             int // so many categories, the first ones, are not in use and never answered
	vocabulary         *vocabulary
	index              *index
	category, priority matrix
	fresh              []bool      // of each category whether the sentences say nothing of it; nil if of all something
	taught             *adaptation // nil if people taught nothing
	rules              []rule
	threshold          float64
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
	list := make([]feature, 0, featuresPerByte*len(text))
	stems := m.vocabulary.stemsOf(tokens)
	list = m.recipe.appendFeatures(list, tokens, stems)
	var said []feature
	if m.taught != nil {
		said = m.taught.number(m.index, list)
	}
	features := m.index.number(list)
	scores := m.guess(features)
	e := evidence{via: argmax(scores), features: features, said: said}
	if m.taught != nil {
		scores = m.taught.score(said, scores)
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
	c.Words = shown(text, tokens, m.weigh(tokens, e, best))
	m.press(&c, text, tokens, stems, features, best)
	return c, ranked
}

// features returns the hashed features of a text.
func (m *Model) features(text string) []feature {
	tokens := tokenize(clean(text))
	return m.recipe.appendFeatures(nil, tokens, m.vocabulary.stemsOf(tokens))
}

// guess returns the probability of each category before people taught anything.
func (m *Model) guess(features []feature) []float32 {
	scores := m.category.score(features)
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

// evidence is what a text has to say for a category.
type evidence struct {
	features, said []feature // as the model and as its adaptation number them
	via            int       // what the model took the text for
}

// weigh says how much each token spoke for a class: by itself, or where people
// taught that the model's guess means that class, for the guess. Of a fresh class
// only what people taught says anything.
func (m *Model) weigh(tokens []token, e evidence, class int) []float32 {
	weights := make([]float32, len(tokens))
	source := class
	if m.taught != nil {
		if e.via != class && m.taught.guesses.row(uint32(e.via))[class] > 0 {
			source = e.via
		}
		m.taught.words.speak(weights, e.said, class)
	}
	if len(m.fresh) == 0 || !m.fresh[source] {
		m.category.speak(weights, e.features, source)
	}
	return weights
}

// speak adds to each token's weight what it says for a class against the average
// one.
func (m matrix) speak(weights []float32, features []feature, class int) {
	for _, f := range features {
		row := m.row(f.key)
		var mean float32
		for _, w := range row {
			mean += w / float32(len(row))
		}
		weights[f.token] += f.value * (row[class] - mean)
	}
}

// shown returns, as they were written and in that order, the words with the
// greatest weights.
func shown(text string, tokens []token, weights []float32) []string {
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
