package auth_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func decode(text string) (v map[string]any) {
	_ = json.Unmarshal([]byte(text), &v)
	return v
}

func TestALoginRotatesTheSession(t *testing.T) {
	d := openDesk(t)
	b := d.browser("10.0.0.1")
	b.ana()
	before := b.cookies[auth.Cookie]
	b.ana()
	if after := b.cookies[auth.Cookie]; after == before || b.whoever() != "Ana" {
		t.Errorf("got the same cookie or nobody (%q), want a new one of Ana's", b.whoever())
	}
	b.cookies[auth.Cookie] = before
	if got := b.whoever(); got != "" {
		t.Errorf("the cookie from before opens as %q, want nobody", got)
	}
}

func TestTheSecondFactorIsAskedForAfterThePassword(t *testing.T) {
	d := openDesk(t)
	secret, _ := d.factor(d.browser("10.0.0.1").ana())
	b := d.browser("10.0.0.2")
	_, err := b.login(auth.Credentials{Name: "ana", Password: "mala"})
	if d.want(err, ticket.CodeUnauthorized); missing(err) != "" {
		t.Errorf("a wrong password asks for %q, want nothing", missing(err))
	}
	_, err = b.login(auth.Credentials{Name: "ana", Password: anas})
	if d.want(err, ticket.CodeUnauthorized); missing(err) != "codigo" || b.whoever() != "" {
		t.Errorf("without a code: asks for %q and lets %q in, want codigo and nobody", missing(err), b.whoever())
	}
	for _, code := range []string{"000000", "x", strings.Repeat("1", 5000)} {
		_, err = b.login(auth.Credentials{Name: "ana", Password: anas, Code: code})
		if d.want(err, ticket.CodeUnauthorized); missing(err) != "codigo" {
			t.Errorf("%.6s: asks for %q, want codigo", code, missing(err))
		}
	}
	good := d.code(secret)
	if _, err := b.login(auth.Credentials{Name: "ana", Password: anas, Code: spaced(good)}); err != nil || b.whoever() != "Ana" {
		t.Errorf("with the code: got %v and %q, want Ana", err, b.whoever())
	}
	_, err = d.browser("10.0.0.3").login(auth.Credentials{Name: "ana", Password: anas, Code: good})
	d.want(err, ticket.CodeUnauthorized)
}

func TestAClockThatIsALittleOffDoesNotMatter(t *testing.T) {
	d := openDesk(t)
	secret, _ := d.factor(d.browser("10.0.0.1").ana())
	for off, want := range map[time.Duration]bool{-90 * time.Second: false, 90 * time.Second: false, 30 * time.Second: true} {
		d.clock.Advance(off)
		code := d.code(secret)
		d.clock.Advance(-off)
		_, err := d.browser("10.0.0.2").login(auth.Credentials{Name: "ana", Password: anas, Code: code})
		if (err == nil) != want {
			t.Errorf("%v off: got %v, want accepted %v", off, err, want)
		}
	}
}

func TestARecoveryCodeWorksOnce(t *testing.T) {
	d := openDesk(t)
	_, codes := d.factor(d.browser("10.0.0.1").ana())
	if len(codes) != 10 {
		t.Fatalf("got %d codes, want 10", len(codes))
	}
	for _, code := range []string{codes[0], strings.ToUpper(strings.ReplaceAll(codes[1], "-", " "))} {
		if _, err := d.browser("10.0.0.2").login(auth.Credentials{Name: "ana", Password: anas, Code: code}); err != nil {
			t.Errorf("%s: %v", code, err)
		}
		_, err := d.browser("10.0.0.2").login(auth.Credentials{Name: "ana", Password: anas, Code: code})
		d.want(err, ticket.CodeUnauthorized)
	}
}

