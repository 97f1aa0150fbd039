package queue

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"sync"
	"time"
)

// unreadablePause is how long a file that the disk would not give waits for the
// next try.
const unreadablePause = time.Minute

// Queue is the folder of waiting messages. Safe for concurrent use, by one
// process at a time: whoever opens it must hold a lock of its own.
type Queue struct {
	files files
	dir   string
	now   func() time.Time

	mu      sync.Mutex
	last    uint64 // sequence number given out last
	keys    map[[16]byte]struct{}
	writing map[[16]byte]chan struct{} // keys whose file is being written; closed afterwards
	waiting *lane
	photos  *lane
	parked  int
	damaged int
	stored  int64 // by Put since Open, receipts left out
	failing bool  // the last Put did not get through to the disk

	tray sync.Mutex // held by whoever moves something into or out of the parked ones; taken before mu
}

// Item is a message handed out by Next or NextFile. Its holder ends with exactly
// one of Done, Park, AwaitFile, Defer and Return succeeding; until then nobody else gets
// it, nor a later message of its chat.
type Item struct {
	Entry    Entry
	Attempts int // how often it was deferred since the program started

	name name
	lane *lane
}

// Ref is the short name of the message among those of its queue: that of Found.
func (i *Item) Ref() string { return i.name.ref() }

// AwaitsFile reports whether only the message's file is outstanding.
func (i *Item) AwaitsFile() bool { return i.lane.dir == StateFile }

// Stats counts what is in the queue, messages in flight included.
type Stats struct {
	Waiting int       // not at the server
	Files   int       // at the server, the file outstanding
	Parked  int       // refused by the server
	Damaged int       // files moved aside because nobody can read them
	Oldest  time.Time // arrival of the oldest of Waiting; zero without one
	Stored  int64     // messages, receipts left out, that Put has stored since Open
	Failing bool      // the disk did not take the last Put, and none has succeeded since
}

// Put stores e and returns nil once it would survive a power cut, or when a
// message with its key is here already. After an error e is not in the queue;
// ErrUnfit means that it never will be. The bytes of e are not kept.
func (q *Queue) Put(e Entry) error {
	e.Reason = ""
	data, err := e.encode()
	if err != nil {
		return err
	}
	n, known := q.reserve(hashKey(e.Key), hashChat(e.Chat))
	if known {
		return nil
	}
	err = write(q.files, q.path(StateWaiting, n), data)
	q.settle(n, err == nil, e.Receipt == nil)
	return err
}

// reserve gives a name to a new message, or known when its key is here. Whoever
// is writing the same key is waited for.
func (q *Queue) reserve(key [16]byte, chat uint64) (n name, known bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if _, known = q.keys[key]; known {
			return name{}, true
		}
		other := q.writing[key]
		if other == nil {
			break
		}
		q.mu.Unlock()
		<-other
		q.mu.Lock()
	}
	q.writing[key] = make(chan struct{})
	return name{seq: q.nextSeq(), chat: chat, key: key}, false
}

// nextSeq is the time of day, but never the same or less than before.
func (q *Queue) nextSeq() uint64 {
	q.last = max(q.last+1, uint64(q.now().UnixNano()))
	return q.last
}

func (q *Queue) settle(n name, stored, message bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	close(q.writing[n.key])
	delete(q.writing, n.key)
	if q.failing = !stored; q.failing {
		return
	}
	if message {
		q.stored++
	}
	q.keys[n.key] = struct{}{}
	q.waiting.add(n)
}

// Next waits for a message that the server does not have and hands it out: the
// oldest of its chat, while no other of its chat is out or deferred. Its only
// error is ctx's.
func (q *Queue) Next(ctx context.Context) (*Item, error) { return q.next(ctx, q.waiting) }

// NextFile is Next for messages whose file is outstanding; they are in no order.
func (q *Queue) NextFile(ctx context.Context) (*Item, error) { return q.next(ctx, q.photos) }

