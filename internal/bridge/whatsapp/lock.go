package whatsapp

import (
	"io"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"mostrador/internal/ticket"
)

// Lock keeps every bridge away from the session in dir, and so from the queue
// beside it, until it is closed. It returns a ticket.Error with CodeConflict when
// a bridge runs there, and one with CodeUnavailable when the folder cannot be used.
func Lock(dir string) (io.Closer, error) { return lockFolder(dir) }

func lockFolder(dir string) (*flock.Flock, error) {
	if err := os.MkdirAll(dir, privateFolder); err != nil {
		return nil, unusable(dir, err)
	}
	lock := flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(privateFile))
	switch locked, err := lock.TryLock(); {
	case err != nil:
		return nil, unusable(dir, err)
	case !locked:
		return nil, ticket.NewError(ticket.CodeConflict, "Otro programa bridge ya está usando esta sesión de WhatsApp. Ciérrelo antes de abrir este.")
	}
	return lock, nil
}
