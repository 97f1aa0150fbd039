package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

// Imported is a ticket that another system had, with its conversation.
type Imported struct {
	Origin

	From ticket.Identity
	// Number is the one it had; it keeps it if no other ticket has it here.
	Number      int64
	Title       string
	Description string
	Status      ticket.Status
	Category    string
	CreatedAt   time.Time
	// Messages are stored as they are; the first one's WhatsAppID must be there
	// and tells this ticket from all others of its contact.
	Messages []ticket.Message
	// Trial has everything checked and nothing stored.
	Trial bool
}

// errTrial ends a transaction that was only tried.
var errTrial = errors.New("only a trial")

// Import stores a ticket of another system. One that was imported before is left
// as it is now: existed is true and nothing is stored. A contact who is here
// already keeps their name and where their answers go.
func (s *Store) Import(ctx context.Context, in Imported) (number int64, existed bool, err error) {
	cleanAll(&in.From.Phone, &in.From.LID, &in.From.Chat, &in.From.Name, &in.Title, &in.Description, &in.Category)
	if len(in.Messages) == 0 || in.Messages[0].WhatsAppID == "" || in.From.Phone == "" && in.From.LID == "" {
		return 0, false, ticket.NewError(ticket.CodeInvalid, "El ticket no dice de quién es o no tiene mensajes.")
	}
	err = s.write(ctx, "import ticket", func(t *tx) error {
		number, existed, err = t.importTicket(in)
		if err == nil && in.Trial {
			return errTrial
		}
		return err
	})
	if errors.Is(err, errTrial) {
		err = nil
	}
	return number, existed, err
}

// ImportedBefore reports whether Import stored the ticket whose first message has
// this id already.
func (s *Store) ImportedBefore(ctx context.Context, business int64, from ticket.Identity, id string) (bool, error) {
	w := who{phone: from.Phone}
	var known bool
	_, err := one(s.reader.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM messages m JOIN contacts c ON c.id = m.contact_id
			WHERE (c.business_id = $1 AND c.lid = $2 OR c.business_id = $1 AND c.phone_key = $3) AND m.direction = 'in' AND m.wa_id = $4)`,
		business, nullable(from.LID), nullable(w.key()), id), &known)
	if err != nil {
		return false, fmt.Errorf("find imported ticket: %w", explain(err))
	}
	return known, nil
}

func (t *tx) importTicket(in Imported) (number int64, existed bool, err error) {
	contact, err := t.importContact(in)
	if err != nil {
		return 0, false, err
	}
	if _, err := t.row([]any{&existed}, `SELECT EXISTS (SELECT 1 FROM messages WHERE contact_id = $1 AND direction = 'in' AND wa_id = $2)`,
		contact, in.Messages[0].WhatsAppID); err != nil || existed {
		return 0, existed, err
	}
	created := millis(in.CreatedAt)
	if number, err = t.importNumber(in.Business, in.Number, created); err != nil {
		return 0, false, fmt.Errorf("number ticket: %w", err)
	}
	var answered, resolved int64
	if in.Status != ticket.StatusPending {
		answered = created
	}
	if in.Status == ticket.StatusResolved {
		resolved = created
	}
	id, err := t.add(`
		INSERT INTO tickets (business_id, number, contact_id, bridge_id, title, description, status, priority, category,
			category_source, confidence, words, photo, unread, created_at, updated_at, first_answer_at, resolved_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '[]', $11, 0, $12, $12, $13, $14)`,
		in.Business, number, contact, in.Bridge, cut(firstLine(in.Title), titleLimit), cut(in.Description, descriptionLimit), in.Status,
		ticket.PriorityNormal, in.Category, ticket.SourceRules, firstPhoto(in.Messages), created, answered, resolved)
	if err != nil {
		return 0, false, fmt.Errorf("store ticket: %w", err)
	}
	for _, m := range in.Messages {
		if err := t.importMessage(in, id, contact, m); err != nil {
			return 0, false, fmt.Errorf("store message: %w", err)
		}
	}
	return number, false, nil
}

// importContact finds the contact, or makes it.
func (t *tx) importContact(in Imported) (int64, error) {
	w := who{business: in.Business, phone: in.From.Phone, lid: in.From.LID}
	p, _, err := t.resolve(w)
	if err != nil || p.id != 0 {
		return p.id, err
	}
	w.name, w.chat, w.create = in.From.Name, in.From.Chat, true
	p, _, err = t.resolve(w)
	return p.id, err
}

// importNumber returns wanted if no ticket has it, else the next free one, for a
// ticket opened at some time.
func (t *tx) importNumber(business, wanted, created int64) (int64, error) {
	var last int64
	if _, err := t.row([]any{&last}, `SELECT last_ticket_number FROM businesses WHERE id = $1`+t.lock, business); err != nil {
		return 0, err
	}
	if wanted > last {
		return wanted, t.exec(`UPDATE businesses SET last_ticket_number = $3, `+numbered+` WHERE id = $1`, business, created, wanted)
	}
	var taken bool
	if _, err := t.row([]any{&taken}, `SELECT EXISTS (SELECT 1 FROM tickets WHERE business_id = $1 AND number = $2)`, business, wanted); err != nil {
		return 0, err
	}
	if taken || wanted < 1 {
		return t.nextNumber(business, created)
	}
	return wanted, t.fillGap(business, wanted, created)
}

func (t *tx) importMessage(in Imported, ticketID, contact int64, m ticket.Message) error {
	cleanAll(&m.Body, &m.Author, &m.WhatsAppID)
	id, err := t.add(`
		INSERT INTO messages (business_id, ticket_id, contact_id, bridge_id, direction, kind, body, author, wa_id, delivery, sent_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		in.Business, ticketID, contact, in.Bridge, m.Direction, m.Kind, m.Body, m.Author, nullable(m.WhatsAppID), m.Delivery, millis(m.SentAt), t.now)
	if err != nil {
		return err
	}
	for _, f := range cleaned(m.Attachments) {
		if err := t.exec(`
			INSERT INTO attachments (business_id, message_id, file, name, mime, size, state, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			in.Business, id, nullable(f.File), f.Name, f.MIME, f.Size, f.State, f.Note); err != nil {
			return err
		}
	}
	return nil
}

// firstPhoto is the file of the first stored picture.
func firstPhoto(messages []ticket.Message) string {
	for _, m := range messages {
		for _, f := range m.Attachments {
			if f.State == ticket.FileStored && m.Kind == ticket.KindImage {
				return f.File
			}
		}
	}
	return ""
}
