package outbox

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mostrador/internal/httpx"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

const (
	// receivedAgain is how soon after one another notice is a second click.
	receivedAgain = time.Minute
	// maxText is WhatsApp's longest text, in characters.
	maxText = 65536
)

// Send is Queue and Follow.
func (o *Outbox) Send(ctx context.Context, p store.Reply) error {
	queued, err := o.Queue(ctx, p)
	if err != nil {
		return err
	}
	return o.Follow(ctx, queued)
}

// Queue stores a reply, which is never lost from then on. It chooses the reply's
// WhatsApp id, unless it has one: see MessageID. A text that is empty or too long
// is CodeInvalid; other errors are those of store.QueueReply.
func (o *Outbox) Queue(ctx context.Context, p store.Reply) (store.Queued, error) {
	if strings.TrimSpace(p.Text) == "" && p.File == nil {
		return store.Queued{}, ticket.NewError(ticket.CodeInvalid, "El mensaje está vacío: falta «mensaje».")
	}
	if utf8.RuneCountInString(p.Text) > maxText {
		return store.Queued{}, ticket.NewError(ticket.CodeInvalid, "El mensaje es más largo de lo que WhatsApp admite.")
	}
	if p.WhatsAppID == "" {
		p.WhatsAppID = newMessageID()
	}
	queued, err := o.store.QueueReply(ctx, p)
	if err != nil {
		return store.Queued{}, fmt.Errorf("queue reply: %w", err)
	}
	return queued, nil
}

// Follow tries to bring what Queue stored to the bridge at once, if it still
// waits. CodeUnavailable and CodeTimeout carry «en_cola»: it goes out by itself
// later.
func (o *Outbox) Follow(ctx context.Context, queued store.Queued) error {
	if !queued.Delivery.Waits() {
		return nil
	}
	return o.deliverNow(ctx, queued.Message)
}

// Notify sends the business's text for equipment that was received. A second
// one within a minute is taken for a second click and does nothing.
func (o *Outbox) Notify(ctx context.Context, business, user, number int64) error {
	b, err := o.store.Business(ctx, business)
	if err != nil {
		return fmt.Errorf("load business: %w", err)
	}
	return o.Send(ctx, store.Reply{Business: business, User: user, Ticket: number, Text: b.ReceivedText, Purpose: store.PurposeReceived, Again: receivedAgain})
}

// Retry sends a reply that failed, or waits for a person's word, after all.
func (o *Outbox) Retry(ctx context.Context, reply store.Named) error {
	if err := o.store.RetryReply(ctx, reply); err != nil {
		return fmt.Errorf("retry reply: %w", err)
	}
	return o.deliverNow(ctx, reply.Message)
}

// deliverNow is Deliver that says whether the reply still goes out by itself.
func (o *Outbox) deliverNow(ctx context.Context, message int64) error {
	err := o.Deliver(ctx, message)
	if err == nil {
		return nil
	}
	err = fmt.Errorf("deliver reply: %w", err)
	if code := ticket.CodeOf(err); code == ticket.CodeUnavailable || code == ticket.CodeTimeout {
		return httpx.With(err, "en_cola", true)
	}
	return err
}

// newMessageID makes a WhatsApp message id like whatsmeow's own: 3EB0 and 18
// upper-case hexadecimal digits (send.go, GenerateMessageID).
func newMessageID() string {
	var id [9]byte
	_, _ = rand.Read(id[:]) // never fails since Go 1.24
	return idPrefix + strings.ToUpper(hex.EncodeToString(id[:]))
}

// idPrefix begins the ids of messages of programs.
const idPrefix = "3EB0"

// MessageID returns the WhatsApp id for a reply that its sender named with key:
// sending it again, because no answer came, makes no second message. An empty
// key is an empty id.
func MessageID(business, number int64, key string) string {
	if key == "" {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s", business, number, key))
	return idPrefix + strings.ToUpper(hex.EncodeToString(sum[:9]))
}
