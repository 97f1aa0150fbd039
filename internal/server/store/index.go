package store

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"mostrador/internal/server/words"
)

// What the index of words is about.
const (
	ofMessages = "message"
	ofContacts = "contact"
)

// settled is how old a row has to be on PostgreSQL before no other transaction
// can still commit one with a lower id.
const settled = time.Minute

// batchText is after how many bytes of text a batch ends, as what a transaction
// costs are the words: some hundred messages hold a few, or millions.
const batchText = 256 << 10

// fitting returns the first of items that room, in bytes, is for, and takes them
// from it; the last of them may exceed it, so that the longest fits as well.
func fitting[T any](items []T, room *int, size func(T) int) []T {
	for i, item := range items {
		if *room <= 0 {
			return items[:i]
		}
		*room -= size(item)
	}
	return items
}

// source is one kind of thing with words.
type source struct {
	what  string
	table string // of the words
	// rows selects id, created_at and texts of what has words, as text0 to text2;
	// a condition on r.id and an order follow it.
	rows string
	// split makes words of the texts.
	split func(texts [3]string) []string
}

var sources = []source{
	{
		what: ofMessages, table: "message_words",
		rows: `SELECT r.id, r.created_at, r.body || ' ' || r.transcription, COALESCE((SELECT MIN(a.name) FROM attachments a WHERE a.message_id = r.id), ''), ` + asBusinessText + `
			FROM messages r WHERE r.direction <> 'event' AND `,
		split: func(t [3]string) []string { return append(words.Split(t[0]+" "+t[1]), businessWord(t[2])) },
	},
	{
		what: ofContacts, table: "contact_words",
		rows: `SELECT r.id, r.created_at, r.name || ' ' || r.given_name, r.search_key || ' ' || COALESCE(r.phone_key, ''), ` + asBusinessText + ` FROM contacts r WHERE `,
		split: func(t [3]string) []string {
			return append(append(words.Split(t[0]), parts(t[2], t[1])...), businessWord(t[2]))
		},
	},
}

const asBusinessText = `CAST(r.business_id AS TEXT)`

// businessWord is a word that everything of a business has, and that nobody can
// type. To look for it beside the others is far cheaper than to drop what is
// another business's afterwards.
func businessWord(id string) string { return "§" + id }

// indexed is a row that has words.
type indexed struct {
	id, created int64
	texts       [3]string
}

func (r indexed) size() int { return len(r.texts[0]) + len(r.texts[1]) }

func scanIndexed(row scanner) (r indexed, err error) {
	err = row.Scan(&r.id, &r.created, &r.texts[0], &r.texts[1], &r.texts[2])
	return r, err
}

// progress is a row of word_progress.
type progress struct{ low, high int64 }

// IndexWords makes up to limit messages and as many contacts findable that were
// not yet, or have other words now, fewer if they are long, and reports whether
// there may be more. New ones come first, then the older the later. Words that
// nobody has any more it forgets. Calling it again and again keeps the index up to
// date; several servers may do so at once.
func (s *Store) IndexWords(ctx context.Context, limit int) (more bool, err error) {
	for _, src := range sources {
		some, err := s.index(ctx, src, limit)
		if err != nil {
			return false, fmt.Errorf("index words: %w", explain(err))
		}
		more = more || some
	}
	return more, nil
}

// index does IndexWords for one source. What it writes it has read before the
// transaction, which on SQLite everybody waits for.
func (s *Store) index(ctx context.Context, src source, limit int) (more bool, err error) {
	var p progress
	if _, err := one(s.reader.QueryRowContext(ctx, `SELECT low, high FROM word_progress WHERE what = $1`, src.what), &p.low, &p.high); err != nil {
		return false, err
	}
	work, err := s.outstanding(ctx, src, p, limit)
	if err != nil || work.empty() {
		return false, err
	}
	err = s.write(ctx, "write words", func(t *tx) error { return work.write(t, src) })
	return work.full, err
}

