package store

import (
	"context"
	"fmt"
	"math"
	"time"

	"mostrador/internal/ticket"
)

const (
	// newsLimit is how much of each sort is looked at in one transaction.
	newsLimit = 500
	// newsAge is how old a ticket or a message may be and still be news: what is
	// older was taken over from another system.
	newsAge = 24 * time.Hour
	// noticeLimit is how many notices of one channel are told together.
	noticeLimit = 500
)

// News is what happened in a business that its channels were not told of.
type News struct {
	Business int64
	Items    []NewsItem

	before, after struct{ ticket, wait, message int64 }
	events        []int64 // done with
}

// NewsItem is one thing that happened, with its ticket as it is now.
type NewsItem struct {
	Kind     NoticeKind
	Detail   string // what was said when it happened: Spanish sentences, one on each line, or empty
	At       time.Time
	Ticket   int64 // number; 0 for none
	Title    string
	Name     string // the customer's
	Category string
	Status   ticket.Status
	Priority ticket.Priority
	Assignee string
	Text     string // of a message
	Message  int64  // id
}

// Urgent reports whether it is to be told at night too.
func (n NewsItem) Urgent() bool {
	return n.Kind == NoticeTrouble || n.Kind == NoticeOpened && n.Priority == ticket.PriorityUrgent
}

// NewsQuery says what to look for besides what is always looked for.
type NewsQuery struct {
	// Overdue is when a ticket without an answer must have come to be late; zero
	// for never.
	Overdue  time.Time
	Messages bool // customers' messages too
}

// ticketNews are the columns of a NewsItem's ticket t, customer c and assignee u.
const ticketNews = `t.number, t.title, CASE WHEN c.given_name <> '' THEN c.given_name ELSE c.name END, t.category, t.status, t.priority, COALESCE(u.name, '')`

func (n *NewsItem) ticketColumns() []any {
	return []any{&n.Ticket, &n.Title, &n.Name, &n.Category, &n.Status, &n.Priority, &n.Assignee}
}

// News returns what of a business its channels were not told of, at most 500 of
// each sort. It looks where no writer waits for it.
func (s *Store) News(ctx context.Context, business int64, q NewsQuery) (News, error) {
	n := News{Business: business}
	found, err := one(s.reader.QueryRowContext(ctx, `SELECT ticket_cursor, wait_cursor, message_cursor FROM notice_settings WHERE business_id = $1`, business),
		&n.before.ticket, &n.before.wait, &n.before.message)
	if err != nil {
		return News{}, fmt.Errorf("load notice cursors: %w", explain(err))
	}
	n.after = n.before
	if !found {
		return n, nil
	}
	for _, step := range []func(context.Context, *News, NewsQuery) error{s.opened, s.overdue, s.happened, s.received} {
		if err := step(ctx, &n, q); err != nil {
			return News{}, fmt.Errorf("find news: %w", explain(err))
		}
	}
	return n, nil
}

// opened finds new tickets. Their number comes from the row of the business,
// which a transaction holds until it ends: no lower number appears later.
func (s *Store) opened(ctx context.Context, n *News, _ NewsQuery) error {
	old := s.now().Add(-newsAge).UnixMilli()
	_, err := list(ctx, s.reader, func(row scanner) (struct{}, error) {
		var at, blocked int64
		item := NewsItem{Kind: NoticeOpened}
		err := row.Scan(append(item.ticketColumns(), &at, &blocked)...)
		n.after.ticket = item.Ticket
		if item.At = instant(at); at > old && blocked == 0 {
			n.Items = append(n.Items, item)
		}
		return struct{}{}, err
	}, `SELECT `+ticketNews+`, t.created_at, c.blocked_at FROM tickets t JOIN contacts c ON c.id = t.contact_id LEFT JOIN users u ON u.id = t.assignee_id
		WHERE t.business_id = $1 AND t.number > $2 ORDER BY t.number LIMIT $3`, n.Business, n.before.ticket, newsLimit)
	return err
}

// overdue finds tickets that have waited for too long; each is looked at once. One
// from after now, when the clock was wrong, holds up none of those behind it.
func (s *Store) overdue(ctx context.Context, n *News, q NewsQuery) error {
	if q.Overdue.IsZero() {
		return nil
	}
	due := millis(q.Overdue)
	_, err := list(ctx, s.reader, func(row scanner) (struct{}, error) {
		var at, blocked, answered int64
		item := NewsItem{Kind: NoticeWaiting}
		err := row.Scan(append(item.ticketColumns(), &at, &blocked, &answered)...)
		n.after.wait = item.Ticket
		if item.At = instant(at); item.Status == ticket.StatusPending && answered == 0 && blocked == 0 && at > due-(maxNoticeWait+newsAge).Milliseconds() {
			n.Items = append(n.Items, item)
		}
		return struct{}{}, err
	}, `SELECT `+ticketNews+`, t.created_at, c.blocked_at, t.first_answer_at FROM tickets t JOIN contacts c ON c.id = t.contact_id LEFT JOIN users u ON u.id = t.assignee_id
		WHERE t.business_id = $1 AND t.number > $2
			AND t.number < COALESCE((SELECT MIN(y.number) FROM tickets y WHERE y.business_id = $1 AND y.number > $2 AND y.created_at > $3 AND y.created_at <= $6), $4)
		ORDER BY t.number LIMIT $5`, n.Business, n.before.wait, due, int64(math.MaxInt64), newsLimit, millis(s.now()))
	return err
}

