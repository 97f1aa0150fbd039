package wasim

import (
	"context"
	"fmt"
	"slices"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// Addressing is how WhatsApp names a customer in the messages they send.
type Addressing int

// How a customer is named.
const (
	ByPhone   Addressing = iota // by phone number, with the LID as the alternative
	ByLID                       // by LID, with the phone number as the alternative
	PhoneOnly                   // by phone number, the LID is not told
	LIDOnly                     // by LID, the phone number is not told
)

// Profile describes a customer to be made. What is missing is made up.
type Profile struct {
	Phone      string // digits
	LID        string // digits
	Name       string // push name
	Addressing Addressing
}

// Customer is a person with a phone who writes to the business. Methods are safe
// for concurrent use.
type Customer struct {
	s       *Server
	name    string
	pn, lid types.JID
	party   *party

	// Guarded by s.mu.
	addressing Addressing
	inbox      []*arrival
	byID       map[string]*arrival
	sent       map[string]*waE2E.Message
	listeners  []func(Received)

	delivered, reads bool // which receipts are automatic
	offline          bool
	held             []func() // to do once it is on
	retries          map[string]int
	failNext         int
}

// arrival is a message in a customer's inbox.
type arrival struct {
	Received
	to         types.JID // address the business used
	ciphertext []byte
}

// Received is a message of the business as a customer's phone shows it. Message
// and Media are shared with the inbox and must not be changed.
type Received struct {
	ID       string
	Text     string // text, caption or edited text; "" if the message has none
	Message  *waE2E.Message
	QuotedID string // the message it replies to, or ""
	Copies   int    // how often this id came; 1 unless it was sent again
	Media    []byte // decrypted attachment; nil without one or if it is not to be had
}

// NewCustomer adds a person to WhatsApp. A phone or LID that is taken is
// replaced by a made-up one.
func (s *Server) NewCustomer(p Profile) *Customer {
	key, err := newParty()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil { // the system's random source is gone; nothing will work
		s.log.Error().Err(err).Msg("customer without keys")
	}
	n := len(s.customers) + 1
	c := &Customer{
		s: s, name: p.Name, party: key, addressing: p.Addressing, delivered: true,
		pn:   s.freeAddress(p.Phone, fmt.Sprintf("52155%08d", 10_000_000+n), types.DefaultUserServer),
		lid:  s.freeAddress(p.LID, fmt.Sprintf("2%014d", 70_000_000+n), types.HiddenUserServer),
		byID: map[string]*arrival{}, sent: map[string]*waE2E.Message{}, retries: map[string]int{},
	}
	if c.name == "" {
		c.name = fmt.Sprintf("Cliente %d", n)
	}
	s.customers = append(s.customers, c)
	s.byUser[c.pn], s.byUser[c.lid] = c, c
	return c
}

// freeAddress is the wanted address, or the made-up one.
func (s *Server) freeAddress(wanted, madeUp, server string) types.JID {
	if j := types.NewJID(wanted, server); wanted != "" && s.partyOf(j) == nil {
		return j
	}
	return types.NewJID(madeUp, server)
}

// Phone returns the customer's number, digits.
func (c *Customer) Phone() string { return c.pn.User }

// LID returns the customer's LID, digits.
func (c *Customer) LID() string { return c.lid.User }

// Name returns the customer's push name.
func (c *Customer) Name() string { return c.name }

// JID returns the address the customer's messages come from now.
func (c *Customer) JID() types.JID {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.address()
}

func (c *Customer) address() types.JID {
	if c.addressing == ByLID || c.addressing == LIDOnly {
		return c.lid
	}
	return c.pn
}

// SetAddressing changes how the customer is named from the next message on.
func (c *Customer) SetAddressing(a Addressing) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.addressing = a
}

// SetReceipts says which receipts the customer's phone sends by itself for each
// message: delivered (the default) and read.
func (c *Customer) SetReceipts(delivered, read bool) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.delivered, c.reads = delivered, read
}

// SetOnline switches the customer's phone on (the default) or off. What arrives
// while it is off is in the Inbox, as it will be, but gets its automatic
// receipts only when it is on again; so with asking for a message again.
func (c *Customer) SetOnline(on bool) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.offline = !on
	if !on {
		return
	}
	for _, task := range c.held {
		task()
	}
	c.held = nil
}

// ChangePhone is the customer moving to a new phone: new keys, no sessions. The
// first message in either direction shows it to the client.
func (c *Customer) ChangePhone() error {
	fresh, err := newParty()
	if err != nil {
		return err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.party = fresh
	return nil
}

// FailNextDecrypt makes the customer's phone fail to decrypt the next message of
// the business to it alone, and ask for it again. Calls add up.
func (c *Customer) FailNextDecrypt() {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.failNext++
}

// MarkRead sends a read receipt for a message of the business.
func (c *Customer) MarkRead(id string) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if a := c.byID[id]; a != nil {
		c.receipt(id, "read", a.to, nil)
	}
}

// OnMessage has f called with every message of the business that the customer
// is shown from now on, each call in a goroutine of its own that Close waits
// for. f may call anything but Close.
func (c *Customer) OnMessage(f func(Received)) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.listeners = append(c.listeners, f)
}

// Inbox returns what the customer's phone shows, oldest first, one per id.
func (c *Customer) Inbox() []Received {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	out := make([]Received, len(c.inbox))
	for i, a := range c.inbox {
		out[i] = a.Received
	}
	return out
}

// Wait returns the first message in the inbox that match accepts, waiting for
// it if need be. The error is the context's, or ErrClosed. match must not call
// the simulator.
func (c *Customer) Wait(ctx context.Context, match func(Received) bool) (Received, error) {
	var found Received
	err := c.s.waitUntil(ctx, func() bool {
		i := slices.IndexFunc(c.inbox, func(a *arrival) bool { return match(a.Received) })
		if i >= 0 {
			found = c.inbox[i].Received
		}
		return i >= 0
	})
	return found, err
}

// show puts a decrypted message into the inbox. The caller holds s.mu.
func (c *Customer) show(id string, to types.JID, msg *waE2E.Message, ciphertext []byte) {
	defer c.s.broadcast()
	if known := c.byID[id]; known != nil {
		known.Copies++
		known.ciphertext = ciphertext
		return
	}
	a := &arrival{to: to, ciphertext: ciphertext, Received: Received{
		ID: id, Text: textOf(msg), Message: msg, QuotedID: contextOf(msg).GetStanzaID(), Copies: 1,
		Media: c.s.openUpload(msg),
	}}
	c.byID[id] = a
	c.inbox = append(c.inbox, a)
	if c.offline {
		c.held = append(c.held, func() { c.receipts(a) })
	} else {
		c.receipts(a)
	}
	for _, f := range c.listeners {
		shown := a.Received
		c.s.spawn(func() { f(shown) })
	}
}

// receipts sends the automatic receipts for a message.
func (c *Customer) receipts(a *arrival) {
	if c.delivered {
		c.receipt(a.ID, "", a.to, nil)
	}
	if c.reads {
		c.receipt(a.ID, "read", a.to, nil)
	}
}

// clone protects a message given by the caller from later changes.
func clone(msg *waE2E.Message) *waE2E.Message {
	return proto.Clone(msg).(*waE2E.Message)
}
