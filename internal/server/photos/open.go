package photos

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Open opens the stored file called name for reading; the caller closes it. One
// that is not there, or not a file of this folder, is CodeNotFound.
func (f *Folder) Open(name string) (*os.File, error) {
	if !validName.MatchString(name) {
		return nil, notFound()
	}
	file, err := f.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound()
	}
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	return file, nil
}
