package queue

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// files is what the queue does with a disk; tests replace it by a failing one.
type files interface {
	// Create makes a file that holds data, on the disk when it returns.
	Create(path string, data []byte) error
	Read(path string) ([]byte, error)
	Rename(from, to string) error
	Remove(path string) error
	// SyncDir puts renames into and out of dir on the disk.
	SyncDir(dir string) error
	// List returns the names in dir, sorted.
	List(dir string) ([]string, error)
}

// disk is the real files.
type disk struct{}

// Create implements files.
func (disk) Create(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("create file: %w", err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("write file: %w", err), os.Remove(path))
	}
	return nil
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

// write puts data under path so that after a crash there is all of it or, if
// path existed, all of what was there.
func write(f files, path string, data []byte) error {
	temp := path + tempSuffix
	if err := f.Create(temp, data); err != nil {
		return err
	}
	if err := f.Rename(temp, path); err != nil {
		return errors.Join(fmt.Errorf("name file: %w", err), f.Remove(temp))
	}
	if err := f.SyncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}

const tempSuffix = ".tmp"

// move changes a file's folder. The target folder is synced first, so that the
// file is in one of the two whenever power goes.
func move(f files, from, to string) error {
	if err := f.Rename(from, to); err != nil {
		return fmt.Errorf("move file: %w", err)
	}
	// A failing sync changes nothing for the running program, and after a power
	// cut the old state is merely gone through once more.
	_ = f.SyncDir(filepath.Dir(to))
	_ = f.SyncDir(filepath.Dir(from))
	return nil
}
