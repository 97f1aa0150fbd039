package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	"modernc.org/sqlite"
)

// guard stands between whatsmeow and the keys of the session. Whatever goes
// wrong while a message is decrypted or asked for again, whatsmeow acknowledges
// the message and leaves it to others to send it again; a full disk or a locked
// file is no reason for that. So each failure of the file ends the line at once:
// nothing can be acknowledged on it any more, and WhatsApp delivers the message
// on a later one.
type guard struct {
	trouble func(error) // ends the line
}

// judge returns err, and ends the line when it is the file's fault.
func (g guard) judge(ctx context.Context, err error) error {
	if _, ours := errors.AsType[*sqlite.Error](err); ours && ctx.Err() == nil {
		g.trouble(fmt.Errorf("keep session: %w", err))
	}
	return err
}

// guardedBuffer is where messages are decrypted.
type guardedBuffer struct {
	store.EventBuffer
	guard
}

// GetBufferedEvent is store.EventBuffer.
func (g *guardedBuffer) GetBufferedEvent(ctx context.Context, hash [32]byte) (*store.BufferedEvent, error) {
	found, err := g.EventBuffer.GetBufferedEvent(ctx, hash)
	return found, g.judge(ctx, err)
}

// DoDecryptionTxn is store.EventBuffer.
func (g *guardedBuffer) DoDecryptionTxn(ctx context.Context, decrypt func(context.Context) error) error {
	return g.judge(ctx, g.EventBuffer.DoDecryptionTxn(ctx, decrypt))
}

// guardedIdentities is the first thing written when something is encrypted, such
// as a request for a message that could not be read.
type guardedIdentities struct {
	store.IdentityStore
	guard
}

// PutIdentity is store.IdentityStore.
func (g *guardedIdentities) PutIdentity(ctx context.Context, address string, key [32]byte) error {
	return g.judge(ctx, g.IdentityStore.PutIdentity(ctx, address, key))
}

// guardedSessions moves what is known of a number to its LID before a message is
// decrypted; of a failure whatsmeow only writes a line to the log.
type guardedSessions struct {
	store.SessionStore
	guard
	fresh func() *sqlstore.SQLStore
	mover atomic.Pointer[sqlstore.SQLStore]
}

// MigratePNToLID is store.SessionStore. A store remembers whom it was told to
// move and does that once, even when it fails: then a new one takes over.
func (g *guardedSessions) MigratePNToLID(ctx context.Context, pn, lid types.JID) error {
	err := g.mover.Load().MigratePNToLID(ctx, pn, lid)
	if err != nil {
		g.mover.Store(g.fresh())
	}
	return g.judge(ctx, err)
}

// guardedContainer puts the guard in front of devices, which get their stores
// only when they are paired.
type guardedContainer struct {
	*sqlstore.Container
	guard
}

// PutDevice is store.DeviceContainer.
func (g *guardedContainer) PutDevice(ctx context.Context, device *store.Device) error {
	err := g.Container.PutDevice(ctx, device)
	g.cover(device)
	return err
}

// cover puts the guard in front of device, once.
func (g *guardedContainer) cover(device *store.Device) {
	device.Container = g
	if _, covered := device.EventBuffer.(*guardedBuffer); !covered && device.EventBuffer != nil {
		device.EventBuffer = &guardedBuffer{device.EventBuffer, g.guard}
		device.Identities = &guardedIdentities{device.Identities, g.guard}
		account := *device.ID
		sessions := &guardedSessions{SessionStore: device.Sessions, guard: g.guard, fresh: func() *sqlstore.SQLStore { return sqlstore.NewSQLStore(g.Container, account) }}
		sessions.mover.Store(sessions.fresh())
		device.Sessions = sessions
	}
}

// tether is a whatsmeow client whose line the guard can end.
type tether struct {
	*whatsmeow.Client
	line *atomic.Pointer[context.CancelFunc]
}

// ConnectContext is link.
func (t tether) ConnectContext(ctx context.Context) error {
	ctx, hangUp := context.WithCancel(ctx)
	t.line.Store(&hangUp)
	return t.Client.ConnectContext(ctx)
}

// unsafe ends the line because of err: what comes on it cannot be kept. The loss
// may be noticed before its reason, and cost one more line that ends the same way.
func (c *Client) unsafe(err error) {
	if hangUp := c.line.Load(); hangUp != nil {
		(*hangUp)()
	}
	c.intake.failed(err)
}
