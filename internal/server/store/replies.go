package store

import (
	"context"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

// PurposeReceived marks the notice that the equipment arrived.
const PurposeReceived = "received"

// Reply is a message to a ticket's contact.
type Reply struct {
	Business   int64
	Ticket     int64 // number
	User       int64 // who wrote it; 0 for a program
	Text       string
	WhatsAppID string // under which it is sent, at every attempt
	Purpose    string // "" or PurposeReceived
	// Again is how long after a reply of the same purpose was sent another one
	// may follow; it counts only with a Purpose.
	Again time.Duration
}

// Queued says what became of a Reply.
type Queued struct {
	Message  int64 // id
	Existing bool  // an earlier reply stands for this one
	Delivery ticket.Delivery
}

// QueueReply stores a reply that ClaimReply and ClaimReplies then hand out until
// ReplySent or ReplyFailed. A repeated WhatsAppID is the same reply. With a Purpose, a reply of that purpose which still
// waits, or was sent less than Again ago, is returned instead, so that two people
// who click at once send one message. An unknown ticket is CodeNotFound.
func (s *Store) QueueReply(ctx context.Context, r Reply) (Queued, error) {
	cleanAll(&r.Text, &r.WhatsAppID, &r.Purpose)
	var q Queued
	err := s.write(ctx, "queue reply", func(t *tx) error {
		q = Queued{}
		th, err := t.lockTicket(r.Business, r.Ticket)
		if err != nil {
			return err
		}
		if q, err = t.standing(th, r); err != nil || q.Existing {
			return err
		}
		if err := t.touch(th.id); err != nil {
			return err
		}
		q.Delivery = ticket.DeliveryQueued
		_, err = t.row([]any{&q.Message}, `
			INSERT INTO messages (business_id, ticket_id, contact_id, bridge_id, user_id, author, direction, kind, body, wa_id,
				delivery, purpose, next_attempt_at, sent_at, created_at)
			SELECT business_id, id, contact_id, bridge_id, $2, COALESCE((SELECT name FROM users WHERE id = $2), ''),
				'out', 'text', $3, $4, 'queued', $5, $6, $6, $6
			FROM tickets WHERE id = $1 RETURNING id`,
			th.id, reference(r.User), r.Text, nullable(r.WhatsAppID), r.Purpose, t.now)
		return err
	})
	return q, err
}

// standing finds the reply that makes r superfluous: r itself, or an earlier one
// of the same purpose.
func (t *tx) standing(th thread, r Reply) (Queued, error) {
	q := Queued{Existing: true}
	found, err := t.row([]any{&q.Message, &q.Delivery}, `
		SELECT m.id, m.delivery FROM messages m JOIN tickets t ON t.contact_id = m.contact_id
		WHERE t.id = $1 AND m.direction = 'out' AND m.wa_id = $2`, th.id, nullable(r.WhatsAppID))
	if err == nil && !found && r.Purpose != "" {
		found, err = t.row([]any{&q.Message, &q.Delivery}, `
			SELECT id, delivery FROM messages WHERE ticket_id = $1 AND purpose = $2 AND purpose <> ''
				AND (delivery = 'queued' OR delivery <> 'failed' AND sent_at > $3)
			ORDER BY id DESC LIMIT 1`, th.id, r.Purpose, t.now-r.Again.Milliseconds())
	}
	if err != nil {
		return Queued{}, fmt.Errorf("find earlier reply: %w", err)
	}
	if !found {
		return Queued{}, nil
	}
	return q, nil
}

// sent notes that a reply has reached WhatsApp. A reply that was given up and
// turns up sent after all counts as sent.
func (t *tx) sent(message, ticketID int64) error {
	changed, err := t.changed(`
		UPDATE messages SET delivery = 'sent', failure = '', lease_until = 0
		WHERE id = $1 AND delivery IN ('queued', 'failed')`, message)
	if err != nil || !changed {
		return err
	}
	return t.answered(ticketID, t.now)
}
