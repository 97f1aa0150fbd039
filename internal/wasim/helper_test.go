package wasim_test

import (
	"context"
	"database/sql"
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
const patience = 15 * time.Second

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

	mu      sync.Mutex
	events  []any
	changed chan struct{}
	refuse  func(any) bool // true: the handler fails
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
	c := &client{Client: whatsmeow.NewClient(device, waLog.Noop), t: t, s: s, db: db, changed: make(chan struct{})}
	c.EnableDecryptedEventBuffer = true
	c.SynchronousAck = true
	c.UseRetryMessageStore = true
	c.InitialAutoReconnect = true
	c.SetWebsocketHTTPClient(s.HTTPClient())
	c.SetPreLoginHTTPClient(s.HTTPClient())
	c.SetMediaHTTPClient(s.HTTPClient())
	c.AddEventHandlerWithSuccessStatus(c.handle)
	t.Cleanup(c.Disconnect)
	return c
}

func (c *client) handle(evt any) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
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

// await returns the first event of type T that match accepts, past or future.
func await[T any](t *testing.T, c *client, match func(T) bool) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		c.mu.Lock()
		for _, evt := range c.events {
			if v, ok := evt.(T); ok && match(v) {
				c.mu.Unlock()
				return v
			}
		}
		changed := c.changed
		c.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			var zero T
			t.Fatalf("got no %T, want one", zero)
		}
	}
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
	if err := c.Connect(); err != nil {
		c.t.Fatalf("connect: %v", err)
	}
}

// qr connects and returns the codes the client shows.
func (c *client) qr() []string {
	c.t.Helper()
	c.connect()
	return await(c.t, c, anyOf[*events.QR]).Codes
}

// quiet waits until whatsmeow is done with earlier messages.
func quiet(t *testing.T) {
	t.Helper()
	if err := wasim.WaitQuiet(soon(t)); err != nil {
		t.Fatalf("wait for quiet: %v", err)
	}
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
	await(t, c, anyOf[*events.Connected])
	online(t, s)
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
