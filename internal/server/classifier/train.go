package classifier

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"mostrador/internal/ticket"
)

// matrix has a row for every feature and in it a weight for each class.
type matrix struct {
	classes int
	cells   []float32
}

func newMatrix(features, classes int) matrix {
	return matrix{classes, make([]float32, features*classes)}
}

func (m matrix) row(feature uint32) []float32 {
	i := int(feature) * m.classes
	return m.cells[i : i+m.classes : i+m.classes]
}

func (m matrix) add(other matrix) {
	for i, w := range other.cells {
		m.cells[i] += w
	}
}

// addScore adds to sums what m says of a text for each class.
func (m matrix) addScore(sums []float32, text []feature) {
	for _, f := range text {
		for c, w := range m.row(f.key) {
			sums[c] += f.value * w
		}
	}
}

// softmax makes probabilities of scores, in place.
func softmax(scores []float32) {
	top := slices.Max(scores)
	var sum float32
	for c, s := range scores {
		scores[c] = float32(math.Exp(float64(s - top)))
		sum += scores[c]
	}
	for c := range scores {
		scores[c] /= sum
	}
}

// lesson is a text with the class it belongs to.
type lesson struct {
	text  []packed
	class int
}

// The descent of regress: how often each lesson is seen, and how far the first
// step goes; later ones go less and less far.
const (
	epochs    = 3
	firstStep = 5
)

// regress trains a softmax regression by stochastic gradient descent, in an
// order that is always the same. balance says how much more lessons of a rare
// class count: 0 not at all, 1 so much that all classes are equal. Rows are
// centred, as no step changes the sum of one.
func (s *shelf) regress(lessons []lesson, classes int, balance float64) matrix {
	m := newMatrix(len(s.rarities), classes)
	weight := classWeights(lessons, classes, balance)
	order := rand.New(rand.NewPCG(1, 2)).Perm(len(lessons)) //nolint:gosec // has to repeat, not to surprise
	p := make([]float32, classes)
	var text []feature
	for step := range epochs * len(lessons) {
		l := lessons[order[step%len(order)]]
		text = s.unpack(text, l.text)
		clear(p)
		m.addScore(p, text)
		softmax(p)
		rate := weight[l.class] * firstStep * (1 - float32(step)/float32(epochs*len(lessons)))
		for c := range p {
			p[c] *= -rate
		}
		p[l.class] += rate
		for _, f := range text {
			for c, row := 0, m.row(f.key); c < len(row); c++ {
				row[c] += f.value * p[c]
			}
		}
	}
	return m
}

func classWeights(lessons []lesson, classes int, balance float64) []float32 {
	counts := make([]int, classes)
	for _, l := range lessons {
		counts[l.class]++
	}
	weights := make([]float32, classes)
	for c, n := range counts {
		weights[c] = float32(math.Pow(float64(len(lessons))/float64(classes*max(n, 1)), balance))
	}
	return weights
}

// smoothing is what bayes adds to every count.
const smoothing = 0.1

// bayes trains a complement naive Bayes: a class is what its features are rare
// outside of. Rows are centred, which changes no decision, so that a weight says
// by itself whether a feature speaks for a class or against it.
func (s *shelf) bayes(lessons []lesson, classes int) matrix {
	features := len(s.rarities)
	m := newMatrix(features, classes)
	ofClass, ofFeature := make([]float64, classes), make([]float64, features)
	var all float64
	var text []feature
	for _, l := range lessons {
		text = s.unpack(text, l.text)
		for _, f := range text {
			m.row(f.key)[l.class] += f.value
			ofClass[l.class] += float64(f.value)
			ofFeature[f.key] += float64(f.value)
			all += float64(f.value)
		}
	}
	for f, n := range ofFeature {
		row := m.row(uint32(f))
		var mean float32
		for c, own := range row {
			outside := (n - float64(own) + smoothing) / (all - ofClass[c] + smoothing*float64(features))
			row[c] = -float32(math.Log(outside))
			mean += row[c] / float32(classes)
		}
		for c := range row {
			row[c] -= mean
		}
	}
	return m
}

