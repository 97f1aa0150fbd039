package wasim_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"
	_ "modernc.org/sqlite"

	"mostrador/internal/wasim"
)

// patience bounds every wait of these tests; nothing should come near it.
const patience = time.Minute

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// newServer starts a simulator that ends with the test.
func newServer(t *testing.T) *wasim.Server {
	t.Helper()
	wasim.Trust()
	s, err := wasim.Start(wasim.Options{FewKeys: true})
	if err != nil {
		t.Fatalf("start simulator: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close simulator: %v", err)
		}
	})
	return s
}

// client is a whatsmeow client as a careful program would set it up, and the
// events it gave.
type client struct {
	*whatsmeow.Client
	t  *testing.T
	s  *wasim.Server
	db *sqlstore.Container

	stays      bool           // does not come back by itself when a line is lost
	comingBack sync.WaitGroup // reconnect

	mu      sync.Mutex
	events  []any
	changed chan struct{}
	refuse  func(any) bool // true: the handler fails
	hangUp  func()         // ends what belonged to the last line
	left    bool           // the test is over
}

// newClient opens a client on a new session file.
func newClient(t *testing.T, s *wasim.Server) *client {
	t.Helper()
	return openClient(t, s, openSession(t, filepath.Join(t.TempDir(), "session.db")))
}

func openSession(t *testing.T, path string) *sqlstore.Container {
	t.Helper()
	// The simulator is under test, not durability: syncing is off.
	dsn := "file:" + path + "?_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=busy_timeout(10000)&_txlock=immediate"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		t.Fatalf("open session: %v", err)
	}
	db.SetMaxOpenConns(1)
	container := sqlstore.NewWithDB(db, "sqlite", waLog.Noop)
	if err := container.Upgrade(t.Context()); err != nil {
		t.Fatalf("prepare session: %v", err)
	}
	t.Cleanup(func() { _ = container.Close() })
	return container
}

func openClient(t *testing.T, s *wasim.Server, db *sqlstore.Container) *client {
	t.Helper()
	device, err := db.GetFirstDevice(t.Context())
	if err != nil {
		t.Fatalf("load device: %v", err)
	}
	c := &client{Client: whatsmeow.NewClient(device, waLog.Noop), t: t, s: s, db: db, changed: make(chan struct{}), hangUp: func() {}}
	c.EnableDecryptedEventBuffer = true
	c.SynchronousAck = true
	c.UseRetryMessageStore = true
	c.EnableAutoReconnect = false // it races with the library's own logins; reconnect does it
	c.SetWebsocketHTTPClient(s.HTTPClient())
	c.SetPreLoginHTTPClient(s.HTTPClient())
	c.SetMediaHTTPClient(s.HTTPClient())
	c.AddEventHandlerWithSuccessStatus(c.handle)
	t.Cleanup(c.leave)
	return c
}

// leave ends the client with its test.
func (c *client) leave() {
	c.mu.Lock()
	c.left = true
	c.mu.Unlock()
	c.comingBack.Wait()
	c.Disconnect()
	c.hangUp()
}

// dial makes a line whose context ends with it: what the library still does for
// an old line must not go out on a new one, or a message it could not decrypt is
// acknowledged without having been asked for again.
func (c *client) dial() error {
	line, hangUp := context.WithCancel(context.Background())
	c.mu.Lock()
	c.hangUp()
	c.hangUp = hangUp
	c.mu.Unlock()
	return c.ConnectContext(line)
}

// reconnect makes a lost line again. It follows an event, and so everything the
// library did before it: the library's fields have no lock of their own.
func (c *client) reconnect() {
	for c.t.Context().Err() == nil {
		if err := c.dial(); err == nil || errors.Is(err, whatsmeow.ErrAlreadyConnected) {
			return
		}
		select {
		case <-c.t.Context().Done():
		case <-time.After(10 * time.Millisecond): // the server refuses for now
		}
	}
}

func (c *client) handle(evt any) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, lost := evt.(*events.Disconnected); lost && !c.stays && !c.left {
		c.comingBack.Go(c.reconnect)
	}
	ok := c.refuse == nil || !c.refuse(evt)
	if !ok {
		evt = refused{evt}
	}
	c.events = append(c.events, evt)
	close(c.changed)
	c.changed = make(chan struct{})
	return ok
}

// refused is an event the handler was told to fail for.
type refused struct{ evt any }

