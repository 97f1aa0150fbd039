package queue

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// Parked returns up to limit of the parked messages, the oldest first; those
// that cannot be read are left out.
func (q *Queue) Parked(limit int) ([]Entry, error) {
	names, err := q.parkedNames()
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, n := range names {
		if len(entries) == limit {
			break
		}
		data, err := q.files.Read(q.path(StateParked, n))
		if err != nil {
			continue
		}
		if e, err := decode(data, n); err == nil {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// Retry puts the parked messages with these keys, or all when there are none, back
// in their place in the queue and returns how many that was. Keys that are not
// parked are passed over.
func (q *Queue) Retry(keys []string) (int, error) {
	q.tray.Lock()
	defer q.tray.Unlock()
	names, err := q.parkedNames()
	if err != nil {
		return 0, err
	}
	wanted := map[[16]byte]bool{}
	for _, key := range keys {
		wanted[hashKey(key)] = true
	}
	count := 0
	// Unless the removals reach the disk, a power cut after the deliveries would park
	// the messages again; that is a nuisance, not a loss.
	defer func() { _ = q.files.SyncDir(filepath.Join(q.dir, StateParked)) }()
	for _, n := range names {
		if len(keys) > 0 && !wanted[n.key] {
			continue
		}
		back, err := q.retry(n)
		if err != nil {
			return count, fmt.Errorf("retry parked message: %w", err)
		}
		if back {
			count++
		}
	}
	return count, nil
}

// retry puts one message back; back is false for one that is none any more.
func (q *Queue) retry(n name) (back bool, err error) {
	path := q.path(StateParked, n)
	data, err := q.files.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		q.unpark(func() { delete(q.keys, n.key) })
		return false, nil
	}
	if err != nil {
		return false, err
	}
	entry, err := decode(data, n)
	if err != nil {
		if err := setAside(q.files, path, q.path(StateDamaged, n)); err != nil {
			return false, err
		}
		q.unpark(func() { delete(q.keys, n.key); q.damaged++ })
		return false, nil
	}
	entry.Reason = ""
	if data, err = entry.encode(); err != nil {
		return false, err
	}
	if err := carry(q.files, path, q.path(StateWaiting, n), data); err != nil {
		return false, err
	}
	q.unpark(func() { q.waiting.add(n) })
	return true, nil
}

// unpark takes one message off the count and applies the rest of the change with it.
func (q *Queue) unpark(and func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.parked--
	and()
}

func (q *Queue) parkedNames() ([]name, error) {
	texts, err := q.files.List(filepath.Join(q.dir, StateParked))
	if err != nil {
		return nil, err
	}
	names := make([]name, 0, len(texts))
	for _, text := range texts {
		if n, ok := parseName(text); ok {
			names = append(names, n)
		}
	}
	return names, nil
}
