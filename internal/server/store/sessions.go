package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

// touchEvery is how exactly the last use of a session or token is kept; writing
// each one down would make every read of the panel a write.
const touchEvery = time.Minute

// maxAgent bounds what is kept of a User-Agent, in characters.
const maxAgent = 200

// Login is a session that begins, and what was used up for it.
type Login struct {
	User     int64
	Token    [32]byte // SHA-256 of what the browser holds
	TTL      time.Duration
	Replaces [32]byte // the session the browser had before, which ends; zero: none
	Agent    string   // User-Agent
	Address  string

	Device    [32]byte // makes the browser a known one; zero: it is already, or shall not be
	DeviceTTL time.Duration

	Step         int64    // of the second factor's code; 0: none was used
	RecoveryCode [32]byte // SHA-256; zero: none was used
	PasswordHash string   // takes the place of a temporary password; empty: stays
}

// StartSession stores a login. An unknown user is CodeNotFound; a code of the
// second factor that was used before is CodeUnauthorized.
func (s *Store) StartSession(ctx context.Context, l Login) error {
	return s.write(ctx, "start session", func(t *tx) error {
		var business int64
		found, err := t.row([]any{&business}, `UPDATE users SET last_login_at = $2 WHERE id = $1 AND disabled_at = 0 RETURNING business_id`, l.User, t.now)
		if err != nil {
			return err
		}
		if !found {
			return errNoUser
		}
		if err := t.useUp(l); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM sessions WHERE token_hash = $1`, l.Replaces[:]); err != nil {
			return err
		}
		err = t.exec(`
			INSERT INTO sessions (token_hash, business_id, user_id, created_at, last_seen_at, expires_at, agent, address) VALUES ($1, $2, $3, $4, $4, $5, $6, $7)`,
			l.Token[:], business, l.User, t.now, t.now+l.TTL.Milliseconds(), cut(clean(l.Agent), maxAgent), clean(l.Address))
		if err != nil {
			return err
		}
		if l.Device != [32]byte{} {
			err = t.exec(`INSERT INTO devices (token_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (token_hash, user_id) DO UPDATE SET expires_at = excluded.expires_at`,
				l.Device[:], l.User, t.now, t.now+l.DeviceTTL.Milliseconds())
			if err != nil {
				return err
			}
		}
		return t.audit(Act{Business: business, User: l.User, Action: ActLogin, Object: userObject(l.User),
			Details: map[string]any{"address": l.Address, "recovery": l.RecoveryCode != [32]byte{}}})
	})
}

// useUp spends what may be used once.
func (t *tx) useUp(l Login) error {
	again := ticket.NewError(ticket.CodeUnauthorized, "Ese código ya se usó. Espere al siguiente.")
	if l.Step != 0 {
		fresh, err := t.changed(`UPDATE users SET totp_step = $2 WHERE id = $1 AND totp_step < $2`, l.User, l.Step)
		if err != nil {
			return err
		}
		if !fresh {
			return again
		}
	}
	if l.RecoveryCode != [32]byte{} {
		fresh, err := t.changed(`DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2`, l.User, l.RecoveryCode[:])
		if err != nil {
			return err
		}
		if !fresh {
			return again
		}
	}
	if l.PasswordHash == "" {
		return nil
	}
	if err := t.setPassword(l.User, l.PasswordHash, false, [32]byte{}); err != nil {
		return err
	}
	return t.auditOwn(l.User, ActPassword, nil)
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
		tokenHash[:], now, now-idle.Milliseconds()), append(u.columns(), &seen)...)
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

// OpenSession is a session as its user sees it.
type OpenSession struct {
	Token                 [32]byte // SHA-256, which opens nothing
	Agent, Address        string
	CreatedAt, LastSeenAt time.Time
}

// ID returns the name under which EndSession knows the session.
func (o OpenSession) ID() string { return hex.EncodeToString(o.Token[:]) }

// Sessions returns a user's sessions that are not over, the last used first.
func (s *Store) Sessions(ctx context.Context, user int64, idle time.Duration) ([]OpenSession, error) {
	now := s.now().UnixMilli()
	all, err := list(ctx, s.reader, func(row scanner) (o OpenSession, err error) {
		var token []byte
		var created, seen int64
		err = row.Scan(&token, &o.Agent, &o.Address, &created, &seen)
		copy(o.Token[:], token)
		o.CreatedAt, o.LastSeenAt = instant(created), instant(seen)
		return o, err
	}, `SELECT token_hash, agent, address, created_at, last_seen_at FROM sessions
		WHERE user_id = $1 AND expires_at > $2 AND last_seen_at > $3 ORDER BY last_seen_at DESC, created_at DESC`, user, now, now-idle.Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", explain(err))
	}
	return all, nil
}

// EndSession ends one session of a user, by its ID. An unknown one is
// CodeNotFound.
func (s *Store) EndSession(ctx context.Context, user int64, id string) error {
	token, err := hex.DecodeString(id)
	if err != nil {
		return errNoSession
	}
	return s.write(ctx, "end session", func(t *tx) error {
		found, err := t.changed(`DELETE FROM sessions WHERE user_id = $1 AND token_hash = $2`, user, token)
		if err != nil {
			return err
		}
		if !found {
			return errNoSession
		}
		t.hint(0, 0, HintPeople)
		return t.auditOwn(user, ActSessionsEnded, map[string]any{"count": 1})
	})
}

// EndOtherSessions ends all sessions of a user but keep, and returns how many
// they were. Browsers that are known are so no longer.
func (s *Store) EndOtherSessions(ctx context.Context, user int64, keep [32]byte) (int64, error) {
	var n int64
	err := s.write(ctx, "end other sessions", func(t *tx) error {
		if _, err := t.row([]any{&n}, `SELECT COUNT(*) FROM sessions WHERE user_id = $1 AND token_hash <> $2`, user, keep[:]); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2`, user, keep[:]); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM devices WHERE user_id = $1`, user); err != nil {
			return err
		}
		t.hint(0, 0, HintPeople)
		return t.auditOwn(user, ActSessionsEnded, map[string]any{"count": n})
	})
	return n, err
}

// auditOwn notes what a user did to their own access.
func (t *tx) auditOwn(user int64, action string, details map[string]any) error {
	var business int64
	found, err := t.row([]any{&business}, `SELECT business_id FROM users WHERE id = $1`, user)
	if err != nil {
		return err
	}
	if !found {
		return errNoUser
	}
	t.hint(0, 0, HintPeople)
	return t.audit(Act{Business: business, User: user, Action: action, Object: userObject(user), Details: details})
}

// DeleteSession ends a session; an unknown one is fine.
func (s *Store) DeleteSession(ctx context.Context, tokenHash [32]byte) error {
	return s.write(ctx, "delete session", func(t *tx) error {
		var user int64
		found, err := t.row([]any{&user}, `DELETE FROM sessions WHERE token_hash = $1 RETURNING user_id`, tokenHash[:])
		if err != nil || !found {
			return err
		}
		t.hint(0, 0, HintPeople)
		return t.auditOwn(user, ActLogout, nil)
	})
}

// KnownDevice reports whether user has logged in before in the browser that
// holds the token with this SHA-256.
func (s *Store) KnownDevice(ctx context.Context, user int64, tokenHash [32]byte) (bool, error) {
	var n int64
	err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM devices WHERE token_hash = $1 AND user_id = $2 AND expires_at > $3`,
		tokenHash[:], user, s.now().UnixMilli()).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("find device: %w", explain(err))
	}
	return n > 0, nil
}

// DeleteExpiredSessions removes the sessions, known devices and links whose time
// is up. Personal tokens stay, so that their owner sees which one ran out.
func (s *Store) DeleteExpiredSessions(ctx context.Context) error {
	return s.write(ctx, "delete expired sessions", func(t *tx) error {
		for _, query := range []string{
			`DELETE FROM sessions WHERE expires_at <= $1`,
			`DELETE FROM devices WHERE expires_at <= $1`,
			`DELETE FROM invitations WHERE expires_at <= $1`,
		} {
			if err := t.exec(query, t.now); err != nil {
				return err
			}
		}
		return nil
	})
}

var errNoSession = ticket.NewError(ticket.CodeNotFound, "Esa sesión ya no existe.")
