package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
)

// BenchmarkDisk is the limit of the machine: appending a page to a file and
// flushing it. The figures below mean something only beside this one.
func BenchmarkDisk(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	page := make([]byte, 4096)
	for b.Loop() {
		if _, err := f.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAddMessage stores messages of customers who write in bursts of three,
// durably, by one and by many callers at a time.
func BenchmarkAddMessage(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprintf("%d-callers", callers), func(b *testing.B) {
			s := storetest.Open(b)
			origin := storetest.Origin(b, s)
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range callers {
				wg.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						in := message(origin, fmt.Sprintf("52477%07d", n/3), fmt.Sprintf("ID%d", n))
						if _, err := s.AddMessage(b.Context(), in); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

// BenchmarkTickets reads the first page of many tickets.
func BenchmarkTickets(b *testing.B) {
	s := storetest.Open(b)
	origin := storetest.Origin(b, s)
	for n := range 2000 {
		in := message(origin, fmt.Sprintf("52477%07d", n), fmt.Sprintf("ID%d", n))
		if _, err := s.AddMessage(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := s.Tickets(b.Context(), origin.Business, store.Filter{}); err != nil {
			b.Fatal(err)
		}
	}
}
