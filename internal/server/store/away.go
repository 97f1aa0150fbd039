package store

import (
	"context"
	"fmt"
	"time"
)

// PurposeAway marks the automatic answer to whoever writes while the business is
// closed. It answers nothing: the ticket stays as it is.
const PurposeAway = "away"

// awayAuthor is who the conversation says wrote it.
const awayAuthor = "Respuesta automática"

// QueueAway stores the automatic answer r to a person who wrote since the
// business closed, once in that time, and reports whether it did. Groups, and
// whoever is blocked or was answered since, get none; an unknown ticket is
// CodeNotFound. Only Business, Ticket, Text and WhatsAppID of r count.
func (s *Store) QueueAway(ctx context.Context, r Reply, closed time.Time) (bool, error) {
	cleanAll(&r.Text, &r.WhatsAppID)
	queued := false
	err := s.write(ctx, "queue automatic answer", func(t *tx) (err error) {
		th, err := t.lockTicket(r.Business, r.Ticket)
		if err != nil {
			return err
		}
		queued, err = t.changed(`
			UPDATE contacts SET away_at = $2 WHERE id = (SELECT contact_id FROM tickets WHERE id = $1)
				AND away_at < $3 AND blocked_at = 0 AND NOT is_group
				AND EXISTS (SELECT 1 FROM messages m WHERE m.contact_id = contacts.id AND m.direction = 'in' AND m.sent_at >= $3)`,
			th.id, t.now, millis(closed))
		if err != nil || !queued {
			return err
		}
		t.hint(r.Business, r.Ticket, HintTicket)
		return t.exec(`
			INSERT INTO messages (business_id, ticket_id, contact_id, bridge_id, author, direction, kind, body, wa_id,
				delivery, purpose, next_attempt_at, sent_at, created_at, wanted_at)
			SELECT business_id, id, contact_id, bridge_id, $2, 'out', 'text', $3, $4, 'queued', $5, $6, $6, $6, $6
			FROM tickets WHERE id = $1`,
			th.id, awayAuthor, r.Text, nullable(r.WhatsAppID), PurposeAway, t.now)
	})
	return queued, err
}

// answering is the condition on a message that it is one that somebody wrote to the
// customer, and WhatsApp took.
const answering = `direction = 'out' AND purpose <> '` + PurposeAway + `' AND delivery NOT IN ('queued', 'failed', 'discarded')`

// automatic reports whether a reply is one that nobody wrote.
func (t *tx) automatic(message int64) (bool, error) {
	var purpose string
	if _, err := t.row([]any{&purpose}, `SELECT purpose FROM messages WHERE id = $1`, message); err != nil {
		return false, fmt.Errorf("look at purpose: %w", err)
	}
	return purpose == PurposeAway, nil
}
