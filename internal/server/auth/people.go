package auth

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mostrador/internal/httpx"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

const (
	// linkLife is how long a link is good.
	linkLife = 72 * time.Hour
	// maxNote bounds for whom a link is, in characters.
	maxNote = 60
)

// NewUser is somebody to let in.
type NewUser struct {
	Business  int64
	By        int64 // who lets them in; 0: the command line
	Name      string
	Password  string
	Role      Role
	Temporary bool // the first login replaces the password
}

// AddUser stores a new administrator of the business.
func (a *Auth) AddUser(ctx context.Context, business int64, name, password string) error {
	_, err := a.Add(ctx, NewUser{Business: business, Name: name, Password: password, Role: RoleAdmin})
	return err
}

// Add stores a new user and returns the id. A name or password that will not do
// is CodeInvalid, a name that is taken CodeConflict.
func (a *Auth) Add(ctx context.Context, n NewUser) (int64, error) {
	hash, err := a.hashNew(ctx, n.Name, n.Password)
	if err != nil {
		return 0, err
	}
	id, err := a.store.CreateUserBy(ctx, n.By, store.User{
		Business: n.Business, Name: strings.TrimSpace(n.Name), PasswordHash: hash, Role: string(n.Role), Temporary: n.Temporary,
	})
	if err != nil {
		return 0, fmt.Errorf("create user: %w", err)
	}
	return id, nil
}

func (a *Auth) hashNew(ctx context.Context, name, password string) (string, error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	if err := checkNewPassword(name, password); err != nil {
		return "", err
	}
	hash, err := a.hasher.Hash(ctx, password)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// SetPassword gives a user of the business a password that somebody else chose:
// by, or the command line when it is 0. All their sessions end.
func (a *Auth) SetPassword(ctx context.Context, business, by int64, user store.Member, password string) error {
	hash, err := a.hashNew(ctx, user.Name, password)
	if err != nil {
		return err
	}
	err = a.store.SetPassword(ctx, store.PasswordChange{Business: business, User: user.ID, By: by, Hash: hash})
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}

// Invite makes a link with which somebody joins the business of id in a role,
// and returns it with its token, which nobody can read again. note says for whom
// it is.
func (a *Auth) Invite(ctx context.Context, id Identity, role Role, note string) (store.Invitation, string, error) {
	note = strings.TrimSpace(note)
	if note == "" || utf8.RuneCountInString(note) > maxNote {
		return store.Invitation{}, "", ticket.NewError(ticket.CodeInvalid, "Diga para quién es la invitación, en hasta 60 caracteres.")
	}
	return a.link(ctx, id, store.Invitation{Business: id.Business, Role: string(role), Note: note})
}

// ResetLink makes a link with which a user of the business of id chooses a new
// password. An unknown one is CodeNotFound.
func (a *Auth) ResetLink(ctx context.Context, id Identity, user int64) (store.Invitation, string, error) {
	return a.link(ctx, id, store.Invitation{Business: id.Business, User: user})
}

func (a *Auth) link(ctx context.Context, id Identity, i store.Invitation) (store.Invitation, string, error) {
	secret := makeSecret()
	made, err := a.store.CreateInvitation(ctx, id.User, i, httpx.NewToken(secret), linkLife)
	if err != nil {
		return store.Invitation{}, "", fmt.Errorf("create invitation: %w", err)
	}
	return made, secret, nil
}

// Invitation returns what the link with this token is good for. One that is
// unknown, used or over is CodeNotFound.
func (a *Auth) Invitation(ctx context.Context, token string) (store.Invitation, error) {
	i, err := a.store.InvitationByToken(ctx, httpx.NewToken(token))
	if err != nil {
		return store.Invitation{}, fmt.Errorf("find invitation: %w", err)
	}
	return i, nil
}

// Accept uses up the link with this token: somebody new gets name and password,
// a user a new password. It returns the name to log in with. The link stays good
// when name or password will not do, CodeInvalid, or the name is taken,
// CodeConflict.
func (a *Auth) Accept(ctx context.Context, token, name, password string) (string, error) {
	i, err := a.Invitation(ctx, token)
	if err != nil {
		return "", err
	}
	if i.User != 0 {
		name = i.UserName
	}
	hash, err := a.hashNew(ctx, name, password)
	if err != nil {
		return "", err
	}
	used, err := a.store.AcceptInvitation(ctx, httpx.NewToken(token), strings.TrimSpace(name), hash)
	if err != nil {
		return "", fmt.Errorf("accept invitation: %w", err)
	}
	return used, nil
}
