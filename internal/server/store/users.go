package store

import (
	"context"
	"fmt"
	"strings"

	"mostrador/internal/ticket"
)

// User is somebody who may log in. Names are unique over all businesses, as a
// login does not say which one.
type User struct {
	ID, Business int64
	Name         string // as it is shown
	PasswordHash string // PHC string
	Role         string
}

const userColumns = `u.id, u.business_id, u.name, u.password_hash, u.role`

func scanUser(row scanner) (u User, err error) {
	err = row.Scan(&u.ID, &u.Business, &u.Name, &u.PasswordHash, &u.Role)
	return u, err
}

// nameKey makes names equal that a person typing a login would call the same.
func nameKey(name string) string { return strings.ToLower(strings.TrimSpace(clean(name))) }

// CreateUser adds u, ignoring its ID, and returns the id. A name that is taken,
// in upper or lower case, is CodeConflict; an empty one CodeInvalid.
func (s *Store) CreateUser(ctx context.Context, u User) (int64, error) {
	if nameKey(u.Name) == "" {
		return 0, ticket.NewError(ticket.CodeInvalid, "El usuario necesita un nombre.")
	}
	var id int64
	err := s.write(ctx, "create user", func(t *tx) (err error) {
		id, err = t.add(`
			INSERT INTO users (business_id, name, name_key, password_hash, role, created_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT DO NOTHING`,
			u.Business, strings.TrimSpace(clean(u.Name)), nameKey(u.Name), u.PasswordHash, u.Role, t.now)
		if err == nil && id == 0 {
			return ticket.NewError(ticket.CodeConflict, "Ya existe un usuario con ese nombre.")
		}
		return err
	})
	return id, err
}

// UserByName returns the user who logs in as name, in upper or lower case, or
// CodeNotFound.
func (s *Store) UserByName(ctx context.Context, name string) (User, error) {
	found, err := list(ctx, s.reader, scanUser,
		`SELECT `+userColumns+` FROM users u WHERE u.name_key = $1 AND u.disabled_at = 0`, nameKey(name))
	if err != nil {
		return User{}, fmt.Errorf("find user: %w", explain(err))
	}
	if len(found) == 0 {
		return User{}, errNoUser
	}
	return found[0], nil
}

// CountUsers returns how many users there are in all businesses.
func (s *Store) CountUsers(ctx context.Context) (int64, error) {
	var n int64
	if err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM users`).Scan(&n); err != nil {
		return 0, fmt.Errorf("count users: %w", explain(err))
	}
	return n, nil
}

// SetPassword changes a user's password and ends their sessions. An unknown
// user is CodeNotFound.
func (s *Store) SetPassword(ctx context.Context, user int64, hash string) error {
	return s.write(ctx, "set password", func(t *tx) error {
		found, err := t.changed(`UPDATE users SET password_hash = $2 WHERE id = $1`, user, hash)
		if err != nil {
			return err
		}
		if !found {
			return errNoUser
		}
		t.hint(0, 0, HintPeople)
		return t.exec(`DELETE FROM sessions WHERE user_id = $1`, user)
	})
}

var errNoUser = ticket.NewError(ticket.CodeNotFound, "Usuario no encontrado")
