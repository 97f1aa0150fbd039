package queue_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/bridge/queue"
)

// faulty fails chosen operations of a real disk.
type faulty struct {
	queue.Disk
	fail func(op string) error // called with mkdir, create, write, fsync, read, rename, remove or sync
}

func (f *faulty) MakeDir(path string) error {
	if err := f.fail("mkdir"); err != nil {
		return err
	}
	return f.Disk.MakeDir(path)
}

func (f *faulty) Create(path string) (queue.File, error) {
	if err := f.fail("create"); err != nil {
		return nil, err
	}
	file, err := f.Disk.Create(path)
	return faultyFile{file, f}, err
}

// faultyFile takes half of what it is given when writing fails.
type faultyFile struct {
	queue.File
	disk *faulty
}

func (f faultyFile) Write(data []byte) (int, error) {
	if err := f.disk.fail("write"); err != nil {
		n, _ := f.File.Write(data[:len(data)/2])
		return n, err
	}
	return f.File.Write(data)
}

func (f faultyFile) Sync() error {
	if err := f.disk.fail("fsync"); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *faulty) Read(path string) ([]byte, error) {
	if err := f.fail("read"); err != nil {
		return nil, err
	}
	return f.Disk.Read(path)
}

func (f *faulty) Rename(from, to string) error {
	if err := f.fail("rename"); err != nil {
		return err
	}
	return f.Disk.Rename(from, to)
}

func (f *faulty) Remove(path string) error {
	if err := f.fail("remove"); err != nil {
		return err
	}
	return f.Disk.Remove(path)
}

func (f *faulty) SyncDir(dir string) error {
	if err := f.fail("sync"); err != nil {
		return err
	}
	return f.Disk.SyncDir(dir)
}

func openFaulty(t testing.TB, dir string, f *faulty) *queue.Queue {
	t.Helper()
	q, err := queue.OpenOn(dir, time.Now, f)
	must(t, err)
	return q
}

func TestAFullDiskRefusesTheMessageAndTakesItLater(t *testing.T) {
	for _, op := range []string{"create", "write", "fsync", "rename", "sync"} {
		t.Run(op, func(t *testing.T) {
			dir := t.TempDir()
			full := false
			q := openFaulty(t, dir, &faulty{fail: func(called string) error {
				if full && called == op {
					return syscall.ENOSPC
				}
				return nil
			}})
			full = true
			if err := q.Put(entry("ana", "1")); !errors.Is(err, syscall.ENOSPC) {
				t.Fatalf("Put: got %v, want the disk's error", err)
			}
			wantCounts(t, q, 0, 0, 0, 0)
			if !q.Stats().Failing {
				t.Error("the queue does not say that the disk takes nothing")
			}
			full = false
			mustPut(t, q, entry("ana", "1"))
			if s := q.Stats(); s.Failing || s.Stored != 1 {
				t.Errorf("got %+v when there is space again, want one message stored", s)
			}
			mustNext(t, q.Next, "1")
			wantCounts(t, mustOpen(t, dir), 1, 0, 0, 0)
		})
	}
}

func TestAFileTheDiskWouldNotGiveIsTriedAgain(t *testing.T) {
	broken := true
	q := openFaulty(t, t.TempDir(), &faulty{fail: func(op string) error {
		if op == "read" && broken {
			return syscall.EIO
		}
		return nil
	}})
	mustPut(t, q, entry("ana", "1"))
	if item := ready(t, q.Next); item != nil {
		t.Fatalf("got %q, want nothing", item.Entry.Key)
	}
	broken = false
	q.WakeAll()
	mustNext(t, q.Next, "1")
}

func TestAFailedTransitionLeavesTheItemWithItsHolder(t *testing.T) {
	for name, end := range map[string]func(*queue.Queue, *queue.Item) error{
		"done":       (*queue.Queue).Done,
		"await file": (*queue.Queue).AwaitFile,
		"park":       func(q *queue.Queue, i *queue.Item) error { return q.Park(i, "no") },
	} {
		t.Run(name, func(t *testing.T) {
			broken := false
			q := openFaulty(t, t.TempDir(), &faulty{fail: func(op string) error {
				if broken && (op == "rename" || op == "remove") {
					return fs.ErrPermission
				}
				return nil
			}})
			mustPut(t, q, entry("ana", "1"), entry("ana", "2"))
			item := mustNext(t, q.Next, "1")
			broken = true
			if err := end(q, item); !errors.Is(err, fs.ErrPermission) {
				t.Fatalf("got %v, want the disk's error", err)
			}
			wantCounts(t, q, 2, 0, 0, 0)
			broken = false
			q.Defer(item, time.Time{})
			item = mustNext(t, q.Next, "1")
			must(t, end(q, item))
			mustNext(t, q.Next, "2")
		})
	}
}

