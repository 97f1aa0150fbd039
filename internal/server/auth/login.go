package auth

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/rs/zerolog/hlog"

	"mostrador/internal/httpx"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// Credentials are what somebody shows to get in. The password comes along with
// everything that is asked for after it, so that nothing is kept in between.
type Credentials struct {
	Name, Password string
	Code           string // of the second factor, or a recovery code
	NewPassword    string // in place of a temporary one
}

// missingKey is the field of a refusal that says what to ask for next.
const missingKey = "falta"

// What a refusal asks for: the code of the second factor, a new password.
const (
	missingCode     = "codigo"
	missingPassword = "clave_nueva" //nolint:gosec // the name of a field
)

// Login starts a session, sets its cookie and ends the one the browser had. A
// wrong password and an unknown user get the same CodeUnauthorized after the
// same work; too many attempts CodeRateLimited with a Retry-After header.
// A refusal whose problem document has "falta" asks for one thing more: "codigo"
// or "clave_nueva".
func (a *Auth) Login(w http.ResponseWriter, r *http.Request, c Credentials) (Identity, error) {
	user, err := a.store.UserByName(r.Context(), c.Name)
	if err != nil && ticket.CodeOf(err) != ticket.CodeNotFound {
		return Identity{}, fmt.Errorf("find user: %w", err)
	}
	known, err := a.knownDevice(r, user.ID)
	if err != nil {
		return Identity{}, err
	}
	try := attempt{user: user.ID, name: c.Name, address: address(r), device: known}
	if pause := a.limits.begin(r.Context(), try); pause > 0 {
		return Identity{}, tooMany(w, pause)
	}
	login, err := a.prove(r.Context(), user, c, try)
	if ticket.CodeOf(err) == ticket.CodeUnauthorized && !missing(err) {
		a.noteFailure(r, user, try)
		return Identity{}, err
	}
	a.limits.forgive(try)
	if err != nil {
		return Identity{}, err
	}
	return a.start(w, r, user, login, known == "")
}

// prove checks c, one thing after the other, and returns what was used up.
func (a *Auth) prove(ctx context.Context, user store.User, c Credentials, try attempt) (store.Login, error) {
	login := store.Login{User: user.ID}
	if err := a.checkPassword(ctx, user, c.Password); err != nil {
		return login, err
	}
	if user.Secret != "" {
		if c.Code == "" {
			return login, ask(missingCode, "Escriba el código de su aplicación de autenticación.")
		}
		if a.limits.codes(try) > 0 {
			return login, ticket.NewError(ticket.CodeRateLimited, "Demasiados códigos equivocados. Espere unos minutos, o entre desde un navegador que ya conozca.")
		}
		used, err := a.checkCode(ctx, user, c.Code)
		if err != nil {
			return login, err
		}
		a.limits.forgiveCode(try)
		login.Step, login.RecoveryCode = used.step, used.recovery
	}
	if !user.Temporary {
		return login, nil
	}
	if c.NewPassword == "" {
		return login, ask(missingPassword, "Su contraseña es provisional: elija una propia.")
	}
	if err := checkNewPassword(user.Name, c.NewPassword); err != nil {
		return login, httpx.With(err, missingKey, missingPassword)
	}
	var err error
	if login.PasswordHash, err = a.hasher.Hash(ctx, c.NewPassword); err != nil {
		return login, fmt.Errorf("hash password: %w", err)
	}
	return login, nil
}

// asked is a refusal that is no failure: there is one thing more to say.
type asked struct{ error }

// Unwrap returns the refusal.
func (e asked) Unwrap() error { return e.error }

func ask(what, sentence string) error {
	return asked{httpx.With(ticket.NewError(ticket.CodeUnauthorized, sentence), missingKey, what)}
}

func missing(err error) bool {
	_, ok := err.(asked) //nolint:errorlint // only as prove returns it
	return ok
}

func (a *Auth) checkPassword(ctx context.Context, user store.User, password string) error {
	wrong := ticket.NewError(ticket.CodeUnauthorized, "El usuario o la contraseña no son correctos.")
	if len(password) > maxPassword {
		return wrong
	}
	ok, err := a.hasher.Verify(ctx, password, user.PasswordHash)
	if err != nil {
		return fmt.Errorf("check password: %w", err)
	}
	if !ok {
		return wrong
	}
	return nil
}

// noteFailure writes a failed login down; a full disk does not change the answer.
func (a *Auth) noteFailure(r *http.Request, user store.User, try attempt) {
	business := user.Business
	if business == 0 {
		business = a.fallback.Business
	}
	if err := a.store.FailedLogin(context.WithoutCancel(r.Context()), business, user.ID, try.address); err != nil {
		hlog.FromRequest(r).Warn().Err(err).Msg("failed login not noted")
	}
}

// start opens the session that login is about. A browser in which the user has
// not been before becomes a known one.
func (a *Auth) start(w http.ResponseWriter, r *http.Request, user store.User, login store.Login, newDevice bool) (Identity, error) {
	secret, device := makeSecret(), deviceOf(r)
	login.Token, login.TTL = httpx.NewToken(secret), sessionLife
	login.Agent, login.Address = r.UserAgent(), address(r)
	if before, err := r.Cookie(Cookie); err == nil {
		login.Replaces = httpx.NewToken(before.Value)
	}
	// A new password makes every browser a stranger to the user, this one too.
	newDevice = newDevice || login.PasswordHash != ""
	if newDevice {
		login.Device, login.DeviceTTL = httpx.NewToken(device), deviceLife
	}
	if err := a.store.StartSession(r.Context(), login); err != nil {
		return Identity{}, fmt.Errorf("start session: %w", err)
	}
	setCookie(w, r, Cookie, secret, sessionLife)
	if newDevice {
		setCookie(w, r, deviceCookie, device, deviceLife)
	}
	return identityOf(user, login.Token), nil
}

const (
	// deviceCookie marks a browser in which somebody has logged in before.
	deviceCookie = "dispositivo"
	// deviceLife is as long as browsers keep any cookie.
	deviceLife = 400 * 24 * time.Hour
)

// deviceOf returns the token of r's browser, a new one when it has none: people
// who share a counter share its browser.
func deviceOf(r *http.Request) string {
	made := makeSecret()
	if cookie, err := r.Cookie(deviceCookie); err == nil && len(cookie.Value) == len(made) {
		return cookie.Value
	}
	return made
}

// knownDevice returns the name under which attempts of r are counted when it
// comes from a browser that user has logged in with, "" otherwise.
func (a *Auth) knownDevice(r *http.Request, user int64) (string, error) {
	cookie, err := r.Cookie(deviceCookie)
	if err != nil || user == 0 {
		return "", nil
	}
	token := httpx.NewToken(cookie.Value)
	known, err := a.store.KnownDevice(r.Context(), user, token)
	if err != nil {
		return "", fmt.Errorf("find device: %w", err)
	}
	if !known {
		return "", nil
	}
	return fmt.Sprintf("%d %x", user, token), nil
}
