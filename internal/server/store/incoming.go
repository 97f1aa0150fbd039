package store

import (
	"context"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

// Incoming is one message, or one event about an earlier message, on its way
// from a bridge into a ticket.
type Incoming struct {
	Origin

	From      ticket.Identity  // the contact, also when Direction is DirectionOut
	Group     bool             // From.Chat is a group, which is the contact then
	GroupName string           // the group's subject
	Direction ticket.Direction // DirectionIn, or DirectionOut for what was typed on the business's phone

	Kind       ticket.Kind
	Body       string
	Author     string    // name of who wrote, in a group
	AuthorKey  string    // address of who wrote, in a group; only its equal may edit or delete the message
	WhatsAppID string    // empty: cannot be recognised as a duplicate
	RefersTo   string    // WhatsApp id of the message answered, edited, deleted or reacted to
	SentAt     time.Time // zero: now

	// Attachments whose State is FileStored are on disk already.
	Attachments []ticket.Attachment

	// SeparateTicket opens a ticket for each message of a customer.
	SeparateTicket bool
}

// Stored says what became of an Incoming.
type Stored struct {
	Ticket    int64 // number; 0 when nothing was stored, see AddMessage
	Message   int64 // id; of the message that was there before when Duplicate
	Duplicate bool
	Opened    bool // a new ticket
	Reopened  bool // the ticket was resolved before
	Muted     bool // the contact is blocked: nobody needs to be told
	UsedFiles bool // false: no row names the Attachments' files; the caller may delete them

	Opinion       bool // the ticket wants a language model's opinion, see Wishes
	Transcription bool // somebody is to listen to the message, see Wishes
}

// news is what the panel hears of a stored message.
func (s Stored) news(in Incoming) HintKind {
	switch {
	case s.Opened:
		return HintOpened
	case in.Direction == ticket.DirectionIn && !s.Duplicate && !s.Muted && !isEvent(in.Kind):
		return HintMessage
	}
	return HintTicket
}

// AddMessage stores one message of a contact in the ticket it belongs to: their
// open ticket, one resolved less than the business's join window before, or a
// new one. It returns after the commit.
//
// A repeated WhatsAppID is a duplicate; it brings files that were missing, and
// the real message where only KindUnreadable was. Edits, deletions and reactions
// are kept as events of the conversation and change their target when the same
// contact wrote it, be it before or after; they open a ticket only for a contact
// without any.
//
// A message typed on the business's phone counts as an answer and never opens
// a ticket: for a contact without one nothing is stored and Stored is zero.
//
// An Incoming that does not say whose it is gets CodeInvalid.
func (s *Store) AddMessage(ctx context.Context, in Incoming) (Stored, error) {
	cleanAll(&in.From.Phone, &in.From.LID, &in.From.Chat, &in.From.Name, &in.GroupName, &in.Body, &in.Author, &in.AuthorKey, &in.WhatsAppID, &in.RefersTo)
	in.Attachments = cleaned(in.Attachments)
	if in.Group && in.From.Chat == "" || !in.Group && in.From.Phone == "" && in.From.LID == "" {
		return Stored{}, ticket.NewError(ticket.CodeInvalid, "El mensaje no dice de quién es.")
	}
	if in.Direction != ticket.DirectionIn && in.Direction != ticket.DirectionOut {
		return Stored{}, fmt.Errorf("add message: direction %q", in.Direction)
	}
	var stored Stored
	err := s.write(ctx, "add message", func(t *tx) (err error) {
		stored, err = s.intake(t, in).run()
		if stored.Ticket != 0 {
			t.hint(in.Business, stored.Ticket, stored.news(in))
		}
		return err
	})
	if err != nil {
		return Stored{}, err
	}
	return stored, nil
}

// intake stores one Incoming within one transaction.
type intake struct {
	*tx
	in       Incoming
	classify func(business int64, text string) ticket.Classification
	wishes   Wishes
	contact  person
	fresh    bool // the contact was unknown until now
	ahead    outlook
	sentAt   int64
	out      Stored
}

func (s *Store) intake(t *tx, in Incoming) *intake {
	return &intake{tx: t, in: in, classify: s.classify, wishes: s.wishes}
}

func (g *intake) run() (Stored, error) {
	g.sentAt = millis(g.in.SentAt)
	if g.sentAt == 0 {
		g.sentAt = g.now
	}
	var err error
	g.contact, g.fresh, err = g.resolve(identify(g.in))
	if err != nil || g.contact.id == 0 {
		return Stored{}, err
	}
	if err := g.look(); err != nil {
		return Stored{}, err
	}
	known, err := g.known()
	if err != nil {
		return Stored{}, err
	}
	g.out.Muted = g.contact.blocked
	err = g.take(known)
	if err == nil && g.out.UsedFiles && !g.out.Opened {
		err = g.lateFiles(g.in.Business, g.out.Message)
	}
	return g.out, err
}

// take stores the message as what it is; known is the one that has its id already.
func (g *intake) take(known stored) error {
	switch {
	case known.id != 0:
		return g.repeat(known)
	case isEvent(g.in.Kind):
		return g.event()
	case g.in.Direction == ticket.DirectionOut:
		return g.own()
	case g.contact.blocked:
		return g.muted()
	}
	return g.customer()
}

// customer stores a message of the contact.
func (g *intake) customer() error {
	if g.ahead.limited {
		if err := g.unlimit(g.contact.id); err != nil {
			return err
		}
	}
	th, err := g.joinable()
	if err != nil {
		return err
	}
	c := content{body: g.in.Body}
	if err := g.applyWaiting(&c); err != nil {
		return err
	}
	joins := th.id != 0
	if !joins {
		if th, err = g.open(c.body); err != nil {
			return err
		}
	}
	if err := g.insert(th, g.in.Direction, c); err != nil || !joins {
		return err
	}
	return g.join(th, c)
}

// muted stores a message of somebody who is blocked: in their last ticket, which
// stays as it is, or in one that is resolved from the start.
func (g *intake) muted() error {
	th, err := g.latest()
	if err != nil {
		return err
	}
	c := content{body: g.in.Body}
	if err := g.applyWaiting(&c); err != nil {
		return err
	}
	if th.id == 0 {
		if th, err = g.open(c.body); err != nil {
			return err
		}
	}
	return g.insert(th, g.in.Direction, c)
}

// own stores what was typed on the business's phone.
func (g *intake) own() error {
	th, err := g.latest()
	if err != nil || th.id == 0 {
		return err
	}
	c := content{body: g.in.Body}
	if err := g.applyWaiting(&c); err != nil {
		return err
	}
	if err := g.insert(th, ticket.DirectionOut, c); err != nil {
		return err
	}
	return g.answered(th.id, g.sentAt, `sent_at > $2`, g.sentAt)
}

// answered notes that somebody answered the contact of a ticket. What the contact
// wrote after the answer was written stays unread: later is the condition that
// tells it, and answer its $2.
func (t *tx) answered(ticketID, at int64, later string, answer int64) error {
	var unread, left int64
	_, err := t.row([]any{&unread}, `
		UPDATE tickets SET updated_at = $2,
			first_answer_at = CASE WHEN first_answer_at = 0 THEN $3 ELSE first_answer_at END,
			status = CASE WHEN status = 'pending' THEN 'in_progress' ELSE status END
		WHERE id = $1 RETURNING unread`, ticketID, t.now, at)
	if err != nil || unread == 0 {
		return err
	}
	// By now nobody else can add to the ticket.
	if left, err = t.received(ticketID, later, answer); err != nil {
		return err
	}
	return t.exec(`UPDATE tickets SET unread = $2 WHERE id = $1`, ticketID, min(unread, left))
}

// writtenAfter is the condition on a message that it came after the one with the
// id $2 was written.
const writtenAfter = `id > $2`

// received counts those of the contact's messages in a ticket that later tells;
// answer is its $2.
func (t *tx) received(ticketID int64, later string, answer int64) (n int64, err error) {
	_, err = t.row([]any{&n}, `SELECT COUNT(*) FROM messages WHERE ticket_id = $1 AND direction = 'in' AND `+later, ticketID, answer)
	if err != nil {
		return 0, fmt.Errorf("count messages after the answer: %w", err)
	}
	return n, nil
}

// insert adds the message row and its attachments to a ticket.
func (g *intake) insert(th thread, direction ticket.Direction, c content) error {
	own := g.in.Direction == ticket.DirectionOut
	delivery := ticket.Delivery("")
	if direction == ticket.DirectionOut {
		delivery = ticket.DeliverySent
	}
	g.out.Ticket = th.number
	id, err := g.add(`
		INSERT INTO messages (business_id, ticket_id, contact_id, bridge_id, direction, kind, body, original_body, author,
			author_key, wa_id, refers_to, from_phone, delivery, sent_at, created_at, edited_at, deleted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		g.in.Business, th.id, g.contact.id, g.in.Bridge, direction, g.in.Kind, c.body, c.original, g.in.Author,
		g.in.AuthorKey, nullable(g.in.WhatsAppID), g.in.RefersTo, own, delivery, g.sentAt, g.now, c.editedAt, c.deletedAt)
	if err != nil {
		return err
	}
	g.out.Message = id
	for _, f := range g.in.Attachments {
		if err := g.attach(f); err != nil {
			return err
		}
	}
	if err := g.wantTranscription(); err != nil {
		return err
	}
	return g.picture(th.id)
}
