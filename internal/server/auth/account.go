package auth

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mostrador/internal/httpx"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// What is in this file somebody does to their own access, and all of it needs a
// session: a token that got lost must not be good for making another.
var errNoSession = ticket.NewError(ticket.CodeForbidden, "Esto se hace en el panel, con su propia sesión.")

const (
	// tokenPrefix tells a personal token from a bridge's.
	tokenPrefix = "mst_"
	// maxTokenName bounds a token's name, in characters.
	maxTokenName = 60
	// longestToken is how far ahead the end of a token may be.
	longestToken = 10 * 365 * 24 * time.Hour
)

// own returns the user whose session id is, after checking their password.
func (a *Auth) own(ctx context.Context, id Identity, password string) (store.User, error) {
	if id.Session == [32]byte{} {
		return store.User{}, errNoSession
	}
	user, err := a.store.User(ctx, id.User)
	if err != nil {
		return store.User{}, fmt.Errorf("find user: %w", err)
	}
	key := strconv.FormatInt(id.User, 10)
	if a.limits.own.take(key) > 0 {
		return store.User{}, errTooMany
	}
	if err := a.checkPassword(ctx, user, password); err != nil {
		if ticket.CodeOf(err) == ticket.CodeUnauthorized {
			// 401 would say that the session is over.
			err = ticket.NewError(ticket.CodeInvalid, "La contraseña actual no es correcta.")
		}
		return store.User{}, err
	}
	a.limits.own.give(key)
	return user, nil
}

// ChangePassword gives whoever id is a new password and ends their other
// sessions. A wrong current password or a weak new one is CodeInvalid.
func (a *Auth) ChangePassword(ctx context.Context, id Identity, current, next string) error {
	user, err := a.own(ctx, id, current)
	if err != nil {
		return err
	}
	if err := checkNewPassword(user.Name, next); err != nil {
		return err
	}
	hash, err := a.hasher.Hash(ctx, next)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	err = a.store.SetPassword(ctx, store.PasswordChange{Business: id.Business, User: id.User, By: id.User, Hash: hash, Keep: id.Session})
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}

// PrepareFactor makes up a second factor, which is not set until EnableFactor is
// given its secret again with a code. issuer is what the phone shows beside it.
func (a *Auth) PrepareFactor(id Identity, issuer string) (Factor, error) {
	if id.Session == [32]byte{} {
		return Factor{}, errNoSession
	}
	return newFactor(issuer, id.Name)
}

// EnableFactor sets a second factor that PrepareFactor made, proved by a code of
// it, and returns the recovery codes, which nobody can read again. A wrong
// password, secret or code is CodeInvalid.
func (a *Auth) EnableFactor(ctx context.Context, id Identity, password, secret, code string) ([]string, error) {
	user, err := a.own(ctx, id, password)
	if err != nil {
		return nil, err
	}
	if user.Secret != "" {
		return nil, ticket.NewError(ticket.CodeConflict, "Ya tiene un segundo paso; quítelo antes de poner otro.")
	}
	secret = strings.ToUpper(bare(secret))
	step := a.matchingStep(secret, bare(code), 0)
	if len(secret) < factorSecret*8/5 || len(secret) > 2*factorSecret*8/5 || step == 0 {
		return nil, ticket.NewError(ticket.CodeInvalid, "El código no es correcto. Revise que la hora del teléfono sea automática.")
	}
	codes, hashes := makeRecoveryCodes(id.User)
	if err := a.store.SetSecondFactor(ctx, id.User, secret, step, hashes); err != nil {
		return nil, fmt.Errorf("set second factor: %w", err)
	}
	return codes, nil
}

// DisableFactor takes the second factor away from whoever proves to have it.
func (a *Auth) DisableFactor(ctx context.Context, id Identity, password, code string) error {
	user, err := a.own(ctx, id, password)
	if err != nil {
		return err
	}
	if user.Secret == "" {
		return nil
	}
	if a.limits.codes(attempt{user: user.ID}) > 0 {
		return errTooMany
	}
	if _, err := a.checkCode(ctx, user, code); err != nil {
		if ticket.CodeOf(err) == ticket.CodeUnauthorized {
			err = ticket.NewError(ticket.CodeInvalid, httpx.Message(err))
		}
		return err
	}
	if err := a.store.ClearSecondFactor(ctx, id.Business, id.User, id.User); err != nil {
		return fmt.Errorf("clear second factor: %w", err)
	}
	return nil
}

