package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// What lies in Temp: a folder with the database of each copy under way, such as
// respaldo-123456.parte, and the file that whoever makes one holds locked. The end
// of a folder's name keeps apart what people may have made there by hand.
const (
	tempPrefix = "respaldo-"
	lockName   = "respaldo.lock"
)

// lock keeps other programs, such as «server backup» beside a server, from making
// a copy of the same data. The system gives the lock back when this program dies.
func (b *Backups) lock() (*flock.Flock, error) {
	alone := flock.New(filepath.Join(b.Temp, lockName), flock.SetPermissions(0o600))
	free, err := alone.TryLock()
	switch {
	case err != nil: // some network drives have no locks: better a copy without one than none
		b.Log.Warn().Err(err).Msg("backups not locked")
	case !free:
		return nil, errBusy
	}
	return alone, nil
}

// clear removes what copies left behind whose program was killed: in Temp, where
// they are nobody's while this one has the lock, and on the shelf. Otherwise a copy
// that gets the server killed would fill the disk, one more at each start.
func (b *Backups) clear(ctx context.Context) {
	var errs []error
	if b.work.alone.Locked() {
		errs = append(errs, b.clearTemp())
	}
	files, err := b.Shelf.List(ctx)
	errs = append(errs, err)
	for _, name := range abandoned(files, b.Now()) {
		errs = append(errs, b.Shelf.Remove(ctx, name))
	}
	if err := errors.Join(errs...); err != nil {
		b.Log.Warn().Err(err).Msg("unfinished backups not removed")
	}
}

func (b *Backups) clearTemp() error {
	entries, err := os.ReadDir(b.Temp)
	errs := []error{err}
	for _, e := range entries {
		if e.IsDir() && isTemp(e.Name()) {
			errs = append(errs, os.RemoveAll(filepath.Join(b.Temp, e.Name())))
		}
	}
	return errors.Join(errs...)
}

// isTemp reports whether a name is one that make gives a folder.
func isTemp(name string) bool {
	number, ours := strings.CutPrefix(name, tempPrefix)
	number, unfinished := strings.CutSuffix(number, half)
	return ours && unfinished && number != "" && strings.Trim(number, "0123456789") == ""
}
