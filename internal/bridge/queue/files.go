package queue

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// files is what the queue does with a disk; tests replace it by a failing one and
// by one that forgets, at a power cut, whatever was not synced.
type files interface {
	// MakeDir makes a folder, and those above it, unless it is there.
	MakeDir(path string) error
	// Create opens a new, empty file in place of any other at path.
	Create(path string) (file, error)
	Read(path string) ([]byte, error)
	Rename(from, to string) error
	Remove(path string) error
	// SyncDir puts what was made, renamed and removed in dir on the disk.
	SyncDir(dir string) error
	// List returns the names of the files in dir, sorted.
	List(dir string) ([]string, error)
}

// file is one that is being written; Sync puts its content on the disk.
type file interface {
	io.WriteCloser
	Sync() error
}

// disk is the real files.
type disk struct{}

// MakeDir implements files.
func (disk) MakeDir(path string) error { return os.MkdirAll(path, 0o700) }

// Create implements files.
func (disk) Create(path string) (file, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
}

// Read implements files.
func (disk) Read(path string) ([]byte, error) { return os.ReadFile(path) }

// Rename implements files.
func (disk) Rename(from, to string) error { return rename(from, to) }

// Remove implements files.
func (disk) Remove(path string) error { return os.Remove(path) }

// SyncDir implements files.
func (disk) SyncDir(dir string) error { return syncDir(dir) }

// List implements files.
func (disk) List(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list folder: %w", err)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

const tempSuffix = ".tmp"

// write puts data under path, on the disk when it returns: after a crash there is
// all of it or no such file. After an error there is none.
func write(f files, path string, data []byte) error {
	temp := path + tempSuffix
	if err := fill(f, temp, data); err != nil {
		return err
	}
	if err := f.Rename(temp, path); err != nil {
		return errors.Join(fmt.Errorf("name file: %w", err), f.Remove(temp))
	}
	if err := f.SyncDir(filepath.Dir(path)); err != nil {
		// What is under the name is not safe.
		return errors.Join(fmt.Errorf("sync folder: %w", err), f.Remove(path))
	}
	return nil
}

func fill(f files, path string, data []byte) error {
	file, err := f.Create(path)
	if err != nil {
		return fmt.Errorf("create file: %w", err)
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(fmt.Errorf("write file: %w", err), f.Remove(path))
	}
	return nil
}

// carry gives the message of one path data and another path. The new file is on
// the disk before the old one goes: of a rename between two folders a power cut
// may leave the half that takes away.
func carry(f files, from, to string, data []byte) error {
	if err := write(f, to, data); err != nil {
		return err
	}
	if err := f.Remove(from); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("remove file: %w", err), f.Remove(to))
	}
	return nil
}

// setAside moves a file that holds no message to another folder.
func setAside(f files, from, to string) error {
	if err := f.Rename(from, to); err != nil {
		return fmt.Errorf("move file: %w", err)
	}
	// After a power cut a file that is back is moved once more.
	_ = f.SyncDir(filepath.Dir(to))
	return nil
}
