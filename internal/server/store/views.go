package store

import (
	"context"
	"fmt"
	"strings"

	"mostrador/internal/ticket"
)

// viewLimit is the most views that one person, or everybody together, may have.
const viewLimit = 50

// View is a filter of the list that somebody gave a name.
type View struct {
	ID, Business int64
	User         int64 // whose it is; 0: everybody's
	Name         string
	Filter       string // as the panel's address has it; the store does not look into it
}

// Views returns the views of a user and those that are everybody's, in the order
// they were made.
func (s *Store) Views(ctx context.Context, business, user int64) ([]View, error) {
	all, err := list(ctx, s.reader, func(row scanner) (View, error) {
		v := View{Business: business}
		err := row.Scan(&v.ID, &v.User, &v.Name, &v.Filter)
		return v, err
	}, `SELECT id, COALESCE(user_id, 0), name, filter FROM views WHERE business_id = $1 AND (user_id IS NULL OR user_id = $2) ORDER BY id`, business, user)
	return all, wrap("list views", err)
}

// SaveView keeps v under a new id, which it returns. One of the same owner and
// name is replaced. A name of nothing, or one more than 50, is CodeInvalid.
func (s *Store) SaveView(ctx context.Context, v View) (id int64, err error) {
	cleanAll(&v.Name, &v.Filter)
	if v.Name = strings.TrimSpace(v.Name); v.Name == "" {
		return 0, ticket.NewError(ticket.CodeInvalid, "La vista necesita un nombre.")
	}
	err = s.write(ctx, "save view", func(t *tx) error {
		if err := t.exec(`DELETE FROM views WHERE business_id = $1 AND COALESCE(user_id, 0) = $2 AND name = $3`, v.Business, v.User, v.Name); err != nil {
			return err
		}
		var n int64
		if _, err := t.row([]any{&n}, `SELECT COUNT(*) FROM views WHERE business_id = $1 AND COALESCE(user_id, 0) = $2`, v.Business, v.User); err != nil {
			return fmt.Errorf("count views: %w", err)
		}
		if n >= viewLimit {
			return ticket.NewError(ticket.CodeInvalid, fmt.Sprintf("Ya hay %d vistas: borre alguna antes de guardar otra.", viewLimit))
		}
		id, err = t.add(`INSERT INTO views (business_id, user_id, name, filter, created_at) VALUES ($1, $2, $3, $4, $5)`,
			v.Business, reference(v.User), v.Name, v.Filter, t.now)
		return err
	})
	return id, err
}

// DeleteView removes a view of a user or, with shared, one that is everybody's.
// Any other is CodeNotFound.
func (s *Store) DeleteView(ctx context.Context, business, user, id int64, shared bool) error {
	return s.write(ctx, "delete view", func(t *tx) error {
		found, err := t.changed(`DELETE FROM views WHERE business_id = $1 AND id = $2 AND (user_id = $3 OR user_id IS NULL AND $4)`, business, id, user, shared)
		if err == nil && !found {
			return ticket.NewError(ticket.CodeNotFound, "Esa vista no existe, o es de otra persona.")
		}
		return err
	})
}

// People returns those of a business who may have tickets, by name.
func (s *Store) People(ctx context.Context, business int64) ([]ticket.Person, error) {
	all, err := list(ctx, s.reader, func(row scanner) (p ticket.Person, err error) {
		err = row.Scan(&p.ID, &p.Name)
		return p, err
	}, `SELECT id, name FROM users WHERE business_id = $1 AND disabled_at = 0 ORDER BY name_key`, business)
	return all, wrap("list people", err)
}
