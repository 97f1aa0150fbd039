package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

var errNoReply = ticket.NewError(ticket.CodeNotFound, "Respuesta no encontrada")

// ReplySent notes that WhatsApp took a reply: the ticket is answered, of what the
// customer wrote only what came after the reply was written is unread, and it is
// in progress if it was pending. Repeating it does nothing; an unknown message is
// CodeNotFound, and so is one without that WhatsApp id, if it is not empty: on
// SQLite another reply may have got the number of one whose customer was erased
// while it was on its way.
func (s *Store) ReplySent(ctx context.Context, message int64, waID string) error {
	return s.write(ctx, "note sent reply", func(t *tx) error {
		var ticketID int64
		found, err := t.row([]any{&ticketID}, `SELECT ticket_id FROM messages WHERE id = $1 AND direction = 'out' AND ($2 = '' OR wa_id = $2)`, message, waID)
		if err != nil {
			return err
		}
		if !found {
			return errNoReply
		}
		return t.sent(message, ticketID)
	})
}

// sent notes that a reply has reached WhatsApp. A reply that was given up and
// turns up sent after all counts as sent.
func (t *tx) sent(message, ticketID int64) error {
	changed, err := t.changed(`
		UPDATE messages SET delivery = 'sent', hold = '', failure = '', lease_until = 0
		WHERE id = $1 AND delivery IN ('queued', 'failed', 'discarded')`, message)
	if err != nil || !changed {
		return err
	}
	if err := t.hintMessage(message); err != nil {
		return err
	}
	if automatic, err := t.automatic(message); err != nil || automatic {
		return err
	}
	return t.answered(ticketID, t.now, writtenAfter, message)
}

// Setback is an attempt that did not send a reply, as far as one knows.
type Setback struct {
	Attempt int       // Outgoing.Attempts
	At      time.Time // when to try again
	Reason  string    // Spanish sentence for the people who wait for it
	Unsent  bool      // it certainly did not reach WhatsApp, and so does not count for the pace
	Limited bool      // WhatsApp does not let it through for now
}

// ReplyRetry gives a reply back to the queue after a setback, or discards it when
// its contact was blocked meanwhile. A reply that is not
// queued any more, or that somebody has claimed again, stays as it is.
func (s *Store) ReplyRetry(ctx context.Context, message int64, b Setback) error {
	hold := ""
	if b.Limited {
		hold = string(ticket.DeliveryLimited)
	}
	return s.write(ctx, "postpone reply", func(t *tx) error {
		if err := t.hintMessage(message); err != nil {
			return err
		}
		changed, err := t.changed(`
			UPDATE messages SET next_attempt_at = $3, lease_until = 0, failure = $4, hold = $5, left_at = CASE WHEN $6 THEN 0 ELSE left_at END
			WHERE id = $1 AND delivery = 'queued' AND attempts = $2`,
			message, b.Attempt, millis(b.At), clean(b.Reason), hold, b.Unsent)
		if err != nil || !changed {
			return err
		}
		return t.exec(takeBack+`id = $1 AND (SELECT blocked_at FROM contacts WHERE id = messages.contact_id) > 0`, message)
	})
}

// ReplyFailed gives a reply up; reason is a Spanish sentence, waID is as in
// ReplySent. A reply that is not queued any more stays as it is.
func (s *Store) ReplyFailed(ctx context.Context, message int64, waID, reason string) error {
	return s.write(ctx, "give up reply", func(t *tx) error { return t.giveUp(message, waID, reason) })
}

func (t *tx) giveUp(message int64, waID, reason string) error {
	if err := t.hintMessage(message); err != nil {
		return err
	}
	changed, err := t.changed(`UPDATE messages SET delivery = 'failed', hold = '', lease_until = 0, failure = $2
		WHERE id = $1 AND delivery = 'queued' AND ($3 = '' OR wa_id = $3)`, message, clean(reason), waID)
	if err != nil || !changed {
		return err
	}
	var business, number int64
	_, err = t.row([]any{&business, &number}, `SELECT t.business_id, t.number FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE m.id = $1`, message)
	if err != nil {
		return err
	}
	return t.event(business, NoticeFailed, number, reason)
}

// ReplyOutcome returns how far a reply has come and, unless it is sent, what was
// said of it last, a Spanish sentence. An unknown message is CodeNotFound.
func (s *Store) ReplyOutcome(ctx context.Context, message int64) (delivery ticket.Delivery, failure string, err error) {
	err = s.reader.QueryRowContext(ctx, `SELECT `+shownDelivery+`, failure FROM messages WHERE id = $1 AND direction = 'out'`, message).Scan(&delivery, &failure)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", "", errNoReply
	case err != nil:
		return "", "", fmt.Errorf("read outcome of reply: %w", explain(err))
	}
	return delivery, failure, nil
}

// QueuedReplies returns how many replies of a business wait to be sent, for
// whatever reason.
func (s *Store) QueuedReplies(ctx context.Context, business int64) (int64, error) {
	var n int64
	err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM messages WHERE delivery = 'queued' AND business_id = $1`, business).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count queued replies: %w", explain(err))
	}
	return n, nil
}

// RetryRepliesNow makes every reply that waits for a bridge due, for when it, or
// WhatsApp behind it, came back. It does not touch what WhatsApp limits: trying
// that again and again makes it worse.
func (s *Store) RetryRepliesNow(ctx context.Context, bridge int64) error {
	return s.write(ctx, "hurry replies", func(t *tx) error {
		return t.exec(`UPDATE messages SET next_attempt_at = $2 WHERE delivery = 'queued' AND hold = '' AND bridge_id = $1 AND next_attempt_at > $2`,
			bridge, t.now)
	})
}

// unlimit makes what WhatsApp limited due again, now that the contact wrote.
func (t *tx) unlimit(contact int64) error {
	return t.exec(`UPDATE messages SET hold = '', next_attempt_at = $2 WHERE contact_id = $1 AND delivery = 'queued' AND hold = 'limited'`,
		contact, t.now)
}

// unlimitBridge is unlimit for everybody a bridge writes to, now that it says
// that the limit is over.
func (t *tx) unlimitBridge(bridge int64) error {
	return t.exec(`UPDATE messages SET hold = '', next_attempt_at = $2 WHERE bridge_id = $1 AND delivery = 'queued' AND hold = 'limited'`,
		bridge, t.now)
}
