package photos_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"mostrador/internal/server/photos"
	"mostrador/internal/ticket"
)

var (
	errPower = errors.New("the power is off")
	errDisk  = errors.New("the disk does not want to")
)

// modelDisk is a disk that forgets, when the power goes, whatever was not
// synced: the bytes of a file as well as the names in the folder.
type modelDisk struct {
	steps   int
	cut     int // the power goes just before this step; 0: never
	fail    int // this step alone fails; 0: none
	names   map[string]*modelFile
	durable map[string]*modelFile // the names after a power cut
	lazy    string                // a kind of sync that does nothing: "file" or "folder"
}

type modelFile struct {
	disk   *modelDisk
	data   []byte
	synced []byte
}

func newModelDisk() *modelDisk {
	return &modelDisk{names: map[string]*modelFile{}, durable: map[string]*modelFile{}}
}

// step counts an operation and tells how it ends.
func (d *modelDisk) step() error {
	d.steps++
	switch {
	case d.cut > 0 && d.steps >= d.cut:
		return errPower
	case d.steps == d.fail:
		return errDisk
	}
	return nil
}

func (d *modelDisk) Create(name string) (photos.File, error) {
	if err := d.step(); err != nil {
		return nil, err
	}
	d.names[name] = &modelFile{disk: d}
	return d.names[name], nil
}

func (d *modelDisk) Rename(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	d.names[to] = d.names[from]
	delete(d.names, from)
	return nil
}

func (d *modelDisk) Remove(name string) error {
	if err := d.step(); err != nil {
		return err
	}
	delete(d.names, name)
	return nil
}

func (d *modelDisk) SyncDir() error {
	if err := d.step(); err != nil {
		return err
	}
	if d.lazy != "folder" {
		d.durable = maps.Clone(d.names)
	}
	return nil
}

func (f *modelFile) Write(data []byte) (int, error) {
	if err := f.disk.step(); err != nil {
		return 0, err
	}
	f.data = append(f.data, data...)
	return len(data), nil
}

func (f *modelFile) Sync() error {
	if err := f.disk.step(); err != nil {
		return err
	}
	if f.disk.lazy != "file" {
		f.synced = bytes.Clone(f.data)
	}
	return nil
}

func (f *modelFile) Close() error { return f.disk.step() }

// save keeps a few pictures, each written in three pieces, one of them
// discarded, and returns what was acknowledged: the rows that may be committed.
func save(folder *photos.Folder) map[string]string {
	rows := map[string]string{}
	for i := range 4 {
		draft, err := folder.Create()
		if err != nil {
			continue
		}
		text := strings.Repeat(fmt.Sprintf("picture %d ", i), 3)
		for piece := range slices.Chunk([]byte(text), len(text)/3) {
			if _, err = draft.Write(piece); err != nil {
				break
			}
		}
		if err != nil || i == 2 {
			draft.Discard()
			continue
		}
		if name, err := draft.Keep("image/jpeg"); err == nil {
			rows[name] = text
		}
		draft.Discard() // as callers do in any case
	}
	return rows
}

// lost returns the rows whose file is missing or partial after a power cut, and
// the files under a final name that may be partial then: renames may have
// reached the disk without being synced.
func (d *modelDisk) lost(rows map[string]string) (lost []string) {
	for name, text := range rows {
		if f := d.durable[name]; f == nil || string(f.synced) != text {
			lost = append(lost, name)
		}
	}
	for name, f := range d.names {
		if !strings.HasPrefix(name, "tmp-") && !bytes.Equal(f.synced, f.data) {
			lost = append(lost, name)
		}
	}
	return lost
}

// everyStep runs save on disks that break at one step each, and returns what
// each loses.
func everyStep(change func(d *modelDisk, step int)) (lost []string, steps int) {
	whole := newModelDisk()
	save(photos.OpenOn(whole))
	for step := range whole.steps + 1 {
		d := newModelDisk()
		change(d, step+1)
		rows := save(photos.OpenOn(d))
		lost = append(lost, d.lost(rows)...)
	}
	return lost, whole.steps
}

func TestNoRowNamesAMissingFileWheneverThePowerGoes(t *testing.T) {
	lost, steps := everyStep(func(d *modelDisk, step int) { d.cut = step })
	if len(lost) > 0 || steps < 20 {
		t.Errorf("got %v lost in %d cuts, want nothing in many", lost, steps)
	}
}

func TestTheModelNoticesASyncThatIsMissing(t *testing.T) {
	for _, lazy := range []string{"file", "folder"} {
		if lost, _ := everyStep(func(d *modelDisk, step int) { d.cut, d.lazy = step, lazy }); len(lost) == 0 {
			t.Errorf("without the sync of the %s: got nothing lost, want the model to notice", lazy)
		}
	}
}

func TestAStepThatFailsCostsOnlyItsOwnFile(t *testing.T) {
	lost, steps := everyStep(func(d *modelDisk, step int) { d.fail = step })
	if len(lost) > 0 {
		t.Errorf("got %v lost, want nothing", lost)
	}
	for step := range steps {
		d := newModelDisk()
		d.fail = step + 1
		if rows := save(photos.OpenOn(d)); len(rows) < 2 || len(d.names)-len(rows) > 1 {
			t.Errorf("step %d fails: got %d rows and %d files, want no more than one file too many, which the sweep takes", step+1, len(rows), len(d.names))
		}
	}
}

func TestADraftSaysThatTheDiskDoesNotTakeIt(t *testing.T) {
	for step := 1; step <= 6; step++ { // create, write, sync, close, rename, sync of the folder
		d := newModelDisk()
		d.fail = step
		_, err := photos.OpenOn(d).Save([]byte("picture"), "image/jpeg")
		if ticket.CodeOf(err) != ticket.CodeUnavailable || !errors.Is(err, errDisk) {
			t.Errorf("step %d fails: got %v, want %q with the cause", step, err, ticket.CodeUnavailable)
		}
		if len(d.names) != 0 {
			t.Errorf("step %d fails: got %v left behind, want nothing", step, slices.Collect(maps.Keys(d.names)))
		}
	}
}

func TestADraftThatIsDiscardedLeavesNothing(t *testing.T) {
	f, dir := open(t)
	draft, err := f.Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Write([]byte("half a pic")); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); len(got) != 1 || !strings.HasPrefix(got[0], "tmp-") {
		t.Errorf("while it is written: got %v, want a temporary name", got)
	}
	for range 2 {
		draft.Discard()
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("got %v, want nothing", got)
	}
}
