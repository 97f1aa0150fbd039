package store

import (
	"context"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

// Learning is how a business's classifier is to behave.
type Learning struct {
	Template  string  // whose categories it began with; empty before UseTemplate
	Threshold float64 // the least confidence with which a category is believed, 0 to 1
	Enabled   bool    // false: corrections teach nothing
	// Corrections from IgnoredFrom on and before IgnoredUntil teach nothing. Both
	// are zero if all count.
	IgnoredFrom, IgnoredUntil time.Time
}

// Lessons is everything that the model of a business is made of. The same
// Lessons make the same model.
type Lessons struct {
	Learning

	Version    int64      // counts the changes
	Categories []Category // those in use, in their order
	Taught     []Taught   // the oldest first; of each category at most the newest MostTaught
}

// MostTaught is how many lessons of a category count. A model of so many in each of
// fourteen categories takes some 3 s to train, which every correction asks for.
const MostTaught = 200

// Taught is what a person said that a text is about.
type Taught struct {
	Text string
	Slug string // of the category
}

const learningColumns = `template, threshold, learning, ignored_from, ignored_until, learn_version`

func scanLearning(row scanner) (l Lessons, err error) {
	var from, until int64
	err = row.Scan(&l.Template, &l.Threshold, &l.Enabled, &from, &until, &l.Version)
	l.IgnoredFrom, l.IgnoredUntil = instant(from), instant(until)
	return l, err
}

// Lessons returns what the model of a business is to be made of, or CodeNotFound.
// What changes while it reads may be in it already; then Version is older than
// that of LearnVersions.
func (s *Store) Lessons(ctx context.Context, business int64) (Lessons, error) {
	found, err := list(ctx, s.reader, scanLearning, `SELECT `+learningColumns+` FROM businesses WHERE id = $1`, business)
	if err != nil {
		return Lessons{}, fmt.Errorf("load learning: %w", explain(err))
	}
	if len(found) == 0 {
		return Lessons{}, ticket.NewError(ticket.CodeNotFound, "Negocio no encontrado")
	}
	l := found[0]
	all, err := s.Categories(ctx, business)
	if err != nil {
		return Lessons{}, err
	}
	for _, c := range all {
		if !c.Archived {
			l.Categories = append(l.Categories, c)
		}
	}
	if !l.Enabled {
		return l, nil
	}
	// The last word on each ticket counts.
	l.Taught, err = list(ctx, s.reader, scanTaught, `
		SELECT description, slug FROM (
			SELECT c.id, t.description, k.slug, ROW_NUMBER() OVER (PARTITION BY c.category_id ORDER BY c.id DESC) AS age
			FROM corrections c JOIN tickets t ON t.id = c.ticket_id JOIN categories k ON k.id = c.category_id
			WHERE c.business_id = $1 AND c.undone_at = 0 AND t.description <> '' AND NOT (c.created_at >= $2 AND c.created_at < $3)
				AND c.id = (SELECT MAX(id) FROM corrections WHERE ticket_id = c.ticket_id AND undone_at = 0)
		) taught WHERE age <= $4 ORDER BY id`, business, millis(l.IgnoredFrom), millis(l.IgnoredUntil), MostTaught)
	if err != nil {
		return Lessons{}, fmt.Errorf("load corrections: %w", explain(err))
	}
	return l, nil
}

func scanTaught(row scanner) (l Taught, err error) {
	err = row.Scan(&l.Text, &l.Slug)
	return l, err
}

// LearnVersions returns, by business, how often what its model is made of has
// changed.
func (s *Store) LearnVersions(ctx context.Context) (map[int64]int64, error) {
	all, err := list(ctx, s.reader, func(row scanner) (v [2]int64, err error) {
		err = row.Scan(&v[0], &v[1])
		return v, err
	}, `SELECT id, learn_version FROM businesses`)
	if err != nil {
		return nil, fmt.Errorf("load versions: %w", explain(err))
	}
	versions := map[int64]int64{}
	for _, v := range all {
		versions[v[0]] = v[1]
	}
	return versions, nil
}

// SetLearning has change alter how a business's classifier is to behave, all but
// the template, and returns how that is then. A threshold outside 0 to 1 is
// CodeInvalid, an unknown business CodeNotFound. change may run several times.
func (s *Store) SetLearning(ctx context.Context, business int64, change func(*Learning)) (Learning, error) {
	var l Learning
	err := s.write(ctx, "set learning", func(t *tx) error {
		found, err := list(t.ctx, t.conn, scanLearning, `UPDATE businesses SET code = code WHERE id = $1 RETURNING `+learningColumns, business)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return ticket.NewError(ticket.CodeNotFound, "Negocio no encontrado")
		}
		l = found[0].Learning
		change(&l)
		l.Template = found[0].Template
		if l.Threshold < 0 || l.Threshold > 1 {
			return ticket.NewError(ticket.CodeInvalid, "La confianza mínima va de 0 a 1.")
		}
		if err := t.exec(`UPDATE businesses SET threshold = $2, learning = $3, ignored_from = $4, ignored_until = $5 WHERE id = $1`,
			business, l.Threshold, l.Enabled, millis(l.IgnoredFrom), millis(l.IgnoredUntil)); err != nil {
			return err
		}
		return t.learnAnew(business)
	})
	return l, err
}
