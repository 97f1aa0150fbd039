package classifier

import (
	"math"
	"math/rand/v2"
	"slices"
)

// adaptation is what the people of a business taught a model by saying what its
// tickets are about. It learns from their words; and where they overrule the
// model though it is sure, from what it took a text for, since a business that
// files printers under hardware means all of them. It never changes.
//
// It is a softmax regression that begins at the model's own probabilities. More
// of the same lessons in the model would hardly be heard among thousands of
// sentences; see docs/CLASSIFICATION.md.
type adaptation struct {
	rows    map[uint32]uint32 // of a feature's hash: its row in words
	words   matrix
	guesses matrix    // a row for each category that the model may have guessed
	hidden  int       // so many categories, the first ones, are not in use
	floors  []float32 // what is added to the probability of each category: nothing is impossible
}

// How adaptation learns. The figures were measured, see docs/CLASSIFICATION.md.
const (
	taughtEpochs = 10
	taughtStep   = 0.7 // how far the first step goes; later ones go less and less far
	taughtLength = 2   // of a text's words, where the guess has one of 1
	sureGuess    = 0.8 // the probability from which a guess is a sure one
	overruled    = 0.5 // the share of sure guesses that has to be overruled
	fewest       = 3   // overruled guesses that may be chance
	fewestNew    = 6   // the same, when they were overruled by a new category
)

// What is added to the probability of a category that the model knows, and of one
// that it has no sentences of.
const knownFloor, newFloor float32 = 0.01, 0.1

// taught is a lesson as an adaptation learns from it.
type taught struct {
	text  []feature
	guess []float32 // the model's probabilities
	// unprompted is the same for a message that is not a lesson already.
	unprompted []float32
	class      int
}

// adapt learns lessons, each of a text and of the category that people gave it.
// known are the categories that m has sentences of.
func adapt(m *Model, lessons []Sentence, known map[string]bool) *adaptation {
	a := &adaptation{rows: map[uint32]uint32{}, hidden: m.hidden}
	fresh := make([]bool, len(m.categories))
	for class, c := range m.categories {
		fresh[class] = !known[c.Name]
		a.floors = append(a.floors, knownFloor)
		if fresh[class] {
			a.floors[class] = newFloor
		}
	}
	all := make([]taught, 0, len(lessons))
	for _, s := range lessons {
		tokens := tokenize(clean(s.Text))
		hashed := m.recipe.appendFeatures(nil, tokens, m.vocabulary.stemsOf(tokens))
		for _, f := range hashed {
			if _, ok := a.rows[f.key]; !ok {
				a.rows[f.key] = uint32(len(a.rows))
			}
		}
		text := a.number(m.index, hashed)
		guess := m.guess(m.index.number(hashed))
		all = append(all, taught{text, guess, unprompted(guess, fresh), m.class(s.Category)})
	}
	a.words, a.guesses = newMatrix(len(a.rows), len(fresh)), newMatrix(len(fresh), len(fresh))
	wrong := misunderstood(all, fresh, m.hidden)
	for i, l := range all {
		if slices.Contains(wrong, argmax(l.unprompted)) {
			all[i].guess = l.unprompted
		}
	}
	a.descend(all, wrong)
	return a
}

// unprompted is what the model would have guessed without having seen the lesson,
// as it has those of fresh categories.
func unprompted(guess []float32, fresh []bool) []float32 {
	p := make([]float32, len(guess))
	var sum float32
	for c := range p {
		if !fresh[c] {
			sum += guess[c]
		}
	}
	for c := range p {
		if !fresh[c] && sum > 0 {
			p[c] = guess[c] / sum
		}
	}
	return p
}

// misunderstood finds the categories that a business does not use as the model
// thinks: those that are not in use, which are the first hidden ones, and those
// with sure guesses that are overruled as a rule. A new category that takes
// something from an old one does not yet say that it takes everything; only if
// it does so often, and nobody ever spoke for the old one.
func misunderstood(lessons []taught, fresh []bool, hidden int) []int {
	type count struct{ all, own, moved, taken int }
	counts := make([]count, len(fresh))
	for _, l := range lessons {
		guess := argmax(l.unprompted)
		sure := l.unprompted[guess] > sureGuess
		counts[l.class].own++
		switch {
		case guess == l.class:
			counts[guess].all++
		case fresh[l.class] && sure:
			counts[guess].taken++
		case !fresh[l.class]:
			counts[guess].all++
			if sure {
				counts[guess].moved++
			}
		}
	}
	var all []int
	for class, n := range counts {
		moved := n.all >= fewest && float64(n.moved) > overruled*float64(n.all)
		taken := n.own == 0 && n.taken >= fewestNew
		if class < hidden || moved || taken {
			all = append(all, class)
		}
	}
	return all
}

// number makes rows of words of hashed features, leaving out those without one.
// It does not change hashed.
func (a *adaptation) number(x *index, hashed []feature) []feature {
	text := make([]feature, 0, len(hashed))
	var square float32
	for _, f := range hashed {
		f.value *= x.rarity(f.key)
		square += f.value * f.value
		if row, ok := a.rows[f.key]; ok {
			f.key = row
			text = append(text, f)
		}
	}
	shrink(text, square/(taughtLength*taughtLength))
	return text
}

// score says what a makes of a text and of what the model guessed.
func (a *adaptation) score(text []feature, guess []float32) []float32 {
	scores := make([]float32, len(guess))
	for c, p := range guess {
		scores[c] = float32(math.Log(float64(p + a.floors[c])))
	}
	a.words.addScore(scores, text)
	for b, p := range guess {
		addTo(scores, a.guesses.row(uint32(b)), p)
	}
	for c := range a.hidden {
		scores[c] = impossible
	}
	return scores
}

// descend fits a to lessons, in an order that is always the same. Of guesses only
// those of the classes in wrong count.
func (a *adaptation) descend(lessons []taught, wrong []int) {
	order := rand.New(rand.NewPCG(1, 2)).Perm(len(lessons)) //nolint:gosec // has to repeat, not to surprise
	steps := taughtEpochs * len(lessons)
	for step := range steps {
		l := lessons[order[step%len(order)]]
		p := a.score(l.text, l.guess)
		softmax(p)
		rate := taughtStep * (1 - float32(step)/float32(steps))
		for c := range p {
			p[c] *= -rate
		}
		p[l.class] += rate
		for _, f := range l.text {
			addTo(a.words.row(f.key), p, f.value)
		}
		for _, b := range wrong {
			addTo(a.guesses.row(uint32(b)), p, l.guess[b])
		}
	}
}

// addTo adds other, times a factor, to row.
func addTo(row, other []float32, times float32) {
	for c, v := range other {
		row[c] += times * v
	}
}
