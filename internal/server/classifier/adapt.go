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
	fresh   []bool    // categories that the model knows nothing of
	biases  []float32 // of fresh categories: how readily they are answered
	bars    []float32 // the same, see raise
}

// How adaptation learns. The figures were measured, see docs/CLASSIFICATION.md.
const (
	taughtEpochs = 8
	taughtStep   = 0.7 // how far the first step goes; later ones go less and less far
	taughtBias   = 0.3 // how far a step goes for a bias, where it goes 1 for a word
	taughtLength = 2   // of a text's words, where the guess has one of 1
	taughtTimes  = 5   // how often a lesson is seen for each time a reminder is
	sureGuess    = 0.8 // the probability from which a guess is a sure one
	overruled    = 0.5 // the share of sure guesses that has to be overruled
	fewest       = 3   // overruled guesses that may be chance
	fewestNew    = 6   // the same, when they were overruled by a new category
)

// What is added to the probability of a category that the model knows, so that
// nothing is impossible, and of one that it does not.
const knownFloor, freshFloor float32 = 0.005, 0.1

// taught is what an adaptation learns from: a lesson, or a sentence of the corpus
// that reminds it of what the model knew before.
type taught struct {
	text     []feature
	guess    []float32 // the model's probabilities
	class    int
	reminder bool // what is right is the guess, whatever it is
	times    int  // how often it is seen
}

// adapt learns lessons, each of a text and of the category that people gave it.
// It is reminded of what m knew before by sentences of the corpus, without which
// a few corrected mistakes would pass for a picture of all messages.
func adapt(m *Model, lessons, reminders []Sentence) *adaptation {
	a := &adaptation{rows: map[uint32]uint32{}, hidden: m.hidden, fresh: m.fresh}
	texts := make([][]feature, len(lessons))
	for i, s := range lessons {
		texts[i] = m.features(s.Text)
		for _, f := range texts[i] {
			if _, ok := a.rows[f.key]; !ok {
				a.rows[f.key] = uint32(len(a.rows))
			}
		}
	}
	read := func(hashed []feature, class int) taught {
		return taught{text: a.number(m.ledger, hashed), guess: m.guess(m.ledger.score(hashed)), class: class, times: taughtTimes}
	}
	all := make([]taught, 0, len(lessons)+len(reminders))
	for i, s := range lessons {
		all = append(all, read(texts[i], m.class(s.Category)))
	}
	wrong := misunderstood(all, a.fresh, a.hidden)
	for _, s := range reminders {
		if class := m.class(s.Category); !slices.Contains(wrong, class) {
			t := read(m.features(s.Text), class)
			t.reminder, t.times, t.guess = true, 1, doubted(t.guess)
			all = append(all, t)
		}
	}
	a.balance(all[:len(lessons)], len(all)-len(lessons))
	a.learn(all, wrong)
	return a
}

// doubted is a guess about a sentence that the model learned from, as it would
// have been about one that it did not: half as sure of each category.
func doubted(guess []float32) []float32 {
	scores := make([]float32, len(guess))
	for c, p := range guess {
		scores[c] = impossible
		if p > 0 {
			scores[c] = float32(math.Log(float64(p))) / 2
		}
	}
	softmax(scores)
	return scores
}

// learn sets the weights of a, and how readily it answers with fresh categories.
func (a *adaptation) learn(all []taught, wrong []int) {
	if slices.Contains(a.fresh, true) {
		a.bars = a.raise(all, wrong)
	}
	a.descend(all, wrong)
}

// misunderstood finds the categories that a business does not use as the model
// thinks: those that are not in use, which are the first hidden ones, and those
// with sure guesses that are overruled as a rule, for the same other category.
// Mistakes of the model scatter. A new category that takes something from an old
// one does not yet say that it takes everything; only if it does so often, and
// nobody ever spoke for the old one.
func misunderstood(lessons []taught, fresh []bool, hidden int) []int {
	type count struct{ all, own, taken int }
	counts := make([]count, len(fresh))
	moved := newMatrix(len(fresh), len(fresh)) // from which class to which
	for _, l := range lessons {
		guess := argmax(l.guess)
		sure := l.guess[guess] > sureGuess
		counts[l.class].own++
		switch {
		case guess == l.class:
			counts[guess].all++
		case fresh[l.class] && sure:
			counts[guess].taken++
		case !fresh[l.class]:
			counts[guess].all++
			if sure {
				moved.row(uint32(guess))[l.class]++
			}
		}
	}
	var all []int
	for class, n := range counts {
		together := slices.Max(moved.row(uint32(class)))
		rule := together >= fewest && together > overruled*float32(n.all)
		taken := n.own == 0 && n.taken >= fewestNew
		if class < hidden || rule || taken {
			all = append(all, class)
		}
	}
	return all
}

