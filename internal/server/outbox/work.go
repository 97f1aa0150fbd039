package outbox

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"mostrador/internal/server/store"
)

// work is what one Run or Sweep has in hand.
type work struct {
	files sync.WaitGroup // under way
	sent  atomic.Int64   // replies that have left

	mu   sync.Mutex
	busy map[int64]int // how many files are under way, by bridge
}

func newWork() *work { return &work{busy: map[int64]int{}} }

// uploading returns the bridges that have a file under way.
func (w *work) uploading() []int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Keys(w.busy))
}

func (w *work) begin(bridge int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy[bridge]++
}

func (w *work) end(bridge int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy[bridge]--; w.busy[bridge] == 0 {
		delete(w.busy, bridge)
	}
}

// sendAll sends what was claimed, and waits for the texts among it.
func (o *Outbox) sendAll(ctx context.Context, claimed []store.Outgoing, w *work) {
	send := func(out store.Outgoing) {
		if o.send(ctx, out) == nil {
			w.sent.Add(1)
		}
	}
	var texts sync.WaitGroup
	for _, out := range claimed {
		if out.File.File == "" {
			texts.Go(func() { send(out) })
			continue
		}
		w.begin(out.Bridge)
		w.files.Go(func() {
			send(out)
			w.end(out.Bridge)
			o.Wake() // for the next file, and the contact's next reply
		})
	}
	texts.Wait()
}
