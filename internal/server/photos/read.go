package photos

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Read opens the file called name for a program; the caller closes it. It returns
// CodeNotFound when the file is not there.
func (f *Folder) Read(name string) (io.ReadCloser, error) {
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
