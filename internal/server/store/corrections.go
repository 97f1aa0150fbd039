package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"mostrador/internal/ticket"
)

// Correction is what a person said a ticket is about.
type Correction struct {
	ID      int64  // 0 when there is nothing to take back
	Before  string // the category until then
	After   string
	Changed bool // false: the person agreed with the category that was there
}

// judgement is what a ticket says of its category, as a correction keeps it.
type judgement struct {
	Category   string             `json:"category"`
	Source     ticket.Source      `json:"source"`
	Confidence float64            `json:"confidence"`
	Words      []string           `json:"words"`
	Doubt      ticket.Doubt       `json:"doubt,omitempty"`
	Candidates []ticket.Candidate `json:"candidates,omitempty"`
}

// judged returns the judgement of a ticket.
func (t *tx) judged(ticketID int64) (j judgement, err error) {
	var words, candidates string
	if _, err := t.row([]any{&j.Category, &j.Source, &j.Confidence, &words, &j.Doubt, &candidates},
		`SELECT category, category_source, confidence, words, doubt, candidates FROM tickets WHERE id = $1`, ticketID); err != nil {
		return j, err
	}
	if err := json.Unmarshal([]byte(words), &j.Words); err != nil {
		return j, fmt.Errorf("read words: %w", err)
	}
	if err := json.Unmarshal([]byte(candidates), &j.Candidates); err != nil {
		return j, fmt.Errorf("read candidates: %w", err)
	}
	return j, nil
}

// judge writes j on a ticket.
func (t *tx) judge(ticketID int64, j judgement) error {
	return t.exec(`
		UPDATE tickets SET category = $2, category_source = $3, confidence = $4, words = $5, doubt = $6, candidates = $7, updated_at = $8
		WHERE id = $1`, ticketID, j.Category, j.Source, j.Confidence, wordList(j.Words), j.Doubt, candidateList(j.Candidates), t.now)
}

// SetCategory notes that a person, 0 for a program, says that a ticket is about
// the category called name, and leaves an event in its conversation if that is a
// change. The ticket is never classified again, and the classifier learns from
// it. Saying again what a person said already does nothing.
//
// An unknown ticket or category is CodeNotFound, an archived category
// CodeConflict.
func (s *Store) SetCategory(ctx context.Context, business, number, user int64, name string) (Correction, error) {
	var c Correction
	err := s.write(ctx, "set category", func(t *tx) error {
		c = Correction{}
		th, err := t.lockTicket(business, number)
		if err != nil {
			return err
		}
		before, err := t.judged(th.id)
		if err != nil {
			return err
		}
		category, err := t.usable(business, name)
		if err != nil {
			return err
		}
		c = Correction{Before: before.Category, After: category.Name, Changed: before.Category != category.Name}
		if !c.Changed && before.Source == ticket.SourcePerson {
			return nil
		}
		d := desk{tx: t, business: business, user: user}
		if c.ID, err = d.correct(th.id, category.ID, c.Changed, before); err != nil {
			return err
		}
		return d.say(th, before.Category, judgement{Category: category.Name, Source: ticket.SourcePerson, Confidence: 1})
	})
	return c, err
}

// categoryNamed returns the category called name, in upper or lower case, the zero
// one if there is none.
func (t *tx) categoryNamed(business int64, name string) (Category, error) {
	all, err := list(t.ctx, t.conn, scanCategory,
		`SELECT `+categoryColumns+` FROM categories WHERE business_id = $1 AND name_key = $2`, business, nameKey(name))
	if err != nil || len(all) == 0 {
		return Category{}, err
	}
	return all[0], nil
}

// usable is categoryNamed for one that tickets may get.
func (t *tx) usable(business int64, name string) (Category, error) {
	c, err := t.categoryNamed(business, name)
	switch {
	case err != nil:
		return Category{}, err
	case c.ID == 0:
		return Category{}, errNoCategory
	case c.Archived:
		return Category{}, ticket.NewError(ticket.CodeConflict, fmt.Sprintf("La categoría «%s» está archivada.", c.Name))
	}
	return c, nil
}

