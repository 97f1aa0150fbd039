package store

import (
	"context"
	"fmt"

	"mostrador/internal/ticket"
)

// SetRole gives a user of the business another role, in the name of the user
// called by (0: the command line). The last administrator who is not disabled
// stays one: CodeConflict. An unknown user is CodeNotFound.
func (s *Store) SetRole(ctx context.Context, business, by, user int64, role string) error {
	return s.changeMember(ctx, "set role", business, user, func(t *tx, m member) error {
		if m.role == role {
			return nil
		}
		t.hint(business, 0, HintPeople)
		if err := t.exec(`UPDATE users SET role = $2 WHERE id = $1`, user, role); err != nil {
			return err
		}
		return t.audit(Act{Business: business, User: by, Action: ActUserRole, Object: userObject(user), Details: map[string]any{"name": m.name, "from": m.role, "to": role}})
	})
}

// SetDisabled keeps a user of the business out, ending all that lets them in but
// their personal tokens and channels, which wait, or lets them in again. Their
// channels hear then of what comes after, as a first one does, unless others of the
// business were listening meanwhile. Otherwise as SetRole.
func (s *Store) SetDisabled(ctx context.Context, business, by, user int64, disabled bool) error {
	return s.changeMember(ctx, "disable user", business, user, func(t *tx, m member) error {
		if m.disabled == disabled {
			return nil
		}
		var at int64
		action := ActUserEnabled
		if disabled {
			at, action = t.now, ActUserDisabled
			if err := t.endAccess(user, [32]byte{}); err != nil {
				return err
			}
		} else if err := t.begin(Channel{Business: business, Events: []NoticeKind{NoticeMessage}}); err != nil { // theirs listen again
			return err
		}
		t.hint(0, 0, HintPeople)
		if err := t.exec(`UPDATE users SET disabled_at = $2 WHERE id = $1`, user, at); err != nil {
			return err
		}
		return t.audit(Act{Business: business, User: by, Action: action, Object: userObject(user), Details: map[string]any{"name": m.name}})
	})
}

// member is what a change of a user starts from.
type member struct {
	name, role string
	disabled   bool
}

// changeMember runs change while nobody else changes users of the business, so
// that two administrators who demote each other do not both succeed.
func (s *Store) changeMember(ctx context.Context, what string, business, user int64, change func(t *tx, m member) error) error {
	return s.write(ctx, what, func(t *tx) error {
		if err := t.exec(`UPDATE businesses SET name = name WHERE id = $1`, business); err != nil {
			return fmt.Errorf("lock business: %w", err)
		}
		var m member
		found, err := t.row([]any{&m.name, &m.role, &m.disabled}, `SELECT name, role, disabled_at <> 0 FROM users WHERE id = $1 AND business_id = $2`, user, business)
		if err != nil {
			return err
		}
		if !found {
			return errNoUser
		}
		if err := change(t, m); err != nil {
			return err
		}
		return t.keepAdmin(business)
	})
}

func (t *tx) keepAdmin(business int64) error {
	var admins int64
	if _, err := t.row([]any{&admins}, `SELECT COUNT(*) FROM users WHERE business_id = $1 AND role = $2 AND disabled_at = 0`, business, roleAdmin); err != nil {
		return err
	}
	if admins == 0 {
		return ticket.NewError(ticket.CodeConflict, "Es el único administrador: nombre antes a otro.")
	}
	return nil
}

// PasswordChange is a new password and whose it is.
type PasswordChange struct {
	Business  int64
	User      int64
	By        int64    // who chose it; 0: the command line
	Hash      string   // PHC string
	Temporary bool     // the next login replaces it
	Keep      [32]byte // SHA-256 of the session that goes on; zero: none
}

// SetPassword changes a user's password and ends their other sessions, known
// devices and links. Personal tokens stay. An unknown user is CodeNotFound.
func (s *Store) SetPassword(ctx context.Context, c PasswordChange) error {
	return s.write(ctx, "set password", func(t *tx) error {
		name, err := t.userOf(c.Business, c.User)
		if err != nil {
			return err
		}
		if err := t.setPassword(c.User, c.Hash, c.Temporary, c.Keep); err != nil {
			return err
		}
		action := ActUserPassword
		if c.By == c.User {
			action = ActPassword
		}
		return t.audit(Act{Business: c.Business, User: c.By, Action: action, Object: userObject(c.User), Details: map[string]any{"name": name}})
	})
}

func (t *tx) setPassword(user int64, hash string, temporary bool, keep [32]byte) error {
	if err := t.exec(`UPDATE users SET password_hash = $2, password_temporary = $3 WHERE id = $1`, user, hash, temporary); err != nil {
		return err
	}
	return t.endAccess(user, keep)
}

// userOf returns the name of a user of the business, or errNoUser.
func (t *tx) userOf(business, user int64) (name string, err error) {
	found, err := t.row([]any{&name}, `SELECT name FROM users WHERE id = $1 AND business_id = $2`, user, business)
	if err == nil && !found {
		return "", errNoUser
	}
	return name, err
}

// endAccess ends what lets a user in without their password, but for one session.
func (t *tx) endAccess(user int64, keep [32]byte) error {
	t.hint(0, 0, HintPeople)
	if err := t.exec(`DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2`, user, keep[:]); err != nil {
		return err
	}
	if err := t.exec(`DELETE FROM devices WHERE user_id = $1`, user); err != nil {
		return err
	}
	return t.exec(`DELETE FROM invitations WHERE user_id = $1`, user)
}