// refuseMessages makes the handler fail for messages, or not.
func (c *client) refuseMessages(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuse = nil
	if on {
		c.refuse = func(evt any) bool { _, ok := evt.(*events.Message); return ok }
	}
}

// until waits until ok, which is called with c.mu held, is true.
func (c *client) until(what string, ok func() bool) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	for {
		c.mu.Lock()
		done, changed := ok(), c.changed
		c.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			c.t.Fatalf("got no %s, want one", what)
		}
	}
}

// await returns the first event of type T that match accepts, past or future.
func await[T any](t *testing.T, c *client, match func(T) bool) T {
	t.Helper()
	var found T
	c.until(fmt.Sprintf("%T", found), func() bool {
		for _, evt := range c.events {
			if v, ok := evt.(T); ok && match(v) {
				found = v
				return true
			}
		}
		return false
	})
	return found
}

// anyOf is the match of await for the first of its type.
func anyOf[T any](T) bool { return true }

// message waits for the event of a message.
func (c *client) message(id string) *events.Message {
	c.t.Helper()
	return await(c.t, c, func(m *events.Message) bool { return m.Info.ID == id })
}

// receipt waits for a receipt of a type for a message.
func (c *client) receipt(id string, kind types.ReceiptType) *events.Receipt {
	c.t.Helper()
	return await(c.t, c, func(r *events.Receipt) bool {
		for _, have := range r.MessageIDs {
			if have == id && r.Type == kind {
				return true
			}
		}
		return false
	})
}

// count returns how many message events with that id there were.
func (c *client) count(id string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, evt := range c.events {
		if m, ok := evt.(*events.Message); ok && m.Info.ID == id {
			n++
		}
	}
	return n
}

func (c *client) connect() {
	c.t.Helper()
	if err := c.dial(); err != nil {
		c.t.Fatalf("connect: %v", err)
	}
}

// qr connects and returns the codes the client shows.
func (c *client) qr() []string {
	c.t.Helper()
	c.connect()
	return await(c.t, c, anyOf[*events.QR]).Codes
}

// linked returns a server and a client that is paired and online. Settings are
// made before the client connects: whatsmeow reads them without a lock.
func linked(t *testing.T, settings ...func(*client)) (*wasim.Server, *client) {
	t.Helper()
	s := newServer(t)
	c := newClient(t, s)
	for _, set := range settings {
		set(c)
	}
	codes := c.qr()
	if err := s.Phone().ScanQR(soon(t), codes[0]); err != nil {
		t.Fatalf("scan: %v", err)
	}
	online(t, c)
	if err := s.WaitIdle(soon(t)); err != nil {
		t.Fatalf("wait idle: %v", err)
	}
	return s, c
}

func (c *client) sendText(to types.JID, id, text string) error {
	c.t.Helper()
	_, err := c.SendMessage(soon(c.t), to, &waE2E.Message{Conversation: proto.String(text)},
		whatsmeow.SendRequestExtra{ID: id, Timeout: patience})
	return err
}

func (c *client) mustSendText(to types.JID, id, text string) {
	c.t.Helper()
	if err := c.sendText(to, id, text); err != nil {
		c.t.Fatalf("send: %v", err)
	}
}

// online waits until the client is logged in, and has told so: what it did before
// its event is done.
func online(t *testing.T, c *client) {
	t.Helper()
	if err := c.s.WaitOnline(soon(t)); err != nil {
		t.Fatalf("wait online: %v", err)
	}
	c.until("event of the last login", func() bool {
		up := false
		for _, evt := range c.events {
			switch evt.(type) {
			case *events.Connected:
				up = true
			case *events.Disconnected:
				up = false
			}
		}
		return up
	})
}

// acked waits until the client has taken a message.
func acked(t *testing.T, s *wasim.Server, id string) {
	t.Helper()
	if err := s.WaitAcked(soon(t), id); err != nil {
		t.Fatalf("got message not acknowledged (%v), want acknowledged", err)
	}
}

// arrives waits until a customer shows a message.
func arrives(t *testing.T, c *wasim.Customer, id string) wasim.Received {
	t.Helper()
	r, err := c.Wait(soon(t), func(r wasim.Received) bool { return r.ID == id })
	if err != nil {
		t.Fatalf("got no message %s at the customer (%v), want it", id, err)
	}
	return r
}