// TestADeathAtAnyOperationLosesNothing lets the program die before its n-th disk
// operation, for every n of a life that uses all transitions, and looks at what
// the next start finds.
func TestADeathAtAnyOperationLosesNothing(t *testing.T) {
	died := errors.New("the program is dead")
	for n := 0; ; n++ {
		dir := t.TempDir()
		left := n
		q, err := queue.OpenOn(dir, time.Now, &faulty{fail: func(string) error {
			if left--; left < 0 {
				return died
			}
			return nil
		}})
		var accepted, finished map[string]bool
		if err == nil {
			accepted, finished = life(t, q, func() bool { return left < 0 })
		}
		found := survivors(t, dir)
		for key := range accepted {
			if got, want := found[key], 1; got != want && !finished[key] {
				t.Errorf("death at operation %d: message %s is there %d times, want %d", n, key, got, want)
			}
		}
		for key, count := range found {
			if count > 1 {
				t.Errorf("death at operation %d: message %s is there %d times", n, key, count)
			}
		}
		if left < 0 {
			continue
		}
		// The whole life was lived, to its end.
		if diff := cmp.Diff(map[string]int{"file": 1, "parked": 1, "rest": 1}, found); diff != "" {
			t.Errorf("without a death (-want +got):\n%s", diff)
		}
		return
	}
}

// life uses every transition once, unless the program is dead before; it reports
// which keys Put accepted and which ones Done was called for.
func life(t *testing.T, q *queue.Queue, dead func() bool) (accepted, finished map[string]bool) {
	t.Helper()
	accepted, finished = map[string]bool{}, map[string]bool{}
	for _, key := range []string{"done", "file", "parked", "rest"} {
		if q.Put(entry(key, key)) == nil {
			accepted[key] = true
		}
	}
	for range len(accepted) {
		item := ready(t, q.Next)
		for item == nil && !dead() { // it is there, and only the time was over
			item = ready(t, q.Next)
		}
		if item == nil {
			return accepted, finished
		}
		switch item.Entry.Key {
		case "done":
			finished["done"] = true
			_ = q.Done(item)
		case "file":
			_ = q.AwaitFile(item)
		case "parked":
			_ = q.Park(item, "no")
		}
	}
	_, _ = q.Retry(nil)
	return accepted, finished
}

// survivors counts each message that a new start finds, in whatever state.
func survivors(t *testing.T, dir string) map[string]int {
	t.Helper()
	q := mustOpen(t, dir)
	found := map[string]int{}
	if s := q.Stats(); s.Damaged > 0 {
		t.Errorf("got %d damaged files, want none", s.Damaged)
	}
	parked, err := q.Parked(100)
	must(t, err)
	for _, e := range parked {
		found[e.Key]++
	}
	for range q.Stats().Waiting {
		found[mustReady(t, q.Next).Entry.Key]++
	}
	for range q.Stats().Files {
		found[mustReady(t, q.NextFile).Entry.Key]++
	}
	return found
}

// manyFiles is a disk with n waiting messages of n chats, without the disk.
type manyFiles struct {
	queue.Disk
	n int
}

func (m manyFiles) List(dir string) ([]string, error) {
	if filepath.Base(dir) != "espera" {
		return nil, nil
	}
	names := make([]string, m.n)
	for i := range names {
		names[i] = queue.FileName(uint64(i+1), fmt.Sprint("chat", i), fmt.Sprint("key", i))
	}
	return names, nil
}

func TestAHundredThousandWaitingMessagesFitInLittleMemory(t *testing.T) {
	const messages, limit = 100_000, 40 << 20
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	q, err := queue.OpenOn(t.TempDir(), time.Now, manyFiles{n: messages})
	must(t, err)
	runtime.GC()
	runtime.ReadMemStats(&after)
	wantCounts(t, q, messages, 0, 0, 0)
	t.Logf("%.1f MB of heap", float64(after.HeapAlloc-min(before.HeapAlloc, after.HeapAlloc))/1e6)
	if got := after.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc); got > limit {
		t.Errorf("got %d bytes of heap for %d messages, want at most %d", got, messages, limit)
	}
	runtime.KeepAlive(q)
}
