package classifier

import (
	"cmp"
	"math"
	"slices"
)

// ledger is what a trained model keeps of the features that were met in training,
// small: of each its hash, how rare it is and one weight in a byte for each
// column. It never changes.
type ledger struct {
	keys     []uint32 // hashes, in order
	starts   []uint32 // where the hashes begin that start with the same bits
	rarities []float32
	unknown  float32 // rarity of a feature that was never met
	columns  int
	cells    []int8    // a row for each feature
	steps    []float32 // of each column: what 1 in its cells is worth
}

// startBits is by how many bits of a hash it is looked up: enough that few hashes
// have the same ones.
const startBits = 13

// newLedger writes down what was learned: the columns of all matrices beside one
// another, each feature's rows in the order of s.
func newLedger(s *shelf, matrices ...matrix) *ledger {
	l := &ledger{unknown: s.unknown, keys: make([]uint32, 0, len(s.rarities)), rarities: make([]float32, len(s.rarities))}
	for key := range s.numbers {
		l.keys = append(l.keys, key)
	}
	slices.Sort(l.keys)
	for _, m := range matrices {
		l.columns += m.classes
		l.steps = append(l.steps, m.steps()...)
	}
	l.cells = make([]int8, 0, len(l.keys)*l.columns)
	l.starts = make([]uint32, 1<<startBits+1)
	for row, key := range l.keys {
		n := s.numbers[key]
		l.rarities[row] = s.rarities[n]
		l.starts[key>>(32-startBits)+1] = uint32(row + 1)
		for _, m := range matrices {
			for _, w := range m.row(n) {
				step := l.steps[len(l.cells)%l.columns]
				l.cells = append(l.cells, int8(math.Round(float64(w/step))))
			}
		}
	}
	for i := range l.starts[1:] {
		l.starts[i+1] = max(l.starts[i+1], l.starts[i])
	}
	return l
}

// steps returns how coarse each column of m may be for its greatest weight to fit
// into a byte.
func (m matrix) steps() []float32 {
	steps := make([]float32, m.classes)
	for i, w := range m.cells {
		c := i % m.classes
		steps[c] = max(steps[c], float32(math.Abs(float64(w))))
	}
	for c := range steps {
		steps[c] = cmp.Or(steps[c], 1) / math.MaxInt8
	}
	return steps
}

// find returns the row of a feature's hash, and whether it was met in training.
func (l *ledger) find(hash uint32) (row int, known bool) {
	first := hash >> (32 - startBits)
	begin, end := l.starts[first], l.starts[first+1]
	i, known := slices.BinarySearch(l.keys[begin:end], hash)
	return int(begin) + i, known
}

// rarity is how much the feature counts that find found, or did not.
func (l *ledger) rarity(row int, known bool) float32 {
	if known {
		return l.rarities[row]
	}
	return l.unknown
}

// add adds a row's cells, so many times, to sums, which are in steps.
func (l *ledger) add(sums []float32, row int, times float32) {
	cells := l.cells[row*l.columns:][:l.columns]
	for c, w := range cells {
		sums[c] += times * float32(w)
	}
}

// score is what all columns say of a text with these hashed features, by rarity
// and as if its features had the length 1 together, the unknown ones too: the less
// of a text is known, the less it says.
func (l *ledger) score(hashed []feature) []float32 {
	sums := make([]float32, l.columns)
	var square float32
	for _, f := range hashed {
		row, known := l.find(f.key)
		f.value *= l.rarity(row, known)
		square += f.value * f.value
		if known {
			l.add(sums, row, f.value)
		}
	}
	for c := range sums {
		sums[c] *= l.steps[c] / lengthOf(square)
	}
	return sums
}

// minLength is the length below which a text is not stretched: «a» says little.
const minLength = 15

// lengthOf is what a text's features are divided by, square being that of all of
// them.
func lengthOf(square float32) float32 {
	return max(float32(math.Sqrt(float64(square))), minLength)
}

// shrink gives text the length of 1, square being that of all its features.
func shrink(text []feature, square float32) {
	length := lengthOf(square)
	for i := range text {
		text[i].value /= length
	}
}