// number makes rows of words of hashed features, leaving out those without one.
// It does not change hashed.
func (a *adaptation) number(l *ledger, hashed []feature) []feature {
	text := make([]feature, 0, len(hashed))
	var square float32
	for _, f := range hashed {
		f.value *= l.rarity(l.find(f.key))
		square += f.value * f.value
		if row, ok := a.rows[f.key]; ok {
			f.key = row
			text = append(text, f)
		}
	}
	shrink(text, square/(taughtLength*taughtLength))
	return text
}

// score says what a makes of a text, by what words say of it, and of what the model
// guessed.
func (a *adaptation) score(words, guess []float32) []float32 {
	scores := a.believe(nil, guess)
	addTo(scores, words, 1)
	a.ruleOut(scores)
	known := a.bestKnown(scores)
	for c, bar := range a.bars {
		if a.fresh[c] && known > impossible {
			scores[c] = known + sharpness*(scores[c]-known-bar)
		}
	}
	return scores
}

// weigh is score of a text's features before the bars are raised, in the array of
// scores.
func (a *adaptation) weigh(scores []float32, text []feature, guess []float32) []float32 {
	scores = a.believe(scores, guess)
	a.words.addScore(scores, text)
	a.ruleOut(scores)
	return scores
}

// believe is what the model's guess alone comes to, in the array of scores.
func (a *adaptation) believe(scores, guess []float32) []float32 {
	scores = append(scores[:0], guess...)
	for c, p := range guess {
		floor := knownFloor
		if a.fresh[c] {
			floor = freshFloor
		}
		scores[c] = float32(math.Log(float64(p+floor))) + a.biases[c]
	}
	for b, p := range guess {
		addTo(scores, a.guesses.row(uint32(b)), p)
	}
	return scores
}

// ruleOut makes the categories impossible that are not in use.
func (a *adaptation) ruleOut(scores []float32) {
	for c := range a.hidden {
		scores[c] = impossible
	}
}

// descend fits a to lessons, in an order that is always the same. Of guesses only
// those of the classes in wrong count.
func (a *adaptation) descend(lessons []taught, wrong []int) {
	classes := len(a.fresh)
	if a.biases == nil {
		a.words, a.guesses, a.biases = newMatrix(len(a.rows), classes), newMatrix(classes, classes), make([]float32, classes)
	}
	clear(a.words.cells)
	clear(a.guesses.cells)
	clear(a.biases)
	var order []int
	for i, l := range lessons {
		order = append(order, slices.Repeat([]int{i}, l.times)...)
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // has to repeat, not to surprise
	random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	steps := taughtEpochs * len(order)
	var move []float32
	for step := range steps {
		l := lessons[order[step%len(order)]]
		rate := taughtStep * (1 - float32(step)/float32(steps))
		move = a.missing(move, l, rate)
		a.step(l, move, wrong)
	}
}

// missing returns how far, and in which direction, the score of each class is to
// move for l, in the array of p.
func (a *adaptation) missing(p []float32, l taught, rate float32) []float32 {
	p = a.weigh(p, l.text, l.guess)
	softmax(p)
	for c := range p {
		p[c] *= -rate
		if l.reminder {
			p[c] += rate * l.guess[c]
		}
	}
	if !l.reminder {
		p[l.class] += rate
	}
	return p
}

// step moves the scores of l by move.
func (a *adaptation) step(l taught, move []float32, wrong []int) {
	for c, v := range move {
		if a.fresh[c] {
			a.biases[c] += taughtBias * v
		}
	}
	for _, f := range l.text {
		addTo(a.words.row(f.key), move, f.value)
	}
	if l.reminder {
		return
	}
	for _, b := range wrong {
		addTo(a.guesses.row(uint32(b)), move, l.guess[b])
	}
}

// addTo adds other, times a factor, to row.
func addTo(row, other []float32, times float32) {
	for c, v := range other {
		row[c] += times * v
	}
}
