package store

import (
	"context"
	"fmt"

	"mostrador/internal/ticket"
)

// MergeCustomers makes one customer of two who are the same person: one with a
// number and one whose number WhatsApp hides. Everything of from goes to into, the
// address is that of whoever wrote last, and from is gone. Nothing undoes it. Two
// who each have a number, or each a hidden identifier, and groups are
// CodeConflict; an unknown one is CodeNotFound.
func (s *Store) MergeCustomers(ctx context.Context, business, user, into, from int64) error {
	if into == from {
		return ticket.NewError(ticket.CodeInvalid, "Es el mismo cliente.")
	}
	return s.write(ctx, "merge customers", func(t *tx) error {
		// In one order, so that two calls never wait for each other.
		people := map[int64]person{}
		for _, id := range []int64{min(into, from), max(into, from)} {
			p, err := t.lockCustomer(business, id)
			if err != nil {
				return err
			}
			people[id] = p
		}
		keep, gone := people[into], people[from]
		if err := t.mayMerge(keep, gone); err != nil {
			return err
		}
		chat, err := t.lastChat(keep, gone)
		if err != nil {
			return err
		}
		before, err := t.merge(gone, keep)
		if err != nil {
			return err
		}
		p := who{name: gone.name, phone: gone.phone, lid: gone.lid, chat: chat}.applied(before)
		if before.name != "" {
			p.name = before.name
		}
		if err := t.save(before, p); err != nil {
			return fmt.Errorf("keep merged customer: %w", err)
		}
		t.hint(business, 0, HintTicket)
		return t.audit(Act{Business: business, User: user, Action: "customer.merged", Object: customerObject(into)})
	})
}

func (t *tx) mayMerge(a, b person) error {
	var groups int
	if _, err := t.row([]any{&groups}, `SELECT COUNT(*) FROM contacts WHERE is_group AND id IN ($1, $2)`, a.id, b.id); err != nil {
		return fmt.Errorf("look for groups: %w", err)
	}
	switch {
	case groups > 0:
		return ticket.NewError(ticket.CodeConflict, "Un grupo no se une con nadie.")
	case a.phone != "" && b.phone != "":
		return ticket.NewError(ticket.CodeConflict, "Los dos tienen número propio, así que para WhatsApp son dos personas; solo se une quien tiene número con quien lo oculta.")
	case a.lid != "" && b.lid != "":
		return ticket.NewError(ticket.CodeConflict, "Los dos tienen su propio identificador de WhatsApp, así que son dos personas.")
	}
	return nil
}

// lastChat returns the address of whichever contact wrote last.
func (t *tx) lastChat(a, b person) (string, error) {
	chat := a.chat
	_, err := t.row([]any{&chat}, `
		SELECT c.chat FROM messages m JOIN contacts c ON c.id = m.contact_id
		WHERE m.contact_id IN ($1, $2) AND m.direction = 'in' AND c.chat <> '' ORDER BY m.sent_at DESC, m.id DESC LIMIT 1`, a.id, b.id)
	if err != nil {
		return "", fmt.Errorf("find last address: %w", err)
	}
	return chat, nil
}
