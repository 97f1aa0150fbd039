package queue_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mostrador/internal/bridge/queue"
)

// model is what the queue should be: per chat the keys that wait in order, and
// the sets of the other states.
type model struct {
	t        *rapid.T
	dir      string
	q        *queue.Queue
	chats    map[string][]string // waiting, the one in flight included
	files    []string
	parked   map[string]string // key → chat
	order    map[string]int    // when a key arrived
	held     []*queue.Item
	deferred map[string]bool // chats whose first message is deferred
	arrivals int
}

func (m *model) known(key string) bool {
	_, parked := m.parked[key]
	return parked || slices.Contains(m.files, key) || slices.ContainsFunc([]string{"a", "b", "c"}, func(chat string) bool {
		return slices.Contains(m.chats[chat], key)
	})
}

func (m *model) put() {
	chat := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(m.t, "chat")
	key := chat + strconv.Itoa(rapid.IntRange(0, 9).Draw(m.t, "key"))
	if err := m.q.Put(entry(chat, key)); err != nil {
		m.t.Fatal(err)
	}
	if !m.known(key) {
		m.arrivals++
		m.order[key] = m.arrivals
		m.chats[chat] = append(m.chats[chat], key)
	}
}

// free reports whether the first message of chat may be handed out.
func (m *model) free(chat string) bool {
	keys := m.chats[chat]
	return len(keys) > 0 && !m.deferred[chat] && !slices.ContainsFunc(m.held, func(i *queue.Item) bool { return i.Entry.Chat == chat })
}

func (m *model) next() {
	wait := 2 * time.Millisecond
	if m.free("a") || m.free("b") || m.free("c") {
		wait = 10 * time.Second
	}
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	item, err := m.q.Next(ctx)
	if err != nil {
		if wait > time.Second {
			m.t.Fatalf("nothing is handed out, want something of %v", m.chats)
		}
		return
	}
	if chat := item.Entry.Chat; !m.free(chat) || m.chats[chat][0] != item.Entry.Key {
		m.t.Fatalf("got %s of chat %s, want the first of %v if it is free", item.Entry.Key, chat, m.chats[chat])
	}
	m.held = append(m.held, item)
}

func (m *model) end(how func(*queue.Item, string)) {
	if len(m.held) == 0 {
		m.t.Skip("nothing is in flight")
	}
	i := rapid.IntRange(0, len(m.held)-1).Draw(m.t, "held")
	item := m.held[i]
	m.held = slices.Delete(m.held, i, i+1)
	how(item, item.Entry.Chat)
}

func (m *model) check() {
	waiting := 0
	for _, keys := range m.chats {
		waiting += len(keys)
	}
	if got, want := counts(m.q.Stats()), [4]int{waiting, len(m.files), len(m.parked), 0}; got != want {
		m.t.Fatalf("waiting, files, parked, damaged: got %v, want %v", got, want)
	}
	for state, want := range map[string]int{"espera": waiting, "fotos": len(m.files), "apartados": len(m.parked)} {
		if files, err := os.ReadDir(filepath.Join(m.dir, state)); err != nil || len(files) != want {
			m.t.Fatalf("%s: got %d files, %v, want %d", state, len(files), err, want)
		}
	}
}

func (m *model) ok(err error) {
	if err != nil {
		m.t.Fatal(err)
	}
}

// restart opens the folder anew, as after a kill.
func (m *model) restart() {
	q, err := queue.Open(m.dir, time.Now)
	m.ok(err)
	m.q, m.held, m.deferred = q, nil, map[string]bool{}
}

// retry puts back all that is parked or, of three keys, those that are.
func (m *model) retry(keys []string) {
	var back []string
	for key := range m.parked {
		if len(keys) == 0 || slices.Contains(keys, key) {
			back = append(back, key)
		}
	}
	n, err := m.q.Retry(keys)
	if m.ok(err); n != len(back) {
		m.t.Fatalf("Retry %q: got %d, want %d", keys, n, len(back))
	}
	for _, key := range back {
		chat := m.parked[key]
		delete(m.parked, key)
		m.chats[chat] = append(m.chats[chat], key)
		slices.SortFunc(m.chats[chat], func(a, b string) int { return m.order[a] - m.order[b] })
		if m.chats[chat][0] == key {
			m.deferred[chat] = false
		}
	}
}

func (m *model) retrySome() {
	m.retry([]string{
		rapid.SampledFrom([]string{"a", "b", "c"}).Draw(m.t, "chat") + strconv.Itoa(rapid.IntRange(0, 9).Draw(m.t, "key")),
		"unknown",
		rapid.SampledFrom(append([]string{"unknown"}, slices.Sorted(maps.Keys(m.parked))...)).Draw(m.t, "parked"),
	})
}

// leave takes key, which is in flight, out of its chat.
func (m *model) leave(chat, key string) {
	m.chats[chat] = slices.DeleteFunc(m.chats[chat], func(k string) bool { return k == key })
}

func TestTheQueueBehavesLikeItsModel(t *testing.T) {
	root := t.TempDir()
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		m := &model{
			t: t, dir: filepath.Join(root, strconv.Itoa(runs)), chats: map[string][]string{},
			parked: map[string]string{}, order: map[string]int{}, deferred: map[string]bool{},
		}
		m.restart()
		t.Repeat(map[string]func(*rapid.T){
			"":     func(*rapid.T) { m.check() },
			"put":  func(*rapid.T) { m.put() },
			"next": func(*rapid.T) { m.next() },
			"done": func(*rapid.T) {
				m.end(func(i *queue.Item, chat string) { m.ok(m.q.Done(i)); m.leave(chat, i.Entry.Key) })
			},
			"await file": func(*rapid.T) {
				m.end(func(i *queue.Item, chat string) {
					m.ok(m.q.AwaitFile(i))
					m.leave(chat, i.Entry.Key)
					m.files = append(m.files, i.Entry.Key)
				})
			},
			"park": func(*rapid.T) {
				m.end(func(i *queue.Item, chat string) {
					m.ok(m.q.Park(i, "no"))
					m.leave(chat, i.Entry.Key)
					m.parked[i.Entry.Key] = chat
				})
			},
			"defer": func(*rapid.T) {
				m.end(func(i *queue.Item, chat string) {
					m.q.Defer(i, time.Now().Add(time.Hour))
					m.deferred[chat] = m.chats[chat][0] == i.Entry.Key
				})
			},
			"wake":       func(*rapid.T) { m.q.WakeAll(); m.deferred = map[string]bool{} },
			"retry":      func(*rapid.T) { m.retry(nil) },
			"retry some": func(*rapid.T) { m.retrySome() },
			"restart":    func(*rapid.T) { m.restart() },
		})
	})
}
