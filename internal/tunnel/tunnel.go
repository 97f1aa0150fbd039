// Package tunnel carries many connections inside one WebSocket, so that who can
// only call out can be called.
//
// Its one rule: whatever goes wrong ends the whole tunnel soon, and every
// connection in it fails as a cut one does; nothing is repaired here.
package tunnel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/hashicorp/yamux"
)

const (
	// window is how much of one connection may be under way without having been
	// read at the other end, in bytes: what a hostile end can make us hold.
	window = 256 << 10
	// frameLimit is the largest WebSocket message taken, in bytes: a window and its
	// header.
	frameLimit = window + 1<<10
	// backlog is how many connections may wait to be accepted.
	backlog = 32
)

// Timing bounds how long the silence of the other end may last: a tunnel whose
// other end is gone is noticed within Every and Within together.
type Timing struct {
	Every  time.Duration // between two signs of life that are asked for
	Within time.Duration // until one has to come, and until what is written has to be on its way
}

// DefaultTiming lets a line of half a megabit be full of files without taking it
// for dead.
var DefaultTiming = Timing{Every: 10 * time.Second, Within: 20 * time.Second}

// Tunnel is one end. Safe for concurrent use.
type Tunnel struct {
	pipe *pipe
	mux  *yamux.Session
}

// Open makes a tunnel of a fresh WebSocket, which it owns from then on. One end
// is the caller, who may Dial; the other Accepts.
func Open(ws *websocket.Conn, caller bool, t Timing) (*Tunnel, error) {
	ws.SetReadLimit(frameLimit)
	config := yamux.DefaultConfig()
	config.AcceptBacklog, config.MaxStreamWindowSize = backlog, window
	config.KeepAliveInterval, config.ConnectionWriteTimeout, config.StreamOpenTimeout = t.Every, t.Within, t.Within
	config.LogOutput = io.Discard // every end of a tunnel is told by Cause
	p := &pipe{ws: ws, within: t.Within}
	open := yamux.Server
	if caller {
		open = yamux.Client
	}
	mux, err := open(p, config)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open tunnel: %w", err), ws.CloseNow())
	}
	return &Tunnel{pipe: p, mux: mux}, nil
}

// Dial opens a connection to the other end.
func (t *Tunnel) Dial() (net.Conn, error) {
	conn, err := t.mux.Open()
	if err != nil {
		return nil, fmt.Errorf("open connection in tunnel: %w", err)
	}
	return conn, nil
}

// Accept waits for a connection of the other end. Its address is none of a
// network: whoever is behind the other end is not known here.
func (t *Tunnel) Accept() (net.Conn, error) {
	conn, err := t.mux.Accept()
	if err != nil {
		return nil, fmt.Errorf("accept connection of tunnel: %w", err)
	}
	return conn, nil
}

// Alive reports whether the other end answers before ctx is done.
func (t *Tunnel) Alive(ctx context.Context) bool {
	answered := make(chan bool, 1)
	go func() {
		_, err := t.mux.Ping()
		answered <- err == nil
	}()
	select {
	case ok := <-answered:
		return ok
	case <-ctx.Done():
		return false
	}
}

// Done is closed when the tunnel is over.
func (t *Tunnel) Done() <-chan struct{} { return t.mux.CloseChan() }

// Cause returns what the other end gave as the reason when it ended the tunnel,
// -1 when it gave none.
func (t *Tunnel) Cause() websocket.StatusCode { return t.pipe.cause() }

// End tells the other end why, in at most 125 bytes, and ends the tunnel. It
// waits no longer than patience; a tunnel whose other end is gone takes up to
// ten seconds to be over.
func (t *Tunnel) End(code websocket.StatusCode, reason string, patience time.Duration) {
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = t.pipe.ws.Close(code, reason) // it is over in any case
		t.Cut()
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-over:
	case <-timer.C:
	}
}

// Cut ends the tunnel without a word.
func (t *Tunnel) Cut() { _ = t.mux.Close() } // never fails

// pipe is a WebSocket as a stream of bytes. Reading and writing are one
// goroutine's each.
type pipe struct {
	ws      *websocket.Conn
	within  time.Duration
	message io.Reader

	mu   sync.Mutex
	over error // why reading ended
}

var errText = errors.New("text in a tunnel")

// Read implements io.Reader.
func (p *pipe) Read(b []byte) (int, error) {
	for {
		if p.message == nil {
			kind, message, err := p.ws.Reader(context.Background())
			if err == nil && kind != websocket.MessageBinary {
				err = errText
			}
			if err != nil {
				return 0, p.end(err)
			}
			p.message = message
		}
		n, err := p.message.Read(b)
		if errors.Is(err, io.EOF) {
			p.message, err = nil, nil
		}
		if err != nil {
			return n, p.end(err)
		}
		if n > 0 {
			return n, nil
		}
	}
}

func (p *pipe) end(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = err
	return err
}

func (p *pipe) cause() websocket.StatusCode {
	p.mu.Lock()
	defer p.mu.Unlock()
	return websocket.CloseStatus(p.over)
}

// Write implements io.Writer.
func (p *pipe) Write(b []byte) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), p.within)
	defer cancel()
	if err := p.ws.Write(ctx, websocket.MessageBinary, b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Close implements io.Closer.
func (p *pipe) Close() error { return p.ws.CloseNow() }