// Train makes a model of what a business knows: its categories with their
// keywords, and sentences labelled by people. The same input makes the same
// model. A template without categories or a sentence of none of them is an error.
func Train(t Template, sentences []Sentence) (*Model, error) {
	return train(measured, t, sentences)
}

func train(r recipe, t Template, sentences []Sentence) (*Model, error) {
	if len(t.Categories) == 0 {
		return nil, ticket.NewError(ticket.CodeInvalid, "Hace falta al menos una categoría.")
	}
	cues, err := readTemplate("prioridad")
	if err != nil {
		return nil, err
	}
	m := &Model{recipe: r, words: new(wordCache), categories: t.Categories, threshold: DefaultThreshold}
	if m.vocabulary, err = newVocabulary(r.synonyms); err != nil {
		return nil, err
	}
	if m.phrases, err = readPhrases(m.vocabulary); err != nil {
		return nil, err
	}
	if r.keywords {
		sentences = slices.Concat(sentences, keywords(t, cues))
	}
	if r.courtesies {
		if sentences, err = wrapped(sentences, t.Categories[len(t.Categories)-1].Name); err != nil {
			return nil, err
		}
	}
	shelf, texts := m.readAll(sentences)
	var about, pressing []lesson
	for i, s := range sentences {
		if s.Category != "" {
			class := m.class(s.Category)
			if class < 0 {
				return nil, fmt.Errorf("train: sentence %d is of the unknown category %q", i, s.Category)
			}
			about = append(about, lesson{texts[i], class})
		}
		if class := slices.Index(ticket.Priorities(), s.Priority); class >= 0 {
			pressing = append(pressing, lesson{texts[i], class})
		}
	}
	m.learn(shelf, about, pressing)
	m.vocabulary.stems = nil
	return m, nil
}

// readAll returns the features of sentences on a shelf. They share one array, as
// they are most of the memory that training takes.
func (m *Model) readAll(sentences []Sentence) (*shelf, [][]packed) {
	size := 0
	for _, s := range sentences {
		size += min(len(s.Text), maxRunes)
	}
	s := newShelf(featuresPerByte * size)
	all := make([]packed, 0, featuresPerByte*size)
	texts := make([][]packed, len(sentences))
	var tokens []token
	var list []feature
	for i, sentence := range sentences {
		tokens = appendTokens(tokens[:0], clean(sentence.Text))
		list = m.recipe.appendFeatures(list[:0], tokens, m.vocabulary.learn(tokens))
		begin := len(all)
		all = s.add(all, list)
		texts[i] = all[begin:len(all):len(all)]
	}
	s.finish()
	return s, texts
}

// keywords makes sentences of the keywords of categories and priorities.
func keywords(t, cues Template) []Sentence {
	var all []Sentence
	for _, c := range t.Categories {
		for _, keyword := range c.Keywords {
			all = append(all, Sentence{Text: keyword, Category: c.Name})
		}
	}
	for _, c := range cues.Categories {
		for _, keyword := range c.Keywords {
			all = append(all, Sentence{Text: keyword, Priority: priorityBySlug[c.Slug]})
		}
	}
	return all
}

// balance is how much more a sentence of a rare priority counts, see regress.
// Urgent ones are rare and must not be missed.
const balance = 0.8

// learn sets the weights of m. Those of the category are of two kinds of
// learning that make different mistakes, added up.
func (m *Model) learn(s *shelf, about, pressing []lesson) {
	classes := len(m.categories)
	var category matrix
	switch {
	case m.recipe.regression && m.recipe.bayes:
		category = s.regress(about, classes, 0)
		category.add(s.bayes(about, classes))
	case m.recipe.regression:
		category = s.regress(about, classes, 0)
	default:
		category = s.bayes(about, classes)
	}
	m.ledger = newLedger(s, category, s.regress(pressing, len(ticket.Priorities()), balance))
}
