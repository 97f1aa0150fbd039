package store

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mostrador/internal/ticket"
)

// maxNote bounds a note, in runes.
const maxNote = 4000

// CustomerChange is what a person decides about a customer. A nil field leaves
// things as they are.
type CustomerChange struct {
	Given   *string // empty: WhatsApp's name again
	Blocked *bool
}

// ChangeCustomer changes a customer for user, 0 for a program. Blocking resolves
// their open tickets and takes back the replies that wait, and one that is being
// sent unless that succeeds; what they write from then on is stored, but opens and
// reopens nothing. An unknown customer is CodeNotFound, a name that is too long
// CodeInvalid.
func (s *Store) ChangeCustomer(ctx context.Context, business, user, id int64, c CustomerChange) error {
	if c.Given != nil {
		name := strings.TrimSpace(clean(*c.Given))
		if utf8.RuneCountInString(name) > maxName {
			return ticket.NewError(ticket.CodeInvalid, "El nombre pasa de 100 letras.")
		}
		c.Given = &name
	}
	return s.write(ctx, "change customer", func(t *tx) error {
		p, err := t.lockCustomer(business, id)
		if err != nil {
			return err
		}
		if c.Given != nil && *c.Given != p.given {
			if err := t.exec(`UPDATE contacts SET given_name = $2, search_key = $3 WHERE id = $1`, id, *c.Given, searchKey(p.name, *c.Given, p.phone)); err != nil {
				return fmt.Errorf("name customer: %w", err)
			}
			if err := t.audit(Act{Business: business, User: user, Action: "customer.named", Object: customerObject(id)}); err != nil {
				return err
			}
		}
		if c.Blocked == nil || *c.Blocked == p.blocked {
			return nil
		}
		return t.block(business, user, id, *c.Blocked)
	})
}

// lockCustomer returns a contact that no other transaction changes until this
// one ends, or errNoCustomer.
func (t *tx) lockCustomer(business, id int64) (person, error) {
	all, err := list(t.ctx, t.conn, scanPerson, `UPDATE contacts SET name = name WHERE business_id = $1 AND id = $2 RETURNING `+personColumns, business, id)
	if err != nil {
		return person{}, fmt.Errorf("lock customer: %w", err)
	}
	if len(all) == 0 {
		return person{}, errNoCustomer
	}
	return all[0], nil
}

// takeBack discards the replies that what follows it selects.
const takeBack = `UPDATE messages SET delivery = 'discarded', hold = '', lease_until = 0, failure = 'Se bloqueó al cliente.' WHERE `

func (t *tx) block(business, user, id int64, on bool) error {
	if !on {
		if err := t.exec(`UPDATE contacts SET blocked_at = 0 WHERE id = $1`, id); err != nil {
			return err
		}
		return t.audit(Act{Business: business, User: user, Action: "customer.unblocked", Object: customerObject(id)})
	}
	open, err := list(t.ctx, t.conn, scanID, `SELECT number FROM tickets WHERE contact_id = $1 AND resolved_at = 0 ORDER BY number`, id)
	if err != nil {
		return fmt.Errorf("find open tickets: %w", err)
	}
	for _, number := range open {
		if err := t.closeBlocked(business, user, number); err != nil {
			return err
		}
	}
	for _, step := range []string{
		`UPDATE contacts SET blocked_at = $2 WHERE id = $1`,
		takeBack + `contact_id = $1 AND delivery = 'queued' AND lease_until <= $2`,
	} {
		if err := t.exec(step, id, t.now); err != nil {
			return fmt.Errorf("block customer: %w", err)
		}
	}
	return t.audit(Act{Business: business, User: user, Action: "customer.blocked", Object: customerObject(id)})
}

// closeBlocked resolves a ticket of somebody who is being blocked, and its
// conversation says why.
func (t *tx) closeBlocked(business, user, number int64) error {
	th, err := t.lockTicket(business, number)
	if err != nil {
		return err
	}
	t.hint(business, number, HintTicket)
	if err := t.exec(`UPDATE tickets SET status = 'resolved', resolved_at = $2, updated_at = $2, unread = 0 WHERE id = $1`, th.id, t.now); err != nil {
		return err
	}
	_, err = t.say(th.id, user, ticket.DirectionEvent, ticket.KindOther, "Se bloqueó al cliente.")
	return err
}

// errBlocked refuses to write to somebody the shop does not want to hear of.
var errBlocked = ticket.NewError(ticket.CodeConflict, "Este cliente está bloqueado; desbloquéelo para responderle.")

// refuseBlocked returns errBlocked when the contact of a ticket is blocked.
func (t *tx) refuseBlocked(ticketID int64) error {
	var blocked int64
	if _, err := t.row([]any{&blocked}, `SELECT c.blocked_at FROM tickets t JOIN contacts c ON c.id = t.contact_id WHERE t.id = $1`, ticketID); err != nil {
		return fmt.Errorf("look whether the contact is blocked: %w", err)
	}
	if blocked != 0 {
		return errBlocked
	}
	return nil
}

// CustomerNote is what somebody at the counter wrote about a customer.
type CustomerNote struct {
	ID     int64
	Author string // empty for a program
	Body   string
	At     time.Time
}

// CustomerNotes returns what was noted about a customer, the newest first.
func (s *Store) CustomerNotes(ctx context.Context, business, id int64) ([]CustomerNote, error) {
	notes, err := list(ctx, s.reader, func(row scanner) (n CustomerNote, err error) {
		var at int64
		err = row.Scan(&n.ID, &n.Author, &n.Body, &at)
		n.At = instant(at)
		return n, err
	}, `SELECT id, author, body, created_at FROM contact_notes WHERE business_id = $1 AND contact_id = $2 ORDER BY id DESC`, business, id)
	if err != nil {
		return nil, fmt.Errorf("list notes: %w", explain(err))
	}
	return notes, nil
}

// AddCustomerNote notes something about a customer. An unknown one is
// CodeNotFound, an empty or too long note CodeInvalid.
func (s *Store) AddCustomerNote(ctx context.Context, business, user, id int64, body string) error {
	body = strings.TrimSpace(clean(body))
	if body == "" || utf8.RuneCountInString(body) > maxNote {
		return ticket.NewError(ticket.CodeInvalid, "Escriba la nota, de hasta 4000 letras.")
	}
	return s.write(ctx, "add note", func(t *tx) error {
		if _, err := t.lockCustomer(business, id); err != nil {
			return err
		}
		return t.exec(`
			INSERT INTO contact_notes (business_id, contact_id, user_id, author, body, created_at)
			VALUES ($1, $2, $3, COALESCE((SELECT name FROM users WHERE id = $3), ''), $4, $5)`, business, id, reference(user), body, t.now)
	})
}

// DeleteCustomerNote takes a note away; one that is not there is CodeNotFound.
func (s *Store) DeleteCustomerNote(ctx context.Context, business, id, note int64) error {
	return s.write(ctx, "delete note", func(t *tx) error {
		found, err := t.changed(`DELETE FROM contact_notes WHERE business_id = $1 AND contact_id = $2 AND id = $3`, business, id, note)
		if err == nil && !found {
			return ticket.NewError(ticket.CodeNotFound, "Nota no encontrada")
		}
		return err
	})
}

func customerObject(id int64) string { return fmt.Sprintf("customer/%d", id) }

// NoteExport notes in the audit log that user took everything of a customer.
func (s *Store) NoteExport(ctx context.Context, business, user, id int64) error {
	return s.write(ctx, "note export", func(t *tx) error {
		return t.audit(Act{Business: business, User: user, Action: "customer.exported", Object: customerObject(id)})
	})
}
