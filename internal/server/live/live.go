// Package live tells open panels, over a WebSocket each, that something changed.
//
// Its one rule: an event carries no data of customers, only what to read again;
// and nobody who does not read in time holds up anybody else.
package live

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
)

// Kind says what an Event is about, as panels read it.
type Kind string

// Kinds of events. KindHello is the first on every connection, with the version
// to count from; KindAll says that events were left out for a panel that did not
// keep up, which has to read everything again. KindBeat comes every PingEvery with
// the version as it is, so that a panel notices a connection that died silently,
// as while a laptop slept.
const (
	KindHello   Kind = "hola"
	KindAll     Kind = "todo"
	KindBeat    Kind = "latido"
	KindOpened  Kind = "nuevo"
	KindMessage Kind = "mensaje"
	KindTicket  Kind = "ticket"
	KindBridge  Kind = "puente"
)

// kinds are the hints of the store that panels hear of.
var kinds = map[store.HintKind]Kind{
	store.HintOpened: KindOpened, store.HintMessage: KindMessage, store.HintTicket: KindTicket, store.HintBridge: KindBridge,
}

// Event is one message to panels. Versions count up by one within a business:
// whoever misses one has to read everything again. They start anew with the
// process.
type Event struct {
	Kind    Kind   `json:"tipo"`
	Ticket  int64  `json:"ticket,omitempty"` // number
	Version uint64 `json:"version"`          // Publish sets it
	// Data is whatever else a kind has to say; nil for none.
	Data any `json:"datos,omitempty"`
}

// Defaults of Options.
const (
	pingEvery   = 20 * time.Second
	writeWithin = 10 * time.Second
)

// Options says what a Hub works with. Only Identify and Log are required.
type Options struct {
	// Identify says who a request speaks for now; it is asked again from time to
	// time, with a copy that has only the credentials, and whoever it does not
	// know any more is cut off.
	Identify func(*http.Request) (auth.Identity, error)
	// Origins are the web sites, besides our own, whose pages may connect.
	Origins []string
	// Receive is told what a panel sent, from one goroutine per panel. The bytes
	// are its own to keep, and as hostile as anything from outside.
	Receive func(c *Client, message []byte)
	// Left is told that a panel is gone, once each.
	Left func(c *Client)
	Log  zerolog.Logger

	PingEvery   time.Duration // 0: 20 s; also how often Identify is asked
	WriteWithin time.Duration // 0: 10 s; who does not take an event in that time is cut off
}

// Hub knows every open panel. Safe for concurrent use.
type Hub struct {
	Options

	mu       sync.Mutex
	closed   bool
	clients  map[int64]map[*Client]struct{} // by business
	versions map[int64]uint64               // by business
	next     uint64                         // id of the next client

	heard atomic.Bool // there are clients

	hints   []store.Hint // under hinting, for Run
	hinting sync.Mutex
	wake    chan struct{}
}

// New returns a Hub; Run makes it work.
func New(o Options) *Hub {
	if o.PingEvery == 0 {
		o.PingEvery = pingEvery
	}
	if o.WriteWithin == 0 {
		o.WriteWithin = writeWithin
	}
	return &Hub{
		Options: o, clients: map[int64]map[*Client]struct{}{}, versions: map[int64]uint64{}, wake: make(chan struct{}, 1),
	}
}

// Changed hands hints on to Run. It takes no longer than a slice takes to grow,
// so that it suits store.Options.Changed. Without panels it forgets them: whoever
// comes back reads everything, and to wake Run would be a tenth of what a lone
// message costs.
func (h *Hub) Changed(hints []store.Hint) {
	if !h.heard.Load() {
		return
	}
	h.hinting.Lock()
	h.hints = append(h.hints, hints...)
	h.hinting.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// Run publishes what Changed hears, and looks after the panels, until ctx ends;
// then it cuts all of them off and returns nil.
func (h *Hub) Run(ctx context.Context) error {
	ticker := time.NewTicker(max(h.PingEvery/pingSlots, time.Millisecond))
	defer ticker.Stop()
	defer h.close()
	for slot := 0; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-h.wake:
			h.publishHints()
		case <-ticker.C:
			slot = (slot + 1) % pingSlots
			h.ping(slot)
		}
	}
}

