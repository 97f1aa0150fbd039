package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"mostrador/internal/ticket"
)

// Page sizes of Tickets.
const (
	defaultLimit = 50
	maxLimit     = 500
)

// defaultStretch is how many tickets one page looks at when no index knows which
// of them match. A page may come out short, or empty, for that; its Next goes on.
const defaultStretch = 10_000

// Nobody as Filter.Assignee are the tickets that no one has.
const Nobody = -1

// Filter chooses tickets. Every condition that is set has to be met; of several
// values of one condition any.
type Filter struct {
	Limit  int    // at most this many; 0 means 50, and 500 is the most
	Before string // a Page's Next: go on from there

	Statuses   []ticket.Status
	Categories []string
	Priorities []ticket.Priority
	Assignee   int64     // user id, or Nobody; 0: whoever has it
	Contact    int64     // contact id
	From       time.Time // opened at this time or later
	Until      time.Time // opened before
	Photo      *bool     // with, or without, a picture
	Unread     bool      // only those with messages that nobody answered
}

// bare is f without what only says which page.
func (f Filter) bare() Filter {
	f.Limit, f.Before = 0, ""
	return f
}

// OnlyStatuses reports that f asks for nothing but a status, if that.
func (f Filter) OnlyStatuses() bool {
	return len(f.Categories)+len(f.Priorities) == 0 && f.Assignee == 0 && f.Contact == 0 && f.From.IsZero() && f.Until.IsZero() && f.Photo == nil && !f.Unread
}

// conditions collects SQL that is joined by AND, with the arguments it names.
type conditions struct {
	text []string
	args []any
}

// arg returns the placeholder of a value.
func (c *conditions) arg(v any) string {
	c.args = append(c.args, v)
	return "$" + strconv.Itoa(len(c.args))
}

func (c *conditions) add(format string, v any) {
	c.text = append(c.text, fmt.Sprintf(format, c.arg(v)))
}

// any adds that column has one of the values.
func (c *conditions) any(column string, values ...string) {
	if len(values) == 0 {
		return
	}
	holders := make([]string, len(values))
	for i, v := range values {
		holders[i] = c.arg(v)
	}
	c.text = append(c.text, column+" IN ("+strings.Join(holders, ", ")+")")
}

// where is the conditions as SQL.
func (c *conditions) where() string { return strings.Join(c.text, " AND ") }

// match adds what f asks of a ticket t, other than its status and its number.
func (c *conditions) match(f Filter) {
	c.any("t.category", f.Categories...)
	c.any("t.priority", texts(f.Priorities)...)
	if len(f.Priorities) > 0 && !slices.Contains(f.Priorities, ticket.PriorityNormal) {
		c.text = append(c.text, "t.priority <> 'normal'") // in the words of the index
	}
	switch {
	case f.Assignee == Nobody:
		c.text = append(c.text, "t.assignee_id IS NULL")
	case f.Assignee != 0:
		c.add("t.assignee_id = %s", f.Assignee)
	}
	if f.Contact != 0 {
		c.add("t.contact_id = %s", f.Contact)
	}
	if !f.From.IsZero() {
		c.add("t.created_at >= %s", millis(f.From))
	}
	if !f.Until.IsZero() {
		c.add("t.created_at < %s", millis(f.Until))
	}
	if f.Photo != nil {
		c.text = append(c.text, "t.photo "+map[bool]string{true: "<>", false: "="}[*f.Photo]+" ''")
	}
	if f.Unread {
		c.text = append(c.text, "t.unread > 0")
	}
}

func texts[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}

// bounds are the numbers a page may look at: from low on, below high. rest says
// that there are others below low for the next page.
type bounds struct {
	low, high int64
	rest      bool
}

// Tickets returns one page of a business's tickets, the newest first. A page may
// hold fewer than the limit and still have a Next: the rarer what a filter asks
// for, the more pages it takes, each as quick as any other. A cursor that no page
// gave is CodeInvalid.
func (s *Store) Tickets(ctx context.Context, business int64, f Filter) (Page, error) {
	b, err := s.boundsOf(ctx, business, f)
	if err != nil {
		return Page{}, fmt.Errorf("list tickets: %w", explain(err))
	}
	limit := f.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, maxLimit)
	query, args := pageQuery(business, f, b, limit+1) // one more tells whether there is a next page
	all, err := list(ctx, s.reader, scanListed, query, args...)
	if err != nil {
		return Page{}, fmt.Errorf("list tickets: %w", explain(err))
	}
	page := Page{Tickets: all}
	switch {
	case len(all) > limit:
		page.Tickets = all[:limit]
		page.Next = strconv.FormatInt(all[limit-1].Number, 10)
	case b.rest:
		page.Next = strconv.FormatInt(b.low, 10)
	}
	return page, nil
}

