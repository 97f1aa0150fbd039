package classifier

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestALedgerFindsEveryFeatureAndNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var text []feature
		for _, key := range rapid.SliceOfDistinct(rapid.Uint32(), rapid.ID).Draw(t, "keys") {
			text = append(text, feature{key, 0, 1})
		}
		s, _ := pack(text)
		weights := newMatrix(len(text), 1)
		for _, f := range text {
			weights.row(s.numbers[f.key])[0] = float32(f.key)
		}
		l := newLedger(s, weights)
		for _, f := range text {
			row, known := l.find(f.key)
			if !known || l.keys[row] != f.key {
				t.Fatalf("got row %d and %v for %d", row, known, f.key)
			}
		}
		other := rapid.Uint32().Draw(t, "other")
		if _, known := l.find(other); known != contains(text, other) {
			t.Fatalf("got %v for %d", known, other)
		}
	})
}

func contains(text []feature, key uint32) bool {
	for _, f := range text {
		if f.key == key {
			return true
		}
	}
	return false
}

func TestAWeightIsKeptToHalfAStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _ := pack([]feature{{7, 0, 1}, {8, 0, 1}, {9, 0, 1}})
		m, other := newMatrix(3, 2), newMatrix(3, 1)
		for i := range m.cells {
			m.cells[i] = rapid.Float32Range(-20, 20).Draw(t, "weight")
		}
		l := newLedger(s, m, other)
		for _, key := range []uint32{7, 8, 9} {
			row, _ := l.find(key)
			sums := make([]float32, 3)
			l.add(sums, row, 1)
			for c, want := range m.row(s.numbers[key]) {
				if got := sums[c] * l.steps[c]; math.Abs(float64(got-want)) > 0.5001*float64(l.steps[c]) {
					t.Fatalf("got %v, want %v within half of %v", got, want, l.steps[c])
				}
			}
			if sums[2] != 0 {
				t.Fatalf("got %v in a column of nothing", sums[2])
			}
		}
	})
}
