//go:build unix

package disk

import (
	"math"
	"math/bits"

	"golang.org/x/sys/unix"
)

func free(path string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, err
	}
	return bytes(uint64(s.Bavail), uint64(s.Bsize)), nil //nolint:gosec // a block's size is no less than a byte; the types differ between systems
}

// bytes is how many blocks of a size are: the most there is where a network disk
// says that it has no end.
func bytes(blocks, size uint64) int64 {
	high, low := bits.Mul64(blocks, size)
	if high > 0 || low > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(low)
}