func TestATemporaryPasswordIsReplacedBeforeAnybodyIsIn(t *testing.T) {
	d := openDesk(t)
	_, err := d.Add(t.Context(), auth.NewUser{Business: d.origin.Business, Name: "Luis", Password: "la del jefe", Role: auth.RoleAgent, Temporary: true})
	d.must(err)
	b := d.browser("10.0.0.1")
	for next, code := range map[string]ticket.Code{"": ticket.CodeUnauthorized, "corta": ticket.CodeInvalid} {
		_, err := b.login(auth.Credentials{Name: "luis", Password: "la del jefe", NewPassword: next})
		if d.want(err, code); missing(err) != "clave_nueva" || b.whoever() != "" {
			t.Errorf("%q: asks for %q and lets %q in, want clave_nueva and nobody", next, missing(err), b.whoever())
		}
	}
	id, err := b.login(auth.Credentials{Name: "luis", Password: "la del jefe", NewPassword: "la mía propia"})
	if err != nil || id.Role != auth.RoleAgent || b.whoever() != "Luis" {
		t.Errorf("got %+v, %v, want Luis", id, err)
	}
	_, err = d.browser("10.0.0.1").login(auth.Credentials{Name: "luis", Password: "la del jefe"})
	d.want(err, ticket.CodeUnauthorized)
	_, err = d.browser("10.0.0.1").login(auth.Credentials{Name: "luis", Password: "la mía propia"})
	d.must(err)
}

func TestGuessingFromOneAddressIsStoppedAndForgotten(t *testing.T) {
	d := openDesk(t)
	b := d.browser("10.0.0.1")
	for range 10 {
		_, err := b.login(auth.Credentials{Name: "Ana", Password: "mala"})
		d.want(err, ticket.CodeUnauthorized)
	}
	_, err := b.login(auth.Credentials{Name: " ANA ", Password: anas})
	if d.want(err, ticket.CodeRateLimited); b.header.Get("Retry-After") != "6" {
		t.Errorf("got Retry-After %q, want 6", b.header.Get("Retry-After"))
	}
	d.clock.Advance(6 * time.Second)
	b.ana()
}

func TestOneAddressCannotTryManyUsers(t *testing.T) {
	d := openDesk(t)
	limited := 0
	for i := range 40 {
		// Two addresses of one IPv6 network are one.
		b := d.browser(fmt.Sprintf("[2001:db8::%x]", i+1))
		_, err := b.login(auth.Credentials{Name: strings.Repeat("u", i+1), Password: strings.Repeat("x", 2000)})
		if ticket.CodeOf(err) == ticket.CodeRateLimited {
			limited++
		}
	}
	if limited != 10 {
		t.Errorf("got %d of 40 attempts limited, want 10", limited)
	}
}

func TestAnAttackerDoesNotLockTheOwnerOut(t *testing.T) {
	d := openDesk(t)
	home, shop := d.browser("10.0.0.1"), d.browser("10.9.9.9")
	shop.ana() // the attacker sits in the same shop, behind the same address
	hammer := func(address string) {
		for range 40 {
			_, _ = d.browser(address).login(auth.Credentials{Name: "ana", Password: strings.Repeat("x", 2000)})
		}
	}
	hammer("10.9.9.9")
	for i := range 20 {
		hammer(fmt.Sprintf("10.1.1.%d", i))
	}
	if d.waited == 0 {
		t.Error("nobody waited, want failures from many addresses to be slow")
	}
	// From an address of her own the right password is slowed down, not refused.
	d.waited = 0
	home.ana()
	if d.waited == 0 || d.waited > 3*time.Second {
		t.Errorf("at home: waited %v, want up to 3 s", d.waited)
	}
	// From behind the attacker's address, a browser that is known gets in at once.
	d.waited = 0
	shop.ana()
	if d.waited != 0 {
		t.Errorf("in the known browser: waited %v, want 0", d.waited)
	}
	_, err := d.browser("10.9.9.9").login(auth.Credentials{Name: "ana", Password: anas})
	d.want(err, ticket.CodeRateLimited)
}

func TestAKnownBrowserIsNotFreeToGuess(t *testing.T) {
	d := openDesk(t)
	b := d.browser("10.0.0.1")
	b.ana()
	for range 10 {
		_, err := b.login(auth.Credentials{Name: "ana", Password: "mala"})
		d.want(err, ticket.CodeUnauthorized)
	}
	_, err := b.login(auth.Credentials{Name: "ana", Password: anas})
	d.want(err, ticket.CodeRateLimited)
	// It is known for Ana only.
	_, err = b.login(auth.Credentials{Name: "luis", Password: "mala"})
	d.want(err, ticket.CodeUnauthorized)
}

