package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"mostrador/internal/ticket"
)

// Page is one page of tickets, the newest first.
type Page struct {
	Tickets []Listed
	Next    string // for Filter.Before; empty on the last page
}

// Listed is a ticket with what a list shows beside it.
type Listed struct {
	ticket.Ticket

	// Stuck is how many replies, other than notices, wait for a person to retry,
	// confirm or discard them.
	Stuck int
	// Notice is the last message with PurposeReceived, without its
	// attachments; nil when there is none.
	Notice *ticket.Message
}

const listedColumns = `
	SELECT t.number, t.title, t.description, t.status, t.priority, t.category, t.category_source, t.confidence, t.words,
		t.doubt, t.candidates, t.priority_reason, t.priority_words, t.photo, t.unread, t.created_at, t.updated_at, t.first_answer_at, t.resolved_at, t.merged_into,
		COALESCE(t.assignee_id, 0), COALESCE(u.name, ''), c.id, ` + shownName + `, c.phone, COALESCE(c.lid, ''), c.chat, c.is_group,
		COALESCE(n.id, 0), COALESCE(n.body, ''), COALESCE(` + shownDelivery + `, ''), COALESCE(n.failure, ''), COALESCE(n.sent_at, 0),
		(SELECT COUNT(*) FROM messages s WHERE s.ticket_id = t.id AND (s.delivery = 'failed' OR s.hold <> '') AND s.purpose = '')
	FROM tickets t JOIN contacts c ON c.id = t.contact_id LEFT JOIN users u ON u.id = t.assignee_id
	LEFT JOIN messages n ON n.id = (
		SELECT MAX(id) FROM messages WHERE ticket_id = t.id AND purpose = 'received' AND purpose <> '')
	WHERE t.business_id = $1 AND `

// Ticket returns one ticket, or CodeNotFound.
func (s *Store) Ticket(ctx context.Context, business, number int64) (Listed, error) {
	all, err := list(ctx, s.reader, scanListed, listedColumns+`t.number = $2`, business, number)
	if err != nil {
		return Listed{}, fmt.Errorf("load ticket: %w", explain(err))
	}
	if len(all) == 0 {
		return Listed{}, errNoTicket
	}
	return all[0], nil
}

func scanListed(row scanner) (Listed, error) {
	var l Listed
	var n ticket.Message
	var words, candidates, reasons string
	var created, updated, answered, resolved, noticed int64
	err := row.Scan(&l.Number, &l.Title, &l.Description, &l.Status, &l.Priority, &l.Category, &l.Source, &l.Confidence, &words,
		&l.Doubt, &candidates, &l.Reason, &reasons, &l.Photo, &l.Unread, &created, &updated, &answered, &resolved, &l.MergedInto,
		&l.Assignee.ID, &l.Assignee.Name, &l.Contact.ID, &l.Contact.Name, &l.Contact.Phone, &l.Contact.LID, &l.Contact.Chat, &l.Contact.Group,
		&n.ID, &n.Body, &n.Delivery, &n.Failure, &noticed, &l.Stuck)
	if err != nil {
		return Listed{}, err
	}
	if err := errors.Join(json.Unmarshal([]byte(words), &l.Words), json.Unmarshal([]byte(candidates), &l.Candidates),
		json.Unmarshal([]byte(reasons), &l.ReasonWords)); err != nil {
		return Listed{}, fmt.Errorf("read words of ticket %d: %w", l.Number, err)
	}
	if len(l.Candidates) == 0 {
		l.Candidates = nil
	}
	if len(l.ReasonWords) == 0 {
		l.ReasonWords = nil
	}
	l.CreatedAt, l.UpdatedAt = instant(created), instant(updated)
	l.FirstAnswerAt, l.ResolvedAt = instant(answered), instant(resolved)
	if n.ID != 0 {
		n.Direction, n.Kind, n.SentAt = ticket.DirectionOut, ticket.KindText, instant(noticed)
		l.Notice = &n
	}
	return l, nil
}

// Counts returns how many tickets of a business have each status; a status
// without tickets is there with 0. It costs the same however many there are.
func (s *Store) Counts(ctx context.Context, business int64) (map[ticket.Status]int64, error) {
	all, err := list(ctx, s.reader, func(row scanner) (c statusCount, err error) {
		err = row.Scan(&c.status, &c.n)
		return c, err
	}, `SELECT status, n FROM ticket_counts WHERE business_id = $1`, business)
	if err != nil {
		return nil, fmt.Errorf("count tickets: %w", explain(err))
	}
	counts := map[ticket.Status]int64{}
	for _, status := range ticket.Statuses() {
		counts[status] = 0
	}
	for _, c := range all {
		counts[c.status] = c.n
	}
	return counts, nil
}

// statusCount is how many tickets have a status.
type statusCount struct {
	status ticket.Status
	n      int64
}

// TotalTickets returns how many tickets all businesses together have had. It
// costs the same however many there are.
func (s *Store) TotalTickets(ctx context.Context) (int64, error) {
	var n int64
	// Numbers start at 1 and leave nothing out.
	err := s.reader.QueryRowContext(ctx, `SELECT CAST(COALESCE(SUM(last_ticket_number), 0) AS BIGINT) FROM businesses`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count tickets: %w", explain(err))
	}
	return n, nil
}

// lockTicket returns a ticket that no other transaction changes until this one
// ends, or errNoTicket. One that was joined to another is CodeConflict: it is
// empty and stays as it is.
func (t *tx) lockTicket(business, number int64) (thread, error) {
	th, err := t.lockAny(business, number)
	if err == nil && th.mergedInto != 0 {
		err = ticket.NewError(ticket.CodeConflict, fmt.Sprintf("Este ticket se unió al N.º %d; siga allí.", th.mergedInto))
	}
	if err != nil {
		return thread{}, err
	}
	return th, nil
}

// lockAny is lockTicket for joined ones too. Writing a column to itself is the
// one way to lock a row that both engines know.
func (t *tx) lockAny(business, number int64) (thread, error) {
	all, err := list(t.ctx, t.conn, scanThread,
		`UPDATE tickets SET number = number WHERE business_id = $1 AND number = $2 RETURNING `+threadColumns, business, number)
	if err != nil {
		return thread{}, fmt.Errorf("lock ticket: %w", err)
	}
	if len(all) == 0 {
		return thread{}, errNoTicket
	}
	return all[0], nil
}
