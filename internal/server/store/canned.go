package store

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"mostrador/internal/ticket"
)

// Canned is a text that is written once and used often.
type Canned struct {
	ID       int64
	Title    string // one line
	Text     string // may name {nombre}, {ticket} and {negocio}
	Shortcut string // letters, digits, - and _, in lower case; may be empty
}

// What a canned reply may have at most, in characters, and a business in all.
const (
	cannedTitle    = 80
	cannedText     = 4000
	cannedShortcut = 30
	cannedLimit    = 500
)

var errNoCanned = ticket.NewError(ticket.CodeNotFound, "Respuesta guardada no encontrada")

// CannedReplies returns a business's canned replies in the order it gave them.
func (s *Store) CannedReplies(ctx context.Context, business int64) ([]Canned, error) {
	all, err := list(ctx, s.reader, scanCanned,
		`SELECT id, title, body, COALESCE(shortcut, '') FROM canned WHERE business_id = $1 ORDER BY position, id`, business)
	if err != nil {
		return nil, fmt.Errorf("list canned replies: %w", explain(err))
	}
	return all, nil
}

func scanCanned(row scanner) (c Canned, err error) {
	err = row.Scan(&c.ID, &c.Title, &c.Text, &c.Shortcut)
	return c, err
}

// AddCanned adds c, ignoring its ID, after those that are there and returns its
// id. A title or text that is missing or too long, or a wrong shortcut, is
// CodeInvalid; a shortcut that is taken CodeConflict.
func (s *Store) AddCanned(ctx context.Context, business int64, c Canned) (int64, error) {
	if err := c.tidy(); err != nil {
		return 0, err
	}
	var id int64
	err := s.write(ctx, "add canned reply", func(t *tx) error {
		var total, last int64
		if _, err := t.row([]any{&total, &last}, `SELECT COUNT(*), COALESCE(MAX(position), 0) FROM canned WHERE business_id = $1`, business); err != nil {
			return fmt.Errorf("count canned replies: %w", err)
		}
		if total >= cannedLimit {
			return ticket.NewError(ticket.CodeInvalid, fmt.Sprintf("Ya hay %d respuestas guardadas; quite alguna antes.", cannedLimit))
		}
		if err := t.freeShortcut(business, c); err != nil {
			return err
		}
		var err error
		id, err = t.add(`INSERT INTO canned (business_id, title, body, shortcut, position, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)`,
			business, c.Title, c.Text, nullable(c.Shortcut), last+1, t.now)
		return err
	})
	return id, err
}

// ChangeCanned replaces what the canned reply with c's ID says. Its errors are
// those of AddCanned, and CodeNotFound.
func (s *Store) ChangeCanned(ctx context.Context, business int64, c Canned) error {
	if err := c.tidy(); err != nil {
		return err
	}
	return s.write(ctx, "change canned reply", func(t *tx) error {
		if err := t.freeShortcut(business, c); err != nil {
			return err
		}
		found, err := t.changed(`UPDATE canned SET title = $3, body = $4, shortcut = $5, updated_at = $6 WHERE id = $1 AND business_id = $2`,
			c.ID, business, c.Title, c.Text, nullable(c.Shortcut), t.now)
		if err == nil && !found {
			return errNoCanned
		}
		return err
	})
}

// DeleteCanned removes a canned reply, or returns CodeNotFound.
func (s *Store) DeleteCanned(ctx context.Context, business, id int64) error {
	return s.write(ctx, "delete canned reply", func(t *tx) error {
		found, err := t.changed(`DELETE FROM canned WHERE id = $1 AND business_id = $2`, id, business)
		if err == nil && !found {
			return errNoCanned
		}
		return err
	})
}

// OrderCanned puts the canned replies with ids first, in that order. An id of
// none is passed over.
func (s *Store) OrderCanned(ctx context.Context, business int64, ids []int64) error {
	return s.write(ctx, "order canned replies", func(t *tx) error {
		if err := t.exec(`UPDATE canned SET position = position + $2 WHERE business_id = $1`, business, len(ids)); err != nil {
			return err
		}
		for i, id := range ids {
			if err := t.exec(`UPDATE canned SET position = $3 WHERE id = $1 AND business_id = $2`, id, business, i); err != nil {
				return err
			}
		}
		return nil
	})
}

// freeShortcut makes sure that no other canned reply has c's shortcut.
func (t *tx) freeShortcut(business int64, c Canned) error {
	var taken string
	found, err := t.row([]any{&taken}, `SELECT title FROM canned WHERE business_id = $1 AND shortcut = $2 AND id <> $3`,
		business, nullable(c.Shortcut), c.ID)
	if err != nil {
		return fmt.Errorf("look for shortcut: %w", err)
	}
	if found {
		return ticket.NewError(ticket.CodeConflict, fmt.Sprintf("El atajo /%s ya es de «%s».", c.Shortcut, taken))
	}
	return nil
}

// tidy makes c fit to be stored.
func (c *Canned) tidy() error {
	cleanAll(&c.Title, &c.Text, &c.Shortcut)
	c.Title = strings.Join(strings.Fields(c.Title), " ")
	c.Text = strings.TrimSpace(c.Text)
	c.Shortcut = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(c.Shortcut), "/"))
	switch {
	case c.Title == "" || len([]rune(c.Title)) > cannedTitle:
		return ticket.NewError(ticket.CodeInvalid, fmt.Sprintf("El título falta o pasa de %d letras.", cannedTitle))
	case c.Text == "" || len([]rune(c.Text)) > cannedText:
		return ticket.NewError(ticket.CodeInvalid, fmt.Sprintf("El texto falta o pasa de %d letras.", cannedText))
	case len([]rune(c.Shortcut)) > cannedShortcut || strings.ContainsFunc(c.Shortcut, notInShortcut):
		return ticket.NewError(ticket.CodeInvalid, "El atajo es una palabra de letras, números, guion o guion bajo, sin espacios.")
	}
	return nil
}

func notInShortcut(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_'
}
