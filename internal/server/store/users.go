package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mostrador/internal/ticket"
)

// roleAdmin is the role of those without whom nobody could let anybody in.
const roleAdmin = "admin"

// User is somebody who may log in. Names are unique over all businesses, as a
// login does not say which one.
type User struct {
	ID, Business int64
	Name         string // as it is shown
	PasswordHash string // PHC string
	Role         string
	Temporary    bool   // somebody else chose the password: the next login replaces it
	Secret       string // of the second factor, base32; empty without one
	Step         int64  // of the second factor: codes of this step and earlier ones are used up
}

// Member is a user as an administrator sees them.
type Member struct {
	ID          int64
	Name, Role  string
	Disabled    bool
	Temporary   bool // has not chosen a password yet
	Factor      bool // has a second factor
	CreatedAt   time.Time
	LastLoginAt time.Time
}

const userColumns = `u.id, u.business_id, u.name, u.password_hash, u.role, u.password_temporary, u.totp_secret, u.totp_step`

func scanUser(row scanner) (u User, err error) {
	err = row.Scan(u.columns()...)
	return u, err
}

// columns is where userColumns are read into.
func (u *User) columns() []any {
	return []any{&u.ID, &u.Business, &u.Name, &u.PasswordHash, &u.Role, &u.Temporary, &u.Secret, &u.Step}
}

// nameKey makes names equal that a person typing a login would call the same.
func nameKey(name string) string { return strings.ToLower(strings.TrimSpace(clean(name))) }

// CreateUser adds u for nobody in particular, the command line or the first
// start, ignoring its ID and second factor, and returns the id. A name that is
// taken, in upper or lower case, is CodeConflict; an empty one CodeInvalid.
func (s *Store) CreateUser(ctx context.Context, u User) (int64, error) {
	return s.CreateUserBy(ctx, 0, u)
}

// CreateUserBy is CreateUser in the name of the user called by.
func (s *Store) CreateUserBy(ctx context.Context, by int64, u User) (int64, error) {
	var id int64
	err := s.write(ctx, "create user", func(t *tx) (err error) {
		if id, err = t.createUser(u); err != nil {
			return err
		}
		return t.audit(Act{Business: u.Business, User: by, Action: ActUserCreated, Object: userObject(id), Details: map[string]any{"name": u.Name, "role": u.Role}})
	})
	return id, err
}

func (t *tx) createUser(u User) (int64, error) {
	if nameKey(u.Name) == "" {
		return 0, ticket.NewError(ticket.CodeInvalid, "El usuario necesita un nombre.")
	}
	id, err := t.add(`
		INSERT INTO users (business_id, name, name_key, password_hash, role, password_temporary, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT DO NOTHING`,
		u.Business, strings.TrimSpace(clean(u.Name)), nameKey(u.Name), u.PasswordHash, u.Role, u.Temporary, t.now)
	if err == nil && id == 0 {
		return 0, ticket.NewError(ticket.CodeConflict, "Ya existe un usuario con ese nombre.")
	}
	return id, err
}

// UserByName returns the user who logs in as name, in upper or lower case, or
// CodeNotFound.
func (s *Store) UserByName(ctx context.Context, name string) (User, error) {
	return s.user(ctx, `u.name_key = $1 AND u.disabled_at = 0`, nameKey(name))
}

// User returns a user who may log in, or CodeNotFound.
func (s *Store) User(ctx context.Context, id int64) (User, error) {
	return s.user(ctx, `u.id = $1 AND u.disabled_at = 0`, id)
}

func (s *Store) user(ctx context.Context, where string, args ...any) (User, error) {
	found, err := list(ctx, s.reader, scanUser, `SELECT `+userColumns+` FROM users u WHERE `+where, args...)
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

// Members returns everybody of a business, disabled or not, by name.
func (s *Store) Members(ctx context.Context, business int64) ([]Member, error) {
	all, err := list(ctx, s.reader, func(row scanner) (m Member, err error) {
		var created, login int64
		err = row.Scan(&m.ID, &m.Name, &m.Role, &m.Disabled, &m.Temporary, &m.Factor, &created, &login)
		m.CreatedAt, m.LastLoginAt = instant(created), instant(login)
		return m, err
	}, `SELECT id, name, role, disabled_at <> 0, password_temporary, totp_secret <> '', created_at, last_login_at
		FROM users WHERE business_id = $1 ORDER BY name_key`, business)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", explain(err))
	}
	return all, nil
}

var errNoUser = ticket.NewError(ticket.CodeNotFound, "Usuario no encontrado")
