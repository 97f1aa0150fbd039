package classifier

import (
	"math"
	"slices"
)

// shelf holds the texts that a model learns from, small: thousands of sentences
// have millions of features.
type shelf struct {
	numbers  map[uint32]uint32 // of a feature's hash, in the order they came
	rarities []float32         // of a number
	unknown  float32           // rarity of a feature that was never met

	values []float32 // that features have before their rarity counts, a handful
	texts  int
	last   []int32 // of a feature's number: the last text it was met in
	counts []int32 // in how many texts
}

// packed is a feature of a text on a shelf: its number, and which of the shelf's
// values it has.
type packed uint32

// numberBits is how many bits of packed are the number; a corpus a hundred times
// as large as ours would not need more.
const numberBits = 24

// repeats is about how often the same feature comes again in a thousand sentences;
// knowing it keeps the index from growing step by step.
const repeats = 16

// newShelf has room for so many features.
func newShelf(features int) *shelf {
	n := features / repeats
	return &shelf{
		numbers: make(map[uint32]uint32, n), last: make([]int32, 0, n), counts: make([]int32, 0, n),
	}
}

// add appends a text's hashed features to all, packed. Features are numbered in
// the order they come in.
func (s *shelf) add(all []packed, text []feature) []packed {
	s.texts++
	for _, f := range text {
		n, ok := s.numbers[f.key]
		if !ok {
			n = uint32(len(s.counts))
			s.numbers[f.key] = n
			s.counts, s.last = append(s.counts, 0), append(s.last, 0)
		}
		if s.last[n] != int32(s.texts) {
			s.last[n] = int32(s.texts)
			s.counts[n]++
		}
		value := slices.Index(s.values, f.value)
		if value < 0 {
			value = len(s.values)
			s.values = append(s.values, f.value)
		}
		all = append(all, packed(n)|packed(value)<<numberBits)
	}
	return all
}

// finish counts how rare the features are, once all texts are there.
func (s *shelf) finish() {
	s.unknown = float32(math.Log(float64(s.texts + 1)))
	s.rarities = make([]float32, len(s.counts))
	for n, count := range s.counts {
		s.rarities[n] = s.unknown - float32(math.Log(float64(count)))
	}
	s.counts, s.last = nil, nil
}

// unpack returns the numbered features of a text by rarity and of
// length 1, in the array of list.
func (s *shelf) unpack(list []feature, text []packed) []feature {
	list = list[:0]
	var square float32
	for _, f := range text {
		n := f & (1<<numberBits - 1)
		value := s.values[f>>numberBits] * s.rarities[n]
		square += value * value
		list = append(list, feature{key: uint32(n), value: value})
	}
	shrink(list, square)
	return list
}