// publishHints turns hints into events. What was said twice is said once: a
// panel reads again only what is there now.
func (h *Hub) publishHints() {
	h.hinting.Lock()
	hints := h.hints
	h.hints = nil
	h.hinting.Unlock()
	said := make(map[store.Hint]bool, len(hints))
	for _, hint := range hints {
		if said[hint] {
			continue
		}
		said[hint] = true
		switch hint.Kind {
		case store.HintPeople:
			h.recheck()
			continue
		case store.HintEverything:
			h.publishToAll(Event{Kind: KindAll})
			continue
		}
		if kind, ok := kinds[hint.Kind]; ok {
			h.Publish(hint.Business, Event{Kind: kind, Ticket: hint.Ticket})
		}
	}
}

// publishToAll is Publish for every business.
func (h *Hub) publishToAll(e Event) {
	h.mu.Lock()
	businesses := slices.Collect(maps.Keys(h.clients))
	h.mu.Unlock()
	for _, business := range businesses {
		h.Publish(business, e)
	}
}

// Publish sends e to every panel of a business, in the same order to each, and
// does not wait for any of them.
func (h *Hub) Publish(business int64, e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.versions[business]++
	e.Version = h.versions[business]
	if len(h.clients[business]) == 0 {
		return
	}
	frame, err := json.Marshal(e)
	if err != nil {
		h.Log.Error().Err(err).Str("kind", string(e.Kind)).Msg("event not encoded")
		frame = bare(KindAll, e.Version)
	}
	for c := range h.clients[business] {
		c.offer(frame, e.Version)
	}
}

// bare is an event with nothing but its version.
func bare(kind Kind, version uint64) []byte {
	frame, _ := json.Marshal(Event{Kind: kind, Version: version}) // has nothing that can fail
	return frame
}

// enter adds a client and greets it; false once the hub is closed.
func (h *Hub) enter(c *Client) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	all := h.clients[c.Identity.Business]
	if all == nil {
		all = map[*Client]struct{}{}
		h.clients[c.Identity.Business] = all
	}
	h.next++
	c.ID = h.next
	all[c] = struct{}{}
	h.heard.Store(true)
	version := h.versions[c.Identity.Business]
	c.offer(bare(KindHello, version), version)
	return true
}

// beat tells a panel the version as it is.
func (h *Hub) beat(c *Client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	version := h.versions[c.Identity.Business]
	c.offer(bare(KindBeat, version), version)
}

// leave removes a client.
func (h *Hub) leave(c *Client) {
	h.mu.Lock()
	all := h.clients[c.Identity.Business]
	_, known := all[c]
	delete(all, c)
	if len(all) == 0 {
		delete(h.clients, c.Identity.Business)
	}
	h.heard.Store(len(h.clients) > 0)
	h.mu.Unlock()
	if known && h.Left != nil {
		h.Left(c)
	}
}

// Count returns how many panels are open.
func (h *Hub) Count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, all := range h.clients {
		n += len(all)
	}
	return n
}

// some returns the clients that choose says, of every business.
func (h *Hub) some(choose func(*Client) bool) []*Client {
	h.mu.Lock()
	defer h.mu.Unlock()
	var chosen []*Client
	for _, all := range h.clients {
		for c := range all {
			if choose(c) {
				chosen = append(chosen, c)
			}
		}
	}
	return chosen
}

// close cuts everybody off, now and from now on.
func (h *Hub) close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	var wg sync.WaitGroup
	for _, c := range h.some(func(*Client) bool { return true }) {
		wg.Go(c.drop)
	}
	wg.Wait()
}
