package backup

import (
	"io"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Step is a part of making a copy.
type Step int

// The steps, in order.
const (
	StepDatabase Step = iota // the database is copied aside
	StepPack                 // everything is packed and sent to the shelf
	StepCheck                // it is read back and compared
)

// Work is how far a copy is that is being made.
type Work struct {
	Since time.Time
	Step  Step
	Done  int64 // bytes of this step
	Total int64 // bytes of this step; 0 while nobody knows
}

// work is a Work under way. Safe for concurrent use, but for since, name and
// alone, which are guarded by who has it.
type work struct {
	since time.Time
	name  string // of the copy, once it has one
	alone *flock.Flock

	mu   sync.Mutex
	now  Work
	sent int64 // bytes on the shelf
}

func (w *work) state() Work {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now
	now.Since = w.since
	return now
}

// enter begins a step of total bytes.
func (w *work) enter(step Step, total int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = Work{Step: step, Total: total}
}

// Write implements io.Writer: it counts.
func (w *work) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now.Done += int64(len(p))
	return len(p), nil
}

// measured is r, whose bytes count as sent.
func (w *work) measured(r io.Reader) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		n, err := r.Read(p)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.sent += int64(n)
		return n, err
	})
}

// check begins the step in which what was sent is read back.
func (w *work) check() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = Work{Step: StepCheck, Total: w.sent}
}

type readerFunc func([]byte) (int, error)

// Read implements io.Reader.
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