// happened finds what was noted when it happened.
func (s *Store) happened(ctx context.Context, n *News, _ NewsQuery) error {
	_, err := list(ctx, s.reader, func(row scanner) (struct{}, error) {
		var id, at int64
		var item NewsItem
		err := row.Scan(append([]any{&id, &item.Kind, &item.Detail, &at}, item.ticketColumns()...)...)
		item.At = instant(at)
		n.events, n.Items = append(n.events, id), append(n.Items, item)
		return struct{}{}, err
	}, `SELECT e.id, e.kind, e.detail, e.at, e.ticket, COALESCE(t.title, ''), COALESCE(CASE WHEN c.given_name <> '' THEN c.given_name ELSE c.name END, ''),
			COALESCE(t.category, ''), COALESCE(t.status, ''), COALESCE(t.priority, ''), COALESCE(u.name, '')
		FROM notice_events e LEFT JOIN tickets t ON t.business_id = e.business_id AND t.number = e.ticket
		LEFT JOIN contacts c ON c.id = t.contact_id LEFT JOIN users u ON u.id = t.assignee_id
		WHERE e.business_id = $1 ORDER BY e.id LIMIT $2`, n.Business, newsLimit)
	return err
}

// received finds customers' messages.
func (s *Store) received(ctx context.Context, n *News, q NewsQuery) error {
	if !q.Messages {
		return nil
	}
	old, fresh, stopped := s.now().Add(-newsAge).UnixMilli(), s.now().Add(-settled).UnixMilli(), false
	_, err := list(ctx, s.reader, func(row scanner) (struct{}, error) {
		var at, business, blocked int64
		var direction ticket.Direction
		item := NewsItem{Kind: NoticeMessage}
		err := row.Scan(append([]any{&item.Message, &business, &blocked, &direction, &at, &item.Text}, item.ticketColumns()...)...)
		// On PostgreSQL an id may appear after a higher one: what is missing is waited for.
		if stopped = stopped || s.postgres && item.Message != n.after.message+1 && at > fresh; stopped {
			return struct{}{}, err
		}
		n.after.message = item.Message
		if item.At = instant(at); business == n.Business && blocked == 0 && direction == ticket.DirectionIn && at > old {
			n.Items = append(n.Items, item)
		}
		return struct{}{}, err
	}, `SELECT m.id, m.business_id, c.blocked_at, m.direction, m.created_at, m.body, `+ticketNews+`
		FROM messages m JOIN tickets t ON t.id = m.ticket_id JOIN contacts c ON c.id = m.contact_id LEFT JOIN users u ON u.id = t.assignee_id
		WHERE m.id > $1 ORDER BY m.id LIMIT $2`, n.before.message, newsLimit)
	return err
}

// Notice is one thing to be told to one channel.
type Notice struct {
	ID, Channel int64
	Kind        NoticeKind
	Ticket      int64  // number; 0 for none
	Detail      string // sentences, one on each line, or what a webhook is sent
	Code        string // of a webhook: the same on every attempt
	At          time.Time
	DueAt       time.Time

	// What its ticket is when it is told; Gone when there is none any more.
	Title, Name string
	Priority    ticket.Priority
	Answered    bool
	Gone        bool
}

// PlanNotices stores the notices that n was made into and reports whether it did:
// not when another server was faster. It sets their IDs; one whose channel is gone
// gets none.
func (s *Store) PlanNotices(ctx context.Context, n News, notices []Notice) (planned bool, err error) {
	if n.after == n.before && len(n.events) == 0 {
		return false, nil
	}
	err = s.write(ctx, "plan notices", func(t *tx) error {
		planned, err = t.changed(`
			UPDATE notice_settings SET ticket_cursor = $2, wait_cursor = $3, message_cursor = $4
			WHERE business_id = $1 AND ticket_cursor = $5 AND wait_cursor = $6 AND message_cursor = $7`,
			n.Business, n.after.ticket, n.after.wait, n.after.message, n.before.ticket, n.before.wait, n.before.message)
		if err != nil || !planned {
			return err
		}
		for _, id := range n.events {
			if gone, err := t.changed(`DELETE FROM notice_events WHERE id = $1`, id); err != nil || !gone {
				planned = false
				return errOthersPlanned(err)
			}
		}
		for i, w := range notices {
			notices[i].ID, err = t.add(`
				INSERT INTO notices (business_id, channel_id, kind, ticket, detail, code, at, due_at)
				SELECT business_id, id, $3, $4, $5, $6, $7, $8 FROM channels WHERE id = $1 AND business_id = $2 AND `+listening,
				w.Channel, n.Business, w.Kind, w.Ticket, clean(w.Detail), w.Code, millis(w.At), millis(w.DueAt))
			if err != nil {
				return err
			}
		}
		return nil
	})
	return planned, err
}

