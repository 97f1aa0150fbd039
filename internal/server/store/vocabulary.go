package store

import (
	"context"
	"slices"

	"mostrador/internal/server/words"
)

// lostAtOnce and lostText are how many texts that are gone, and bytes of them, are
// looked at in one step: each word of theirs is looked for.
const (
	lostAtOnce = 100
	lostText   = 32 << 10
)

// lost is texts that are not there any more, whose words may be nobody's now.
type lost struct {
	ids   []int64  // of lost_texts
	words []string // of them, in order, each once
}

// lostTexts reads some of the texts that are gone, the oldest first.
func (s *Store) lostTexts(ctx context.Context, src source) (l lost, err error) {
	type gone struct {
		id   int64
		text string
	}
	all, err := list(ctx, s.reader, func(row scanner) (g gone, err error) {
		err = row.Scan(&g.id, &g.text)
		return g, err
	}, `SELECT id, text FROM lost_texts WHERE what = $1 ORDER BY id LIMIT $2`, src.what, lostAtOnce)
	room := lostText
	for _, g := range fitting(all, &room, func(g gone) int { return len(g.text) }) {
		l.ids = append(l.ids, g.id)
		for _, word := range words.Split(g.text) {
			if isTyped(word) {
				l.words = append(l.words, word)
			}
		}
	}
	slices.Sort(l.words)
	l.words = slices.Compact(l.words)
	return l, err
}

// nobodys keeps of l the words that nothing in the index has.
func (l lost) nobodys(ctx context.Context, q querier, src source, postgres bool) (lost, error) {
	query := `SELECT rowid FROM ` + src.table + ` WHERE ` + src.table + ` MATCH $1 LIMIT 1`
	if postgres { // which would rather read all rows than look for the few that have a word
		query = `WITH found AS MATERIALIZED (SELECT rowid FROM ` + src.table + ` WHERE words @@ $1::tsquery) SELECT rowid FROM found LIMIT 1`
	}
	left := lost{ids: l.ids}
	for _, word := range l.words {
		found, err := list(ctx, q, scanID, query, allOf{{word}}.match(postgres))
		if err != nil {
			return lost{}, err
		}
		if len(found) == 0 {
			left.words = append(left.words, word)
		}
	}
	return left, nil
}

// forget takes the words out of the vocabulary, and then the texts are settled.
func (l lost) forget(t *tx, src source) error {
	if len(l.ids) == 0 {
		return nil
	}
	// Once more, as something that has them may just have come in.
	l, err := l.nobodys(t.ctx, t.conn, src, t.id == returningID)
	if err != nil {
		return err
	}
	for _, word := range l.words {
		if err := t.exec(`DELETE FROM vocabulary WHERE what = $1 AND word = $2`, src.what, word); err != nil {
			return err
		}
	}
	return t.exec(`DELETE FROM lost_texts WHERE id IN (` + numbers(l.ids) + `)`)
}
