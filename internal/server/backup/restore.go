package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// Target is where a copy is restored to.
type Target struct {
	Database string // path of the SQLite file
	Photos   string // folder
	// Replace allows what is there to be replaced; it is kept beside it under a
	// name with the time in it.
	Replace    bool
	Identities []age.Identity // that may open an encrypted copy
	Now        time.Time
}

// Restore makes everything as it was in the copy that r reads. Nothing is
// changed before all of the copy was read and found whole. Without t.Replace a
// database or photos that are there are CodeConflict, and so is a database that a
// program has open.
func Restore(ctx context.Context, r io.Reader, t Target) error {
	if !t.Replace {
		if err := t.refuse(); err != nil {
			return err
		}
	}
	// Another container of the same volume, say, which answers on no port of ours.
	if store.InUse(ctx, t.Database) {
		return ticket.NewError(ticket.CodeConflict, "Otro programa usa la base de datos "+t.Database+": pare el servidor, y Litestream si lo hay, antes de restaurar.")
	}
	secret, r, err := isEncrypted(r)
	if err != nil {
		return err
	}
	if !secret {
		t.Identities = nil
	} else if len(t.Identities) == 0 {
		return ticket.NewError(ticket.CodeForbidden, "El respaldo está cifrado: diga con --identidad dónde está la clave que lo abre.")
	}
	// Within the folder: in a container nothing can be written beside it.
	database, photos := t.Database+".restaurando", filepath.Join(t.Photos, ".restaurando")
	if err := errors.Join(os.RemoveAll(database), os.RemoveAll(photos), os.MkdirAll(photos, 0o700)); err != nil {
		return fmt.Errorf("prepare restore: %w", err)
	}
	err = unpack(ctx, r, t.Identities, database, func(name string, r io.Reader) error { return writeFile(filepath.Join(photos, name), r) })
	if err == nil {
		err = syncDir(photos)
	}
	if err != nil {
		err = errors.Join(err, os.RemoveAll(database), os.RemoveAll(photos))
		_ = os.Remove(t.Photos) // only if nothing is in it
		return err
	}
	return t.swap(database, photos)
}

// refuse finds something that would be replaced.
func (t Target) refuse() error {
	if info, err := os.Stat(t.Database); err == nil && info.Size() > 0 {
		return ticket.NewError(ticket.CodeConflict, "Ya hay una base de datos en "+t.Database+"; con --reemplazar se guarda aparte y se pone la del respaldo.")
	}
	entries, err := os.ReadDir(t.Photos)
	if err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Type().IsRegular() }) {
		return ticket.NewError(ticket.CodeConflict, "Ya hay fotos en "+t.Photos+"; con --reemplazar se guardan aparte y se ponen las del respaldo.")
	}
	return nil
}

// swap puts what is there aside and the new in its place, the database last.
// Where it breaks off, the whole can be done again.
func (t Target) swap(database, photos string) error {
	aside := ".antes-" + t.Now.UTC().Format(stamp)
	err := errors.Join(
		move(t.Database+"-wal", t.Database+aside+"-wal"), move(t.Database+"-shm", t.Database+aside+"-shm"), move(t.Database, t.Database+aside),
		moveFiles(t.Photos, filepath.Join(t.Photos, aside)), moveFiles(photos, t.Photos), os.Remove(photos),
	)
	if err == nil {
		err = errors.Join(syncDir(t.Photos), move(database, t.Database), syncDir(filepath.Dir(t.Database)))
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ticket.NewError(ticket.CodeUnavailable, "El respaldo está bien, pero no se pudo poner en su lugar. Lo que había está en los archivos con «.antes-» en el nombre; repita el comando."), err)
	}
	return nil
}

// move renames what is there.
func move(from, to string) error {
	if err := os.Rename(from, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// moveFiles moves the files of one folder, not its folders, to another, which is
// made when there is anything to move.
func moveFiles(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		if err := os.MkdirAll(to, 0o700); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
