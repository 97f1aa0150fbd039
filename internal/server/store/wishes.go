package store

import (
	"context"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

// Wishes says which background work rows are to ask for; the zero value is none.
type Wishes struct {
	// Opinion reports whether a language model is to say what a ticket is about
	// that was classified like this. It runs inside the transaction. May be nil.
	Opinion func(c ticket.Classification) bool
	// Transcription has somebody listen to voice notes.
	Transcription bool
}

// Row names what background work is about: a ticket's number or a message's id
// within a business.
type Row struct{ Business, ID int64 }

// wishLimit bounds how many rows a sweep gets at once.
const wishLimit = 500

// OpinionWish is a ticket whose category a language model is to find.
type OpinionWish struct {
	Text string    // what the customer wrote until somebody answered
	At   time.Time // when the text last changed
}

// WantedOpinions returns the tickets of all businesses whose rows want an
// opinion, the oldest wishes first, 500 at most.
func (s *Store) WantedOpinions(ctx context.Context) ([]Row, error) {
	rows, err := list(ctx, s.reader, scanRow, `
		SELECT business_id, number FROM tickets WHERE opinion_wanted_at > 0 ORDER BY opinion_wanted_at LIMIT $1`, wishLimit)
	if err != nil {
		return nil, fmt.Errorf("list wanted opinions: %w", explain(err))
	}
	return rows, nil
}

// WantedOpinion returns what a ticket wants an opinion about; ok is false when it
// does not want one, or is not there.
func (s *Store) WantedOpinion(ctx context.Context, row Row) (w OpinionWish, ok bool, err error) {
	var at int64
	ok, err = one(s.reader.QueryRowContext(ctx, `
		SELECT description, opinion_wanted_at FROM tickets WHERE business_id = $1 AND number = $2 AND opinion_wanted_at > 0`,
		row.Business, row.ID), &w.Text, &at)
	if err != nil {
		return OpinionWish{}, false, fmt.Errorf("load wanted opinion: %w", explain(err))
	}
	w.At = instant(at)
	return w, ok, nil
}

// SetOpinion gives a ticket the category that a language model found for w, or
// takes the wish back when category is empty. It reports false, and changes
// nothing, when the customer wrote more since: the wish stands. What a person
// decided stays as it is, and so does a ticket that was joined to another, which
// only loses the wish.
func (s *Store) SetOpinion(ctx context.Context, row Row, w OpinionWish, category string) (settled bool, err error) {
	err = s.write(ctx, "set opinion", func(t *tx) (err error) {
		th, err := t.lockAny(row.Business, row.ID)
		if err != nil {
			return err
		}
		if settled, err = t.changed(`UPDATE tickets SET opinion_wanted_at = 0 WHERE id = $1 AND opinion_wanted_at = $2`,
			th.id, millis(w.At)); err != nil || !settled {
			return err
		}
		if category == "" || th.source == ticket.SourcePerson || th.mergedInto != 0 {
			return nil
		}
		t.hint(row.Business, row.ID, HintTicket)
		return t.exec(`
			UPDATE tickets SET category = $2, category_source = $3, confidence = 0, words = '[]', doubt = '', candidates = '[]', updated_at = $4 WHERE id = $1`,
			th.id, clean(category), ticket.SourceLLM, t.now)
	})
	return settled, err
}

// wantOpinion notes whether a ticket that was just classified wants another
// opinion.
func (g *intake) wantOpinion(ticketID int64, c ticket.Classification) error {
	if g.wishes.Opinion == nil || g.contact.blocked {
		return nil
	}
	var at int64
	if g.out.Opinion = g.wishes.Opinion(c); g.out.Opinion {
		at = g.now
	}
	return g.exec(`UPDATE tickets SET opinion_wanted_at = $2 WHERE id = $1 AND opinion_wanted_at <> $2`, ticketID, at)
}

func scanRow(row scanner) (r Row, err error) {
	err = row.Scan(&r.Business, &r.ID)
	return r, err
}
