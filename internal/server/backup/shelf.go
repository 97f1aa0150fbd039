package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"mostrador/internal/disk"
	"mostrador/internal/ticket"
)

// Shelf is where copies lie. What it holds besides is left alone.
type Shelf interface {
	// Place says where it is, for people, without secrets.
	Place() string
	// List returns what is there; an empty shelf is no error.
	List(ctx context.Context) ([]File, error)
	// Put stores all of r durably under name, over what had it, or nothing.
	Put(ctx context.Context, name string, r io.Reader) error
	// Get opens what has the name; the caller closes it. What is not there is
	// CodeNotFound.
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	// Remove takes name away; what is not there is no error.
	Remove(ctx context.Context, name string) error
}

func missing(name string) error {
	return ticket.NewError(ticket.CodeNotFound, "No existe el respaldo "+name+".")
}

// reserve is what a copy leaves free on a disk, in bytes: messages come first.
const reserve = 512 << 20

// room returns an error unless a copy of about size bytes fits on the shelf.
func room(shelf Shelf, size int64) error {
	f, ok := shelf.(folder)
	if !ok {
		return nil // a bucket has no end
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return f.unavailable(err)
	}
	if free, err := disk.Free(f.dir); err == nil && free-size < reserve {
		return ticket.NewError(ticket.CodeUnavailable, fmt.Sprintf("El respaldo no cabe en %s: ocuparía unos %d MB y quedan %d MB libres.", f.dir, size>>20, free>>20))
	}
	return nil
}

// half marks files that are still being written.
const half = ".parte"

// folder is a shelf on a disk.
type folder struct{ dir string }

// Folder returns the shelf in the folder dir, which is made when it is used.
func Folder(dir string) Shelf { return folder{dir} }

// Place implements Shelf.
func (f folder) Place() string { return f.dir }

// List implements Shelf.
func (f folder) List(context.Context) ([]File, error) {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, f.unavailable(err)
	}
	var files []File
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			files = append(files, File{Name: e.Name(), Size: info.Size()})
		}
	}
	return files, nil
}

// Put implements Shelf.
func (f folder) Put(_ context.Context, name string, r io.Reader) error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return f.unavailable(err)
	}
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return f.unavailable(err)
	}
	defer func() { _ = root.Close() }()
	if err := f.write(root, name, r); err != nil {
		return errors.Join(f.unavailable(err), root.RemoveAll(name+half))
	}
	return nil
}

func (f folder) write(root *os.Root, name string, r io.Reader) error {
	file, err := root.OpenFile(name+half, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = io.Copy(file, r); err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := root.Rename(name+half, name); err != nil {
		return err
	}
	return syncDir(f.dir)
}

// Get implements Shelf.
func (f folder) Get(_ context.Context, name string) (io.ReadCloser, error) {
	file, err := os.OpenInRoot(f.dir, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(name)
	}
	if err != nil {
		return nil, f.unavailable(err)
	}
	return file, nil
}

// Remove implements Shelf.
func (f folder) Remove(_ context.Context, name string) error {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return f.unavailable(err)
	}
	defer func() { _ = root.Close() }()
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f.unavailable(err)
	}
	return nil
}

func (f folder) unavailable(cause error) error {
	return fmt.Errorf("%w: %w", ticket.NewError(ticket.CodeUnavailable, "No se puede usar la carpeta de respaldos "+f.dir+": revise el espacio y los permisos."), cause)
}
