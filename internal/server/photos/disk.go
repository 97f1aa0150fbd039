package photos

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// files is how a Draft reaches the disk; tests put one in its place that
// forgets whatever was not synced.
type files interface {
	// Create makes a file that is not there yet.
	Create(name string) (file, error)
	Rename(from, to string) error
	Remove(name string) error
	// SyncDir makes what was created, renamed and removed durable.
	SyncDir() error
}

// file is a file that is being written.
type file interface {
	io.WriteCloser
	// Sync makes what was written durable.
	Sync() error
}

// disk is the real files.
type disk struct{ root *os.Root }

// Create implements files.
func (d disk) Create(name string) (file, error) {
	return d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// Rename implements files.
func (d disk) Rename(from, to string) error { return d.root.Rename(from, to) }

// Remove implements files.
func (d disk) Remove(name string) error { return d.root.Remove(name) }

// SyncDir implements files.
func (d disk) SyncDir() error {
	dir, err := d.root.Open(".")
	if err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir syncs the folder dir and closes it. Windows cannot and does without,
// and so do some network file systems.
func syncDir(dir *os.File) error {
	if runtime.GOOS == "windows" {
		return dir.Close()
	}
	err := dir.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, dir.Close())
}

// makeDir makes the folder dir durably: files in it are worth nothing when the
// folder itself is gone after a power cut.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	parent, err := os.Open(filepath.Dir(dir))
	if err != nil {
		return err
	}
	return syncDir(parent)
}
