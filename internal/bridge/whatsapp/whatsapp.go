// Package whatsapp holds the session with WhatsApp: it pairs, stays connected,
// hands every message over to the queue and sends answers.
//
// Its one rule: it is the only package that knows whatsmeow, and it
// acknowledges a message to WhatsApp only after Put has stored it.
package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"mostrador/internal/bridge/queue"
)

// Options is what a Client needs. Dir, Put and MaxMedia must be set.
type Options struct {
	Dir      string                  // folder of the session, made if missing; two bridges cannot share it
	Network  Network                 // zero: WhatsApp itself
	Put      func(queue.Entry) error // stores durably before it returns nil; called concurrently
	MaxMedia int64                   // largest file to download or send, bytes
	Groups   bool                    // messages of groups are wanted too
	Now      func() time.Time        // nil: time.Now
	Seen     func(event string)      // nil, or told of every event, by one of Events; called concurrently
	Log      zerolog.Logger

	tempo *tempo // nil: the product's; tests are in more of a hurry
}

// Network reaches WhatsApp. A nil client means WhatsApp itself, through Go's
// usual proxy variables. Only tests and the demo set it; no setting of the
// product does.
type Network struct {
	WebSocket *http.Client // of a paired device
	Media     *http.Client // downloads and uploads of files
	PreLogin  *http.Client // while pairing, and for asking which version is current
}

// Client is one WhatsApp session. Its methods are safe for concurrent use,
// except that Run may be called only once.
type Client struct {
	opts    Options
	log     zerolog.Logger
	store   *sessionStore
	board   *board
	mail    *mailbox
	intake  *intake
	missing *missing
	guard   *guardedContainer
	answers *answers
	sends   *sends
	groups  *subjects
	media   *http.Client // bounded by what the context of a request says

	current atomic.Pointer[whatsmeow.Client]
	line    atomic.Pointer[context.CancelFunc] // ends what belongs to the last connection
	account atomic.Pointer[account]
	ahead   atomic.Int64 // ClockAhead

	requesting sync.Mutex // held while the phone is asked for missing messages

	gate   sync.RWMutex // held for reading by every event being handled
	closed bool
}

// account is who the session belongs to.
type account struct{ phone, lid string }

// Open locks the session in o.Dir and loads it. It returns a ticket.Error with
// CodeConflict when another bridge uses the folder, and one with
// CodeUnavailable when the folder cannot be used.
func Open(ctx context.Context, o Options) (*Client, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Seen == nil {
		o.Seen = func(string) {}
	}
	if o.tempo == nil {
		o.tempo = productTempo()
	}
	setUpLibraries()
	log := o.Log.With().Str("part", "whatsapp").Logger()
	session, err := openStore(ctx, o.Dir, libraryLog{log})
	if err != nil {
		return nil, err
	}
	c := &Client{
		opts: o, log: log, store: session, board: newBoard(o.Now), mail: newMailbox(),
		answers: newAnswers(o.Now, o.tempo), sends: newSends(o.Now), groups: newSubjects(), media: boundedClient(o.Network.Media),
	}
	if c.missing, err = loadMissing(ctx, session.db, o.Now, o.tempo, log); err != nil {
		return nil, errors.Join(unusable(o.Dir, err), session.close())
	}
	c.intake = newIntake(o.Put, c.converter(), c.mail, o.tempo.deadLetterAt, log)
	c.intake.missed = func(evt *events.UndecryptableMessage, placeholder queue.Entry) {
		c.missing.add(evt, c.account.Load().phone, placeholder)
	}
	c.intake.shown = c.missing.shown
	for _, placeholder := range c.missing.owed() {
		c.intake.owed = append(c.intake.owed, debt{entry: placeholder})
	}
	c.guard = &guardedContainer{session.container, guard{c.unsafe}}
	c.remember(session.device.GetJID().User, session.device.GetLID().User)
	return c, nil
}

// Close releases the session. Run must be over.
func (c *Client) Close() error {
	c.shut()
	return c.store.close()
}

// State returns how the session is now.
func (c *Client) State() State { return c.board.view() }

// Changes returns a channel that holds a value whenever State changed since
// the channel was last read, and the function that ends the subscription.
func (c *Client) Changes() (<-chan struct{}, func()) { return c.board.watch() }

// Connected reports whether messages can be sent now.
func (c *Client) Connected() bool { return c.board.connected() }

func (c *Client) converter() *converter {
	return &converter{
		groups: c.opts.Groups, now: c.opts.Now, subject: c.groups.name,
		self: func(user string) bool {
			a := c.account.Load()
			return user != "" && (user == a.phone || user == a.lid)
		},
		other:   c.store.other,
		decrypt: c.decryptEdit,
	}
}

// remember notes whose session it is. The library's own record of it may not
// be read while it runs.
func (c *Client) remember(phone, lid string) {
	c.account.Store(&account{phone: phone, lid: lid})
	c.board.update(func(s *State) { s.Account = phone })
}

// other looks the LID of a number up, and the number of a LID; empty when it
// is not known.
func (s *sessionStore) other(jid types.JID) types.JID {
	var found types.JID
	switch jid.Server {
	case types.DefaultUserServer:
		found, _ = s.container.LIDMap.GetLIDForPN(context.Background(), jid)
	case types.HiddenUserServer:
		found, _ = s.container.LIDMap.GetPNForLID(context.Background(), jid)
	}
	return found
}

// lasting is the LID of a number when it is known: one key for one person.
func (s *sessionStore) lasting(jid types.JID) types.JID {
	jid = plain(jid)
	if lid := s.other(jid); lid.Server == types.HiddenUserServer {
		return lid.ToNonAD()
	}
	return jid
}