// errOthersPlanned takes a transaction back whose events another server has made
// notices of.
func errOthersPlanned(err error) error {
	if err != nil {
		return err
	}
	return ticket.NewError(ticket.CodeConflict, "Otro servidor ya preparó estos avisos.")
}

const noticeColumns = `n.id, n.channel_id, n.kind, n.ticket, n.detail, n.code, n.at, n.due_at, COALESCE(t.title, ''),
	COALESCE(CASE WHEN c.given_name <> '' THEN c.given_name ELSE c.name END, ''), COALESCE(t.priority, ''),
	COALESCE(t.first_answer_at, 0) > 0 OR COALESCE(t.status, '') NOT IN ('', 'pending'), t.id IS NULL
	FROM notices n LEFT JOIN tickets t ON t.business_id = n.business_id AND t.number = n.ticket LEFT JOIN contacts c ON c.id = t.contact_id`

func scanNotice(row scanner) (n Notice, err error) {
	var at, due int64
	err = row.Scan(&n.ID, &n.Channel, &n.Kind, &n.Ticket, &n.Detail, &n.Code, &at, &due, &n.Title, &n.Name, &n.Priority, &n.Answered, &n.Gone)
	n.At, n.DueAt = instant(at), instant(due)
	return n, err
}

// DueNotices returns what is to be told to a channel by now, in the order in
// which it happened, at most 500, and when more is due; zero when nothing else
// waits.
func (s *Store) DueNotices(ctx context.Context, channel int64) (due []Notice, next time.Time, err error) {
	now := s.now().UnixMilli()
	due, err = list(ctx, s.reader, scanNotice, `SELECT `+noticeColumns+` WHERE n.channel_id = $1 AND n.due_at <= $2 ORDER BY n.id LIMIT $3`, channel, now, noticeLimit)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("list due notices: %w", explain(err))
	}
	var at int64
	err = s.reader.QueryRowContext(ctx, `SELECT COALESCE(MIN(due_at), 0) FROM notices WHERE channel_id = $1 AND due_at > $2`, channel, now).Scan(&at)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("find next notice: %w", explain(err))
	}
	return due, instant(at), nil
}

// Notice returns one of a business; ok is false when it is not there any more.
func (s *Store) Notice(ctx context.Context, row Row) (n Notice, ok bool, err error) {
	found, err := list(ctx, s.reader, scanNotice, `SELECT `+noticeColumns+` WHERE n.business_id = $1 AND n.id = $2`, row.Business, row.ID)
	if err != nil {
		return Notice{}, false, fmt.Errorf("load notice: %w", explain(err))
	}
	if len(found) == 0 {
		return Notice{}, false, nil
	}
	return found[0], true, nil
}

// NoticesTold forgets notices that reached their channel, and notes that until
// next what happens is to be gathered.
func (s *Store) NoticesTold(ctx context.Context, channel int64, told []Notice, next time.Time) error {
	return s.write(ctx, "note notices told", func(t *tx) error {
		if err := t.forget(told); err != nil {
			return err
		}
		if err := t.exec(`UPDATE notices SET due_at = $2 WHERE channel_id = $1 AND due_at > $3 AND due_at < $2`, channel, millis(next), t.now); err != nil {
			return err
		}
		return t.worked(channel, next)
	})
}

// DropNotices forgets notices that will not be told.
func (s *Store) DropNotices(ctx context.Context, notices []Notice) error {
	return s.write(ctx, "drop notices", func(t *tx) error { return t.forget(notices) })
}

func (t *tx) forget(notices []Notice) error {
	for _, n := range notices {
		if err := t.exec(`DELETE FROM notices WHERE id = $1`, n.ID); err != nil {
			return err
		}
	}
	return nil
}

// DueChannels returns the channels of people for which something is due.
func (s *Store) DueChannels(ctx context.Context) ([]Row, error) {
	rows, err := list(ctx, s.reader, scanRow, `
		SELECT DISTINCT n.business_id, n.channel_id FROM notices n JOIN channels c ON c.id = n.channel_id
		WHERE c.kind <> 'webhook' AND n.due_at <= $1 LIMIT $2`, s.now().UnixMilli(), wishLimit)
	if err != nil {
		return nil, fmt.Errorf("list due channels: %w", explain(err))
	}
	return rows, nil
}

// DueDeliveries returns the notices that webhooks are to be sent, the oldest first.
func (s *Store) DueDeliveries(ctx context.Context) ([]Row, error) {
	rows, err := list(ctx, s.reader, scanRow, `
		SELECT n.business_id, n.id FROM notices n JOIN channels c ON c.id = n.channel_id WHERE c.kind = 'webhook' ORDER BY n.id LIMIT $1`, wishLimit)
	if err != nil {
		return nil, fmt.Errorf("list due deliveries: %w", explain(err))
	}
	return rows, nil
}
