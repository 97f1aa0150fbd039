package store

import (
	"cmp"
	"fmt"

	"mostrador/internal/ticket"
)

// merge gives everything of the contact from to the contact into and removes
// from. A message both have, because it was delivered before and after the LID
// was known, is kept once. It returns into as it is then.
func (t *tx) merge(from, into person) (person, error) {
	pairs, err := list(t.ctx, t.conn, scanPair, `
		SELECT a.id, a.kind, b.id, b.kind FROM messages a
		JOIN messages b ON b.contact_id = $2 AND b.direction = a.direction AND b.wa_id = a.wa_id
		WHERE a.contact_id = $1`, from.id, into.id)
	if err != nil {
		return person{}, fmt.Errorf("find duplicates: %w", err)
	}
	for _, p := range pairs {
		if err := t.dropDuplicate(p); err != nil {
			return person{}, fmt.Errorf("drop duplicate: %w", err)
		}
	}
	if len(pairs) > 0 {
		if err := t.tellNext(); err != nil {
			return person{}, fmt.Errorf("heed what comes next: %w", err)
		}
	}
	for _, move := range []string{
		`UPDATE tickets SET contact_id = $2 WHERE contact_id = $1`,
		`UPDATE messages SET contact_id = $2 WHERE contact_id = $1`,
		`UPDATE contact_notes SET contact_id = $2 WHERE contact_id = $1`,
		`UPDATE contacts SET
			given_name = CASE WHEN given_name <> '' THEN given_name ELSE (SELECT o.given_name FROM contacts o WHERE o.id = $1) END,
			blocked_at = CASE WHEN blocked_at > 0 THEN blocked_at ELSE (SELECT o.blocked_at FROM contacts o WHERE o.id = $1) END
			WHERE id = $2`,
	} {
		if err := t.exec(move, from.id, into.id); err != nil {
			return person{}, fmt.Errorf("merge contacts: %w", err)
		}
	}
	into.given, into.blocked = cmp.Or(into.given, from.given), into.blocked || from.blocked
	return into, t.exec(`DELETE FROM contacts WHERE id = $1`, from.id)
}

// pair is one message stored twice.
type pair struct {
	old, kept         int64
	oldKind, keptKind ticket.Kind
}

func scanPair(row scanner) (p pair, err error) {
	err = row.Scan(&p.old, &p.oldKind, &p.kept, &p.keptKind)
	return p, err
}

// dropDuplicate removes the older of the two, unless only that one could be
// read. Files the remaining one lacks are moved over to it; the others are doomed.
func (t *tx) dropDuplicate(p pair) error {
	if p.keptKind == ticket.KindUnreadable && p.oldKind != ticket.KindUnreadable {
		p.old, p.kept = p.kept, p.old
	}
	tickets, err := list(t.ctx, t.conn, scanID, `
		SELECT id FROM tickets WHERE contact_id IN (SELECT contact_id FROM messages WHERE id IN ($1, $2))
			AND (photo IN (SELECT file FROM attachments WHERE message_id = $1) OR photo = '' AND id = (SELECT ticket_id FROM messages WHERE id = $2))`,
		p.old, p.kept)
	if err != nil {
		return fmt.Errorf("find tickets with its picture: %w", err)
	}
	for _, step := range []string{
		`DELETE FROM attachments WHERE message_id = $2 AND state <> 'stored'
			AND EXISTS (SELECT 1 FROM attachments o WHERE o.message_id = $1 AND o.state = 'stored')`,
		`UPDATE attachments SET message_id = $2 WHERE message_id = $1
			AND NOT EXISTS (SELECT 1 FROM attachments k WHERE k.message_id = $2)`,
	} {
		if err := t.exec(step, p.old, p.kept); err != nil {
			return err
		}
	}
	if err := t.each(eraseMessage, p.old); err != nil {
		return err
	}
	for _, id := range tickets {
		if err := t.exec(`UPDATE tickets SET photo = COALESCE((`+firstPicture+`), '') WHERE id = $1`, id); err != nil {
			return fmt.Errorf("find another picture: %w", err)
		}
	}
	return nil
}
