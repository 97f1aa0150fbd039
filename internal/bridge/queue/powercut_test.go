package queue_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mostrador/internal/bridge/queue"
)

// powerCuts runs a queue on a model disk and lets power go before and after each
// of its operations, in several ways each; what is left is opened and looked at.
type powerCuts struct {
	disk     *modelDisk
	q        *queue.Queue
	random   *rand.Rand
	accepted []string        // keys whose Put returned, in that order, all of them waiting, parked or awaiting a file
	ending   map[string]bool // keys that Done was called for: gone or still there
	chats    map[string]string
	cuts     int
	patience time.Duration // for a message that should be handed out
	problem  error         // the first thing that was wrong after a cut
}

// queueFolder lies in a folder that was there before.
const queueFolder = "cola"

func newPowerCuts(seed uint64, lie string) *powerCuts {
	p := &powerCuts{
		disk: newModelDisk(), random: rand.New(rand.NewPCG(seed, 0)), ending: map[string]bool{}, chats: map[string]string{},
		patience: 10 * time.Second,
	}
	if p.disk.lie = lie; lie != "" {
		p.patience = 10 * time.Millisecond // it is not
	}
	p.disk.cut = p.lookAtAllCuts
	p.open()
	return p
}

func (p *powerCuts) note(err error) {
	if err != nil && p.problem == nil {
		p.problem = err
	}
}

func (p *powerCuts) open() {
	q, err := queue.OpenOn(queueFolder, time.Now, p.disk)
	p.note(err)
	p.q = q
}

// lookAtAllCuts tries the cut after which nothing unsynced is left, the one after
// which all is, and one in between.
func (p *powerCuts) lookAtAllCuts() {
	if p.problem != nil {
		return
	}
	for way := range 3 {
		survives := func() bool { return way == 1 || way > 1 && p.random.IntN(2) == 0 }
		damage := func() int { return (way + p.random.IntN(2)) % 3 }
		p.cuts++
		p.note(p.look(p.disk.afterPowerCut(survives, damage)))
	}
}

// look opens what is left and compares it with what was promised.
func (p *powerCuts) look(left *modelDisk) error {
	q, err := queue.OpenOn(queueFolder, time.Now, left)
	if err != nil {
		return fmt.Errorf("open after the cut: %w", err)
	}
	found, err := p.everything(q)
	if err != nil {
		return err
	}
	if s := q.Stats(); s.Damaged > 0 {
		return fmt.Errorf("got %d damaged files, want none", s.Damaged)
	}
	for _, key := range p.accepted {
		if !found[key] && !p.ending[key] {
			return fmt.Errorf("message %s was accepted and is lost", key)
		}
	}
	return nil
}

// everything reads all messages of q, each of which must be whole, be there once
// and, if it waits, come in the order of its chat.
func (p *powerCuts) everything(q *queue.Queue) (map[string]bool, error) {
	entries, err := q.Parked(100)
	if err != nil {
		return nil, err
	}
	waiting, err := p.drain(q, q.Next, q.Stats().Waiting)
	if err != nil {
		return nil, err
	}
	last := map[string]int{}
	for _, e := range waiting {
		order, _ := strconv.Atoi(e.Key)
		if order < last[e.Chat] {
			return nil, fmt.Errorf("message %s comes after a later one", e.Key)
		}
		last[e.Chat] = order
	}
	files, err := p.drain(q, q.NextFile, q.Stats().Files)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, e := range slices.Concat(entries, waiting, files) {
		if found[e.Key] || e.Message.Content != "mensaje "+e.Key || e.Chat != p.chats[e.Key] {
			return nil, fmt.Errorf("got message %s again or not as it was", e.Key)
		}
		found[e.Key] = true
	}
	return found, nil
}

func (p *powerCuts) drain(q *queue.Queue, next func(context.Context) (*queue.Item, error), count int) ([]queue.Entry, error) {
	ctx, cancel := context.WithTimeout(context.Background(), p.patience)
	defer cancel()
	var entries []queue.Entry
	for range count {
		item, err := next(ctx)
		if err != nil {
			return nil, fmt.Errorf("a file is not handed out: %w", err)
		}
		entries = append(entries, item.Entry)
		if err := q.Done(item); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func (p *powerCuts) put(chat string) {
	key := strconv.Itoa(len(p.chats) + 1)
	p.chats[key] = chat
	err := p.q.Put(entry(chat, key))
	p.note(err)
	p.accepted = append(p.accepted, key)
	p.lookAtAllCuts()
}

// end takes a message, of the files if files, and ends with it in the given way.
func (p *powerCuts) end(files bool, how func(*queue.Item) error) {
	next, count := p.q.Next, p.q.Stats().Waiting
	if files {
		next, count = p.q.NextFile, p.q.Stats().Files
	}
	if count == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	item, err := next(ctx)
	if err != nil {
		p.note(err)
		return
	}
	p.note(how(item))
}

func (p *powerCuts) done(item *queue.Item) error {
	p.ending[item.Entry.Key] = true
	return p.q.Done(item)
}

func (p *powerCuts) park(item *queue.Item) error { return p.q.Park(item, "no") }

func (p *powerCuts) retry(keys ...string) {
	_, err := p.q.Retry(keys)
	p.note(err)
}

// restart goes on, for good, with what a cut left.
func (p *powerCuts) restart() {
	p.disk = p.disk.afterPowerCut(func() bool { return p.random.IntN(2) == 0 }, func() int { return p.random.IntN(3) })
	p.disk.cut = p.lookAtAllCuts
	p.open()
}

func TestAPowerCutAtAnyMomentLosesNothing(t *testing.T) {
	cuts := 0
	rapid.Check(t, func(t *rapid.T) {
		p := newPowerCuts(rapid.Uint64().Draw(t, "seed"), "")
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				if p.problem != nil {
					t.Fatal(p.problem)
				}
			},
			"put":        func(t *rapid.T) { p.put(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "chat")) },
			"done":       func(*rapid.T) { p.end(false, p.done) },
			"park":       func(*rapid.T) { p.end(false, p.park) },
			"await file": func(*rapid.T) { p.end(false, p.q.AwaitFile) },
			"file done":  func(*rapid.T) { p.end(true, p.done) },
			"file park":  func(*rapid.T) { p.end(true, p.park) },
			"retry":      func(*rapid.T) { p.retry() },
			"retry one":  func(t *rapid.T) { p.retry(strconv.Itoa(rapid.IntRange(1, 10).Draw(t, "key"))) },
			"restart":    func(*rapid.T) { p.restart() },
		})
		cuts += p.cuts
	})
	t.Logf("%d power cuts", cuts)
}

// TestTheModelDiskNoticesAForgottenSync keeps the test above honest.
func TestTheModelDiskNoticesAForgottenSync(t *testing.T) {
	for _, lie := range []string{"fsync", "sync"} {
		p := newPowerCuts(1, lie)
		p.put("a")
		if p.problem == nil {
			t.Errorf("%s does nothing: got no loss after a power cut, want one", lie)
		}
	}
	p := newPowerCuts(1, "")
	p.put("a")
	p.end(false, p.park)
	p.retry()
	if p.problem != nil {
		t.Errorf("an honest disk: got %v", p.problem)
	}
}
