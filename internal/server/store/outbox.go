package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"mostrador/internal/ticket"
)

// Outgoing is a reply that its holder alone may send until the lease is over.
type Outgoing struct {
	Origin

	Message    int64 // id
	Ticket     int64 // number
	BridgeURL  string
	Chat       string // where the contact is reached now, as user@server
	Text       string
	WhatsAppID string
	RefersTo   string
	Attempts   int // this one included
	QueuedAt   time.Time
}

// claimable says which queued replies may be handed out: those nobody holds, and
// of each contact only the oldest, so that replies arrive in the order in which
// they were written. $1 is now.
const claimable = `m.delivery = 'queued' AND m.lease_until <= $1 AND NOT EXISTS (
	SELECT 1 FROM messages o WHERE o.contact_id = m.contact_id AND o.delivery = 'queued' AND o.id < m.id)`

// ClaimReply takes one reply for sending, whether it is due or not. It returns
// false when the reply is not queued any more, somebody else is sending it, or
// an older one to the same contact has to go first.
func (s *Store) ClaimReply(ctx context.Context, message int64, lease time.Duration) (Outgoing, bool, error) {
	claimed, err := s.claim(ctx, lease, `AND m.id = $2 LIMIT 1`, message)
	if err != nil || len(claimed) == 0 {
		return Outgoing{}, false, err
	}
	return claimed[0], true, nil
}

// ClaimReplies takes up to n due replies, the oldest first and at most one of
// each contact. When another server claims at the same moment there may be none
// although some are due: the next round finds them. A reply whose lease ended
// without an outcome is handed out again, under the same WhatsAppID.
func (s *Store) ClaimReplies(ctx context.Context, n int, lease time.Duration) ([]Outgoing, error) {
	return s.claim(ctx, lease, `AND m.next_attempt_at <= $1 ORDER BY m.id LIMIT $2`, n)
}

func (s *Store) claim(ctx context.Context, lease time.Duration, which string, arg any) ([]Outgoing, error) {
	var claimed []Outgoing
	err := s.write(ctx, "claim replies", func(t *tx) error {
		claimed = []Outgoing{}
		// The conditions are repeated outside because PostgreSQL checks only
		// those again after waiting for a row that another server claims.
		ids, err := list(t.ctx, t.conn, scanID, `
			UPDATE messages SET lease_until = $3, attempts = attempts + 1, sent_at = $1 WHERE delivery = 'queued' AND lease_until <= $1
			AND id IN (SELECT m.id FROM messages m WHERE `+claimable+` `+which+`) RETURNING id`,
			t.now, arg, t.now+lease.Milliseconds())
		if err != nil {
			return err
		}
		for _, id := range ids {
			o, err := t.outgoing(id)
			if err != nil {
				return fmt.Errorf("load reply %d: %w", id, err)
			}
			claimed = append(claimed, o)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(claimed, func(a, b Outgoing) int { return cmp.Compare(a.Message, b.Message) })
	return claimed, nil
}

func (t *tx) outgoing(id int64) (Outgoing, error) {
	o := Outgoing{Message: id}
	var queued int64
	_, err := t.row([]any{&o.Business, &o.Bridge, &o.Ticket, &o.BridgeURL, &o.Chat, &o.Text, &o.WhatsAppID, &o.RefersTo, &o.Attempts, &queued}, `
		SELECT m.business_id, b.id, t.number, b.url, c.chat, m.body, COALESCE(m.wa_id, ''), m.refers_to, m.attempts, m.created_at
		FROM messages m JOIN tickets t ON t.id = m.ticket_id JOIN contacts c ON c.id = m.contact_id JOIN bridges b ON b.id = m.bridge_id
		WHERE m.id = $1`, id)
	o.QueuedAt = instant(queued)
	return o, err
}

// ReplySent notes that WhatsApp took a reply: the ticket is answered, nothing of
// it is unread and it is in progress if it was pending. Repeating it does
// nothing; an unknown message is CodeNotFound.
func (s *Store) ReplySent(ctx context.Context, message int64) error {
	return s.write(ctx, "note sent reply", func(t *tx) error {
		var ticketID int64
		found, err := t.row([]any{&ticketID}, `SELECT ticket_id FROM messages WHERE id = $1 AND direction = 'out'`, message)
		if err != nil {
			return err
		}
		if !found {
			return errNoReply
		}
		return t.sent(message, ticketID)
	})
}

// ReplyRetry gives a reply back to the queue until at; reason is a Spanish
// sentence for the people who wait for it. A reply that is not queued any more
// stays as it is.
func (s *Store) ReplyRetry(ctx context.Context, message int64, at time.Time, reason string) error {
	return s.write(ctx, "postpone reply", func(t *tx) error {
		return t.exec(`UPDATE messages SET next_attempt_at = $2, lease_until = 0, failure = $3 WHERE id = $1 AND delivery = 'queued'`,
			message, millis(at), clean(reason))
	})
}

// ReplyFailed gives a reply up; reason is a Spanish sentence. A reply that is
// not queued any more stays as it is.
func (s *Store) ReplyFailed(ctx context.Context, message int64, reason string) error {
	return s.write(ctx, "give up reply", func(t *tx) error {
		return t.exec(`UPDATE messages SET delivery = 'failed', lease_until = 0, failure = $2 WHERE id = $1 AND delivery = 'queued'`,
			message, clean(reason))
	})
}

// QueuedReplies returns how many replies of a business wait to be sent.
func (s *Store) QueuedReplies(ctx context.Context, business int64) (int64, error) {
	var n int64
	err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM messages WHERE delivery = 'queued' AND business_id = $1`, business).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count queued replies: %w", explain(err))
	}
	return n, nil
}

// RetryRepliesNow makes every reply that waits for a bridge due, for when it, or
// WhatsApp behind it, came back.
func (s *Store) RetryRepliesNow(ctx context.Context, bridge int64) error {
	return s.write(ctx, "hurry replies", func(t *tx) error {
		return t.exec(`UPDATE messages SET next_attempt_at = $2 WHERE delivery = 'queued' AND bridge_id = $1 AND next_attempt_at > $2`,
			bridge, t.now)
	})
}

var errNoReply = ticket.NewError(ticket.CodeNotFound, "Respuesta no encontrada")
