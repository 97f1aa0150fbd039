package queue_test

import (
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"mostrador/internal/bridge/queue"
)

// modelDisk is a disk in memory that knows what a power cut would leave of it.
//
// A file's content is safe once its Sync returned; before, it may be what it was
// at the last Sync, cut short, or garbage. An entry of a folder, made, renamed or
// removed, is safe once SyncDir of that folder returned; before, each change may
// be there or not, whatever became of the others: of a rename also one half.
type modelDisk struct {
	root *node
	cut  func() // called before and after every operation
	lie  string // an operation that does nothing: fsync or sync
}

// node is a file or a folder.
type node struct {
	entries map[string]*node // of a folder
	safe    map[string]*node // of a folder, as they are on the disk
	pending []change         // of a folder, in order, not surely on the disk

	data []byte // of a file
	kept []byte // of a file, as it is on the disk
	sure bool   // kept is data
}

// change sets or, with a nil node, removes an entry.
type change struct {
	name string
	node *node
}

func newFolder() *node { return &node{entries: map[string]*node{}, safe: map[string]*node{}} }

func newModelDisk() *modelDisk { return &modelDisk{root: newFolder(), cut: func() {}} }

func (d *modelDisk) find(path string) (*node, error) {
	n := d.root
	for part := range strings.SplitSeq(filepath.ToSlash(path), "/") {
		if part == "" || part == "." {
			continue
		}
		if n = n.entries[part]; n == nil {
			return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
		}
	}
	return n, nil
}

func (n *node) set(name string, entry *node) {
	if entry == nil {
		delete(n.entries, name)
	} else {
		n.entries[name] = entry
	}
	n.pending = append(n.pending, change{name, entry})
}

// at does one operation on the folder of path, with a power cut before and after.
func (d *modelDisk) at(path string, do func(folder *node, name string) error) error {
	d.cut()
	defer d.cut()
	folder, err := d.find(filepath.Dir(path))
	if err != nil {
		return err
	}
	return do(folder, filepath.Base(path))
}

// MakeDir makes only the last folder: the others are there.
func (d *modelDisk) MakeDir(path string) error {
	for _, folder := range []string{filepath.Dir(path), path} {
		err := d.at(folder, func(parent *node, name string) error {
			if folder != "." && parent.entries[name] == nil {
				parent.set(name, newFolder())
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *modelDisk) Create(path string) (queue.File, error) {
	n := &node{}
	return modelFile{n, d}, d.at(path, func(folder *node, name string) error { folder.set(name, n); return nil })
}

type modelFile struct {
	*node
	disk *modelDisk
}

func (f modelFile) Write(data []byte) (int, error) {
	f.disk.cut()
	defer f.disk.cut()
	f.data, f.sure = append(f.data, data...), false
	return len(data), nil
}

func (f modelFile) Sync() error {
	f.disk.cut()
	defer f.disk.cut()
	if f.disk.lie != "fsync" {
		f.kept, f.sure = slices.Clone(f.data), true
	}
	return nil
}

func (f modelFile) Close() error { return nil }

func (d *modelDisk) Read(path string) ([]byte, error) {
	n, err := d.find(path)
	if err != nil {
		return nil, err
	}
	return slices.Clone(n.data), nil
}

func (d *modelDisk) Rename(from, to string) error {
	target, err := d.find(filepath.Dir(to))
	if err != nil {
		return err
	}
	return d.at(from, func(source *node, name string) error {
		n := source.entries[name]
		if n == nil {
			return fs.ErrNotExist
		}
		source.set(name, nil)
		target.set(filepath.Base(to), n)
		return nil
	})
}

func (d *modelDisk) Remove(path string) error {
	return d.at(path, func(folder *node, name string) error {
		if folder.entries[name] == nil {
			return fs.ErrNotExist
		}
		folder.set(name, nil)
		return nil
	})
}

func (d *modelDisk) SyncDir(dir string) error {
	d.cut()
	defer d.cut()
	n, err := d.find(dir)
	if err == nil && d.lie != "sync" {
		n.safe, n.pending = maps.Clone(n.entries), nil
	}
	return err
}

func (d *modelDisk) List(dir string) ([]string, error) {
	n, err := d.find(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for name, entry := range n.entries {
		if entry.entries == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// afterPowerCut is what the disk holds when power returns. survives decides, for
// each change that was not synced, whether it got through, and damage, from 0 to
// 2, what became of a content that was not.
func (d *modelDisk) afterPowerCut(survives func() bool, damage func() int) *modelDisk {
	after := newModelDisk()
	after.root = d.root.afterPowerCut(survives, damage)
	return after
}

func (n *node) afterPowerCut(survives func() bool, damage func() int) *node {
	if n.entries == nil {
		data := n.kept
		if !n.sure {
			data = spoil(n, damage())
		}
		return &node{data: data, kept: data, sure: true}
	}
	entries := maps.Clone(n.safe)
	for _, c := range n.pending {
		switch {
		case !survives():
		case c.node == nil:
			delete(entries, c.name)
		default:
			entries[c.name] = c.node
		}
	}
	after := newFolder()
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		after.entries[name] = entries[name].afterPowerCut(survives, damage)
	}
	after.safe = maps.Clone(after.entries)
	return after
}

func spoil(n *node, how int) []byte {
	switch how {
	case 0:
		return n.kept
	case 1:
		return n.data[:len(n.data)/2]
	}
	return make([]byte, len(n.data))
}
