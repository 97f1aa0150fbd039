// Package auth says who is asking: a person with a session, a program with a
// token, or nobody.
//
// Its one rule: no secret is kept or compared in clear; the database holds only
// hashes of passwords, session tokens, links and tokens. The one exception, said
// in docs/DECISIONS.md, is the secret of a second factor.
package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"mostrador/internal/httpx"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// Cookie is the name of the session's cookie.
const Cookie = "sesion"

const (
	// sessionIdle ends a session that nobody used for half a day: the night
	// between two working days.
	sessionIdle = 12 * time.Hour
	// sessionLife ends every session.
	sessionLife = 30 * 24 * time.Hour
	// secretBytes is the length of what we make up: 256 bits cannot be guessed.
	secretBytes = 32
)

// Identity is whoever a request speaks for.
type Identity struct {
	store.Origin        // Bridge is zero for a person
	User         int64  // zero for a bridge's token and in an open panel
	Name         string // of the user; empty without one
	Role         Role
	Token        bool // came with a bridge's token
	// Session is the SHA-256 of the session's cookie, zero without a session: a
	// personal token speaks for its user too, but cannot change their access.
	Session [32]byte
}

// Options says what an Auth works with.
type Options struct {
	Store *store.Store
	// Default is the business and bridge of the configuration: whose panel an
	// open panel is.
	Default store.Origin
	// Open lets everybody in as the administrator: PANEL_LOGIN=off.
	Open bool
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// Wait returns after d, or earlier when ctx ends; nil: a timer.
	Wait func(ctx context.Context, d time.Duration)
}

// Auth recognises people and programs. Safe for concurrent use.
type Auth struct {
	store    *store.Store
	fallback store.Origin
	open     bool
	now      func() time.Time
	hasher   *Hasher
	limits   limits
}

// New returns an Auth.
func New(o Options) *Auth {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	return &Auth{store: o.Store, fallback: o.Default, open: o.Open, now: o.Now, hasher: NewHasher(), limits: newLimits(o.Now, o.Wait)}
}

// Open reports whether the panel lets everybody in.
func (a *Auth) Open() bool { return a.open }

// makeSecret returns something that cannot be guessed, in letters that need no
// escape anywhere.
func makeSecret() string {
	token := make([]byte, secretBytes)
	_, _ = rand.Read(token) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(token)
}

// Logout ends the session of r, if it has one, and takes its cookie away.
func (a *Auth) Logout(w http.ResponseWriter, r *http.Request) error {
	if cookie, err := r.Cookie(Cookie); err == nil {
		if err := a.store.DeleteSession(r.Context(), httpx.NewToken(cookie.Value)); err != nil {
			return fmt.Errorf("end session: %w", err)
		}
	}
	setCookie(w, r, Cookie, "", -time.Second)
	return nil
}

// Identify returns who r speaks for. A bearer token decides alone; without one
// the session cookie does, and an open panel knows everybody. It returns
// CodeUnauthorized for nobody.
func (a *Auth) Identify(r *http.Request) (Identity, error) {
	if secret, ok := httpx.Bearer(r); ok {
		return a.byToken(r.Context(), secret)
	}
	if cookie, err := r.Cookie(Cookie); err == nil {
		token := httpx.NewToken(cookie.Value)
		user, err := a.store.Session(r.Context(), token, sessionIdle)
		if err == nil {
			return identityOf(user, token), nil
		}
		if ticket.CodeOf(err) != ticket.CodeUnauthorized {
			return Identity{}, fmt.Errorf("find session: %w", err)
		}
	}
	if a.open {
		return Identity{Origin: a.fallback, Role: RoleAdmin}, nil
	}
	return Identity{}, ticket.NewError(ticket.CodeUnauthorized, "Entre con su usuario y contraseña.")
}

func (a *Auth) byToken(ctx context.Context, secret string) (Identity, error) {
	if strings.HasPrefix(secret, tokenPrefix) {
		user, role, err := a.store.UserByAPIToken(ctx, httpx.NewToken(secret))
		if err != nil {
			return Identity{}, fmt.Errorf("find token: %w", err)
		}
		id := identityOf(user, [32]byte{})
		id.Role = least(id.Role, Role(role))
		return id, nil
	}
	origin, err := a.store.OriginByToken(ctx, httpx.NewToken(secret))
	if err != nil {
		return Identity{}, fmt.Errorf("find bridge: %w", err)
	}
	return Identity{Origin: origin, Role: RoleAdmin, Token: true}, nil
}

func identityOf(user store.User, session [32]byte) Identity {
	return Identity{Origin: store.Origin{Business: user.Business}, User: user.ID, Name: user.Name, Role: Role(user.Role), Session: session}
}

// least is the role that may do what both may.
func least(a, b Role) Role {
	if a.Covers(b) {
		return b
	}
	return a
}

type contextKey struct{}

// Adapter makes a handler of net/http, answering errors its own way.
type Adapter func(httpx.Handler) http.HandlerFunc

// Require lets only identities with at least the role through; From gives them
// to the handlers.
func (a *Auth) Require(handle Adapter, role Role) func(http.Handler) http.Handler {
	return a.guard(handle, func(id Identity) error {
		if !id.Role.Covers(role) {
			return ErrForbidden
		}
		return nil
	})
}

// RequireToken lets only programs with a bridge's token through. An address from
// which too many wrong ones came is CodeRateLimited for a moment, unlooked at.
func (a *Auth) RequireToken(handle Adapter) func(http.Handler) http.Handler {
	guarded := a.guard(a.countWrong(handle), func(id Identity) error {
		if !id.Token {
			return ticket.NewError(ticket.CodeUnauthorized, "No autorizado: falta el token o no es el correcto.")
		}
		return nil
	})
	return func(next http.Handler) http.Handler {
		looked := guarded(next)
		return handle(func(w http.ResponseWriter, r *http.Request) error {
			if pause := a.limits.tokens.over(address(r)); pause > 0 {
				return tooMany(w, pause)
			}
			looked.ServeHTTP(w, r)
			return nil
		})
	}
}

// countWrong is handle that counts the wrong tokens of an address.
func (a *Auth) countWrong(handle Adapter) Adapter {
	return func(h httpx.Handler) http.HandlerFunc {
		return handle(func(w http.ResponseWriter, r *http.Request) error {
			err := h(w, r)
			if ticket.CodeOf(err) == ticket.CodeUnauthorized {
				a.limits.tokens.take(address(r))
			}
			return err
		})
	}
}

func (a *Auth) guard(handle Adapter, admits func(Identity) error) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return handle(func(w http.ResponseWriter, r *http.Request) error {
			id, err := a.Identify(r)
			if err != nil {
				return err
			}
			if err := admits(id); err != nil {
				return err
			}
			next.ServeHTTP(w, r.WithContext(With(r.Context(), id)))
			return nil
		})
	}
}

// With returns ctx as Require makes it for id.
func With(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, contextKey{}, id)
}

// From returns the identity that Require let through, the zero Identity
// elsewhere.
func From(ctx context.Context) Identity {
	id, _ := ctx.Value(contextKey{}).(Identity)
	return id
}
