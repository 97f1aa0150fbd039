package store

import (
	"context"

	"mostrador/internal/server/words"
)

// Explain returns how SQLite would find what Tickets and, if q has words, Search
// ask for: one line per step of its query plans. A "SCAN" of a table in them is
// one that reads all of it.
func (s *Store) Explain(ctx context.Context, business int64, q words.Query, f Filter) ([]string, error) {
	b, err := s.boundsOf(ctx, business, f)
	if err != nil {
		return nil, err
	}
	query, args := pageQuery(business, f, b, defaultLimit)
	r := search{Store: s, business: business, q: q, f: f, limit: defaultLimit}
	c := r.conditions()
	lines, err := s.plan(ctx, query, args)
	if err != nil || len(q.Words) == 0 {
		return lines, err
	}
	queries := []string{r.messagesQuery([]int64{1, 2, 3}, c), r.contactsQuery([]int64{1, 2, 3}, c)}
	c.add("t.number = %s", 1)
	for _, query := range append(queries, numberQuery(c)) {
		some, err := s.plan(ctx, query, c.args)
		if err != nil {
			return nil, err
		}
		lines = append(lines, some...)
	}
	return lines, nil
}

func (s *Store) plan(ctx context.Context, query string, args []any) ([]string, error) {
	lines, err := list(ctx, s.reader, func(row scanner) (line string, err error) {
		var id, parent, unused int
		err = row.Scan(&id, &parent, &unused, &line)
		return line, err
	}, "EXPLAIN QUERY PLAN "+query, args...)
	return lines, wrap("explain query", err)
}
