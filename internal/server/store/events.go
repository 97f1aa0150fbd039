package store

import (
	"fmt"

	"mostrador/internal/ticket"
)

// content is the part of a message that later events change.
type content struct {
	body, original      string
	editedAt, deletedAt int64
}

// change is one edit, deletion or reaction.
type change struct {
	kind   ticket.Kind
	body   string // the new text of an edit
	author string // AuthorKey
	at     int64
}

func isEvent(k ticket.Kind) bool {
	return k == ticket.KindEdit || k == ticket.KindDeletion || k == ticket.KindReaction
}

// apply changes c and reports whether it did. Of several edits the latest stays,
// in whatever order they arrive; a deletion leaves the text.
func (c *content) apply(ch change) bool {
	switch {
	case ch.kind == ticket.KindEdit && ch.at >= c.editedAt:
		if c.editedAt == 0 {
			c.original = c.body
		}
		c.body, c.editedAt = ch.body, ch.at
	case ch.kind == ticket.KindDeletion && c.deletedAt == 0:
		c.deletedAt = ch.at
	default:
		return false
	}
	return true
}

// applyWaiting applies the events that came before their target to the message
// being stored.
func (g *intake) applyWaiting(c *content) error {
	if !g.ahead.events || g.in.WhatsAppID == "" || g.in.Kind == ticket.KindUnreadable {
		return nil
	}
	waiting, err := list(g.ctx, g.conn, func(row scanner) (ch change, err error) {
		err = row.Scan(&ch.kind, &ch.body, &ch.author, &ch.at)
		return ch, err
	}, `SELECT kind, body, author_key, sent_at FROM messages
		WHERE contact_id = $1 AND refers_to = $2 AND direction = 'event' AND from_phone = $3 ORDER BY sent_at, id`,
		g.contact.id, g.in.WhatsAppID, g.in.Direction == ticket.DirectionOut)
	if err != nil {
		return fmt.Errorf("find waiting events: %w", err)
	}
	for _, ch := range waiting {
		if g.mayChange(ch.author, g.in.AuthorKey) {
			c.apply(ch)
		}
	}
	return nil
}

// mayChange reports whether an event of author may change a message of owner on
// the same side. All members of a group are one contact; nobody may change what
// another one said.
func (g *intake) mayChange(author, owner string) bool {
	return !g.in.Group || g.in.Direction == ticket.DirectionOut || author != "" && author == owner
}

// event stores an edit, a deletion or a reaction in the ticket of its target, or
// in the contact's current one while the target is unknown.
func (g *intake) event() error {
	target, err := g.target()
	if err != nil {
		return err
	}
	th := target.thread
	if th.id == 0 {
		if th, err = g.latest(); err != nil {
			return err
		}
	}
	if th.id == 0 {
		if g.in.Direction != ticket.DirectionIn {
			return nil
		}
		if th, err = g.open(g.in.Body); err != nil {
			return err
		}
	}
	if err := g.insert(th, ticket.DirectionEvent, content{body: g.in.Body}); err != nil {
		return err
	}
	if err := g.touch(th.id); err != nil {
		return err
	}
	return g.change(target)
}

// applyEvent is event for one whose row is there already.
func (g *intake) applyEvent() error {
	target, err := g.target()
	if err != nil {
		return err
	}
	return g.change(target)
}

// target returns the message the event is about, the zero one while it is
// unknown or unreadable. A message of the event's own side comes first.
func (g *intake) target() (stored, error) {
	rows, err := g.withID(g.in.RefersTo)
	if err != nil {
		return stored{}, fmt.Errorf("find target: %w", err)
	}
	var found stored
	for _, m := range rows {
		if m.direction == ticket.DirectionEvent || m.kind == ticket.KindUnreadable {
			continue
		}
		if found.id == 0 || m.direction == g.in.Direction {
			found = m
		}
	}
	return found, nil
}

// change applies the event to its target, if its author may do that.
func (g *intake) change(target stored) error {
	if target.id == 0 || target.direction != g.in.Direction || !g.mayChange(g.in.AuthorKey, target.author) {
		return nil
	}
	c := target.content
	if !c.apply(change{kind: g.in.Kind, body: g.in.Body, at: g.sentAt}) {
		return nil
	}
	err := g.exec(`UPDATE messages SET body = $2, original_body = $3, edited_at = $4, deleted_at = $5 WHERE id = $1`,
		target.id, c.body, c.original, c.editedAt, c.deletedAt)
	if err != nil {
		return fmt.Errorf("change message: %w", err)
	}
	if g.in.Kind != ticket.KindEdit || g.in.Direction != ticket.DirectionIn {
		return nil
	}
	return g.describe(target.thread, 0)
}
