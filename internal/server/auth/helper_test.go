package auth_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

const anas = "muy secreta"

// desk is an Auth with a user Ana, a clock that stands still and waits that are
// over at once.
type desk struct {
	*auth.Auth
	t      *testing.T
	store  *store.Store
	origin store.Origin
	clock  *storetest.Clock
	waited time.Duration
}

func openDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, clock: storetest.NewClock(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC))}
	d.store = storetest.Open(t, func(o *store.Options) { o.Now = d.clock.Now })
	var err error
	if d.origin, err = d.store.Setup(t.Context(), store.Setup{BusinessName: "Taller", TokenHash: httpx.NewToken("the bridge's token")}); err != nil {
		t.Fatal(err)
	}
	d.Auth = auth.New(auth.Options{
		Store: d.store, Default: d.origin, Now: d.clock.Now, Wait: func(_ context.Context, pause time.Duration) { d.waited += pause },
	})
	d.must(d.AddUser(t.Context(), d.origin.Business, "Ana", anas))
	return d
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) want(err error, code ticket.Code) {
	d.t.Helper()
	if got := ticket.CodeOf(err); got != code {
		d.t.Errorf("got %q (%v), want %q", got, err, code)
	}
}

// browser is somebody's, at an address, with its cookies.
type browser struct {
	*desk
	address string
	cookies map[string]string
	header  http.Header // of the last answer
}

func (d *desk) browser(address string) *browser {
	return &browser{desk: d, address: address, cookies: map[string]string{}}
}

func (b *browser) request() *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/entrar", nil)
	r.RemoteAddr = b.address + ":40000"
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	return r
}

func (b *browser) login(c auth.Credentials) (auth.Identity, error) {
	w := httptest.NewRecorder()
	id, err := b.Login(w, b.request(), c)
	b.header = w.Header()
	for _, cookie := range w.Result().Cookies() {
		b.cookies[cookie.Name] = cookie.Value
	}
	return id, err
}

// ana logs Ana in with her password.
func (b *browser) ana() auth.Identity {
	b.t.Helper()
	id, err := b.login(auth.Credentials{Name: "ana", Password: anas})
	b.must(err)
	return id
}

// whoever says whose session the browser holds.
func (b *browser) whoever() string {
	b.t.Helper()
	id, err := b.Identify(b.request())
	if err != nil {
		return ""
	}
	return id.Name
}

// missing is what the problem document of err asks for.
func missing(err error) string {
	_, document := problem(err)
	text, _ := document["falta"].(string)
	return text
}

func problem(err error) (string, map[string]any) {
	w := httptest.NewRecorder()
	httpx.WriteProblem(w, httptest.NewRequest(http.MethodGet, "/", nil), err)
	return w.Body.String(), decode(w.Body.String())
}

// factor sets a second factor up and returns its secret and recovery codes.
func (d *desk) factor(id auth.Identity) (secret string, codes []string) {
	d.t.Helper()
	f, err := d.PrepareFactor(id, "Taller")
	d.must(err)
	codes, err = d.EnableFactor(d.t.Context(), id, anas, f.Secret, d.code(f.Secret))
	d.must(err)
	d.clock.Advance(30 * time.Second) // that code is used up
	return f.Secret, codes
}

// code is what a phone with the secret shows now.
func (d *desk) code(secret string) string {
	d.t.Helper()
	code, err := totp.GenerateCode(secret, d.clock.Now())
	d.must(err)
	return code
}

func spaced(code string) string { return " " + strings.ToUpper(code[:3]) + " " + code[3:] }
