package store

import (
	"cmp"
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
	RefersTo   string // WhatsApp id of a message of the ticket that it answers; may be empty
	// File is stored already and goes with the text, which may be empty then; nil
	// for none. Kind is how the conversation shows it.
	File *ticket.Attachment
	Kind ticket.Kind // "" is KindText
	// Again is how long after a reply of the same purpose was sent another one
	// may follow; it counts only with a Purpose.
	Again time.Duration
	// First lets the reply go to somebody who has not written, which an
	// administrator may want; the conversation says who did.
	First bool
}

// Queued says what became of a Reply.
type Queued struct {
	Message  int64 // id
	Existing bool  // an earlier reply stands for this one; no row names the File
	Delivery ticket.Delivery
}

// QueueReply stores a reply that ClaimReply and ClaimReplies then hand out until
// ReplySent or ReplyFailed. A repeated WhatsAppID is the same reply. With a
// Purpose, a reply of that purpose which still waits, or was sent less than Again
// ago, is returned instead, so that two people who click at once send one
// message. An unknown ticket is CodeNotFound; a contact who has not written to
// the business CodeConflict, unless First.
func (s *Store) QueueReply(ctx context.Context, r Reply) (Queued, error) {
	cleanAll(&r.Text, &r.WhatsAppID, &r.Purpose, &r.RefersTo)
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
		if err := t.refuseBlocked(th.id); err != nil {
			return err
		}
		if err := t.mayWrite(th, r); err != nil {
			return err
		}
		if err := t.touch(th.id); err != nil {
			return err
		}
		t.hint(r.Business, r.Ticket, HintTicket)
		q.Delivery = ticket.DeliveryQueued
		q.Message, err = t.queue(th, r)
		return err
	})
	return q, err
}

// queue adds the row of a reply and of its file, and returns the message's id.
func (t *tx) queue(th thread, r Reply) (int64, error) {
	id, err := t.add(`
		INSERT INTO messages (business_id, ticket_id, contact_id, bridge_id, user_id, author, direction, kind, body, wa_id,
			refers_to, delivery, purpose, next_attempt_at, sent_at, created_at, wanted_at)
		SELECT business_id, id, contact_id, bridge_id, $2, COALESCE((SELECT name FROM users WHERE id = $2), ''),
			'out', $3, $4, $5, $6, 'queued', $7, $8, $8, $8, $8
		FROM tickets WHERE id = $1`,
		th.id, reference(r.User), cmp.Or(r.Kind, ticket.KindText), r.Text, nullable(r.WhatsAppID), r.RefersTo, r.Purpose, t.now)
	if err != nil || r.File == nil {
		return id, err
	}
	f := cleaned([]ticket.Attachment{*r.File})[0]
	if err := t.exec(`
		INSERT INTO attachments (business_id, message_id, file, name, mime, size, state, note) VALUES ($1, $2, $3, $4, $5, $6, $7, '')`,
		r.Business, id, nullable(f.File), f.Name, f.MIME, f.Size, ticket.FileStored); err != nil {
		return 0, fmt.Errorf("attach file: %w", err)
	}
	return id, nil
}

// standing finds the reply that makes r superfluous: r itself, or an earlier one
// of the same purpose.
func (t *tx) standing(th thread, r Reply) (Queued, error) {
	q := Queued{Existing: true}
	found, err := t.row([]any{&q.Message, &q.Delivery}, `
		SELECT m.id, `+shownDelivery+` FROM messages m JOIN tickets t ON t.contact_id = m.contact_id
		WHERE t.id = $1 AND m.direction = 'out' AND m.wa_id = $2`, th.id, nullable(r.WhatsAppID))
	if err == nil && !found && r.Purpose != "" {
		found, err = t.row([]any{&q.Message, &q.Delivery}, `
			SELECT id, `+shownDelivery+` FROM messages WHERE ticket_id = $1 AND purpose = $2 AND purpose <> ''
				AND (delivery = 'queued' OR delivery NOT IN ('failed', 'discarded') AND sent_at > $3)
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

// mayWrite refuses a reply to somebody who has not written: strangers who are
// written to report the number, and WhatsApp blocks it. A ticket alone proves
// nothing, as a reaction opens one too. An edit or a deletion does: there was a
// message to change.
func (t *tx) mayWrite(th thread, r Reply) error {
	var wrote bool
	_, err := t.row([]any{&wrote}, `
		SELECT EXISTS (SELECT 1 FROM messages m JOIN tickets t ON t.contact_id = m.contact_id WHERE t.id = $1 AND (m.direction = 'in'
			OR m.direction = 'event' AND NOT m.from_phone AND m.kind IN ('edit', 'deletion')))`, th.id)
	if err != nil {
		return fmt.Errorf("look for a message of the contact: %w", err)
	}
	if wrote {
		return nil
	}
	if !r.First {
		return ticket.NewError(ticket.CodeConflict,
			"Esta persona todavía no ha escrito. Escribir primero puede hacer que WhatsApp bloquee el número; solo un administrador puede pedirlo.")
	}
	_, err = t.say(th.id, r.User, ticket.DirectionEvent, ticket.KindOther, "Se le escribe sin que haya escrito antes, por decisión de un administrador.")
	return err
}
