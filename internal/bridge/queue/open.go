package queue

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// States of a message, which are folders of the queue.
const (
	StateWaiting = "espera"
	StateFile    = "fotos"
	StateParked  = "apartados"
	StateDamaged = "danados"
)

// Open returns the queue in dir, which it makes if need be. now tells the time
// at which messages arrive and deferred ones are due.
func Open(dir string, now func() time.Time) (*Queue, error) {
	return open(dir, now, disk{})
}

func open(dir string, now func() time.Time, f files) (*Queue, error) {
	q := &Queue{
		files:   f,
		dir:     dir,
		now:     now,
		keys:    map[[16]byte]struct{}{},
		writing: map[[16]byte]chan struct{}{},
		waiting: newLane(StateWaiting, func(n name) uint64 { return n.chat }),
		photos:  newLane(StateFile, func(n name) uint64 { return n.seq }),
	}
	for _, state := range []string{StateWaiting, StateFile, StateParked, StateDamaged} {
		if err := f.MakeDir(filepath.Join(dir, state)); err != nil {
			return nil, fmt.Errorf("make queue folder: %w", err)
		}
	}
	// A synced file is lost all the same if the folder it lies in is.
	for _, folder := range []string{dir, filepath.Dir(filepath.Clean(dir))} {
		if err := f.SyncDir(folder); err != nil {
			return nil, fmt.Errorf("sync queue folder: %w", err)
		}
	}
	damaged, err := f.List(filepath.Join(dir, StateDamaged))
	if err != nil {
		return nil, err
	}
	q.damaged = len(damaged)
	// The furthest state first: of two files with one key the one that got less
	// far is left over from a Put that was told to have failed.
	for _, state := range []string{StateParked, StateFile, StateWaiting} {
		if err := q.scan(state); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// scan takes in the files of one state.
func (q *Queue) scan(state string) error {
	names, err := q.files.List(filepath.Join(q.dir, state))
	if err != nil {
		return err
	}
	for _, text := range names {
		if err := q.admit(state, text); err != nil {
			return err
		}
	}
	return nil
}

func (q *Queue) admit(state, text string) error {
	path := filepath.Join(q.dir, state, text)
	if strings.HasSuffix(text, tempSuffix) {
		return q.files.Remove(path)
	}
	n, ok := parseName(text)
	if !ok {
		q.damaged++
		aside := fmt.Sprintf("%x-%s", q.nextSeq(), text)
		return setAside(q.files, path, filepath.Join(q.dir, StateDamaged, aside))
	}
	if _, known := q.keys[n.key]; known {
		return q.files.Remove(path)
	}
	q.keys[n.key] = struct{}{}
	q.last = max(q.last, n.seq)
	switch state {
	case StateParked:
		q.parked++
	case StateFile:
		q.photos.add(n)
	case StateWaiting:
		q.waiting.add(n)
	}
	return nil
}