// RenewCodes replaces the recovery codes and returns the new ones.
func (a *Auth) RenewCodes(ctx context.Context, id Identity, password string) ([]string, error) {
	user, err := a.own(ctx, id, password)
	if err != nil {
		return nil, err
	}
	if user.Secret == "" {
		return nil, ticket.NewError(ticket.CodeConflict, "No tiene un segundo paso.")
	}
	codes, hashes := makeRecoveryCodes(id.User)
	if err := a.store.RenewRecoveryCodes(ctx, id.User, hashes); err != nil {
		return nil, fmt.Errorf("renew recovery codes: %w", err)
	}
	return codes, nil
}

// Factor reports whether whoever id is has a second factor, and how many
// recovery codes they have left.
func (a *Auth) Factor(ctx context.Context, id Identity) (on bool, codes int64, err error) {
	if id.User == 0 {
		return false, 0, nil
	}
	user, err := a.store.User(ctx, id.User)
	if err != nil {
		return false, 0, fmt.Errorf("find user: %w", err)
	}
	codes, err = a.store.RecoveryCodes(ctx, id.User)
	return user.Secret != "", codes, err
}

// Sessions returns the sessions of whoever id is, the last used first.
func (a *Auth) Sessions(ctx context.Context, id Identity) ([]store.OpenSession, error) {
	if id.User == 0 {
		return []store.OpenSession{}, nil
	}
	return a.store.Sessions(ctx, id.User, sessionIdle)
}

// EndSession ends one of one's own sessions; an unknown one is CodeNotFound.
func (a *Auth) EndSession(ctx context.Context, id Identity, session string) error {
	if id.Session == [32]byte{} {
		return errNoSession
	}
	return a.store.EndSession(ctx, id.User, session)
}

// EndOtherSessions ends all of one's own sessions but this one, and returns how
// many they were.
func (a *Auth) EndOtherSessions(ctx context.Context, id Identity) (int64, error) {
	if id.Session == [32]byte{} {
		return 0, errNoSession
	}
	return a.store.EndOtherSessions(ctx, id.User, id.Session)
}

// CreateToken makes a personal token for whoever id is and returns it with its
// secret, which nobody can read again. A role above one's own is CodeForbidden,
// a missing name or an end in the past CodeInvalid.
func (a *Auth) CreateToken(ctx context.Context, id Identity, name string, role Role, expires time.Time) (store.APIToken, string, error) {
	if id.Session == [32]byte{} {
		return store.APIToken{}, "", errNoSession
	}
	if !id.Role.Covers(role) {
		return store.APIToken{}, "", ticket.NewError(ticket.CodeForbidden, "Un token no puede más que usted.")
	}
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > maxTokenName {
		return store.APIToken{}, "", ticket.NewError(ticket.CodeInvalid, "El token necesita un nombre de hasta 60 caracteres.")
	}
	if now := a.now(); !expires.IsZero() && (!expires.After(now) || expires.After(now.Add(longestToken))) {
		return store.APIToken{}, "", ticket.NewError(ticket.CodeInvalid, "El token tiene que vencer en el futuro, a diez años como mucho.")
	}
	secret := tokenPrefix + makeSecret()
	made, err := a.store.CreateAPIToken(ctx, id.User, store.APIToken{Name: name, Role: string(role), ExpiresAt: expires}, httpx.NewToken(secret))
	if err != nil {
		return store.APIToken{}, "", fmt.Errorf("create token: %w", err)
	}
	return made, secret, nil
}

// RevokeToken ends one of one's own tokens; an unknown one is CodeNotFound.
func (a *Auth) RevokeToken(ctx context.Context, id Identity, token int64) error {
	if id.Session == [32]byte{} {
		return errNoSession
	}
	return a.store.RevokeAPIToken(ctx, id.User, token)
}
