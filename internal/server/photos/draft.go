package photos

import (
	"errors"
	"fmt"
)

// Draft is a file that is being written, under a temporary name, until Keep or
// Discard. It is for one goroutine.
type Draft struct {
	folder *Folder
	id     string
	file   file // nil once it is kept or discarded
}

// Create begins a file. The caller ends it with Keep or Discard. An error is a
// ticket.Error with CodeUnavailable, like that of every method of a Draft.
func (f *Folder) Create() (*Draft, error) {
	id := newID()
	file, err := f.disk.Create(tempName(id))
	if err != nil {
		return nil, unavailable(fmt.Errorf("create file: %w", err))
	}
	return &Draft{folder: f, id: id, file: file}, nil
}

// Write implements io.Writer.
func (d *Draft) Write(data []byte) (int, error) {
	n, err := d.file.Write(data)
	if err != nil {
		err = unavailable(fmt.Errorf("write file: %w", err))
	}
	return n, err
}

// Keep puts the file on the disk for good, under a name whose extension follows
// mime, and returns the name. When it fails nothing stays behind.
func (d *Draft) Keep(mime string) (string, error) {
	name := d.id + extension(mime)
	if err := d.keep(name); err != nil {
		return "", unavailable(fmt.Errorf("save file: %w", err))
	}
	return name, nil
}

// keep takes the steps in the only order that survives a power cut after any of
// them: the bytes, their name, the folder that holds the name.
func (d *Draft) keep(name string) error {
	if err := d.file.Sync(); err != nil {
		d.Discard()
		return err
	}
	file := d.file
	d.file = nil
	disk, temp := d.folder.disk, tempName(d.id)
	if err := file.Close(); err != nil {
		return errors.Join(err, disk.Remove(temp))
	}
	if err := disk.Rename(temp, name); err != nil {
		return errors.Join(err, disk.Remove(temp))
	}
	if err := disk.SyncDir(); err != nil {
		return errors.Join(err, disk.Remove(name))
	}
	return nil
}

// Discard removes what was written, unless it is kept already. What cannot be
// removed Sweep finds.
func (d *Draft) Discard() {
	if d.file == nil {
		return
	}
	_ = d.file.Close()
	_ = d.folder.disk.Remove(tempName(d.id))
	d.file = nil
}

// tempName is where a draft is written; the extension is that of a file about
// which nothing is known yet.
func tempName(id string) string { return tempPrefix + id + extension("") }
