// Package disk says how much room there is on a disk.
//
// Its one rule: it asks the system what an ordinary user may still write, not
// what is free.
package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Free returns how many bytes may still be written below path. What does not
// exist yet counts as its nearest folder that does.
func Free(path string) (int64, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return 0, err
	}
	return free(Existing(path))
}

// Existing returns path, or the nearest folder above it that exists.
func Existing(path string) string {
	for {
		_, err := os.Stat(path)
		above := filepath.Dir(path)
		if !errors.Is(err, fs.ErrNotExist) || above == path {
			return path
		}
		path = above
	}
}