func TestPeopleWhoShareABrowserAreBothKnownInIt(t *testing.T) {
	d := openDesk(t)
	d.must(d.AddUser(t.Context(), d.origin.Business, "Luis", "otra muy secreta"))
	counter := d.browser("10.0.0.1")
	for range 2 {
		counter.ana()
		_, err := counter.login(auth.Credentials{Name: "luis", Password: "otra muy secreta"})
		d.must(err)
	}
	for range 40 {
		_, _ = d.browser("10.0.0.1").login(auth.Credentials{Name: "ana", Password: strings.Repeat("x", 2000)})
		_, _ = d.browser("10.0.0.1").login(auth.Credentials{Name: "luis", Password: strings.Repeat("x", 2000)})
	}
	counter.ana()
	if _, err := counter.login(auth.Credentials{Name: "luis", Password: "otra muy secreta"}); err != nil {
		t.Errorf("Luis in the shared browser: %v", err)
	}
}

func TestCodesCannotBeGuessedFromEverywhereByWhoeverHasThePassword(t *testing.T) {
	d := openDesk(t)
	home := d.browser("10.0.0.1")
	secret, _ := d.factor(home.ana())
	last := ticket.Code("")
	for i := range 11 {
		_, err := d.browser(fmt.Sprintf("10.1.1.%d", i)).login(auth.Credentials{Name: "ana", Password: anas, Code: "000000"})
		last = ticket.CodeOf(err)
	}
	if last != ticket.CodeRateLimited {
		t.Errorf("the eleventh code: got %q, want %q", last, ticket.CodeRateLimited)
	}
	if _, err := home.login(auth.Credentials{Name: "ana", Password: anas, Code: d.code(secret)}); err != nil {
		t.Errorf("from the known browser: %v", err)
	}
}

func TestFailedLoginsAreNotedTogether(t *testing.T) {
	d := openDesk(t)
	for range 3 {
		_, _ = d.browser("10.0.0.1").login(auth.Credentials{Name: "ana", Password: "mala"})
		_, _ = d.browser("10.0.0.1").login(auth.Credentials{Name: "a password typed in the wrong field", Password: "mala"})
	}
	page, err := d.store.Audit(t.Context(), d.origin.Business, store.AuditFilter{Kind: "access"})
	d.must(err)
	var got []string
	for _, a := range page.Acts {
		got = append(got, fmt.Sprintf("%s %v", a.Action, a.Details))
	}
	want := []string{"access.failed map[address:10.0.0.1 count:3 name:]", "access.failed map[address:10.0.0.1 count:3 name:Ana]"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOnlyTrustedProxiesSayWhereARequestComesFrom(t *testing.T) {
	d := openDesk(t)
	for _, tt := range []struct {
		proxies string
		peer    string
		want    int // of 40 attempts, each with another X-Forwarded-For
	}{
		{"", "10.0.0.1", 10},
		{"192.168.0.0/24", "10.0.0.2", 10},
		{"192.168.0.0/24", "192.168.0.7", 40},
	} {
		var proxies []netip.Prefix
		if tt.proxies != "" {
			proxies = append(proxies, netip.MustParsePrefix(tt.proxies))
		}
		unauthorized := 0
		for i := range 40 {
			r := d.browser(tt.peer).request()
			r.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i))
			handler := auth.BehindProxies(proxies)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, err := d.Login(w, r, auth.Credentials{Name: "luis" + tt.peer, Password: strings.Repeat("x", 2000)})
				if ticket.CodeOf(err) == ticket.CodeUnauthorized {
					unauthorized++
				}
			}))
			handler.ServeHTTP(httptest.NewRecorder(), r)
		}
		if unauthorized != tt.want {
			t.Errorf("proxies %q, from %s: got %d attempts looked at, want %d", tt.proxies, tt.peer, unauthorized, tt.want)
		}
	}
}
