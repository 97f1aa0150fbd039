package store

import (
	"context"
	"strconv"
	"strings"
)

// unindexed is how many customers, new or renamed, may be looked at one by one
// because the index does not know them yet.
const unindexed = 1000

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
	low, most := before, hitsAtOnce
	for range hitSteps {
		ids, err := r.find(ctx, "contact_words", wanted.match(r.postgres), low, most)
		if err != nil {
			return CustomerPage{}, err
		}
		high := low
		if low = 0; len(ids) == most {
			low = ids[most-1]
		}
		most *= hitGrowth
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
	c := &conditions{args: []any{r.business}}
	c.add("c.id < %s", before)
	columns := customerColumns
	if !r.blocked {
		// The sign keeps the rows from being read off another index and sorted, all of
		// them with their tickets counted.
		columns = strings.Replace(columns, "c.business_id =", "+c.business_id =", 1)
	}
	if ids != "" {
		c.text = append(c.text, `c.id IN (`+ids+`)`)
	}
	if r.blocked {
		c.text = append(c.text, `c.blocked_at > 0`)
	}
	for _, word := range r.words {
		c.contain(word)
	}
	return columns + c.where() + ` ORDER BY c.id DESC LIMIT ` + strconv.Itoa(r.limit+1), c.args
}

// narrow returns what the index of words is asked so that few customers remain to
// be looked at, and the ids of those it does not know yet. Nil: walking is as
// good, or the index is not whole.
func (r *customerSearch) narrow(ctx context.Context) (all allOf, fresh []int64, err error) {
	for _, word := range r.words {
		for _, part := range covering(strconv.FormatInt(r.business, 10), word) {
			all = append(all, []string{part})
		}
	}
	if all == nil {
		return nil, nil, nil
	}
	fresh, whole, err := r.fresh(ctx)
	if err != nil || !whole {
		return nil, nil, err
	}
	return all, fresh, nil
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
