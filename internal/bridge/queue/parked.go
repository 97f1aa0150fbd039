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
		data, err := q.files.Read(q.path(stateParked, n))
		if err != nil {
			continue
		}
		if e, err := decode(data, n); err == nil {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// Retry puts everything parked back in its place in the queue and returns how
// much that was.
func (q *Queue) Retry() (int, error) {
	names, err := q.parkedNames()
	if err != nil {
		return 0, err
	}
	count := 0
	for _, n := range names {
		err := move(q.files, q.path(stateParked, n), q.path(stateWaiting, n))
		if errors.Is(err, fs.ErrNotExist) {
			continue // another Retry was faster
		}
		if err != nil {
			return count, fmt.Errorf("retry parked message: %w", err)
		}
		count++
		q.unpark(n)
	}
	return count, nil
}

func (q *Queue) unpark(n name) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.parked--
	q.waiting.add(n)
	q.broadcast()
}

func (q *Queue) parkedNames() ([]name, error) {
	texts, err := q.files.List(filepath.Join(q.dir, stateParked))
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