// batch is what one transaction writes into an index.
type batch struct {
	changes   []rewording
	lost      lost      // nothing in the index has these words
	rows      []indexed // in the order of their ids
	low, high int64     // progress from now on; 0 leaves it
	full      bool      // there may be more
}

// rewording is a row of word_changes: what to take out, and what to put in
// instead.
type rewording struct {
	id, row int64
	in      bool      // the index has come to it
	now     []indexed // none when it is gone
}

func (c rewording) size() int {
	n := 1
	for _, r := range c.now {
		n += r.size()
	}
	return n
}

func (b batch) empty() bool { return len(b.changes)+len(b.lost.ids)+len(b.rows) == 0 && b.low == 0 }

// outstanding reads what is to be indexed next.
func (s *Store) outstanding(ctx context.Context, src source, p progress, limit int) (b batch, err error) {
	// First: what went with these texts is among the changes, or out already.
	gone, err := s.lostTexts(ctx, src)
	if err != nil {
		return batch{}, err
	}
	changes, err := s.reworded(ctx, src, p, limit)
	if err != nil {
		return batch{}, err
	}
	room := batchText
	b.changes = fitting(changes, &room, rewording.size)
	if len(b.changes) == 0 {
		if b.lost, err = gone.nobodys(ctx, s.reader, src, s.postgres); err != nil {
			return batch{}, err
		}
	}
	rows, err := s.ahead(ctx, src, p, limit)
	if err != nil {
		return batch{}, err
	}
	b.rows = fitting(rows, &room, indexed.size)
	b.high, b.full = s.reached(b.rows), len(rows) == limit || len(changes) == limit || len(gone.ids) > 0 || room <= 0
	if len(rows) == limit || p.low <= 1 || room <= 0 {
		return b, nil
	}
	return s.older(ctx, src, p, b, limit-len(rows), room)
}

// older adds to b up to limit rows below the progress, the newest first.
func (s *Store) older(ctx context.Context, src source, p progress, b batch, limit, room int) (batch, error) {
	older, err := list(ctx, s.reader, scanIndexed, src.rows+`r.id < $1 ORDER BY r.id DESC LIMIT $2`, p.low, limit)
	if err != nil {
		return batch{}, err
	}
	b.low = 1
	all := len(older) < limit
	older = fitting(older, &room, indexed.size)
	if !all || room <= 0 {
		b.low, b.full = older[len(older)-1].id, true
	}
	slices.Reverse(older) // SQLite takes them faster in this order
	b.rows = append(older, b.rows...)
	return b, nil
}

// reworded reads the rows that have other words now. Those that the index has not
// come to yet have their new words when it does.
func (s *Store) reworded(ctx context.Context, src source, p progress, limit int) ([]rewording, error) {
	all, err := list(ctx, s.reader, func(row scanner) (c rewording, err error) {
		err = row.Scan(&c.id, &c.row)
		return c, err
	}, `SELECT id, changed FROM word_changes WHERE what = $1 ORDER BY id LIMIT $2`, src.what, limit)
	if err != nil {
		return nil, err
	}
	var in []int64
	for i, c := range all {
		// Above the progress PostgreSQL may have some that are not settled.
		if all[i].in = c.row >= p.low && (c.row <= p.high || s.postgres); all[i].in {
			in = append(in, c.row)
		}
	}
	if len(in) == 0 {
		return all, nil
	}
	rows, err := list(ctx, s.reader, scanIndexed, src.rows+`r.id IN (`+numbers(in)+`)`)
	now := map[int64][]indexed{}
	for _, r := range rows {
		now[r.id] = []indexed{r}
	}
	for i, c := range all {
		if c.in {
			all[i].now = now[c.row]
		}
	}
	return all, err
}

// ahead returns the oldest rows above the progress that have no words yet.
func (s *Store) ahead(ctx context.Context, src source, p progress, limit int) ([]indexed, error) {
	query := src.rows + `r.id > $1 `
	if s.postgres {
		// Those that were not settled yet are met again.
		query += `AND NOT EXISTS (SELECT 1 FROM ` + src.table + ` w WHERE w.rowid = r.id) `
	}
	return list(ctx, s.reader, scanIndexed, query+`ORDER BY r.id LIMIT $2`, p.high, limit)
}

