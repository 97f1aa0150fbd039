package store

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"mostrador/internal/server/words"
	"mostrador/internal/ticket"
)

const (
	// hitsAtOnce messages are looked at in one step of a search, and at most
	// hitSteps times that for one page: a page may come out short for it. Of
	// contacts, which are looked at faster, each step takes hitGrowth times the one
	// before it.
	hitsAtOnce = 100
	hitSteps   = 4
	hitGrowth  = 4
	// contactsFound and contactTickets bound what a search by a common name
	// brings; the newest of each count.
	contactsFound  = 200
	contactTickets = 500
)

// FoundBy says in what the words of a search were found.
type FoundBy string

// Values of FoundBy.
const (
	FoundByNumber  FoundBy = "number"
	FoundByMessage FoundBy = "message"
	FoundByContact FoundBy = "contact" // name or phone number
)

// Found is a ticket that a search brought.
type Found struct {
	Listed

	By      FoundBy
	Message int64         // id of the newest message that has the words; 0 unless By says so
	Snippet []words.Piece // where they are, or the beginning of the ticket's description
}

// FoundPage is one page of Found, whose newest hit comes first.
type FoundPage struct {
	Tickets []Found
	Next    string // for Filter.Before; empty on the last page
}

// hit is a ticket on its way into a FoundPage.
type hit struct {
	key    int64 // id of a message: the order of hits
	number int64 // of the ticket
	by     FoundBy
	text   string
}

// Search finds the tickets that f lets through and that have every word of q in
// one message, or in the name and phone number of their contact, or that have
// the number q is. A ticket may be on several pages, by different messages. What
// the index of words has not come to is not found. A query without words finds
// nothing; a cursor that no page gave is CodeInvalid.
func (s *Store) Search(ctx context.Context, business int64, q words.Query, f Filter) (FoundPage, error) {
	before := int64(math.MaxInt64)
	if f.Before != "" {
		n, err := strconv.ParseInt(f.Before, 10, 64)
		if err != nil || n <= 0 {
			return FoundPage{}, ticket.NewError(ticket.CodeInvalid, "La página pedida no existe.")
		}
		before = n
	}
	if len(q.Words) == 0 {
		return FoundPage{Tickets: []Found{}}, nil
	}
	limit := f.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	r := search{Store: s, business: business, q: q, f: f, limit: min(limit, maxLimit)}
	page, err := r.page(ctx, before)
	if err != nil {
		return FoundPage{}, fmt.Errorf("search tickets: %w", explain(err))
	}
	return page, nil
}

// search is one Search.
type search struct {
	*Store
	business int64
	q        words.Query
	f        Filter
	limit    int
}

func (r *search) page(ctx context.Context, before int64) (FoundPage, error) {
	hits, low, err := r.messages(ctx, before)
	if err != nil {
		return FoundPage{}, err
	}
	people, err := r.contacts(ctx)
	if err != nil {
		return FoundPage{}, err
	}
	for _, h := range people {
		if h.key < before && h.key >= low {
			hits = append(hits, h)
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.key, a.key) })
	hits = newestOfEach(hits)
	page := FoundPage{}
	if len(hits) > r.limit {
		hits = hits[:r.limit]
		low = hits[r.limit-1].key
	}
	if low > 0 {
		page.Next = strconv.FormatInt(low, 10)
	}
	if before == math.MaxInt64 {
		if hits, err = r.withNumber(ctx, hits); err != nil {
			return FoundPage{}, err
		}
	}
	page.Tickets, err = r.load(ctx, hits)
	return page, err
}

// newestOfEach keeps the first hit of each ticket.
func newestOfEach(hits []hit) []hit {
	known := map[int64]bool{}
	return slices.DeleteFunc(hits, func(h hit) bool {
		again := known[h.number]
		known[h.number] = true
		return again
	})
}

// messages returns hits in messages below an id, the newest first, of at least as
// many tickets as a page holds unless there are fewer. low is the lowest id that
// was looked at, 0 when there is nothing below.
func (r *search) messages(ctx context.Context, before int64) (hits []hit, low int64, err error) {
	wanted, err := r.inMessages(ctx)
	if err != nil {
		return nil, 0, err
	}
	match := wanted.match(r.postgres)
	low = before
	tickets := map[int64]bool{}
	for range hitSteps {
		ids, err := r.find(ctx, "message_words", match, low, hitsAtOnce)
		if err != nil {
			return nil, 0, err
		}
		some, err := r.inTickets(ctx, ids)
		if err != nil {
			return nil, 0, err
		}
		for _, h := range some {
			tickets[h.number] = true
		}
		hits = append(hits, some...)
		if len(ids) < hitsAtOnce {
			return hits, 0, nil
		}
		if low = ids[len(ids)-1]; len(tickets) > r.limit {
			break
		}
	}
	return hits, low, nil
}

// inTickets returns those of some messages whose tickets the filter lets through.
func (r *search) inTickets(ctx context.Context, messages []int64) ([]hit, error) {
	if len(messages) == 0 {
		return nil, nil
	}
	c := r.conditions()
	return list(ctx, r.reader, scanHit(FoundByMessage), r.messagesQuery(messages, c), c.args...)
}