func (q *Queue) next(ctx context.Context, l *lane) (*Item, error) {
	for {
		if err := ctx.Err(); err != nil {
			q.mu.Lock()
			defer q.mu.Unlock()
			l.tell() // what was news to this one may be another's message
			return nil, err
		}
		q.mu.Lock()
		now := q.now()
		n, attempts, until, ok := l.take(now)
		q.mu.Unlock()
		if !ok {
			await(ctx, l.news, now, until)
			continue
		}
		if entry, ok := q.load(l, n); ok {
			return &Item{Entry: entry, Attempts: attempts, name: n, lane: l}, nil
		}
	}
}

// await returns when there is news, until has come (unless it is zero) or
// ctx is done.
func await(ctx context.Context, news <-chan struct{}, now, until time.Time) {
	var due <-chan time.Time
	if !until.IsZero() {
		timer := time.NewTimer(until.Sub(now))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-news:
	case <-due:
	case <-ctx.Done():
	}
}

// load reads a message that was taken from l. One that cannot be read is moved
// aside, or put back if the disk is to blame.
func (q *Queue) load(l *lane, n name) (entry Entry, ok bool) {
	path := q.path(l.dir, n)
	data, err := q.files.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		q.release(l, n, func() { delete(q.keys, n.key) })
		return Entry{}, false
	}
	if err == nil {
		if entry, err = decode(data, n); err == nil {
			return entry, true
		}
		if setAside(q.files, path, q.path(StateDamaged, n)) == nil {
			q.release(l, n, func() { delete(q.keys, n.key); q.damaged++ })
			return Entry{}, false
		}
	}
	q.Return(&Item{name: n, lane: l}, q.now().Add(unreadablePause))
	return Entry{}, false
}

// release takes n out of l and applies the rest of the change with it.
func (q *Queue) release(l *lane, n name, and func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l.drop(n)
	and()
}

// Done removes an item that the server has completely. After an error the
// caller still holds it.
func (q *Queue) Done(item *Item) error {
	path := q.path(item.lane.dir, item.name)
	// The folder is not synced: a message that comes back after a power cut is
	// delivered again, which the server takes for the repeat it is.
	if err := q.files.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	q.release(item.lane, item.name, func() { delete(q.keys, item.name.key) })
	return nil
}

// Park sets an item aside until Retry, with a Spanish sentence saying why. After
// an error the caller still holds it.
func (q *Queue) Park(item *Item, reason string) error {
	// Before the lane lets go of it, a Retry must not find it.
	q.tray.Lock()
	defer q.tray.Unlock()
	item.Entry.Reason = reason
	if err := q.advance(item, StateParked); err != nil {
		return err
	}
	q.release(item.lane, item.name, func() { q.parked++ })
	return nil
}

// AwaitFile notes that the server has an item of Next but for its file; NextFile
// will hand it out. After an error the caller still holds it.
func (q *Queue) AwaitFile(item *Item) error {
	if err := q.advance(item, StateFile); err != nil {
		return err
	}
	q.release(q.waiting, item.name, func() { q.photos.add(item.name) })
	return nil
}

// advance writes item into a state further on. The folder it leaves is not synced:
// of two files with one key the one that got further counts.
func (q *Queue) advance(item *Item, state string) error {
	data, err := item.Entry.encode()
	if err != nil {
		return err
	}
	return carry(q.files, q.path(item.lane.dir, item.name), q.path(state, item.name), data)
}

// Defer gives back an item that was tried in vain, to be handed out again at
// until or after WakeAll.
func (q *Queue) Defer(item *Item, until time.Time) {
	item.Attempts++
	q.Return(item, until)
}

// Return is Defer for an item that was not tried: its Attempts stay.
func (q *Queue) Return(item *Item, until time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	item.lane.putBack(item.name, item.Attempts, until)
}

// WakeAll ends the waiting of everything deferred.
func (q *Queue) WakeAll() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting.wakeAll()
	q.photos.wakeAll()
}

// Stats returns the present counts.
func (q *Queue) Stats() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := Stats{Waiting: q.waiting.count, Files: q.photos.count, Parked: q.parked, Damaged: q.damaged, Stored: q.stored, Failing: q.failing}
	if seq, ok := q.waiting.oldest(); ok {
		s.Oldest = time.Unix(0, int64(seq)).UTC() //nolint:gosec // parseName takes no later time
	}
	return s
}

func (q *Queue) path(state string, n name) string {
	return filepath.Join(q.dir, state, n.String())
}
