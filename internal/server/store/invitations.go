package store

import (
	"context"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

// Invitation is a link with which somebody joins a business, or a user of it
// chooses a new password.
type Invitation struct {
	ID, Business         int64
	User                 int64  // whose password it changes; 0 for somebody new
	UserName             string // set by the store when it reads
	Role                 string // of somebody new
	Note                 string // for whom it is, in the words of whoever made it
	CreatedAt, ExpiresAt time.Time
}

const invitationQuery = `
	SELECT i.id, i.business_id, COALESCE(i.user_id, 0), COALESCE(u.name, ''), i.role, i.note, i.created_at, i.expires_at
	FROM invitations i LEFT JOIN users u ON u.id = i.user_id WHERE `

func scanInvitation(row scanner) (i Invitation, err error) {
	var created, expires int64
	err = row.Scan(&i.ID, &i.Business, &i.User, &i.UserName, &i.Role, &i.Note, &created, &expires)
	i.CreatedAt, i.ExpiresAt = instant(created), instant(expires)
	return i, err
}

// CreateInvitation stores i, whose ID and times are set by the store, in the
// name of the user called by. tokenHash is the SHA-256 of what the link holds,
// ttl how long it is good. A user has one link at a time: an earlier one ends.
// An unknown user is CodeNotFound.
func (s *Store) CreateInvitation(ctx context.Context, by int64, i Invitation, tokenHash [32]byte, ttl time.Duration) (Invitation, error) {
	i.UserName = ""
	cleanAll(&i.Role, &i.Note)
	err := s.write(ctx, "create invitation", func(t *tx) error {
		act := Act{Business: i.Business, User: by, Action: ActUserInvited, Details: map[string]any{"name": i.Note, "role": i.Role}}
		if i.User != 0 {
			name, err := t.userOf(i.Business, i.User)
			if err != nil {
				return err
			}
			i.UserName = name
			act = Act{Business: i.Business, User: by, Action: ActUserLink, Object: userObject(i.User), Details: map[string]any{"name": name}}
			if err := t.exec(`DELETE FROM invitations WHERE user_id = $1`, i.User); err != nil {
				return err
			}
		}
		i.CreatedAt, i.ExpiresAt = instant(t.now), instant(t.now+ttl.Milliseconds())
		var err error
		i.ID, err = t.add(`INSERT INTO invitations (business_id, token_hash, user_id, role, note, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			i.Business, tokenHash[:], reference(i.User), i.Role, i.Note, t.now, millis(i.ExpiresAt))
		if err != nil {
			return err
		}
		return t.audit(act)
	})
	return i, err
}

// Invitations returns the links of a business that are still good, the newest
// first.
func (s *Store) Invitations(ctx context.Context, business int64) ([]Invitation, error) {
	all, err := list(ctx, s.reader, scanInvitation, invitationQuery+`i.business_id = $1 AND i.expires_at > $2 ORDER BY i.id DESC`, business, s.now().UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("list invitations: %w", explain(err))
	}
	return all, nil
}

// InvitationByToken returns the link that holds the token with this SHA-256. One
// that is unknown, used or over is CodeNotFound.
func (s *Store) InvitationByToken(ctx context.Context, tokenHash [32]byte) (Invitation, error) {
	all, err := list(ctx, s.reader, scanInvitation, invitationQuery+`i.token_hash = $1 AND i.expires_at > $2`, tokenHash[:], s.now().UnixMilli())
	if err != nil {
		return Invitation{}, fmt.Errorf("find invitation: %w", explain(err))
	}
	if len(all) == 0 {
		return Invitation{}, errNoInvitation
	}
	return all[0], nil
}

// RevokeInvitation ends a link of the business in the name of the user called
// by. An unknown one is CodeNotFound.
func (s *Store) RevokeInvitation(ctx context.Context, business, by, id int64) error {
	return s.write(ctx, "revoke invitation", func(t *tx) error {
		var note string
		found, err := t.row([]any{&note}, `DELETE FROM invitations WHERE id = $1 AND business_id = $2 RETURNING note`, id, business)
		if err != nil {
			return err
		}
		if !found {
			return errNoInvitation
		}
		return t.audit(Act{Business: business, User: by, Action: ActInvitationEnded, Details: map[string]any{"name": note}})
	})
}

// AcceptInvitation uses up the link: it makes the user called name, or gives
// the link's own user a new password and ends what let them in before, and
// returns the user's name. A link that is unknown, used or over is CodeNotFound,
// a name that is taken CodeConflict.
func (s *Store) AcceptInvitation(ctx context.Context, tokenHash [32]byte, name, passwordHash string) (string, error) {
	var used string
	err := s.write(ctx, "accept invitation", func(t *tx) error {
		used = ""
		// Deleting first makes whoever comes at the same moment find nothing.
		all, err := list(t.ctx, t.conn, func(row scanner) (i Invitation, err error) {
			err = row.Scan(&i.Business, &i.User, &i.Role)
			return i, err
		}, `DELETE FROM invitations WHERE token_hash = $1 AND expires_at > $2 RETURNING business_id, COALESCE(user_id, 0), role`, tokenHash[:], t.now)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return errNoInvitation
		}
		used, err = t.accept(all[0], name, passwordHash)
		return err
	})
	return used, err
}

func (t *tx) accept(i Invitation, name, passwordHash string) (string, error) {
	if i.User == 0 {
		id, err := t.createUser(User{Business: i.Business, Name: name, PasswordHash: passwordHash, Role: i.Role})
		if err != nil {
			return "", err
		}
		return name, t.audit(Act{Business: i.Business, User: id, Action: ActUserJoined, Object: userObject(id), Details: map[string]any{"name": name, "role": i.Role}})
	}
	name, err := t.userName(i.User)
	if err != nil {
		return "", err
	}
	if err := t.setPassword(i.User, passwordHash, false, [32]byte{}); err != nil {
		return "", err
	}
	return name, t.audit(Act{Business: i.Business, User: i.User, Action: ActPasswordByLink, Object: userObject(i.User), Details: map[string]any{"name": name}})
}

var errNoInvitation = ticket.NewError(ticket.CodeNotFound, "Este enlace ya se usó, venció o no es correcto. Pida otro al administrador.")
