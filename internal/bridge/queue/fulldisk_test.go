package queue_test

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mostrador/internal/bridge/queue"
)

// quota is a disk with room for so many bytes of files.
type quota struct {
	queue.Disk
	left  int
	sizes map[string]int
}

func (q *quota) Create(path string) (queue.File, error) {
	file, err := q.Disk.Create(path)
	return &quotaFile{file, q, path}, err
}

func (q *quota) Rename(from, to string) error {
	q.sizes[to] = q.sizes[from]
	delete(q.sizes, from)
	return q.Disk.Rename(from, to)
}

func (q *quota) Remove(path string) error {
	q.left += q.sizes[path]
	delete(q.sizes, path)
	return q.Disk.Remove(path)
}

type quotaFile struct {
	queue.File
	disk *quota
	path string
}

func (f *quotaFile) Write(data []byte) (int, error) {
	n := min(len(data), f.disk.left)
	f.disk.left -= n
	f.disk.sizes[f.path] += n
	if n, err := f.File.Write(data[:n]); err != nil || n == len(data) {
		return n, err
	}
	return n, syscall.ENOSPC
}

// fillsAndRecovers puts messages until the disk is full, empties the queue as the
// uplink does, and goes on.
func fillsAndRecovers(t *testing.T, dir string, open func() (*queue.Queue, error)) {
	t.Helper()
	q, err := open()
	must(t, err)
	big := func(i int) queue.Entry {
		e := entry("ana", strconv.Itoa(i))
		e.Message.Content = strings.Repeat("x", 10_000)
		return e
	}
	stored := 0
	for ; stored < 100; stored++ {
		if err = q.Put(big(stored)); err != nil {
			break
		}
	}
	if !errors.Is(err, syscall.ENOSPC) || stored == 0 {
		t.Fatalf("got %v after %d messages, want a full disk", err, stored)
	}
	if s := q.Stats(); !s.Failing || s.Waiting != stored {
		t.Errorf("got %+v, want %d messages and a disk that fails", s, stored)
	}
	if err := q.Put(big(stored)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the same message again: got %v, want it refused again", err)
	}
	if left := listDir(t, filepath.Join(dir, "espera")); len(left) != stored {
		t.Errorf("got %d files for %d messages", len(left), stored)
	}
	q, err = open() // a restart with a full disk
	must(t, err)
	wantCounts(t, q, stored, 0, 0, 0)
	for i := range 3 {
		must(t, q.Done(mustNext(t, q.Next, strconv.Itoa(i))))
	}
	must(t, q.Put(big(stored)))
	for i := 3; i <= stored; i++ {
		must(t, q.Done(mustNext(t, q.Next, strconv.Itoa(i))))
	}
	if s := q.Stats(); s.Failing || s.Waiting != 0 {
		t.Errorf("got %+v, want all delivered and a disk that is well", s)
	}
}

func TestAFullDiskIsSaidAndRecoversByItself(t *testing.T) {
	t.Run("counted", func(t *testing.T) {
		dir := t.TempDir()
		disk := &quota{left: 200_000, sizes: map[string]int{}}
		fillsAndRecovers(t, dir, func() (*queue.Queue, error) { return queue.OpenOn(dir, time.Now, disk) })
	})
	t.Run("mounted", func(t *testing.T) {
		dir := smallDisk(t)
		fillsAndRecovers(t, dir, func() (*queue.Queue, error) { return queue.Open(dir, time.Now) })
	})
}
