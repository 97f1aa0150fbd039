// Package auth says who is asking: a person with a session, a program with a
// token, or nobody.
//
// Its one rule: no secret is kept or compared in clear; the database holds only
// hashes of passwords, session tokens and bridge tokens.
package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/httprate"

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
	// sessionBytes is the length of a session token: 256 bits cannot be guessed.
	sessionBytes = 32
	// maxPassword bounds what is hashed, in bytes.
	maxPassword = 1024

	// loginsPerAddress and loginsPerUser per loginWindow let a forgetful person,
	// or an office behind one address, try again and again, and a program no
	// more than they.
	loginsPerAddress = 30
	loginsPerUser    = 10
	loginWindow      = time.Minute
)

// Identity is whoever a request speaks for.
type Identity struct {
	store.Origin        // Bridge is zero for a person
	User         int64  // zero for a program and in an open panel
	Name         string // of the user; empty for a program and in an open panel
	Role         Role
	Token        bool // came with a bridge's token
}

// Options says what an Auth works with.
type Options struct {
	Store *store.Store
	// Default is the business and bridge of the configuration: whose panel an
	// open panel is.
	Default store.Origin
	// Open lets everybody in as the administrator: PANEL_LOGIN=off.
	Open bool
}

// Auth recognises people and programs. Safe for concurrent use.
type Auth struct {
	store     *store.Store
	fallback  store.Origin
	open      bool
	hasher    *Hasher
	byAddress *httprate.RateLimiter
	byUser    *httprate.RateLimiter
}

// New returns an Auth.
func New(o Options) *Auth {
	// Only a client that must wait is told about limits.
	quiet := httprate.WithResponseHeaders(httprate.ResponseHeaders{RetryAfter: "Retry-After"})
	return &Auth{
		store: o.Store, fallback: o.Default, open: o.Open, hasher: NewHasher(),
		byAddress: httprate.NewRateLimiter(loginsPerAddress, loginWindow, quiet),
		byUser:    httprate.NewRateLimiter(loginsPerUser, loginWindow, quiet),
	}
}

// Open reports whether the panel lets everybody in.
func (a *Auth) Open() bool { return a.open }

// AddUser stores a new administrator of the business.
func (a *Auth) AddUser(ctx context.Context, business int64, name, password string) error {
	if err := checkCredentials(name, password); err != nil {
		return err
	}
	hash, err := a.hasher.Hash(ctx, password)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	if _, err := a.store.CreateUser(ctx, store.User{Business: business, Name: name, PasswordHash: hash, Role: string(RoleAdmin)}); err != nil {
		return fmt.Errorf("create user: %w", err)
	}
	return nil
}

func checkCredentials(name, password string) error {
	if strings.TrimSpace(name) == "" || password == "" || len(password) > maxPassword {
		return ticket.NewError(ticket.CodeInvalid, "El usuario y la clave no pueden estar vacíos, ni la clave pasar de 1024 caracteres.")
	}
	return nil
}

// Login starts a session of the user called name and sets its cookie. A wrong
// password and an unknown user get the same CodeUnauthorized after the same
// work; too many attempts CodeRateLimited with a Retry-After header.
func (a *Auth) Login(w http.ResponseWriter, r *http.Request, name, password string) (Identity, error) {
	if a.limited(w, r, name) {
		return Identity{}, ticket.NewError(ticket.CodeRateLimited, "Demasiados intentos. Espere un minuto y vuelva a probar.")
	}
	user, err := a.check(r.Context(), name, password)
	if err != nil {
		return Identity{}, err
	}
	token := make([]byte, sessionBytes)
	_, _ = rand.Read(token) // never fails since Go 1.24
	secret := base64.RawURLEncoding.EncodeToString(token)
	if err := a.store.CreateSession(r.Context(), user.ID, httpx.NewToken(secret), sessionLife); err != nil {
		return Identity{}, fmt.Errorf("create session: %w", err)
	}
	setCookie(w, r, secret, sessionLife)
	return identityOf(user), nil
}

func (a *Auth) limited(w http.ResponseWriter, r *http.Request, name string) bool {
	return a.byAddress.OnLimit(w, r, httprate.CanonicalizeIP(host(r))) || a.byUser.OnLimit(w, r, strings.ToLower(strings.TrimSpace(name)))
}

func (a *Auth) check(ctx context.Context, name, password string) (store.User, error) {
	wrong := ticket.NewError(ticket.CodeUnauthorized, "El usuario o la contraseña no son correctos.")
	if len(password) > maxPassword {
		return store.User{}, wrong
	}
	user, err := a.store.UserByName(ctx, name)
	if err != nil && ticket.CodeOf(err) != ticket.CodeNotFound {
		return store.User{}, fmt.Errorf("find user: %w", err)
	}
	ok, err := a.hasher.Verify(ctx, password, user.PasswordHash)
	if err != nil {
		return store.User{}, fmt.Errorf("check password: %w", err)
	}
	if !ok {
		return store.User{}, wrong
	}
	return user, nil
}

// Logout ends the session of r, if it has one, and takes its cookie away.
func (a *Auth) Logout(w http.ResponseWriter, r *http.Request) error {
	if cookie, err := r.Cookie(Cookie); err == nil {
		if err := a.store.DeleteSession(r.Context(), httpx.NewToken(cookie.Value)); err != nil {
			return fmt.Errorf("end session: %w", err)
		}
	}
	setCookie(w, r, "", -time.Second)
	return nil
}

// Identify returns who r speaks for. A bearer token decides alone; without one
// the session cookie does, and an open panel knows everybody. It returns
// CodeUnauthorized for nobody.
func (a *Auth) Identify(r *http.Request) (Identity, error) {
	if secret, ok := httpx.Bearer(r); ok {
		origin, err := a.store.OriginByToken(r.Context(), httpx.NewToken(secret))
		if err != nil {
			return Identity{}, fmt.Errorf("find bridge: %w", err)
		}
		return Identity{Origin: origin, Role: RoleAdmin, Token: true}, nil
	}
	if cookie, err := r.Cookie(Cookie); err == nil {
		user, err := a.store.Session(r.Context(), httpx.NewToken(cookie.Value), sessionIdle)
		if err == nil {
			return identityOf(user), nil
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

func identityOf(user store.User) Identity {
	return Identity{Origin: store.Origin{Business: user.Business}, User: user.ID, Name: user.Name, Role: Role(user.Role)}
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

// RequireToken lets only programs with a bridge's token through.
func (a *Auth) RequireToken(handle Adapter) func(http.Handler) http.Handler {
	return a.guard(handle, func(id Identity) error {
		if !id.Token {
			return ticket.NewError(ticket.CodeUnauthorized, "No autorizado: falta el token o no es el correcto.")
		}
		return nil
	})
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
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, id)))
			return nil
		})
	}
}

// From returns the identity that Require let through, the zero Identity
// elsewhere.
func From(ctx context.Context) Identity {
	id, _ := ctx.Value(contextKey{}).(Identity)
	return id
}
