package live

import (
	"context"
	"net/http"
	"sync"

	"github.com/coder/websocket"

	"mostrador/internal/server/auth"
)

const (
	// queueLimit is how many events wait for a panel that is busy; then one that
	// says to read everything again takes their place.
	queueLimit = 64
	// messageLimit bounds what a panel may send at once, in bytes.
	messageLimit = 4096
	// pingSlots spreads the pings of many panels over the time between two.
	pingSlots = 20
)

// Client is one open panel. At rest it costs one goroutine, which waits for what
// the panel sends; whatever goes to the panel is written by a goroutine that
// lives as long as there is something to write.
type Client struct {
	ID       uint64 // unique within the process
	Identity auth.Identity

	hub                   *Hub
	conn                  *websocket.Conn
	cookie, authorization string // to ask again who this is

	mu      sync.Mutex
	queue   [][]byte
	writing bool
	gone    bool
}

// offer queues a frame of a version.
func (c *Client) offer(frame []byte, version uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return
	}
	if len(c.queue) >= queueLimit {
		c.queue = append(c.queue[:0], bare(KindAll, version)) // which stands for all before it
	} else {
		c.queue = append(c.queue, frame)
	}
	if !c.writing {
		c.writing = true
		go c.flush()
	}
}

// flush writes what waits until nothing does.
func (c *Client) flush() {
	for {
		c.mu.Lock()
		frames := c.queue
		c.queue = nil
		if len(frames) == 0 || c.gone {
			c.writing = false
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
		for _, frame := range frames {
			if c.write(frame) != nil {
				c.drop()
				return
			}
		}
	}
}

func (c *Client) write(frame []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), c.hub.WriteWithin)
	defer cancel()
	return c.conn.Write(ctx, websocket.MessageText, frame)
}

// read hands on what the panel sends until it is gone.
func (c *Client) read() {
	defer c.drop()
	for {
		_, message, err := c.conn.Read(context.Background())
		if err != nil {
			return
		}
		if c.hub.Receive != nil {
			c.hub.Receive(c, message)
		}
	}
}

// ping makes sure that the panel is there and that its person may still be.
func (c *Client) ping() {
	c.recheck()
	ctx, cancel := context.WithTimeout(context.Background(), c.hub.WriteWithin)
	defer cancel()
	if c.conn.Ping(ctx) != nil {
		c.drop()
	}
}

// recheck cuts the panel off when its person may not read any more. A database
// that cannot be asked at the moment is no reason.
func (c *Client) recheck() {
	r := &http.Request{Header: http.Header{}}
	if c.cookie != "" {
		r.Header.Set("Cookie", c.cookie)
	}
	if c.authorization != "" {
		r.Header.Set("Authorization", c.authorization)
	}
	now, err := c.hub.Identify(r)
	if !refused(err) && (err != nil || now.Business == c.Identity.Business) {
		return
	}
	go func() { // as the panel may take its time over saying good-bye
		_ = c.conn.Close(websocket.StatusPolicyViolation, "sesión terminada")
		c.drop()
	}()
}

// drop closes the connection and forgets the panel.
func (c *Client) drop() {
	c.mu.Lock()
	c.gone, c.queue = true, nil
	c.mu.Unlock()
	_ = c.conn.CloseNow()
	c.hub.leave(c)
}

// ping looks after the panels whose turn it is.
func (h *Hub) ping(slot int) {
	for _, c := range h.some(func(c *Client) bool { return c.ID%pingSlots == uint64(slot) }) { //nolint:gosec // from 0 on
		h.beat(c)
		go c.ping()
	}
}

// recheck looks at everybody's session, one after the other.
func (h *Hub) recheck() {
	all := h.some(func(*Client) bool { return true })
	go func() {
		for _, c := range all {
			c.recheck()
		}
	}()
}
