// Package photos keeps the files that customers send in one flat folder.
//
// Its one rule: a file is whole or not there. It gets its final name, which is
// random and ours, only after its bytes are on the disk, and no name that comes
// from outside reaches the file system.
package photos

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"mostrador/internal/ticket"
)

// tempPrefix marks files that are still being written.
const tempPrefix = "tmp-"

// orphanDir is where Sweep puts files that no message names.
const orphanDir = "huerfanas"

// sweepBatch is how many names Sweep asks about at once.
const sweepBatch = 500

// validName is what Draft.Keep makes.
var validName = regexp.MustCompile(`^[0-9a-f]{32}\.[a-z0-9]{2,5}$`)

// Folder is an open folder of files. Safe for concurrent use.
type Folder struct {
	root   *os.Root
	disk   files
	opened time.Time // by the machine's clock, which files' times are of
}

// tick is more than files' times lag behind the machine's clock.
const tick = time.Second

// Open opens the folder dir, making it, readable by its owner only, if need be.
func Open(dir string) (*Folder, error) {
	if err := makeDir(dir); err != nil {
		return nil, unavailable(fmt.Errorf("make folder: %w", err))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, unavailable(fmt.Errorf("open folder: %w", err))
	}
	return &Folder{root: root, disk: disk{root}, opened: time.Now().Add(-tick)}, nil
}

// Close ends the use of the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Save stores data durably under a new name, whose extension follows mime, and
// returns the name. When it fails nothing stays behind and the error is a
// ticket.Error with CodeUnavailable.
func (f *Folder) Save(data []byte, mime string) (string, error) {
	d, err := f.Create()
	if err != nil {
		return "", err
	}
	defer d.Discard()
	if _, err := d.Write(data); err != nil {
		return "", err
	}
	return d.Keep(mime)
}

// Remove deletes the file called name; one that is not there is no error.
func (f *Folder) Remove(name string) error {
	if !validName.MatchString(name) {
		return fmt.Errorf("remove file %q: not a name of this folder", name)
	}
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove file: %w", err)
	}
	return nil
}

// Sweep clears away what a killed program left behind, last written before the
// given time: half-written files are removed, and whole ones that referenced
// does not report go to the folder "huerfanas", as a folder that was paired with
// the wrong database must not lose its files. It returns how many it moved;
// anything that is not this folder's kind is left alone, and so is what was written
// since the folder was opened: its row may be about to be committed, however old
// a clock that was set ahead makes it look.
func (f *Folder) Sweep(ctx context.Context, before time.Time, referenced func(context.Context, []string) (map[string]bool, error)) (int, error) {
	if f.opened.Before(before) {
		before = f.opened
	}
	whole, err := f.older(before)
	if err != nil {
		return 0, fmt.Errorf("list files: %w", err)
	}
	moved := 0
	for batch := range slices.Chunk(whole, sweepBatch) {
		used, err := referenced(ctx, batch)
		if err != nil {
			return moved, fmt.Errorf("find files in use: %w", err)
		}
		for _, name := range batch {
			if used[name] {
				continue
			}
			if err := f.setAside(name); err != nil {
				return moved, fmt.Errorf("set orphan aside: %w", err)
			}
			moved++
		}
	}
	return moved, nil
}

func (f *Folder) setAside(name string) error {
	if err := f.root.Mkdir(orphanDir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return f.root.Rename(name, orphanDir+"/"+name)
}

// older returns the whole files written before the given time and removes the
// half-written ones.
func (f *Folder) older(before time.Time) ([]string, error) {
	entries, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var whole []string
	for _, e := range entries {
		name, half := strings.CutPrefix(e.Name(), tempPrefix)
		if !e.Type().IsRegular() || !validName.MatchString(name) {
			continue
		}
		info, err := e.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue
		}
		if !half {
			whole = append(whole, name)
		} else if err := f.root.Remove(e.Name()); err != nil {
			return nil, err
		}
	}
	return whole, nil
}

// newID returns 128 random bits, which do not collide.
func newID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails since Go 1.24
	return hex.EncodeToString(id[:])
}

// unavailable keeps cause in the chain for the log.
func unavailable(cause error) error {
	return errors.Join(ticket.NewError(ticket.CodeUnavailable,
		"El servidor no puede guardar archivos ahora mismo; revise el espacio y los permisos de la carpeta de fotos."), cause)
}
