package store

import (
	"context"
	"fmt"
)

// SetSecondFactor gives a user a second factor: its secret in base32, the step
// of the code that proved it, and the SHA-256 of the recovery codes, which
// replace earlier ones. An unknown user is CodeNotFound.
func (s *Store) SetSecondFactor(ctx context.Context, user int64, secret string, step int64, recovery [][32]byte) error {
	return s.write(ctx, "set second factor", func(t *tx) error {
		if err := t.auditOwn(user, ActFactorOn, nil); err != nil {
			return err
		}
		if err := t.exec(`UPDATE users SET totp_secret = $2, totp_step = $3 WHERE id = $1`, user, secret, step); err != nil {
			return err
		}
		return t.setRecoveryCodes(user, recovery)
	})
}

// RenewRecoveryCodes replaces a user's recovery codes.
func (s *Store) RenewRecoveryCodes(ctx context.Context, user int64, recovery [][32]byte) error {
	return s.write(ctx, "renew recovery codes", func(t *tx) error {
		if err := t.auditOwn(user, ActCodesRenewed, nil); err != nil {
			return err
		}
		return t.setRecoveryCodes(user, recovery)
	})
}

func (t *tx) setRecoveryCodes(user int64, recovery [][32]byte) error {
	if err := t.exec(`DELETE FROM recovery_codes WHERE user_id = $1`, user); err != nil {
		return err
	}
	for _, hash := range recovery {
		if err := t.exec(`INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)`, user, hash[:]); err != nil {
			return err
		}
	}
	return nil
}

// ClearSecondFactor takes a user's second factor and recovery codes away, in the
// name of the user called by, who may be the user. An unknown user is
// CodeNotFound.
func (s *Store) ClearSecondFactor(ctx context.Context, business, by, user int64) error {
	return s.write(ctx, "clear second factor", func(t *tx) error {
		name, err := t.userOf(business, user)
		if err != nil {
			return err
		}
		if err := t.exec(`UPDATE users SET totp_secret = '' WHERE id = $1`, user); err != nil {
			return err
		}
		if err := t.setRecoveryCodes(user, nil); err != nil {
			return err
		}
		action := ActUserFactorReset
		if by == user {
			action = ActFactorOff
		}
		return t.audit(Act{Business: business, User: by, Action: action, Object: userObject(user), Details: map[string]any{"name": name}})
	})
}

// RecoveryCodes returns how many recovery codes a user has left.
func (s *Store) RecoveryCodes(ctx context.Context, user int64) (int64, error) {
	var n int64
	if err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1`, user).Scan(&n); err != nil {
		return 0, fmt.Errorf("count recovery codes: %w", explain(err))
	}
	return n, nil
}

// HasRecoveryCode reports whether the code with this SHA-256 is one of a user's.
func (s *Store) HasRecoveryCode(ctx context.Context, user int64, hash [32]byte) (bool, error) {
	var n int64
	err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1 AND code_hash = $2`, user, hash[:]).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("find recovery code: %w", explain(err))
	}
	return n > 0, nil
}