func (r *search) messagesQuery(messages []int64, c *conditions) string {
	return `
		SELECT m.id, t.number, CASE WHEN m.body <> '' THEN m.body ELSE m.transcription END, COALESCE((SELECT MIN(a.name) FROM attachments a WHERE a.message_id = m.id), '')
		FROM messages m CROSS JOIN tickets t WHERE m.id IN (` + numbers(messages) + `) AND t.id = m.ticket_id AND ` + c.where() + ` ORDER BY m.id DESC`
}

// contacts returns a hit for each ticket of the contacts that have the words, as
// new as its last message.
func (r *search) contacts(ctx context.Context) ([]hit, error) {
	wanted, digits, err := r.inContacts(ctx)
	if err != nil || wanted == nil {
		return nil, err
	}
	var ids []int64
	low, most := int64(math.MaxInt64), contactsFound
	for range hitSteps {
		some, err := r.find(ctx, "contact_words", wanted.match(r.postgres), low, most)
		if err != nil {
			return nil, err
		}
		having, err := r.withDigits(ctx, some, digits)
		if err != nil {
			return nil, err
		}
		ids = append(ids, having...)
		if len(some) < most || len(ids) >= contactsFound {
			break
		}
		low, most = some[most-1], most*hitGrowth
	}
	if len(ids) == 0 {
		return nil, nil
	}
	ids = ids[:min(len(ids), contactsFound)]
	c := r.conditions()
	return list(ctx, r.reader, scanHit(FoundByContact), r.contactsQuery(ids, c), c.args...)
}

// withDigits keeps the contacts, at most contactsFound and the newest first, that
// have all the digits in a row: the index knows only that they have each few of
// them.
func (r *search) withDigits(ctx context.Context, contacts []int64, digits []string) ([]int64, error) {
	if len(contacts) == 0 || len(digits) == 0 {
		return contacts, nil
	}
	c := &conditions{}
	for _, part := range digits {
		c.contain(part)
	}
	return list(ctx, r.reader, scanID, `SELECT c.id FROM contacts c WHERE c.id IN (`+numbers(contacts)+`) AND `+c.where()+` ORDER BY c.id DESC LIMIT `+strconv.Itoa(contactsFound), c.args...)
}

func (r *search) contactsQuery(contacts []int64, c *conditions) string {
	// The signs keep the rows and their order from being read off another index.
	where := strings.Replace(c.where(), "t.business_id =", "+t.business_id =", 1)
	return `
		SELECT COALESCE((SELECT MAX(m.id) FROM messages m WHERE m.ticket_id = t.id), 1), t.number, t.description, ''
		FROM tickets t WHERE t.contact_id IN (` + numbers(contacts) + `) AND ` + where + ` ORDER BY +t.number DESC LIMIT ` + strconv.Itoa(contactTickets)
}

// conditions are the filter's, for a ticket t.
func (r *search) conditions() *conditions {
	c := &conditions{}
	c.add("t.business_id = %s", r.business)
	c.any("t.status", texts(r.f.Statuses)...)
	c.match(r.f)
	return c
}

func scanHit(by FoundBy) func(scanner) (hit, error) {
	return func(row scanner) (hit, error) {
		h := hit{by: by}
		var file string
		err := row.Scan(&h.key, &h.number, &h.text, &file)
		h.text = strings.TrimSpace(h.text + " " + file)
		return h, err
	}
}

// withNumber puts the ticket before hits whose number the query is.
func (r *search) withNumber(ctx context.Context, hits []hit) ([]hit, error) {
	number, err := strconv.ParseInt(r.q.Words[0], 10, 64)
	if err != nil || len(r.q.Words) > 1 {
		return hits, nil //nolint:nilerr // what is no number is no ticket's
	}
	c := r.conditions()
	c.add("t.number = %s", number)
	found, err := list(ctx, r.reader, scanHit(FoundByNumber), numberQuery(c), c.args...)
	return newestOfEach(append(found, hits...)), err
}

func numberQuery(c *conditions) string {
	return `SELECT 0, t.number, t.description, '' FROM tickets t WHERE ` + c.where()
}

// load fetches what a list shows of hits, in their order.
func (r *search) load(ctx context.Context, hits []hit) ([]Found, error) {
	found := make([]Found, 0, len(hits))
	if len(hits) == 0 {
		return found, nil
	}
	wanted := make([]int64, len(hits))
	for i, h := range hits {
		wanted[i] = h.number
	}
	all, err := list(ctx, r.reader, scanListed, listedColumns+`t.number IN (`+numbers(wanted)+`)`, r.business)
	if err != nil {
		return nil, err
	}
	byNumber := map[int64]Listed{}
	for _, l := range all {
		byNumber[l.Number] = l
	}
	for _, h := range hits {
		l, ok := byNumber[h.number]
		if !ok {
			continue // gone meanwhile
		}
		f := Found{Listed: l, By: h.by, Snippet: r.q.Snippet(h.text)}
		if h.by == FoundByMessage {
			f.Message = h.key
		}
		found = append(found, f)
	}
	return found, nil
}

// numbers is ids as SQL.
func numbers(ids []int64) string {
	text := make([]string, len(ids))
	for i, id := range ids {
		text[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(text, ", ")
}
