package photos

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// OpenFile returns the stored file called name, which the caller closes. One
// that is not there is CodeNotFound.
func (f *Folder) OpenFile(name string) (io.ReadCloser, error) {
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
