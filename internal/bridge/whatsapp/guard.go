package whatsapp

import (
	"context"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow/store"
	"modernc.org/sqlite"
)

// guard stands between whatsmeow and the keys of the session. Whatever goes
// wrong while a message is decrypted, whatsmeow acknowledges the message and
// leaves it to the sender's phone to send it again; a full disk or a locked file
// is no reason for that. It does neither when the error says that the work was
// cancelled (message.go, decryptMessages, version 20260821).
type guard struct {
	store.EventBuffer
	trouble func(error) // told of each failure of the disk
}

// GetBufferedEvent is store.EventBuffer.
func (g *guard) GetBufferedEvent(ctx context.Context, hash [32]byte) (*store.BufferedEvent, error) {
	found, err := g.EventBuffer.GetBufferedEvent(ctx, hash)
	return found, g.judge(err)
}

// DoDecryptionTxn is store.EventBuffer.
func (g *guard) DoDecryptionTxn(ctx context.Context, decrypt func(context.Context) error) error {
	return g.judge(g.EventBuffer.DoDecryptionTxn(ctx, decrypt))
}

func (g *guard) judge(err error) error {
	if _, ours := errors.AsType[*sqlite.Error](err); !ours {
		return err
	}
	g.trouble(fmt.Errorf("keep session: %w", err))
	return fmt.Errorf("%w: %w", context.Canceled, err)
}

// guardedContainer puts the guard in front of devices, which get their stores
// only when they are paired.
type guardedContainer struct {
	store.DeviceContainer
	trouble func(error)
}

// PutDevice is store.DeviceContainer.
func (g *guardedContainer) PutDevice(ctx context.Context, device *store.Device) error {
	err := g.DeviceContainer.PutDevice(ctx, device)
	g.cover(device)
	return err
}

// cover puts the guard in front of device, once.
func (g *guardedContainer) cover(device *store.Device) {
	device.Container = g
	if _, covered := device.EventBuffer.(*guard); !covered && device.EventBuffer != nil {
		device.EventBuffer = &guard{device.EventBuffer, g.trouble}
	}
}
