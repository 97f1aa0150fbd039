package store

import (
	"context"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

// touchEvery is how exactly the last use of a session is kept; writing each one
// down would make every read of the panel a write.
const touchEvery = time.Minute

// CreateSession stores a login of user that lasts at most ttl. tokenHash is the
// SHA-256 of what the browser holds. An unknown user is CodeNotFound.
func (s *Store) CreateSession(ctx context.Context, user int64, tokenHash [32]byte, ttl time.Duration) error {
	return s.write(ctx, "create session", func(t *tx) error {
		found, err := t.changed(`
			INSERT INTO sessions (token_hash, business_id, user_id, created_at, last_seen_at, expires_at)
			SELECT $1, business_id, id, $3, $3, $4 FROM users WHERE id = $2 AND disabled_at = 0`,
			tokenHash[:], user, t.now, t.now+ttl.Milliseconds())
		if err == nil && !found {
			return errNoUser
		}
		return err
	})
}

// Session returns whose session it is and notes that it was used. One that is
// unknown, over, unused for idle or of a disabled user is CodeUnauthorized.
func (s *Store) Session(ctx context.Context, tokenHash [32]byte, idle time.Duration) (User, error) {
	now := s.now().UnixMilli()
	var u User
	var seen int64
	found, err := one(s.reader.QueryRowContext(ctx, `
		SELECT `+userColumns+`, s.last_seen_at FROM sessions s JOIN users u ON u.id = s.user_id
		WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.last_seen_at > $3 AND u.disabled_at = 0`,
		tokenHash[:], now, now-idle.Milliseconds()), &u.ID, &u.Business, &u.Name, &u.PasswordHash, &u.Role, &seen)
	if err != nil {
		return User{}, fmt.Errorf("find session: %w", explain(err))
	}
	if !found {
		return User{}, ticket.NewError(ticket.CodeUnauthorized, "La sesión terminó. Vuelva a entrar.")
	}
	if now-seen < touchEvery.Milliseconds() {
		return u, nil
	}
	err = s.write(ctx, "touch session", func(t *tx) error {
		return t.exec(`UPDATE sessions SET last_seen_at = $2 WHERE token_hash = $1 AND last_seen_at < $2`, tokenHash[:], now)
	})
	if err != nil {
		// A full disk must not lock out whoever comes to see why nothing works.
		s.log.Warn().Err(err).Int64("user", u.ID).Msg("session not touched")
	}
	return u, nil
}

// DeleteSession ends a session; an unknown one is fine.
func (s *Store) DeleteSession(ctx context.Context, tokenHash [32]byte) error {
	return s.write(ctx, "delete session", func(t *tx) error {
		t.hint(0, 0, HintPeople)
		return t.exec(`DELETE FROM sessions WHERE token_hash = $1`, tokenHash[:])
	})
}

// DeleteExpiredSessions removes the sessions whose time is up.
func (s *Store) DeleteExpiredSessions(ctx context.Context) error {
	return s.write(ctx, "delete expired sessions", func(t *tx) error {
		return t.exec(`DELETE FROM sessions WHERE expires_at <= $1`, t.now)
	})
}
