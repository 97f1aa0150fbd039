package store

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// completions is how many words one that is being typed may stand for.
	completions = 50
	// shortestName is how many runes of a name bring all that begin so.
	shortestName = 3
	// recentWords is how many messages PostgreSQL looks through, one by one,
	// before it asks the index: a word of which these have enough is so common
	// that the index would bring far too many.
	recentWords = 20_000
)

// allOf are words of an index that all have to be there; of each inner slice any.
type allOf [][]string

// match is what the index takes for it.
func (a allOf) match(postgres bool) string {
	quote, and, or := `"`, " AND ", " OR "
	if postgres {
		quote, and, or = "'", " & ", " | "
	}
	parts := make([]string, len(a))
	for i, any := range a {
		quoted := make([]string, len(any))
		for k, word := range any {
			quoted[k] = quote + word + quote // words have no quotes in them
		}
		parts[i] = "(" + strings.Join(quoted, or) + ")"
	}
	return strings.Join(parts, and)
}

// ours is the words that everything of the business has.
func (r *search) ours() allOf { return allOf{{businessWord(strconv.FormatInt(r.business, 10))}} }

// inMessages is the query as the index of messages takes it.
func (r *search) inMessages(ctx context.Context) (allOf, error) {
	all := r.ours()
	for i, word := range r.q.Words {
		if r.q.Open && i == len(r.q.Words)-1 {
			completed, err := r.complete(ctx, ofMessages, word)
			if err != nil {
				return nil, err
			}
			all = append(all, completed)
		} else {
			all = append(all, []string{word})
		}
	}
	return all, nil
}

// inContacts is the query as the index of contacts takes it: words are names, or
// their beginnings, and digits parts of a number. Nil: no contact can have them,
// or so few digits are asked for that most have them.
func (r *search) inContacts(ctx context.Context) (all allOf, digits []string, err error) {
	wanted, typed := r.q.Words, false
	if number, ok := oneNumber(r.q.Joined); ok {
		wanted = []string{number}
	}
	for _, word := range wanted {
		switch {
		case !isTyped(word):
			digits = append(digits, word)
			for _, part := range covering(strconv.FormatInt(r.business, 10), word) {
				all = append(all, []string{part})
			}
			continue
		case utf8.RuneCountInString(word) < shortestName:
			all = append(all, []string{word})
		default:
			completed, err := r.complete(ctx, ofContacts, word)
			if err != nil {
				return nil, nil, err
			}
			all = append(all, completed)
		}
		typed = true
	}
	if typed { // parts of numbers name the business themselves
		all = append(all, r.ours()...)
	}
	return all, digits, nil
}

// complete returns a word and the commonest words that begin with it.
func (s *Store) complete(ctx context.Context, what, word string) ([]string, error) {
	more, err := list(ctx, s.reader, scanText, `
		SELECT word FROM vocabulary WHERE what = $1 AND word > $2 AND word < $3 ORDER BY n DESC LIMIT $4`, what, word, word+"\U0010FFFF", completions)
	return append([]string{word}, more...), err
}

// find returns up to limit ids below one that match, the highest first.
func (s *Store) find(ctx context.Context, table, match string, below int64, limit int) ([]int64, error) {
	if !s.postgres {
		return list(ctx, s.reader, scanID,
			`SELECT rowid FROM `+table+` WHERE `+table+` MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3`, match, below, limit)
	}
	recent, err := list(ctx, s.reader, scanID, `
		SELECT id FROM (SELECT rowid AS id, words FROM `+table+` WHERE rowid < $2 ORDER BY rowid DESC LIMIT $4) AS recent
		WHERE words @@ $1::tsquery ORDER BY id DESC LIMIT $3`, match, below, limit, recentWords)
	if err != nil || len(recent) == limit {
		return recent, err
	}
	return list(ctx, s.reader, scanID, `
		WITH found AS MATERIALIZED (SELECT rowid AS id FROM `+table+` WHERE words @@ $1::tsquery)
		SELECT id FROM found WHERE id < $2 ORDER BY id DESC LIMIT $3`, match, below, limit)
}
