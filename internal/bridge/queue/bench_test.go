package queue_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mostrador/internal/bridge/queue"
)

// benchDir is a new folder in BENCH_DIR, a disk to measure, or in the usual place.
func benchDir(b *testing.B) string {
	b.Helper()
	parent := os.Getenv("BENCH_DIR")
	if parent == "" {
		return b.TempDir()
	}
	dir, err := os.MkdirTemp(parent, "queue")
	must(b, err)
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// perSecond runs do from so many callers, n times in all, and returns the rate.
func perSecond(b *testing.B, callers, n int, do func(i int) error) float64 {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range callers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return float64(n) / time.Since(start).Seconds()
}

// syncRate is how often a second the disk of dir takes 4 KiB at the end of a file
// and says that they are safe.
func syncRate(b *testing.B, dir string) float64 {
	b.Helper()
	f, err := os.Create(filepath.Join(dir, "raw"))
	must(b, err)
	defer f.Close()
	block := make([]byte, 4096)
	return perSecond(b, 1, 500, func(int) error {
		if _, err := f.Write(block); err != nil {
			return err
		}
		return fdatasync(f)
	})
}

func benchEntry(i int) queue.Entry {
	e := entry(fmt.Sprint("chat", i%100), strconv.Itoa(i))
	e.Message.Content = strings.Repeat("hola ", 40)
	return e
}

// BenchmarkPut stores messages, each safe before its caller goes on.
func BenchmarkPut(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(strconv.Itoa(callers), func(b *testing.B) {
			dir := benchDir(b)
			limit := syncRate(b, dir)
			q := mustOpen(b, dir)
			b.ResetTimer()
			rate := perSecond(b, callers, b.N, func(i int) error { return q.Put(benchEntry(i)) })
			b.ReportMetric(rate, "msgs/s")
			b.ReportMetric(rate/limit, "x-fdatasync")
		})
	}
}

// BenchmarkDrain hands messages out and ends them, as when a long backlog is
// taken by a server that takes no time.
func BenchmarkDrain(b *testing.B) {
	dir := benchDir(b)
	alone := mustOpen(b, filepath.Join(dir, "alone"))
	one := perSecond(b, 1, 500, func(i int) error { return alone.Put(benchEntry(i)) })
	q := mustOpen(b, filepath.Join(dir, "drained"))
	perSecond(b, 64, b.N, func(i int) error { return q.Put(benchEntry(i)) })
	b.ResetTimer()
	rate := perSecond(b, 4, b.N, func(int) error {
		item, err := q.Next(b.Context())
		if err != nil {
			return err
		}
		return q.Done(item)
	})
	b.ReportMetric(rate, "msgs/s")
	b.ReportMetric(rate/one, "x-put-by-one")
}

// writeBacklog puts n files into a queue's folder without syncing them, 50 chats
// in turns.
func writeBacklog(t testing.TB, dir string, n int) {
	t.Helper()
	mustOpen(t, dir)
	for i := range n {
		e := entry(fmt.Sprint("chat", i%50), strconv.Itoa(i))
		data, err := json.Marshal(e)
		must(t, err)
		path := filepath.Join(dir, "espera", queue.FileName(uint64(i+1), e.Chat, e.Key))
		must(t, os.WriteFile(path, data, 0o600))
	}
}

// opened opens the queue in dir and returns it with the bytes of heap it keeps.
func opened(t testing.TB, dir string) (*queue.Queue, uint64) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	q := mustOpen(t, dir)
	runtime.GC()
	runtime.ReadMemStats(&after)
	return q, after.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc)
}

func BenchmarkOpenAHundredThousand(b *testing.B) {
	const messages = 100_000
	dir := benchDir(b)
	writeBacklog(b, dir, messages)
	b.ResetTimer()
	var heap uint64
	for b.Loop() {
		q, kept := opened(b, dir)
		if got := q.Stats().Waiting; got != messages {
			b.Fatalf("got %d messages, want %d", got, messages)
		}
		heap = kept
		runtime.KeepAlive(q)
	}
	b.ReportMetric(float64(heap)/1e6, "heap-MB")
}

func TestALongBacklogCostsLittlePerMessageAndKeepsItsOrder(t *testing.T) {
	const messages, limit = 5_000, 400 // bytes of heap a message
	dir := t.TempDir()
	writeBacklog(t, dir, messages)
	q, heap := opened(t, dir)
	wantCounts(t, q, messages, 0, 0, 0)
	if got := heap / messages; got > limit {
		t.Errorf("got %d bytes of heap a message, want at most %d", got, limit)
	}
	last := map[string]int{}
	for range messages {
		item := mustReady(t, q.Next)
		i, err := strconv.Atoi(item.Entry.Key)
		must(t, err)
		if i < last[item.Entry.Chat] {
			t.Fatalf("%s: got message %d after %d", item.Entry.Chat, i, last[item.Entry.Chat])
		}
		last[item.Entry.Chat] = i
		must(t, q.Done(item))
	}
	wantCounts(t, q, 0, 0, 0, 0)
}
