package classifier

import (
	"strings"
	"sync/atomic"
)

// word is all that a model knows of one word, whatever text it stands in. What
// its features say adds up, so that it is worked out once and not for each text.
type word struct {
	text, stem string
	opens      []*phrase // of rules, that begin with its stem
	said
}

// said is what some features of a text say together, before the text's length
// counts: in the columns of the ledger and then, if people taught something, in
// those of the adaptation's words.
type said struct {
	columns []float32
	square  float32 // of the features' values
	known   bool    // at least one of them was met in training
}

// wordSlots is how many words a model remembers at most: a few thousand are nearly
// all that people write.
const wordSlots = 1 << 13

// longestWord is how many bytes a word may have that is remembered. Longer ones are
// written by nobody twice, and could be as long as a message.
const longestWord = 48

// wordCache remembers what a model knows of the words it met last. What is forgotten
// is worked out again, with the same result. Safe for concurrent use.
type wordCache [wordSlots]atomic.Pointer[word]

// word returns what m knows of a folded word.
func (m *Model) word(text string) *word {
	slot := &m.words[hash(hashStart, text)%wordSlots]
	if w := slot.Load(); w != nil && w.text == text {
		return w
	}
	w := &word{text: strings.Clone(text), stem: strings.Clone(m.vocabulary.stem(text)), said: m.nothing()}
	w.opens = m.phrases[w.stem]
	for _, f := range m.recipe.appendWord(nil, text, w.stem) {
		m.hear(&w.said, f)
	}
	if len(text) <= longestWord {
		slot.Store(w)
	}
	return w
}

// nothing is what a text without features says.
func (m *Model) nothing() said { return said{columns: make([]float32, m.width())} }

// width is in how many columns a text may say something.
func (m *Model) width() int {
	if m.taught == nil {
		return m.ledger.columns
	}
	return m.ledger.columns + m.taught.words.classes
}

// hear adds to s what a hashed feature says.
func (m *Model) hear(s *said, f feature) {
	row, known := m.ledger.find(f.key)
	f.value *= m.ledger.rarity(row, known)
	s.square += f.value * f.value
	if known {
		s.known = true
		m.ledger.add(s.columns, row, f.value)
	}
	if m.taught == nil {
		return
	}
	if row, ok := m.taught.rows[f.key]; ok {
		addTo(s.columns[m.ledger.columns:], m.taught.words.row(row), f.value)
	}
}

// hearing is what a text says, token by token and altogether.
type hearing struct {
	words   []*word   // of each token
	weights []float32 // of each token, see recipe.weights
	each    []float32 // a row of columns for each token, before the text's length counts
	scale   []float32 // of each column: what that makes of it
	said              // altogether, with it
}

// listen makes out what tokens say. A pair is a stem after the one before it, or
// after a pause.
func (m *Model) listen(tokens []token) hearing {
	width := m.width()
	all := make([]float32, (len(tokens)+2)*width)
	h := hearing{words: make([]*word, len(tokens)), weights: m.recipe.weights(tokens), said: said{columns: all[:width]}, scale: all[width : 2*width], each: all[2*width:]}
	before := ""
	for i, weight := range h.weights {
		w := m.word(tokens[i].word)
		h.words[i] = w
		if tokens[i].pause {
			before = ""
		}
		one := said{columns: h.each[i*width : (i+1)*width]}
		if m.recipe.pairs != 0 {
			m.hear(&one, feature{pairKey(before, w.stem), 0, m.recipe.pairs})
		}
		before = w.stem
		for c, more := range w.columns {
			one.columns[c] = (one.columns[c] + more) * weight
			h.columns[c] += one.columns[c]
		}
		h.square += (one.square + w.square) * weight * weight
		h.known = h.known || one.known || w.known
	}
	for c := range h.columns {
		if c < m.ledger.columns {
			h.scale[c] = m.ledger.steps[c] / lengthOf(h.square)
		} else {
			h.scale[c] = 1 / lengthOf(h.square/(taughtLength*taughtLength))
		}
		h.columns[c] *= h.scale[c]
	}
	return h
}

// speak adds to each token's weight what it says in a column.
func (h hearing) speak(weights []float32, column int) {
	for i := range weights {
		weights[i] += h.each[i*len(h.columns)+column] * h.scale[column]
	}
}
