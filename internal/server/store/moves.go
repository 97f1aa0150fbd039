package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

// undoWithin is how long a person may take back that tickets were joined.
const undoWithin = 15 * time.Minute

// Move is messages that went from one ticket to another.
type Move struct {
	ID     int64
	Source int64 // number of the ticket they left
	Target int64 // number of the one that has them now
}

// MergeTickets moves everything of the ticket source to target, replies that
// wait to be sent included, and closes source, which from then on only says
// where it went. Both must be of the same contact, else it is CodeConflict;
// so is one that was joined already. An unknown ticket is CodeNotFound, a ticket
// with itself CodeInvalid. UndoMerge takes it back.
func (s *Store) MergeTickets(ctx context.Context, business, user, source, target int64) (Move, error) {
	if source == target {
		return Move{}, ticket.NewError(ticket.CodeInvalid, "Un ticket no se puede unir consigo mismo.")
	}
	var m mover
	err := s.write(ctx, "merge tickets", func(t *tx) error {
		m = mover{tx: t, business: business, user: user}
		if err := m.meet(source, target); err != nil {
			return err
		}
		return m.merge()
	})
	if err != nil {
		return Move{}, err
	}
	return m.move(), nil
}

// UndoMerge gives a ticket that MergeTickets emptied its messages back, and the
// other one what it was; what came since stays where it is, in an open ticket, and
// a reply that was sent since answers the ticket it is in now. After a quarter of
// an hour, or a second time, it is CodeConflict; an unknown move is CodeNotFound.
func (s *Store) UndoMerge(ctx context.Context, business, user, move int64) (Move, error) {
	var m mover
	err := s.write(ctx, "undo merge", func(t *tx) error {
		m = mover{tx: t, business: business, user: user}
		return m.undo(move)
	})
	if err != nil {
		return Move{}, err
	}
	return m.move(), nil
}

// sheet is what moving messages changes of a ticket, beside the messages.
type sheet struct {
	ID          int64         `json:"id"`
	Number      int64         `json:"number"`
	Contact     int64         `json:"contact"`
	Title       string        `json:"title"`
	Description string        `json:"description"`
	Status      ticket.Status `json:"status"`
	Photo       string        `json:"photo"`
	Unread      int           `json:"unread"`
	FirstAnswer int64         `json:"first_answer"`
	Resolved    int64         `json:"resolved"`
	Opinion     int64         `json:"opinion"` // since when it wants one
	Talk        talk          `json:"talk"`
	MergedInto  int64         `json:"-"`
}

// talk is how much was written in a ticket.
type talk struct {
	In      int `json:"in"`      // messages of the customer
	Out     int `json:"out"`     // messages to the customer, sent or not
	Answers int `json:"answers"` // of those, what answers the customer

	first int64 // of Answers, Unix milliseconds; 0 without one
}

// mover moves messages for one person within one transaction.
type mover struct {
	*tx
	business, user int64
	id             int64 // of the move
	source, target sheet
}

func (m *mover) move() Move { return Move{ID: m.id, Source: m.source.Number, Target: m.target.Number} }

// meet loads both tickets and keeps everybody else from them, and from what
// their contact writes, until the transaction ends.
func (m *mover) meet(source, target int64) error {
	if err := m.exec(`
		UPDATE contacts SET updated_at = updated_at WHERE id = (SELECT contact_id FROM tickets WHERE business_id = $1 AND number = $2)`,
		m.business, source); err != nil {
		return fmt.Errorf("lock contact: %w", err)
	}
	// In one order, so that two people never wait for each other.
	for _, number := range []int64{min(source, target), max(source, target)} {
		if _, err := m.lockTicket(m.business, number); err != nil {
			return err
		}
	}
	var err error
	if m.source, err = m.sheet(source); err != nil {
		return err
	}
	if m.target, err = m.sheet(target); err != nil {
		return err
	}
	if m.source.Contact != m.target.Contact {
		return ticket.NewError(ticket.CodeConflict, "Solo se pueden unir tickets del mismo cliente.")
	}
	return nil
}

func (m *mover) sheet(number int64) (sh sheet, err error) {
	_, err = m.row([]any{&sh.ID, &sh.Number, &sh.Contact, &sh.Title, &sh.Description, &sh.Status, &sh.Photo, &sh.Unread, &sh.FirstAnswer, &sh.Resolved, &sh.Opinion, &sh.MergedInto}, `
		SELECT id, number, contact_id, title, description, status, photo, unread, first_answer_at, resolved_at, opinion_wanted_at, merged_into
		FROM tickets WHERE business_id = $1 AND number = $2`, m.business, number)
	if err != nil {
		return sh, fmt.Errorf("look at ticket %d: %w", number, err)
	}
	sh.Talk, err = m.talk(sh.ID)
	return sh, err
}

func (m *mover) talk(ticketID int64) (k talk, err error) {
	_, err = m.row([]any{&k.In, &k.Out, &k.Answers, &k.first}, `
		SELECT COUNT(CASE WHEN direction = 'in' THEN 1 END), COUNT(CASE WHEN direction = 'out' THEN 1 END), COUNT(CASE WHEN `+answering+` THEN 1 END),
			COALESCE(MIN(CASE WHEN `+answering+` THEN sent_at END), 0)
		FROM messages WHERE ticket_id = $1`, ticketID)
	if err != nil {
		return k, fmt.Errorf("count messages: %w", err)
	}
	return k, nil
}

