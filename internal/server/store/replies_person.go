package store

import (
	"context"
	"fmt"

	"mostrador/internal/ticket"
)

// Named is one reply as a person points at it.
type Named struct {
	Business int64
	Ticket   int64 // number
	Message  int64 // id
	User     int64 // who decides; 0 for a program
}

// RetryReply puts a reply that failed back into the queue, and lets one that
// waits go at once: one that is limited, or too late to go unasked, as well. It
// keeps its WhatsAppID, under which the customer sees it once however often it is
// sent. What has left, was discarded, or has lost its file since, is CodeConflict;
// what is no reply of the ticket CodeNotFound.
func (s *Store) RetryReply(ctx context.Context, n Named) error {
	return s.write(ctx, "retry reply", func(t *tx) error {
		m, err := t.named(n)
		if err != nil {
			return err
		}
		switch {
		case m.delivery == ticket.DeliveryDiscarded:
			return ticket.NewError(ticket.CodeConflict, "Este mensaje se descartó; escríbalo de nuevo si hace falta.")
		case m.delivery != ticket.DeliveryQueued && m.delivery != ticket.DeliveryFailed:
			return errHasLeft
		case m.lease > t.now:
			return nil
		}
		if err := t.refuseBlocked(m.ticket); err != nil {
			return err
		}
		if _, obstacle, err := t.outgoing(n.Message); err != nil {
			return fmt.Errorf("load reply: %w", err)
		} else if obstacle == noFile {
			return errFileGone
		}
		err = t.exec(`UPDATE messages SET delivery = 'queued', hold = '', failure = '', next_attempt_at = $2, wanted_at = $2 WHERE id = $1`, n.Message, t.now)
		if err != nil {
			return err
		}
		t.hint(n.Business, n.Ticket, HintTicket)
		return t.touch(m.ticket)
	})
}

// DiscardReply takes back a reply that failed or still waits, so that it is not
// sent (again); the conversation says who did it. What has left, or is being
// sent, is CodeConflict; what is no reply of the ticket CodeNotFound. Discarding
// twice is fine.
func (s *Store) DiscardReply(ctx context.Context, n Named) error {
	return s.write(ctx, "discard reply", func(t *tx) error {
		m, err := t.named(n)
		if err != nil {
			return err
		}
		switch {
		case m.delivery == ticket.DeliveryDiscarded:
			return nil
		case m.delivery != ticket.DeliveryQueued && m.delivery != ticket.DeliveryFailed:
			return errHasLeft
		case m.lease > t.now:
			return ticket.NewError(ticket.CodeConflict, "Este mensaje se está enviando en este momento.")
		}
		var name string
		if _, err := t.row([]any{&name}, `SELECT name FROM users WHERE id = $1`, reference(n.User)); err != nil {
			return fmt.Errorf("find user: %w", err)
		}
		reason := "Se descartó."
		if name != "" {
			reason = "Lo descartó " + name + "."
		}
		if err := t.exec(`UPDATE messages SET delivery = 'discarded', hold = '', failure = $2 WHERE id = $1`, n.Message, reason); err != nil {
			return err
		}
		t.hint(n.Business, n.Ticket, HintTicket)
		return t.touch(m.ticket)
	})
}

var (
	errHasLeft  = ticket.NewError(ticket.CodeConflict, "Este mensaje ya salió.")
	errFileGone = ticket.NewError(ticket.CodeConflict, "El archivo de este mensaje ya se borró por antigüedad: envíelo de nuevo.")
)

// reply is what a person's decision needs to know of a row.
type reply struct {
	ticket   int64 // id
	delivery ticket.Delivery
	lease    int64
}

// named finds a reply and keeps others from changing it until the transaction
// ends.
func (t *tx) named(n Named) (m reply, err error) {
	found, err := t.row([]any{&m.ticket, &m.delivery, &m.lease}, `
		UPDATE messages SET attempts = attempts WHERE id = $1 AND direction = 'out'
			AND ticket_id = (SELECT id FROM tickets WHERE business_id = $2 AND number = $3)
		RETURNING ticket_id, delivery, lease_until`, n.Message, n.Business, n.Ticket)
	if err == nil && !found {
		err = errNoReply
	}
	return m, err
}
