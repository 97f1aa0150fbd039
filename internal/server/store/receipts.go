package store

import (
	"context"
	"fmt"

	"mostrador/internal/ticket"
)

// Receipt is WhatsApp's word on how far messages to one customer have come.
type Receipt struct {
	Origin

	IDs      []string        // WhatsApp ids of ours
	Delivery ticket.Delivery // DeliveryDelivered or DeliveryRead
}

// AddReceipt moves messages forward to what the receipt says; none ever moves
// back, and ids that are not ours are passed over. A reply that was still
// thought to wait, because WhatsApp's confirmation was lost, counts as sent.
func (s *Store) AddReceipt(ctx context.Context, r Receipt) error {
	return s.write(ctx, "add receipt", func(t *tx) error {
		for _, id := range r.IDs {
			if err := t.advance(r.Business, clean(id), r.Delivery); err != nil {
				return fmt.Errorf("advance message: %w", err)
			}
		}
		return nil
	})
}

func (t *tx) advance(business int64, id string, to ticket.Delivery) error {
	waiting, err := list(t.ctx, t.conn, func(row scanner) (m stored, err error) {
		err = row.Scan(&m.id, &m.thread.id, &m.thread.number)
		return m, err
	}, `SELECT m.id, m.ticket_id, t.number FROM messages m JOIN tickets t ON t.id = m.ticket_id
		WHERE m.business_id = $1 AND m.wa_id = $2 AND m.direction = 'out'`, business, id)
	if err != nil {
		return err
	}
	for _, m := range waiting {
		if err := t.sent(m.id, m.thread.id); err != nil {
			return err
		}
		t.hint(business, m.thread.number, HintTicket)
		err := t.exec(`UPDATE messages SET delivery = $2 WHERE id = $1 AND (delivery = 'sent' OR delivery = 'delivered' AND $2 = 'read')`, m.id, to)
		if err != nil {
			return err
		}
	}
	return nil
}
