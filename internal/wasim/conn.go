package wasim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
	waBinary "go.mau.fi/whatsmeow/binary"
)

// lingerTime is how long a socket stays open after the stanza that ends the
// session: a client whose socket closes at once can drop that stanza unread.
const lingerTime = 300 * time.Millisecond

// conn is one connection of a client.
type conn struct {
	s      *Server
	ws     *websocket.Conn
	reader *frameReader
	rx     sealer
	tx     sealer // used by the writer only
	ctx    context.Context
	cut    context.CancelFunc // ends the connection at once, like a pulled plug

	outMu sync.Mutex
	out   []waBinary.Node
	wake  chan struct{} // capacity 1: something is in out

	// Guarded by s.mu.
	static   [32]byte       // the client's Noise key
	pairing  *pairing       // while an unlinked client is connected
	device   *device        // after a login
	active   bool           // the client asked for its messages
	ending   bool           // the last stanza was sent
	inFlight int            // deliveries of this connection that are not acknowledged
	offline  int            // deliveries in the offline queue at the start
	backlog  int            // how many of them are left
	open     map[string]int // messages sent on it and not acknowledged on it
}

func (s *Server) serveChat(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	refuse := s.faults.refuseUpgrades
	s.mu.Unlock()
	if refuse {
		http.Error(w, "unavailable", http.StatusServiceUnavailable)
		return
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // the origin is WhatsApp's, the host header too
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return
	}
	defer func() { _ = ws.CloseNow() }()
	c := s.newConn(ws)
	defer s.forget(c)
	if err := c.run(); err != nil && c.ctx.Err() == nil && !errors.Is(err, io.EOF) {
		s.log.Debug().Err(err).Msg("connection ended")
	}
}

func (s *Server) newConn(ws *websocket.Conn) *conn {
	c := &conn{s: s, ws: ws, wake: make(chan struct{}, 1), open: map[string]int{}}
	c.ctx, c.cut = context.WithCancel(s.ctx)
	c.reader = &frameReader{r: websocket.NetConn(c.ctx, ws, websocket.MessageBinary)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[c] = struct{}{}
	return c
}

// forget drops a connection that has ended.
func (s *Server) forget(c *conn) {
	c.cut()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	if s.live == c {
		s.live = nil
	}
	if c.pairing != nil {
		c.pairing.end(errPairingGone)
	}
	s.broadcast()
}

// run serves the connection until it ends.
func (c *conn) run() error {
	if c.s.muted() {
		_, err := io.Copy(io.Discard, c.reader.r)
		return err
	}
	g, err := handshake(c.s.static, c.s.chain, c.reader.next, c.writeFrame)
	if err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	c.rx.key, c.tx.key, c.static = g.fromClient, g.toClient, g.static
	c.s.mu.Lock()
	started := c.s.spawn(c.write)
	c.s.welcome(c, g.payload)
	c.s.mu.Unlock()
	if !started {
		return ErrClosed
	}
	return c.read()
}

func (c *conn) read() error {
	for {
		frame, err := c.reader.next()
		if err != nil {
			return err
		}
		data, err := c.rx.open(frame)
		if err != nil {
			return fmt.Errorf("open frame: %w", err)
		}
		n, err := decodeNode(data)
		if err != nil {
			return fmt.Errorf("decode stanza: %w", err)
		}
		if err := c.serve(n); err != nil {
			return err
		}
	}
}

// serve handles one stanza. The Signal library's parsers were not written for
// hostile input, so that a panic of theirs ends the connection and no more.
func (c *conn) serve(n *node) (err error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errFrame, r)
		}
	}()
	if !c.s.faults.mute && !c.ending {
		c.s.handle(c, n)
	}
	return nil
}

// send queues a stanza; it never blocks. Stanzas are written in the order of
// these calls, and dropped when the connection ends.
func (c *conn) send(n waBinary.Node) {
	c.outMu.Lock()
	c.out = append(c.out, n)
	c.outMu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// write is the connection's writer: all that waits goes out as one websocket
// message, whose borders mean nothing to the client.
func (c *conn) write() {
	defer c.cut()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-c.wake:
		}
		c.outMu.Lock()
		nodes := c.out
		c.out = nil
		c.outMu.Unlock()
		var buf []byte
		for _, n := range nodes {
			data, err := waBinary.Marshal(n)
			if err != nil {
				c.s.log.Error().Err(err).Str("stanza", n.Tag).Msg("stanza not sent")
				continue
			}
			buf = appendFrame(buf, c.tx.seal(data))
		}
		if err := c.ws.Write(c.ctx, websocket.MessageBinary, buf); err != nil {
			return
		}
	}
}

// writeFrame writes an unencrypted frame of the handshake.
func (c *conn) writeFrame(data []byte) error {
	return c.ws.Write(c.ctx, websocket.MessageBinary, appendFrame(nil, data))
}

// finish sends the stanza that ends the session, takes the connection out of
// service and closes it a little later unless the client does. The caller holds
// s.mu.
func (c *conn) finish(last waBinary.Node) {
	c.send(last)
	c.retire()
	c.s.spawn(func() {
		timer := time.NewTimer(lingerTime)
		defer timer.Stop()
		select {
		case <-timer.C:
			c.cut()
		case <-c.ctx.Done():
		}
	})
}

// retire takes the connection out of service. The caller holds s.mu.
func (c *conn) retire() {
	c.ending = true
	if c.s.live == c {
		c.s.live = nil
	}
	c.s.broadcast()
}
