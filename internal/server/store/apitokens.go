package store

import (
	"context"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

// APIToken is a personal token: a program that holds it is its owner, with a
// role of its own.
type APIToken struct {
	ID         int64
	Name, Role string
	CreatedAt  time.Time
	ExpiresAt  time.Time // zero: never
	LastUsedAt time.Time
}

// CreateAPIToken stores a token of user, whose ID and CreatedAt are set by the
// store. tokenHash is its SHA-256. An unknown user is CodeNotFound.
func (s *Store) CreateAPIToken(ctx context.Context, user int64, a APIToken, tokenHash [32]byte) (APIToken, error) {
	cleanAll(&a.Name, &a.Role)
	err := s.write(ctx, "create token", func(t *tx) error {
		if err := t.auditOwn(user, ActTokenCreated, map[string]any{"name": a.Name, "role": a.Role}); err != nil {
			return err
		}
		a.CreatedAt = instant(t.now)
		var err error
		a.ID, err = t.add(`INSERT INTO api_tokens (user_id, token_hash, name, role, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			user, tokenHash[:], a.Name, a.Role, t.now, millis(a.ExpiresAt))
		return err
	})
	return a, err
}

// APITokens returns a user's tokens, the newest first, those that ran out too.
func (s *Store) APITokens(ctx context.Context, user int64) ([]APIToken, error) {
	all, err := list(ctx, s.reader, func(row scanner) (a APIToken, err error) {
		var created, expires, used int64
		err = row.Scan(&a.ID, &a.Name, &a.Role, &created, &expires, &used)
		a.CreatedAt, a.ExpiresAt, a.LastUsedAt = instant(created), instant(expires), instant(used)
		return a, err
	}, `SELECT id, name, role, created_at, expires_at, last_used_at FROM api_tokens WHERE user_id = $1 ORDER BY id DESC`, user)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", explain(err))
	}
	return all, nil
}

// RevokeAPIToken ends a token of user. An unknown one is CodeNotFound.
func (s *Store) RevokeAPIToken(ctx context.Context, user, id int64) error {
	return s.write(ctx, "revoke token", func(t *tx) error {
		var name string
		found, err := t.row([]any{&name}, `DELETE FROM api_tokens WHERE id = $1 AND user_id = $2 RETURNING name`, id, user)
		if err != nil {
			return err
		}
		if !found {
			return ticket.NewError(ticket.CodeNotFound, "Ese token ya no existe.")
		}
		return t.auditOwn(user, ActTokenRevoked, map[string]any{"name": name})
	})
}

// UserByAPIToken returns whose token it is and the token's own role, and notes
// that it was used. One that is unknown, over or of a disabled user is
// CodeUnauthorized.
func (s *Store) UserByAPIToken(ctx context.Context, tokenHash [32]byte) (u User, role string, err error) {
	now := s.now().UnixMilli()
	var id, used int64
	found, err := one(s.reader.QueryRowContext(ctx, `
		SELECT `+userColumns+`, a.role, a.id, a.last_used_at FROM api_tokens a JOIN users u ON u.id = a.user_id
		WHERE a.token_hash = $1 AND (a.expires_at = 0 OR a.expires_at > $2) AND u.disabled_at = 0`,
		tokenHash[:], now), append(u.columns(), &role, &id, &used)...)
	if err != nil {
		return User{}, "", fmt.Errorf("find token: %w", explain(err))
	}
	if !found {
		return User{}, "", ticket.NewError(ticket.CodeUnauthorized, "No autorizado")
	}
	if now-used < touchEvery.Milliseconds() {
		return u, role, nil
	}
	err = s.write(ctx, "touch token", func(t *tx) error {
		return t.exec(`UPDATE api_tokens SET last_used_at = $2 WHERE id = $1 AND last_used_at < $2`, id, now)
	})
	if err != nil {
		s.log.Warn().Err(err).Int64("user", u.ID).Msg("token not touched")
	}
	return u, role, nil
}