// reached is how far the progress goes once rows are in.
func (s *Store) reached(rows []indexed) (high int64) {
	before := int64(math.MaxInt64)
	if s.postgres {
		before = s.now().Add(-settled).UnixMilli()
	}
	for _, r := range rows {
		if r.created > before {
			break
		}
		high = r.id
	}
	return high
}

// write puts the batch into the index.
func (b batch) write(t *tx, src source) error {
	// First, as servers that do the same at the same moment take turns by it.
	err := t.exec(`
		UPDATE word_progress SET high = CASE WHEN high < $2 THEN $2 ELSE high END, low = CASE WHEN $3 > 0 AND $3 < low THEN $3 ELSE low END
		WHERE what = $1`, src.what, b.high, b.low)
	if err != nil {
		return err
	}
	for _, c := range b.changes {
		mine, err := t.changed(`DELETE FROM word_changes WHERE id = $1`, c.id)
		if err != nil {
			return err
		}
		if !mine || !c.in {
			continue
		}
		if err := t.exec(`DELETE FROM `+src.table+` WHERE rowid = $1`, c.row); err != nil {
			return err
		}
		if err := t.insertWords(src, c.now); err != nil {
			return err
		}
	}
	if err := t.insertWords(src, b.rows); err != nil {
		return err
	}
	return b.lost.forget(t, src)
}

func (t *tx) insertWords(src source, rows []indexed) error {
	insert := `INSERT INTO ` + src.table + ` (rowid, words) VALUES ($1, $2)`
	if t.lock != "" {
		insert = `INSERT INTO ` + src.table + ` (rowid, words) VALUES ($1, array_to_tsvector(string_to_array($2, ' '))) ON CONFLICT (rowid) DO NOTHING`
	}
	known := map[string]int64{}
	for _, r := range rows {
		all := src.split(r.texts)
		slices.Sort(all)
		all = slices.Compact(all)
		if err := t.exec(insert, r.id, strings.Join(all, " ")); err != nil {
			return err
		}
		for _, word := range all {
			if isTyped(word) {
				known[word]++
			}
		}
	}
	return t.know(src, known)
}

// know counts words into the vocabulary.
func (t *tx) know(src source, known map[string]int64) error {
	const again = ` ON CONFLICT (what, word) DO UPDATE SET n = vocabulary.n + excluded.n`
	// In one order, so that two servers never wait for each other.
	all := slices.Sorted(maps.Keys(known))
	if t.lock != "" && len(all) > 0 { // on PostgreSQL each statement is a way there and back
		counts := make([]string, len(all))
		for i, word := range all {
			counts[i] = strconv.FormatInt(known[word], 10)
		}
		return t.exec(`
			INSERT INTO vocabulary (what, word, n) SELECT CAST($1 AS TEXT), word, n
			FROM unnest(string_to_array($2, ' '), CAST(string_to_array($3, ' ') AS BIGINT[])) AS found (word, n)`+again,
			src.what, strings.Join(all, " "), strings.Join(counts, " "))
	}
	for _, word := range all {
		if err := t.exec(`INSERT INTO vocabulary (what, word, n) VALUES ($1, $2, $3)`+again,
			src.what, word, known[word]); err != nil {
			return err
		}
	}
	return nil
}

// isTyped reports that a word is one that people may begin to type and expect to
// be completed: not a number, of which there are too many.
func isTyped(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return !unicode.IsDigit(r) }) >= 0 && !strings.HasPrefix(word, "§")
}

// Indexed reports whether everything that was there before the index was made
// is in it.
func (s *Store) Indexed(ctx context.Context) (bool, error) {
	var open int64
	err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM word_progress WHERE low > 1`).Scan(&open)
	return open == 0, wrap("look at index", err)
}
