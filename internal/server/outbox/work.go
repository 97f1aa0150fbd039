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
		err := o.send(ctx, out)
		o.swept.end(out.Message, err)
		if err == nil {
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

// sweptFlights are the tries of replies that sweeps have claimed, so that whoever
// wants one of these to leave now hears what becomes of it.
type sweptFlights struct {
	mu    sync.Mutex
	under map[int64]*flight // by message
}

// begin has claim claim some. Until they are known nobody is told that there is
// none.
func (s *sweptFlights) begin(claim func() ([]store.Outgoing, error)) ([]store.Outgoing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	claimed, err := claim()
	for _, out := range claimed {
		if s.under[out.Message] == nil { // or it took longer than it was ours
			s.under[out.Message] = &flight{done: make(chan struct{})}
		}
	}
	return claimed, err
}

// of returns the try of a reply, nil when no sweep has it.
func (s *sweptFlights) of(message int64) *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.under[message]
}

// end says what became of a try.
func (s *sweptFlights) end(message int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.under[message]; f != nil {
		delete(s.under, message)
		f.err = err
		close(f.done)
	}
}
