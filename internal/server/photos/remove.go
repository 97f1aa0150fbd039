package photos

import (
	"errors"
	"fmt"
	"io/fs"
)

// RemoveAll deletes the files called names, also where Sweep set them aside, and
// returns nil only once they are off the disk for good. One that is not there is
// no error.
func (f *Folder) RemoveAll(names []string) error {
	for _, name := range names {
		if !validName.MatchString(name) {
			continue // none of ours ever had such a name
		}
		for _, path := range []string{name, orphanDir + "/" + name} {
			if err := f.disk.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return unavailable(fmt.Errorf("remove file: %w", err))
			}
		}
	}
	if err := f.disk.SyncDir(); err != nil {
		return unavailable(fmt.Errorf("sync folder: %w", err))
	}
	return nil
}
