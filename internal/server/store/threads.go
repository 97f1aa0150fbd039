package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mostrador/internal/ticket"
)

// Limits of what a ticket shows of a burst, in runes and in messages, so that a
// flood costs no more than a conversation. The conversation has everything.
const (
	descriptionLimit = 4000
	titleLimit       = 80
	burstLimit       = 20  // messages with text
	floodLimit       = 100 // messages of any kind, after which the description stays as it is
)

// thread is what storing a message needs to know of its ticket.
type thread struct {
	id, number  int64
	status      ticket.Status
	priority    ticket.Priority
	source      ticket.Source
	firstAnswer int64
	unread      int
	bridge      int64
	created     int64
	mergedInto  int64 // number of the ticket that has its messages now
}

const threadColumns = `id, number, status, priority, category_source, first_answer_at, unread, bridge_id, created_at, merged_into`

// dest is where threadColumns go.
func (th *thread) dest() []any {
	return []any{&th.id, &th.number, &th.status, &th.priority, &th.source, &th.firstAnswer, &th.unread, &th.bridge, &th.created, &th.mergedInto}
}

func scanThread(row scanner) (th thread, err error) {
	err = row.Scan(th.dest()...)
	return th, err
}

// find returns the first thread of a query, the zero one if there is none.
func (t *tx) find(query string, args ...any) (thread, error) {
	all, err := list(t.ctx, t.conn, scanThread, `SELECT `+threadColumns+` FROM tickets WHERE `+query, args...)
	if err != nil || len(all) == 0 {
		return thread{}, err
	}
	return all[0], nil
}

// outlook is what one look at the contact's open ticket tells. Without such a
// ticket nothing is known, and what may be there has to be asked for.
type outlook struct {
	open    thread
	repeat  bool // a message with this WhatsApp id may be there
	events  bool // events about this message may have come before it
	limited bool // replies may wait for the contact to write
}

// look finds the contact's open ticket and locks it, and learns in the same query
// what nearly every message has to know besides.
func (g *intake) look() error {
	if g.fresh {
		return nil
	}
	g.ahead = outlook{repeat: true, events: true, limited: true}
	_, err := g.row(append(g.ahead.open.dest(), &g.ahead.repeat, &g.ahead.events, &g.ahead.limited), `
		SELECT `+threadColumns+`,
			EXISTS (SELECT 1 FROM messages WHERE contact_id = $1 AND direction = 'in' AND wa_id = $2)
				OR EXISTS (SELECT 1 FROM messages WHERE contact_id = $1 AND direction = 'out' AND wa_id = $2)
				OR EXISTS (SELECT 1 FROM messages WHERE contact_id = $1 AND direction = 'event' AND wa_id = $2),
			EXISTS (SELECT 1 FROM messages WHERE contact_id = $1 AND direction = 'event' AND refers_to = $2),
			EXISTS (SELECT 1 FROM messages WHERE contact_id = $1 AND delivery = 'queued' AND hold = 'limited')
		FROM tickets WHERE contact_id = $1 AND resolved_at = 0 ORDER BY number DESC LIMIT 1`+g.lock,
		g.contact.id, nullable(g.in.WhatsAppID))
	if err != nil {
		return fmt.Errorf("find open ticket: %w", err)
	}
	return nil
}

// joinable returns the ticket a customer's message belongs to, the zero thread
// if it needs a new one. How long ago a ticket was resolved counts from when the
// message was written, as it may have waited on the laptop for days.
func (g *intake) joinable() (thread, error) {
	if g.fresh || g.in.SeparateTicket {
		return thread{}, nil
	}
	if g.ahead.open.id != 0 {
		return g.ahead.open, nil
	}
	return g.find(`contact_id = $1 AND merged_into = 0
		AND resolved_at > $2 - (SELECT join_window_ms FROM businesses WHERE id = $3)
		ORDER BY resolved_at DESC LIMIT 1`, g.contact.id, g.sentAt, g.in.Business)
}

// latest returns the contact's open ticket, or else their last one.
func (g *intake) latest() (thread, error) {
	return g.find(`contact_id = $1 AND merged_into = 0 ORDER BY CASE WHEN resolved_at = 0 THEN 0 ELSE 1 END, number DESC LIMIT 1`, g.contact.id)
}

// open makes a ticket out of its first message.
func (g *intake) open(text string) (thread, error) {
	th := thread{status: ticket.StatusPending}
	var err error
	if th.number, err = g.nextNumber(g.in.Business, g.now); err != nil {
		return thread{}, fmt.Errorf("number ticket: %w", err)
	}
	text = cut(text, descriptionLimit)
	c := g.sorted(text)
	if c.Doubt == ticket.DoubtNoText && (g.in.Kind == ticket.KindVoice || g.in.Kind == ticket.KindAudio) {
		c.Doubt = ticket.DoubtVoice
	}
	id, err := g.add(`
		INSERT INTO tickets (business_id, number, contact_id, bridge_id, title, description, status, priority, category,
			category_source, confidence, words, doubt, candidates, priority_reason, priority_words, photo, unread, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '', 1, $17, $17)`,
		g.in.Business, th.number, g.contact.id, g.in.Bridge, c.Title, text, th.status, c.Priority, c.Category,
		c.Source, c.Confidence, wordList(c.Words), c.Doubt, candidateList(c.Candidates), c.Reason, wordList(c.ReasonWords), g.now)
	if err != nil {
		return thread{}, fmt.Errorf("open ticket: %w", err)
	}
	th.id, g.out.Opened = id, !g.contact.blocked
	if !g.contact.blocked {
		return th, g.wantOpinion(id, c)
	}
	th.status = ticket.StatusResolved
	return th, g.exec(`UPDATE tickets SET status = 'resolved', resolved_at = $2, unread = 0 WHERE id = $1`, id, g.now)
}

