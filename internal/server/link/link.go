// Package link holds the links that bridges open to this server, and calls the
// bridges through them.
//
// Its one rule: a call through a link is the same HTTP call as one to the
// laptop's port, and fails like one. A bridge has one link, the newest; a laptop
// whose place was taken is told so and does not fight for it.
package link

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/tunnel"
	"mostrador/internal/wire"
)

const (
	// proofTime is how long a bridge has to show that it is still there when
	// another one wants its place.
	proofTime = 3 * time.Second
	// contestedFor is how long after its last sign two laptops are believed to be
	// there; the one without the link asks for it each minute.
	contestedFor = 3 * time.Minute
	// closeTime is what a bridge whose link is ended has to say good-bye.
	closeTime = 2 * time.Second
	// maxInstance is the longest name of a running bridge, in bytes.
	maxInstance = 64
)

// Options says how a Hub works; Changed, Timing and the two modes may be left
// out.
type Options struct {
	Refuse bool // ENLACE=directo: there are no links
	Only   bool // ENLACE=inverso: without a link there is no way to a bridge
	Timing tunnel.Timing
	Now    func() time.Time
	// Changed hears, after the fact and from any goroutine, that a bridge has a
	// link now or has none any more.
	Changed func(o store.Origin, up bool)
	Log     zerolog.Logger

	proof time.Duration // proofTime, or what a test says
}

// Hub holds the links. Safe for concurrent use.
type Hub struct {
	Options
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	serial    int64
	present   map[int64]*link     // by bridge
	known     map[int64]*link     // by serial
	contested map[int64]time.Time // by bridge: when there last were two laptops
}

// link is one bridge's WebSocket.
type link struct {
	store.Origin

	serial   int64
	instance string // of the bridge's program; empty when it does not say
	since    time.Time
	tunnel   *tunnel.Tunnel
}

// New returns a Hub without links.
func New(o Options) *Hub {
	if o.Timing == (tunnel.Timing{}) {
		o.Timing = tunnel.DefaultTiming
	}
	if o.proof == 0 {
		o.proof = proofTime
	}
	h := &Hub{Options: o, present: map[int64]*link{}, known: map[int64]*link{}, contested: map[int64]time.Time{}}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	return h
}

// Accept makes a link of the request, for the bridge that auth.RequireToken let
// through, and returns at once. Its errors are CodeNotFound when there are to be
// no links, CodeForbidden for a web page, CodeInvalid for a request that is no
// WebSocket and CodeConflict when the bridge only wants a free place.
func (h *Hub) Accept(w http.ResponseWriter, r *http.Request) error {
	switch {
	case h.Refuse:
		return ticket.NewError(ticket.CodeNotFound, "Este servidor llama a la laptop directamente: ENLACE=directo.")
	case len(r.Header.Values("Origin")) > 0:
		return ticket.NewError(ticket.CodeForbidden, "El enlace es de la laptop, no de una página web.")
	case !strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		return ticket.NewError(ticket.CodeInvalid, "Esta dirección solo sirve para una conexión WebSocket; un proxy en el camino puede haberla quitado.")
	}
	l := &link{Origin: auth.From(r.Context()).Origin, instance: strings.Clone(r.Header.Get(wire.HeaderLinkBridge)), since: h.Now()}
	if len(l.instance) > maxInstance {
		l.instance = ""
	}
	if r.Header.Get(wire.HeaderLinkPolite) != "" && h.taken(r.Context(), l) {
		return ticket.NewError(ticket.CodeConflict, "Otra laptop con el mismo API_TOKEN tiene el enlace.")
	}
	// No page gets here, whatever its origin.
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		h.Log.Debug().Err(err).Msg("no websocket came of a request") // which is answered already
		return nil
	}
	if l.tunnel, err = tunnel.Open(ws, true, h.Timing); err != nil {
		return fmt.Errorf("accept link: %w", err)
	}
	h.enter(l)
	return nil
}

// taken reports whether another bridge has l's place and is there.
func (h *Hub) taken(ctx context.Context, l *link) bool {
	h.mu.Lock()
	other := h.present[l.Bridge]
	h.mu.Unlock()
	if other == nil || other.same(l) || !h.answers(ctx, other) {
		return false
	}
	h.contend(l.Bridge)
	return true
}

func (l *link) same(other *link) bool { return l.instance != "" && l.instance == other.instance }

func (h *Hub) answers(ctx context.Context, l *link) bool {
	ctx, cancel := context.WithTimeout(ctx, h.proof)
	defer cancel()
	return l.tunnel.Alive(ctx)
}

// contend notes that two laptops want the same place.
func (h *Hub) contend(bridge int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.contested[bridge] = h.Now()
}

// enter makes l the link of its bridge.
func (h *Hub) enter(l *link) {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		l.tunnel.Cut()
		return
	}
	h.serial++
	l.serial = h.serial
	old := h.present[l.Bridge]
	h.present[l.Bridge], h.known[l.serial] = l, l
	h.work.Go(func() { h.watch(l) })
	if old != nil {
		h.work.Go(func() { h.dismiss(old, l) })
	}
	h.mu.Unlock()
	h.Log.Info().Int64("bridge", l.Bridge).Msg("link opened")
	h.changed(l.Origin, true)
}

// watch forgets l when it is over.
func (h *Hub) watch(l *link) {
	<-l.tunnel.Done()
	h.mu.Lock()
	delete(h.known, l.serial)
	last := h.present[l.Bridge] == l
	if last {
		delete(h.present, l.Bridge)
	}
	h.mu.Unlock()
	if last {
		h.Log.Info().Int64("bridge", l.Bridge).Msg("link closed")
		h.changed(l.Origin, false)
	}
}

// dismiss ends a link whose place another one took. One of another laptop that is
// still there means that there are two.
func (h *Hub) dismiss(old, by *link) {
	if !old.same(by) && h.answers(h.ctx, old) {
		h.contend(old.Bridge)
		h.Log.Warn().Int64("bridge", old.Bridge).Msg("two bridges use the same token; the newer one has the link")
	}
	old.tunnel.End(wire.LinkReplaced, "otra laptop tomó el enlace", closeTime)
}

func (h *Hub) changed(o store.Origin, up bool) {
	if h.Changed != nil {
		h.Changed(o, up)
	}
}

// Close ends all links, so that the bridges look for the server anew, and leaves
// them two seconds to say good-bye.
func (h *Hub) Close() {
	h.cancel()
	h.mu.Lock()
	h.closed = true
	for _, l := range h.known {
		h.work.Go(func() { l.tunnel.End(websocket.StatusGoingAway, "el servidor se detiene", closeTime) })
	}
	h.mu.Unlock()
	ended := make(chan struct{})
	go func() { h.work.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(closeTime):
	}
}

// State is how things stand with the link of a bridge.
type State struct {
	Since     time.Time // when it was opened; zero without one
	Contested bool      // two laptops want it
}

// State returns how things stand with a bridge.
func (h *Hub) State(bridge int64) State {
	h.mu.Lock()
	defer h.mu.Unlock()
	var s State
	if l := h.present[bridge]; l != nil {
		s.Since = l.since
	}
	at, ever := h.contested[bridge]
	s.Contested = ever && h.Now().Sub(at).Abs() < contestedFor
	return s
}

// Problem is what people should know about the link of a bridge, as a Spanish
// sentence; empty when there is nothing.
func (h *Hub) Problem(bridge int64) string {
	if h.State(bridge).Contested {
		return "Dos laptops usan el mismo API_TOKEN y compiten por el enlace: cierre el puente en una de las dos."
	}
	return ""
}
