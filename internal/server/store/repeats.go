package store

import (
	"fmt"

	"mostrador/internal/ticket"
)

// stored is a message that is in the database already.
type stored struct {
	id        int64
	thread    thread
	direction ticket.Direction
	kind      ticket.Kind
	author    string // AuthorKey
	delivery  ticket.Delivery
	content   content
}

const storedColumns = `m.id, m.direction, m.kind, m.author_key, m.delivery, m.body, m.original_body, m.edited_at, m.deleted_at,
	t.id, t.number, t.status, t.priority, t.category_source, t.first_answer_at, t.created_at`

func scanStored(row scanner) (m stored, err error) {
	err = row.Scan(&m.id, &m.direction, &m.kind, &m.author, &m.delivery,
		&m.content.body, &m.content.original, &m.content.editedAt, &m.content.deletedAt,
		&m.thread.id, &m.thread.number, &m.thread.status, &m.thread.priority, &m.thread.source, &m.thread.firstAnswer, &m.thread.created)
	return m, err
}

// withID returns the contact's messages that have a WhatsApp id: at most one of
// each direction.
func (g *intake) withID(id string) ([]stored, error) {
	if id == "" || g.fresh {
		return nil, nil
	}
	return list(g.ctx, g.conn, scanStored, `
		SELECT `+storedColumns+` FROM messages m JOIN tickets t ON t.id = m.ticket_id
		WHERE m.contact_id = $1 AND m.direction IN ('in', 'out', 'event') AND m.wa_id = $2`, g.contact.id, id)
}

// known returns the row that the Incoming repeats. What could not be read the
// first time may turn out to be anything.
func (g *intake) known() (stored, error) {
	if !g.ahead.repeat {
		return stored{}, nil
	}
	rows, err := g.withID(g.in.WhatsAppID)
	if err != nil {
		return stored{}, fmt.Errorf("find duplicate: %w", err)
	}
	event := isEvent(g.in.Kind)
	for _, m := range rows {
		sameSide := m.direction == g.in.Direction
		switch {
		case event && m.direction == ticket.DirectionEvent,
			event && sameSide && m.kind == ticket.KindUnreadable,
			!event && sameSide,
			g.in.Kind == ticket.KindUnreadable && m.direction == ticket.DirectionEvent:
			return m, nil
		}
	}
	return stored{}, nil
}

// repeat handles a message whose id is known.
func (g *intake) repeat(m stored) error {
	g.out.Ticket, g.out.Message = m.thread.number, m.id
	if m.kind == ticket.KindUnreadable && g.in.Kind != ticket.KindUnreadable {
		return g.reveal(m)
	}
	g.out.Duplicate = true
	if m.direction == ticket.DirectionOut && (m.delivery == ticket.DeliveryQueued || m.delivery == ticket.DeliveryFailed || m.delivery == ticket.DeliveryDiscarded) {
		// WhatsApp itself shows us our reply, so that it was sent.
		if err := g.sent(m.id, m.thread.id); err != nil {
			return err
		}
	}
	if len(g.in.Attachments) == 0 {
		return nil
	}
	if err := g.fill(); err != nil || !g.out.UsedFiles {
		return err
	}
	if err := g.wantTranscription(); err != nil {
		return err
	}
	if err := g.picture(m.thread.id); err != nil {
		return err
	}
	return g.touch(m.thread.id)
}

// reveal puts the real message where its placeholder was.
func (g *intake) reveal(m stored) error {
	if isEvent(g.in.Kind) {
		if err := g.exec(`UPDATE messages SET direction = 'event', kind = $2, body = $3, author = $4, refers_to = $5, from_phone = $6, author_key = $7, delivery = '' WHERE id = $1`,
			m.id, g.in.Kind, g.in.Body, g.in.Author, g.in.RefersTo, g.in.Direction == ticket.DirectionOut, g.in.AuthorKey); err != nil {
			return fmt.Errorf("reveal event: %w", err)
		}
		return g.applyEvent()
	}
	c := content{body: g.in.Body}
	if err := g.applyWaiting(&c); err != nil {
		return err
	}
	err := g.exec(`
		UPDATE messages SET kind = $2, body = $3, original_body = $4, author = $5, refers_to = $6, edited_at = $7, deleted_at = $8, author_key = $9
		WHERE id = $1`, m.id, g.in.Kind, c.body, c.original, g.in.Author, g.in.RefersTo, c.editedAt, c.deletedAt, g.in.AuthorKey)
	if err != nil {
		return fmt.Errorf("reveal message: %w", err)
	}
	if err := g.fill(); err != nil {
		return err
	}
	if err := g.wantTranscription(); err != nil {
		return err
	}
	if err := g.picture(m.thread.id); err != nil {
		return err
	}
	if g.in.Direction == ticket.DirectionIn {
		if err := g.describe(m.thread, 0); err != nil {
			return err
		}
	}
	return g.touch(m.thread.id)
}

// touch notes that something of a ticket changed.
func (t *tx) touch(ticketID int64) error {
	return t.exec(`UPDATE tickets SET updated_at = $2 WHERE id = $1`, ticketID, t.now)
}
