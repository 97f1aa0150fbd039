package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

const (
	// completedBy is the most words of which one that is looked for may be a part;
	// a part of more is so common that walking from the newest customer on finds
	// enough at once.
	completedBy = 200
	// unindexed is how many customers, new or renamed, may be looked at one by one
	// because the index does not know them yet.
	unindexed = 1000
)

// customerSearch is one call of Customers.
type customerSearch struct {
	*Store
	business int64
	words    []string // as search keys have them
	blocked  bool
	limit    int
}

// page returns customers with ids below before, the newest first, and where the
// next page begins.
func (r *customerSearch) page(ctx context.Context, before int64) (CustomerPage, error) {
	wanted, fresh, err := r.narrow(ctx)
	if err != nil {
		return CustomerPage{}, err
	}
	if wanted == nil {
		all, err := r.rows(ctx, before, "")
		return r.cut(all, 0), err
	}
	var all []Customer
	low := before
	for range hitSteps {
		ids, err := r.find(ctx, "contact_words", wanted.match(r.postgres), low, hitsAtOnce)
		if err != nil {
			return CustomerPage{}, err
		}
		high := low
		if low = 0; len(ids) == hitsAtOnce {
			low = ids[len(ids)-1]
		}
		for _, id := range fresh {
			if id < high && id >= low {
				ids = append(ids, id)
			}
		}
		if len(ids) > 0 {
			some, err := r.rows(ctx, high, numbers(ids))
			if err != nil {
				return CustomerPage{}, err
			}
			all = append(all, some...)
		}
		if low == 0 || len(all) > r.limit {
			break
		}
	}
	return r.cut(all, low), nil
}

// cut makes a page of what was found down to low.
func (r *customerSearch) cut(all []Customer, low int64) CustomerPage {
	page := CustomerPage{Customers: all}
	if len(all) > r.limit {
		page.Customers, low = all[:r.limit], all[r.limit-1].ID
	}
	if low > 0 {
		page.Next = strconv.FormatInt(low, 10)
	}
	return page
}

// rows reads customers that have everything asked for, of some ids or of all.
func (r *customerSearch) rows(ctx context.Context, before int64, ids string) ([]Customer, error) {
	query, args := r.query(before, ids)
	return list(ctx, r.reader, scanCustomer, query, args...)
}

func (r *customerSearch) query(before int64, ids string) (string, []any) {
	conditions, args := []string{`c.id < $2`}, []any{r.business, before, r.limit + 1}
	columns := customerColumns
	if !r.blocked {
		// The sign keeps the rows from being read off another index and sorted, all of
		// them with their tickets counted.
		columns = strings.Replace(columns, "c.business_id =", "+c.business_id =", 1)
	}
	if ids != "" {
		conditions = append(conditions, `c.id IN (`+ids+`)`)
	}
	if r.blocked {
		conditions = append(conditions, `c.blocked_at > 0`)
	}
	for _, word := range r.words {
		args = append(args, "%"+word+"%")
		conditions = append(conditions, `c.search_key LIKE $`+strconv.Itoa(len(args)))
	}
	return columns + strings.Join(conditions, ` AND `) + ` ORDER BY c.id DESC LIMIT $3`, args
}

// narrow returns what the index of words is asked so that few customers remain to
// be looked at, and the ids of those it does not know yet. Nil: walking is as
// good, or the index is not whole.
func (r *customerSearch) narrow(ctx context.Context) (allOf, []int64, error) {
	all := allOf{{businessWord(strconv.FormatInt(r.business, 10))}}
	for _, word := range r.words {
		some, err := r.having(ctx, word)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, some...)
	}
	if len(all) == 1 {
		return nil, nil, nil
	}
	fresh, whole, err := r.fresh(ctx)
	if err != nil || !whole {
		return nil, nil, err
	}
	return all, fresh, nil
}

// having returns what contacts with word in a name or a number have in the index;
// nothing when too many have it. Of a name that is a number all of it counts.
func (r *customerSearch) having(ctx context.Context, word string) (allOf, error) {
	known, err := list(ctx, r.reader, scanText, `SELECT word FROM vocabulary WHERE what = $1 AND word LIKE $2 LIMIT $3`, ofContacts, "%"+word+"%", completedBy+1)
	if err != nil || len(known) > completedBy {
		return nil, err
	}
	if isTyped(word) {
		return allOf{append(known, word)}, nil
	}
	var all allOf
	for _, g := range grams(word) {
		all = append(all, append(slices.Clip(known), word, g))
	}
	return all, nil
}

// fresh returns the ids of the contacts that the index has not come to or that
// have other words now; whole is false when they are too many.
func (r *customerSearch) fresh(ctx context.Context) (ids []int64, whole bool, err error) {
	var low, high int64
	if _, err := one(r.reader.QueryRowContext(ctx, `SELECT low, high FROM word_progress WHERE what = $1`, ofContacts), &low, &high); err != nil {
		return nil, false, err
	}
	if low > 1 {
		return nil, false, nil
	}
	for _, query := range []string{
		`SELECT id FROM contacts WHERE id > $1 ORDER BY id LIMIT $2`,
		`SELECT changed FROM word_changes WHERE what = 'contact' AND changed <= $1 ORDER BY id LIMIT $2`,
	} {
		some, err := list(ctx, r.reader, scanID, query, high, unindexed)
		if err != nil || len(some) == unindexed {
			return nil, false, err
		}
		ids = append(ids, some...)
	}
	return ids, true, nil
}