// nextNumber counts the tickets of a business up for one opened at some time.
// RETURNING spares PostgreSQL a way to another machine, and would cost SQLite a
// temporary table.
func (t *tx) nextNumber(business, created int64) (number int64, err error) {
	count, counted := `UPDATE businesses SET last_ticket_number = last_ticket_number + 1, `+numbered+` WHERE id = $1`, `last_ticket_number`
	if t.id != "" {
		_, err = t.row([]any{&number}, count+` RETURNING `+counted, business, created)
		return number, err
	}
	if err = t.exec(count, business, created); err == nil {
		_, err = t.row([]any{&number}, `SELECT `+counted+` FROM businesses WHERE id = $1`, business)
	}
	return number, err
}

// join notes on a ticket that its customer wrote again: the message c, which is
// stored already.
func (g *intake) join(th thread, c content) error {
	g.out.Reopened = th.status == ticket.StatusResolved
	status := th.status
	switch status {
	case ticket.StatusResolved:
		status = ticket.StatusPending
	case ticket.StatusWaiting:
		status = ticket.StatusInProgress
	}
	// Apart from the rest, as each of these columns costs an index or a foreign
	// key even when its value stays.
	if status != th.status || g.in.Bridge != th.bridge {
		if err := g.exec(`UPDATE tickets SET status = $2, resolved_at = 0, bridge_id = $3 WHERE id = $1`,
			th.id, status, g.in.Bridge); err != nil {
			return err
		}
	}
	says := c.body != "" && g.in.Kind != ticket.KindUnreadable && th.unread < floodLimit
	if says && th.undecided() {
		return g.describe(th, 1)
	}
	return g.exec(`UPDATE tickets SET unread = unread + 1, updated_at = $2 WHERE id = $1`, th.id, g.now)
}

// undecided reports that nobody answered the ticket yet and no person said what
// it is about, so that its burst may be summed up again.
func (th thread) undecided() bool { return th.firstAnswer == 0 && th.source != ticket.SourcePerson }

// describe sums the burst up again after one of its messages changed, or after
// the customer wrote more of them.
func (g *intake) describe(th thread, more int) error {
	if !th.undecided() {
		return nil
	}
	text, err := g.burst(th.id)
	if err != nil {
		return err
	}
	c := g.sorted(text)
	if err := g.wantOpinion(th.id, c); err != nil {
		return err
	}
	if g.sentAt-th.created >= patience.Milliseconds() {
		insist(&c)
	}
	// Apart from the rest as in join.
	if c.Priority != th.priority {
		if err := g.exec(`UPDATE tickets SET priority = $2 WHERE id = $1`, th.id, c.Priority); err != nil {
			return err
		}
	}
	return g.exec(`
		UPDATE tickets SET description = $2, title = $3, category = $4, category_source = $5, confidence = $6,
			words = $7, doubt = $8, candidates = $9, priority_reason = $10, priority_words = $11, updated_at = $12, unread = unread + $13
		WHERE id = $1`,
		th.id, text, c.Title, c.Category, c.Source, c.Confidence, wordList(c.Words), c.Doubt, candidateList(c.Candidates),
		c.Reason, wordList(c.ReasonWords), g.now, more)
}

// patience is after how long without an answer a customer who writes again is
// asking again, rather than going on.
const patience = 12 * time.Hour

// insist raises the priority of what a customer has to ask for again.
func insist(c *ticket.Classification) {
	if c.Priority == ticket.PriorityNormal || c.Priority == ticket.PriorityLow {
		c.Priority, c.Reason, c.ReasonWords = ticket.PriorityHigh, ticket.ReasonRepeated, nil
	}
}

// burst returns what a ticket's customer wrote so far, in the order of writing.
func (t *tx) burst(ticketID int64) (string, error) {
	bodies, err := list(t.ctx, t.conn, scanText, `
		SELECT CASE WHEN body <> '' THEN body ELSE transcription END FROM messages
		WHERE ticket_id = $1 AND direction = 'in' AND kind <> 'unreadable' AND (body <> '' OR transcription <> '')
		ORDER BY sent_at, id LIMIT $2`, ticketID, burstLimit)
	if err != nil {
		return "", fmt.Errorf("read burst: %w", err)
	}
	return cut(strings.Join(bodies, "\n"), descriptionLimit), nil
}

// sorted classifies text, seeing to it that every ticket has a title.
func (g *intake) sorted(text string) ticket.Classification {
	return sorted(g.classify, g.in.Business, text)
}

func sorted(classify func(int64, string) ticket.Classification, business int64, text string) ticket.Classification {
	c := classify(business, text)
	if c.Title == "" {
		c.Title = firstLine(text)
	}
	return c
}

func scanText(row scanner) (text string, err error) {
	err = row.Scan(&text)
	return text, err
}

// wordList is words as the database keeps them.
func wordList(words []string) string {
	if len(words) == 0 {
		return "[]"
	}
	data, err := json.Marshal(words)
	if err != nil {
		return "[]"
	}
	return string(data)
}
