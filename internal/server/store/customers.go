package store

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"mostrador/internal/ticket"
)

// Customer is a contact as the shop keeps it.
type Customer struct {
	ticket.Contact // its Name is WhatsApp's own

	Given       string    // what the shop calls them; empty for WhatsApp's name
	BlockedAt   time.Time // zero unless blocked
	FirstSeen   time.Time
	LastChanged time.Time // of any of their tickets; zero without any
	Tickets     int
}

// Shown is what the customer is called at the counter.
func (c Customer) Shown() string {
	if c.Given != "" {
		return c.Given
	}
	return c.Name
}

// shownName is what a contact is called at the counter, as an expression on its
// row c.
const shownName = `CASE WHEN c.given_name <> '' THEN c.given_name ELSE c.name END`

// CustomerFilter chooses customers.
type CustomerFilter struct {
	Limit   int    // at most this many; 0 means 50, and 500 is the most
	Before  string // a CustomerPage's Next: go on from there
	Search  string // words, or parts of them, of a name or a number
	Blocked bool   // only those
}

// CustomerPage is one page of customers, the newest first.
type CustomerPage struct {
	Customers []Customer
	Next      string // for CustomerFilter.Before; empty on the last page
}

const customerColumns = `
	SELECT c.id, c.name, c.phone, COALESCE(c.lid, ''), c.chat, c.is_group, c.given_name, c.blocked_at, c.created_at,
		(SELECT COUNT(*) FROM tickets t WHERE t.contact_id = c.id),
		COALESCE((SELECT MAX(t.updated_at) FROM tickets t WHERE t.contact_id = c.id), 0)
	FROM contacts c WHERE c.business_id = $1 AND `

func scanCustomer(row scanner) (c Customer, err error) {
	var blocked, created, changed int64
	err = row.Scan(&c.ID, &c.Name, &c.Phone, &c.LID, &c.Chat, &c.Group, &c.Given, &blocked, &created, &c.Tickets, &changed)
	c.BlockedAt, c.FirstSeen, c.LastChanged = instant(blocked), instant(created), instant(changed)
	return c, err
}

// Customers returns one page of a business's customers, the newest first. A page
// of a search may hold fewer than the limit and still have a Next. A cursor that
// no page gave is CodeInvalid.
func (s *Store) Customers(ctx context.Context, business int64, f CustomerFilter) (CustomerPage, error) {
	before, err := cursor(f.Before)
	if err != nil {
		return CustomerPage{}, err
	}
	r := customerSearch{Store: s, business: business, words: searchWords(f.Search), blocked: f.Blocked, limit: pageSize(f.Limit)}
	page, err := r.page(ctx, before)
	if err != nil {
		return CustomerPage{}, fmt.Errorf("list customers: %w", explain(err))
	}
	return page, nil
}

// cursor reads where a page begins; empty is the first one.
func cursor(text string) (int64, error) {
	if text == "" {
		return math.MaxInt64, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return 0, ticket.NewError(ticket.CodeInvalid, "La página pedida no existe.")
	}
	return n, nil
}

func pageSize(limit int) int {
	if limit <= 0 {
		limit = defaultLimit
	}
	return min(limit, maxLimit)
}

var errNoCustomer = ticket.NewError(ticket.CodeNotFound, "Cliente no encontrado")

// Customer returns one customer, or CodeNotFound.
func (s *Store) Customer(ctx context.Context, business, id int64) (Customer, error) {
	all, err := list(ctx, s.reader, scanCustomer, customerColumns+`c.id = $2`, business, id)
	if err != nil {
		return Customer{}, fmt.Errorf("load customer: %w", explain(err))
	}
	if len(all) == 0 {
		return Customer{}, errNoCustomer
	}
	return all[0], nil
}

// CustomerGroups returns the groups in which a customer wrote, without counts.
func (s *Store) CustomerGroups(ctx context.Context, business, id int64) ([]ticket.Contact, error) {
	groups, err := list(ctx, s.reader, func(row scanner) (c ticket.Contact, err error) {
		c.Group = true
		err = row.Scan(&c.ID, &c.Name, &c.Chat)
		return c, err
	}, `SELECT DISTINCT g.id, g.name, g.chat FROM contacts c
		JOIN messages m ON m.business_id = c.business_id AND m.author_key <> '' AND (m.author_key = c.lid OR m.author_key = c.phone_key)
		JOIN contacts g ON g.id = m.contact_id AND g.is_group
		WHERE c.business_id = $1 AND c.id = $2 AND NOT c.is_group ORDER BY g.id`, business, id)
	if err != nil {
		return nil, fmt.Errorf("find groups: %w", explain(err))
	}
	return groups, nil
}

// CustomerTickets returns one page of a customer's tickets, the newest first;
// only Limit and Before of the filter count.
func (s *Store) CustomerTickets(ctx context.Context, business, id int64, f Filter) (Page, error) {
	before, err := cursor(f.Before)
	if err != nil {
		return Page{}, err
	}
	limit := pageSize(f.Limit)
	all, err := list(ctx, s.reader, scanListed, listedColumns+`t.contact_id = $2 AND t.number < $3 ORDER BY t.number DESC LIMIT $4`,
		business, id, before, limit+1)
	if err != nil {
		return Page{}, fmt.Errorf("list a customer's tickets: %w", explain(err))
	}
	page := Page{Tickets: all}
	if len(all) > limit {
		page.Tickets = all[:limit]
		page.Next = strconv.FormatInt(all[limit-1].Number, 10)
	}
	return page, nil
}

// mostWords of a search count.
const mostWords = 6

// searchWords returns the words of a search as search keys have them.
func searchWords(text string) []string {
	words := strings.Fields(searchKey(clean(text)))
	if number, ok := oneNumber(strings.Join(words, "")); ok {
		return []string{number}
	}
	return words[:min(len(words), mostWords)]
}
