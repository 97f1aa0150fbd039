package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

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
// database or photos that are there are CodeConflict. No server may be using them.
func Restore(ctx context.Context, r io.Reader, t Target) error {
	if !t.Replace {
		if err := t.refuse(); err != nil {
			return err
		}
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
	database, photos := t.Database+".restaurando", t.Photos+".restaurando"
	if err := errors.Join(os.RemoveAll(database), os.RemoveAll(photos), os.MkdirAll(photos, 0o700)); err != nil {
		return fmt.Errorf("prepare restore: %w", err)
	}
	err = unpack(ctx, r, t.Identities, database, func(name string, r io.Reader) error { return writeFile(filepath.Join(photos, name), r) })
	if err == nil {
		err = syncDir(photos)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(database), os.RemoveAll(photos))
	}
	return t.swap(database, photos)
}

// refuse finds something that would be replaced.
func (t Target) refuse() error {
	if info, err := os.Stat(t.Database); err == nil && info.Size() > 0 {
		return ticket.NewError(ticket.CodeConflict, "Ya hay una base de datos en "+t.Database+"; con --reemplazar se guarda aparte y se pone la del respaldo.")
	}
	if entries, err := os.ReadDir(t.Photos); err == nil && len(entries) > 0 {
		return ticket.NewError(ticket.CodeConflict, "Ya hay fotos en "+t.Photos+"; con --reemplazar se guardan aparte y se ponen las del respaldo.")
	}
	return nil
}

// swap puts what is there aside and the new in its place.
func (t Target) swap(database, photos string) error {
	aside := ".antes-" + t.Now.UTC().Format(stamp)
	for _, move := range [][2]string{
		{t.Database + "-wal", t.Database + aside + "-wal"}, {t.Database + "-shm", t.Database + aside + "-shm"},
		{t.Database, t.Database + aside}, {t.Photos, t.Photos + aside},
		{photos, t.Photos}, {database, t.Database},
	} {
		if err := os.Rename(move[0], move[1]); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: %w", ticket.NewError(ticket.CodeUnavailable, "El respaldo está bien, pero no se pudo poner en su lugar: "+move[0]+"."), err)
		}
	}
	return syncDir(filepath.Dir(t.Database))
}
