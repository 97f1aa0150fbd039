package queue

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// lane hands out the messages of one state. Messages of one line go one at a
// time, the oldest first; lines do not wait for each other. Not safe for
// concurrent use.
type lane struct {
	dir    string
	lineOf func(name) uint64 // messages with the same value keep their order
	lines  map[uint64]*line
	ready  lineHeap // the lines that have a message and none in flight
	count  int      // messages, those in flight included
	// news holds a value when ready changed: one of those who wait for a message
	// looks again, and has the next one look if there is more.
	news chan struct{}
}

// line is an ordered row of messages.
type line struct {
	id       uint64
	names    []name    // ascending, without the one in flight
	attempts int       // of the first message
	current  name      // the one in flight
	inFlight bool      // there is one
	until    time.Time // when the first message may go; zero: now, whatever the clock says
	slot     int       // index in ready, -1 when not there
}

func newLane(dir string, lineOf func(name) uint64) *lane {
	return &lane{dir: dir, lineOf: lineOf, lines: map[uint64]*line{}, news: make(chan struct{}, 1)}
}

// add puts n in its line; a new head may go now.
func (l *lane) add(n name) {
	id := l.lineOf(n)
	row := l.lines[id]
	if row == nil {
		row = &line{id: id, slot: -1}
		l.lines[id] = row
	}
	if row.insert(n) == 0 {
		row.attempts, row.until = 0, time.Time{}
	}
	l.count++
	l.offer(row)
}

// insert puts n in its place and returns that.
func (r *line) insert(n name) int {
	i, _ := slices.BinarySearchFunc(r.names, n, compareNames)
	r.names = slices.Insert(r.names, i, n)
	return i
}

// offer makes row's place in ready agree with its fields.
func (l *lane) offer(row *line) {
	switch {
	case row.slot >= 0:
		heap.Fix(&l.ready, row.slot)
	case !row.inFlight && len(row.names) > 0:
		heap.Push(&l.ready, row)
	}
	l.tell()
}

func (l *lane) tell() {
	if len(l.ready) == 0 {
		return
	}
	select {
	case l.news <- struct{}{}:
	default:
	}
}

// take hands out a message: one never deferred, or else the one due first.
// Without one ok is false and wait, unless it is zero, is when the next may go.
func (l *lane) take(now time.Time) (n name, attempts int, wait time.Time, ok bool) {
	if len(l.ready) == 0 {
		return name{}, 0, time.Time{}, false
	}
	row := l.ready[0]
	if row.until.After(now) {
		return name{}, 0, row.until, false
	}
	heap.Pop(&l.ready)
	n, row.names = row.names[0], row.names[1:]
	row.current, row.inFlight = n, true
	l.tell() // also whoever waits for the time of the next one to come
	return n, row.attempts, time.Time{}, true
}

// drop ends the life of n, which was handed out, in this lane.
func (l *lane) drop(n name) {
	row := l.lines[l.lineOf(n)]
	l.count--
	row.inFlight, row.attempts, row.until = false, 0, time.Time{}
	if len(row.names) == 0 {
		delete(l.lines, row.id)
		return
	}
	l.offer(row)
}

// putBack returns n, which was handed out, to its line, not to be handed out again
// before until. It is the head of the line unless an earlier one came back since.
func (l *lane) putBack(n name, attempts int, until time.Time) {
	row := l.lines[l.lineOf(n)]
	row.inFlight, row.attempts, row.until = false, 0, time.Time{}
	if row.insert(n) == 0 {
		row.attempts, row.until = attempts, until
	}
	l.offer(row)
}

// wakeAll lets every line go now.
func (l *lane) wakeAll() {
	for _, row := range l.ready {
		row.until = time.Time{}
	}
	heap.Init(&l.ready)
	l.tell()
}

// oldest returns the sequence number of the oldest message; ok is false without
// one.
func (l *lane) oldest() (seq uint64, ok bool) {
	for _, row := range l.lines {
		first := row.current.seq
		if !row.inFlight || len(row.names) > 0 && row.names[0].seq < first {
			first = row.names[0].seq
		}
		if !ok || first < seq {
			seq, ok = first, true
		}
	}
	return seq, ok
}

// lineHeap orders lines by when they may go, then by arrival.
type lineHeap []*line

// Len implements heap.Interface.
func (h lineHeap) Len() int { return len(h) }

// Less implements heap.Interface.
func (h lineHeap) Less(i, j int) bool {
	return cmp.Or(h[i].until.Compare(h[j].until), compareNames(h[i].names[0], h[j].names[0])) < 0
}

// Swap implements heap.Interface.
func (h lineHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].slot, h[j].slot = i, j
}

// Push implements heap.Interface.
func (h *lineHeap) Push(x any) {
	row := x.(*line)
	row.slot = len(*h)
	*h = append(*h, row)
}

// Pop implements heap.Interface.
func (h *lineHeap) Pop() any {
	last := len(*h) - 1
	row := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	row.slot = -1
	return row
}
