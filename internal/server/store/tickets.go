package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"mostrador/internal/ticket"
)

// Page sizes of Tickets.
const (
	defaultLimit = 50
	maxLimit     = 500
)

// Filter chooses tickets.
type Filter struct {
	Limit  int           // at most this many; 0 means 50, and 500 is the most
	Before string        // a Page's Next: go on from there
	Status ticket.Status // only these; empty: all
}

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
		t.doubt, t.candidates, t.priority_reason, t.priority_words, t.photo, t.unread, t.created_at, t.updated_at, t.first_answer_at, t.resolved_at,
		c.id, c.name, c.phone, COALESCE(c.lid, ''), c.chat, c.is_group,
		COALESCE(n.id, 0), COALESCE(n.body, ''), COALESCE(` + shownDelivery + `, ''), COALESCE(n.failure, ''), COALESCE(n.sent_at, 0),
		(SELECT COUNT(*) FROM messages s WHERE s.ticket_id = t.id AND (s.delivery = 'failed' OR s.hold <> '') AND s.purpose = '')
	FROM tickets t JOIN contacts c ON c.id = t.contact_id
	LEFT JOIN messages n ON n.id = (
		SELECT MAX(id) FROM messages WHERE ticket_id = t.id AND purpose = 'received' AND purpose <> '')
	WHERE t.business_id = $1 AND `

// Tickets returns one page of a business's tickets, the newest first. A cursor
// that no page gave is CodeInvalid.
func (s *Store) Tickets(ctx context.Context, business int64, f Filter) (Page, error) {
	before := int64(math.MaxInt64)
	if f.Before != "" {
		n, err := strconv.ParseInt(f.Before, 10, 64)
		if err != nil || n <= 0 {
			return Page{}, ticket.NewError(ticket.CodeInvalid, "La página pedida no existe.")
		}
		before = n
	}
	limit := f.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, maxLimit)
	// One row more than asked for tells whether there is a next page.
	query, args := `t.number < $2 ORDER BY t.number DESC LIMIT $3`, []any{business, before, limit + 1}
	if f.Status != "" {
		query, args = `t.status = $4 AND `+query, append(args, f.Status)
	}
	all, err := list(ctx, s.reader, scanListed, listedColumns+query, args...)
	if err != nil {
		return Page{}, fmt.Errorf("list tickets: %w", explain(err))
	}
	page := Page{Tickets: all}
	if len(all) > limit {
		page.Tickets = all[:limit]
		page.Next = strconv.FormatInt(all[limit-1].Number, 10)
	}
	return page, nil
}

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
		&l.Doubt, &candidates, &l.Reason, &reasons, &l.Photo, &l.Unread, &created, &updated, &answered, &resolved,
		&l.Contact.ID, &l.Contact.Name, &l.Contact.Phone, &l.Contact.LID, &l.Contact.Chat, &l.Contact.Group,
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
// without tickets is there with 0.
func (s *Store) Counts(ctx context.Context, business int64) (map[ticket.Status]int64, error) {
	type count struct {
		status ticket.Status
		n      int64
	}
	all, err := list(ctx, s.reader, func(row scanner) (c count, err error) {
		err = row.Scan(&c.status, &c.n)
		return c, err
	}, `SELECT status, COUNT(*) FROM tickets WHERE business_id = $1 GROUP BY status`, business)
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

// SetStatus moves a ticket and leaves an event in its conversation that says so
// in Spanish. user is 0 for a program. Setting what is set already does nothing;
// an unknown ticket is CodeNotFound, an unknown status CodeInvalid.
func (s *Store) SetStatus(ctx context.Context, business, number, user int64, status ticket.Status) error {
	if !slices.Contains(ticket.Statuses(), status) {
		return ticket.NewError(ticket.CodeInvalid, "El estado no existe.")
	}
	return s.write(ctx, "set status", func(t *tx) error {
		th, err := t.lockTicket(business, number)
		if err != nil || th.status == status {
			return err
		}
		var resolved int64
		if status == ticket.StatusResolved {
			resolved = t.now
		}
		if err := t.exec(`
			UPDATE tickets SET status = $2, updated_at = $3, resolved_at = $4, unread = CASE WHEN $2 = 'resolved' THEN 0 ELSE unread END
			WHERE id = $1`, th.id, status, t.now, resolved); err != nil {
			return err
		}
		return t.exec(`
			INSERT INTO messages (business_id, ticket_id, contact_id, user_id, author, direction, kind, body, sent_at, created_at)
			SELECT business_id, id, contact_id, $2, COALESCE((SELECT name FROM users WHERE id = $2), ''), 'event', $3, $4, $5, $5
			FROM tickets WHERE id = $1`,
			th.id, reference(user), ticket.KindOther, "Estado: "+statusNames[th.status]+" → "+statusNames[status], t.now)
	})
}

// lockTicket returns a ticket that no other transaction changes until this one
// ends, or errNoTicket. Writing a column to itself is the one way to lock a row
// that both engines know.
func (t *tx) lockTicket(business, number int64) (thread, error) {
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

// statusNames are the statuses as people read them in a conversation.
var statusNames = map[ticket.Status]string{
	ticket.StatusPending:    "pendiente",
	ticket.StatusInProgress: "en proceso",
	ticket.StatusWaiting:    "esperando al cliente",
	ticket.StatusResolved:   "resuelto",
}