// pageQuery finds the numbers first, each status by itself, as each has them in
// order; what a list shows is fetched for those alone.
func pageQuery(business int64, f Filter, b bounds, limit int) (query string, args []any) {
	c := conditions{args: []any{business, b.high, b.low, limit}}
	c.match(f)
	branches := []string{""}
	if len(f.statuses()) > 0 {
		branches = nil
		for _, status := range f.statuses() {
			branches = append(branches, "t.status = "+c.arg(status))
		}
	}
	hidden := ""
	if f.Contact != 0 {
		hidden = "+" // an index on these would be taken, and all it leads to be looked at
	}
	for i, branch := range branches {
		where := strings.Join(slices.DeleteFunc([]string{branch, c.where()}, func(part string) bool { return part == "" }), " AND ")
		if where != "" {
			where = " AND " + where
		}
		branches[i] = fmt.Sprintf(`SELECT number FROM (SELECT t.number FROM tickets t WHERE %[3]st.business_id = $1 AND %[3]st.number < $2 AND %[3]st.number >= $3%[1]s
			ORDER BY %[3]st.number DESC LIMIT $4) AS branch%[2]d`, where, i, hidden)
	}
	query = listedColumns + `t.number IN (SELECT number FROM (` + strings.Join(branches, " UNION ALL ") + `) AS found ORDER BY number DESC LIMIT $4) ORDER BY t.number DESC`
	return query, c.args
}

// statuses are those that a ticket may have which f lets through; none means all.
func (f Filter) statuses() []ticket.Status {
	wanted := f.Statuses
	if len(wanted) == 0 && f.Unread {
		// Whoever resolves a ticket has read it.
		wanted = slices.DeleteFunc(ticket.Statuses(), func(s ticket.Status) bool { return s == ticket.StatusResolved })
	}
	if len(wanted) == len(ticket.Statuses()) {
		return nil
	}
	return wanted
}

// boundsOf says which numbers a page looks at: all below the cursor where an
// index leads straight to what matches, a stretch of them elsewhere.
func (s *Store) boundsOf(ctx context.Context, business int64, f Filter) (bounds, error) {
	b := bounds{low: 1, high: math.MaxInt64}
	if f.Before != "" {
		n, err := strconv.ParseInt(f.Before, 10, 64)
		if err != nil || n <= 0 {
			return bounds{}, ticket.NewError(ticket.CodeInvalid, "La página pedida no existe.")
		}
		b.high = n
	}
	if f.OnlyStatuses() {
		return b, nil
	}
	low, high, err := s.numbersWithin(ctx, business, f.From, f.Until)
	if err != nil {
		return bounds{}, err
	}
	b.low, b.high = low, min(b.high, high)
	few, err := s.few(ctx, business, f)
	if err != nil {
		return bounds{}, err
	}
	if low := b.high - s.stretch; !few && low > b.low {
		b.low, b.rest = low, true
	}
	return b, nil
}

// few reports whether an index leads to so few tickets that all may be looked at.
func (s *Store) few(ctx context.Context, business int64, f Filter) (bool, error) {
	alone := func(g Filter) bool { return g.OnlyStatuses() && len(g.Statuses) == 0 }
	if f.Contact != 0 {
		return true, nil
	}
	rest := f.bare()
	if rest.Assignee = 0; f.Assignee > 0 && alone(rest) {
		return true, nil
	}
	rest = f.bare()
	if rest.Priorities = nil; len(f.Priorities) == 1 && f.Priorities[0] != ticket.PriorityNormal && alone(rest) {
		return true, nil
	}
	if len(f.statuses()) == 0 {
		return false, nil
	}
	counts, err := s.Counts(ctx, business)
	if err != nil {
		return false, err
	}
	var n int64
	for _, status := range f.statuses() {
		n += counts[status]
	}
	return n <= s.stretch, nil
}
