//go:build unix

package disk

import (
	"math"
	"testing"
)

func TestADiskThatSaysItHasNoEndIsNotFull(t *testing.T) {
	for _, c := range []struct {
		blocks, size uint64
		want         int64
	}{
		{0, 4096, 0}, {3, 4096, 12288}, {math.MaxInt64, 1, math.MaxInt64}, {math.MaxUint64, 4096, math.MaxInt64}, {1 << 52, 4096, math.MaxInt64},
	} {
		if got := bytes(c.blocks, c.size); got != c.want {
			t.Errorf("%d blocks of %d: got %d, want %d", c.blocks, c.size, got, c.want)
		}
	}
}