// correct keeps what a person said of a ticket.
func (d *desk) correct(ticketID, category int64, changed bool, before judgement) (int64, error) {
	data, err := json.Marshal(before)
	if err != nil {
		return 0, fmt.Errorf("keep judgement: %w", err)
	}
	return d.add(`
		INSERT INTO corrections (business_id, ticket_id, category_id, user_id, changed, before, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		d.business, ticketID, category, reference(d.user), changed, string(data), d.now)
}

// UndoCategory takes back the last thing that a person said of a ticket's
// category: the ticket says again what it said before, and nothing is learned
// from it. That the correction is not the last one, or not there, is
// CodeConflict; an unknown ticket CodeNotFound.
func (s *Store) UndoCategory(ctx context.Context, business, number, user, correction int64) error {
	return s.write(ctx, "undo category", func(t *tx) error {
		undone, err := (&desk{tx: t, business: business, user: user}).undo(number, correction)
		if err == nil && !undone {
			err = ticket.NewError(ticket.CodeConflict, "Esta corrección ya se deshizo, o alguien cambió la categoría después.")
		}
		return err
	})
}

// UndoCategories is UndoCategory for up to 500 tickets at once, each number with
// its correction. What somebody else decided since stays as it is; an unknown
// ticket is CodeNotFound, and then nothing is undone. It returns how many tickets
// say again what they said before.
func (s *Store) UndoCategories(ctx context.Context, business, user int64, corrections map[int64]int64) (undone int, err error) {
	if len(corrections) > bulkLimit {
		return 0, errTooManyTickets
	}
	err = s.write(ctx, "undo categories", func(t *tx) error {
		undone = 0
		d := desk{tx: t, business: business, user: user}
		for _, number := range slices.Sorted(maps.Keys(corrections)) { // in one order, so that two calls never wait for each other
			done, err := d.undo(number, corrections[number])
			if err != nil {
				return err
			}
			if done {
				undone++
			}
		}
		return nil
	})
	return undone, err
}

// undo takes a correction back and reports whether it was the last word on its
// ticket; otherwise nothing changes.
func (d *desk) undo(number, correction int64) (bool, error) {
	th, err := d.lockTicket(d.business, number)
	if err != nil {
		return false, err
	}
	var last int64
	var data string
	_, err = d.row([]any{&last, &data}, `SELECT id, before FROM corrections WHERE ticket_id = $1 AND undone_at = 0 ORDER BY id DESC LIMIT 1`, th.id)
	if err != nil || last == 0 || last != correction {
		return false, err
	}
	var before judgement
	if err := json.Unmarshal([]byte(data), &before); err != nil {
		return false, fmt.Errorf("read judgement: %w", err)
	}
	now, err := d.judged(th.id)
	if err != nil {
		return false, err
	}
	if err := d.exec(`UPDATE corrections SET undone_at = $2 WHERE id = $1`, last, d.now); err != nil {
		return false, err
	}
	return true, d.say(th, now.Category, before)
}

// accuracyOf is how many judged tickets the accuracy is taken of.
const accuracyOf = 50

// Accuracy says how often the classifier was right lately.
type Accuracy struct {
	// Right tells of each ticket, the newest first, whether people left its
	// category as it was. There are at most 50.
	Right []bool
	// Said is how many of them a person corrected or confirmed; the others were
	// answered or resolved without a word about the category.
	Said int
}

// Accuracy looks at the last tickets that a program classified and a person dealt
// with since: confirmed or corrected the category, or answered or resolved the
// ticket without doing so, which counts as right. Tickets left unclassified for
// doubt count as wrong, those without a text not at all.
func (s *Store) Accuracy(ctx context.Context, business int64) (Accuracy, error) {
	// Twice as many as needed, as some have no text.
	all, err := list(ctx, s.reader, scanDealtWith, `
		SELECT t.category, t.category_source, t.doubt, COALESCE(c.changed, FALSE), COALESCE(c.before, '') FROM tickets t
		LEFT JOIN corrections c ON c.id = (SELECT MIN(id) FROM corrections WHERE ticket_id = t.id AND undone_at = 0)
		WHERE t.business_id = $1 AND (c.id IS NOT NULL OR t.category_source IN ('model', 'llm') AND (t.first_answer_at > 0 OR t.resolved_at > 0))
		ORDER BY t.number DESC LIMIT $2`, business, 2*accuracyOf)
	if err != nil {
		return Accuracy{}, fmt.Errorf("load accuracy: %w", explain(err))
	}
	a := Accuracy{Right: []bool{}}
	for _, d := range all {
		if len(a.Right) == accuracyOf || !d.counts() {
			continue
		}
		a.Right = append(a.Right, d.right())
		if d.said {
			a.Said++
		}
	}
	return a, nil
}

// dealtWith is a ticket that a person dealt with.
type dealtWith struct {
	guess    judgement // of the program
	category string    // what it is now
	said     bool      // by a person
	changed  bool
}

func scanDealtWith(row scanner) (d dealtWith, err error) {
	var before string
	if err := row.Scan(&d.category, &d.guess.Source, &d.guess.Doubt, &d.changed, &before); err != nil {
		return d, err
	}
	d.guess.Category, d.said = d.category, before != ""
	if d.said {
		err = json.Unmarshal([]byte(before), &d.guess)
	}
	return d, err
}

// counts reports that a program had a text to go by.
func (d dealtWith) counts() bool {
	return (d.guess.Source == ticket.SourceModel || d.guess.Source == ticket.SourceLLM) && (d.guess.Doubt == "" || d.guess.Doubt == ticket.DoubtUnsure)
}

func (d dealtWith) right() bool {
	return d.guess.Doubt == "" && (!d.changed || d.category == d.guess.Category)
}

// candidateList is candidates as the database keeps them.
func candidateList(candidates []ticket.Candidate) string {
	if len(candidates) == 0 {
		return "[]"
	}
	data, err := json.Marshal(candidates)
	if err != nil {
		return "[]"
	}
	return string(data)
}