// save writes a sheet over its ticket.
func (m *mover) save(sh sheet) error {
	m.hint(m.business, sh.Number, HintTicket)
	return m.exec(`
		UPDATE tickets SET title = $2, description = $3, status = $4, photo = $5, unread = $6, first_answer_at = $7, resolved_at = $8,
			opinion_wanted_at = $9, merged_into = $10, updated_at = $11 WHERE id = $1`,
		sh.ID, sh.Title, sh.Description, sh.Status, sh.Photo, sh.Unread, sh.FirstAnswer, sh.Resolved, sh.Opinion, sh.MergedInto, m.now)
}

func (m *mover) merge() error {
	if err := m.remember(`SELECT CAST($1 AS BIGINT), id FROM messages WHERE ticket_id = $2`, m.source.ID); err != nil {
		return err
	}
	if err := m.carry(m.source.ID, m.target.ID); err != nil {
		return err
	}
	if _, err := m.say(m.source.ID, m.user, ticket.DirectionEvent, ticket.KindOther, fmt.Sprintf("Se unió al ticket #%d", m.target.Number)); err != nil {
		return err
	}
	if _, err := m.say(m.target.ID, m.user, ticket.DirectionEvent, ticket.KindOther, fmt.Sprintf("Se unió aquí el ticket #%d: %s", m.source.Number, m.source.Title)); err != nil {
		return err
	}
	into, from := m.target, m.source
	into.absorb(from)
	from.Status, from.Unread, from.Opinion, from.MergedInto = ticket.StatusResolved, 0, 0, into.Number
	if from.Resolved == 0 {
		from.Resolved = m.now
	}
	if err := m.save(from); err != nil {
		return err
	}
	if err := m.save(into); err != nil {
		return err
	}
	return m.log(ActTicketMerged)
}

// absorb makes of sh what it is together with other.
func (sh *sheet) absorb(other sheet) {
	if sh.FirstAnswer == 0 {
		// Nobody answered yet: the customer's request is both of them.
		sh.Description = joined(sh, &other)
	}
	if sh.FirstAnswer == 0 || other.FirstAnswer != 0 && other.FirstAnswer < sh.FirstAnswer {
		sh.FirstAnswer = other.FirstAnswer
	}
	if sh.Status == ticket.StatusResolved {
		// A date too early would have the newer conversation deleted with the older one.
		sh.Status, sh.Resolved = other.Status, max(sh.Resolved, other.Resolved)
	}
	if sh.Status != ticket.StatusResolved {
		sh.Resolved = 0
	}
	if sh.Photo == "" {
		sh.Photo = other.Photo
	}
	if sh.Title == "" {
		sh.Title = other.Title
	}
	sh.Unread += other.Unread
}

// joined is what the customer wrote in two tickets, the older one first.
func joined(a, b *sheet) string {
	if a.Number > b.Number {
		a, b = b, a
	}
	if a.Description == "" || b.Description == "" {
		return a.Description + b.Description
	}
	return cut(a.Description+"\n"+b.Description, descriptionLimit)
}

// remember writes down the move, what both tickets were, and which messages
// move: those that which selects; ticketID is its $2.
func (m *mover) remember(which string, ticketID int64, more ...any) error {
	before, err := json.Marshal([2]sheet{m.source, m.target})
	if err != nil {
		return fmt.Errorf("encode tickets: %w", err)
	}
	m.id, err = m.add(`INSERT INTO ticket_moves (business_id, source, target, user_id, before, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		m.business, m.source.Number, m.target.Number, m.user, string(before), m.now)
	if err != nil {
		return fmt.Errorf("note move: %w", err)
	}
	if err := m.forgetMoves(); err != nil {
		return err
	}
	if err := m.exec(`INSERT INTO moved_messages (move_id, message_id) `+which, append([]any{m.id, ticketID}, more...)...); err != nil {
		return fmt.Errorf("note moved messages: %w", err)
	}
	return nil
}

// forgetMoves drops what nobody may undo any more, as it holds what customers
// wrote.
func (t *tx) forgetMoves() error {
	old := t.now - undoWithin.Milliseconds()
	if err := t.exec(`DELETE FROM moved_messages WHERE move_id IN (SELECT id FROM ticket_moves WHERE created_at < $1)`, old); err != nil {
		return fmt.Errorf("forget moved messages: %w", err)
	}
	if err := t.exec(`DELETE FROM ticket_moves WHERE created_at < $1`, old); err != nil {
		return fmt.Errorf("forget moves: %w", err)
	}
	return nil
}

// ForgetMoves drops what it takes to undo joined tickets once it is too late for
// that.
func (s *Store) ForgetMoves(ctx context.Context) error {
	return s.write(ctx, "forget moves", func(t *tx) error { return t.forgetMoves() })
}

// log notes a move in the audit log, as done to the ticket that lost messages.
func (m *mover) log(action string) error {
	return m.audit(Act{Business: m.business, User: m.user, Action: action, Object: ticketObject(m.source.Number), Details: map[string]any{"other": m.target.Number}})
}

// carry moves the messages of the move from one ticket to another.
func (m *mover) carry(from, to int64) error {
	err := m.exec(`UPDATE messages SET ticket_id = $2 WHERE ticket_id = $1 AND id IN (SELECT message_id FROM moved_messages WHERE move_id = $3)`, from, to, m.id)
	if err != nil {
		return fmt.Errorf("move messages: %w", err)
	}
	return nil
}
