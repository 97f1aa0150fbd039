package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mostrador/internal/server/auth"
)

func TestALoginOpensThePanelAndALogoutClosesIt(t *testing.T) {
	s := openShop(t)
	s.addAna()
	w := s.do(http.MethodPost, "/entrar", `{"usuario":" ANA ","clave":"muy secreta"}`)
	if got := strings.TrimSpace(w.Body.String()); w.Code != http.StatusOK || got != `{"usuario":"Ana","rol":"administrador"}` {
		t.Fatalf("got %d %s, want the user", w.Code, got)
	}
	c := sessionCookie(t, w)
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Secure || c.MaxAge != 30*24*3600 || len(c.Value) < 43 {
		t.Errorf("got cookie %+v, want it closed to scripts and other sites", c)
	}
	cookie := auth.Cookie + "=" + c.Value
	me := fields(t, s.do(http.MethodGet, "/api/v1/yo", "", "Cookie", cookie))
	if me["usuario"] != "Ana" || me["rol"] != "administrador" || me["negocio"] != "Taller" || me["login"] != true || me["aviso_recibido"] != received {
		t.Errorf("got %v, want Ana's", me)
	}
	out := s.do(http.MethodPost, "/salir", "", "Cookie", cookie)
	if out.Code != http.StatusNoContent || sessionCookie(t, out).MaxAge >= 0 {
		t.Errorf("got %d and %v, want the cookie gone", out.Code, out.Result().Cookies())
	}
	wantProblem(t, s.do(http.MethodGet, "/api/v1/yo", "", "Cookie", cookie), http.StatusUnauthorized, "")
	if w := s.do(http.MethodPost, "/salir", ""); w.Code != http.StatusNoContent {
		t.Errorf("leaving twice: got %d, want 204", w.Code)
	}
}

func TestOverTLSTheCookieStaysOnTLS(t *testing.T) {
	s := openShop(t)
	s.addAna()
	w := s.do(http.MethodPost, "/entrar", `{"usuario":"ana","clave":"muy secreta"}`, "X-Forwarded-Proto", "https")
	if !sessionCookie(t, w).Secure {
		t.Error("got a cookie that travels in clear, want Secure")
	}
}

func TestWrongLoginsAreAllAlike(t *testing.T) {
	s := openShop(t)
	s.addAna()
	var first string
	for _, body := range []string{
		`{"usuario":"ana","clave":"mala"}`, `{"usuario":"nadie","clave":"muy secreta"}`, `{"usuario":"","clave":""}`, `{}`,
		`{"usuario":"ana","clave":""}`, `{"usuario":"ana","clave":"` + strings.Repeat("a", 5000) + `"}`,
	} {
		w := s.do(http.MethodPost, "/entrar", body)
		wantProblem(t, w, http.StatusUnauthorized, "El usuario o la contraseña no son correctos.")
		detail := fields(t, w)["detail"].(string)
		if first == "" {
			first = detail
		}
		if detail != first || len(w.Result().Cookies()) != 0 {
			t.Errorf("%.60s: got %q, want %q and no cookie", body, detail, first)
		}
	}
	wantProblem(t, s.do(http.MethodPost, "/entrar", "usuario=ana"), http.StatusBadRequest, "JSON")
	wantProblem(t, s.do(http.MethodPost, "/entrar", `{"usuario":"`+strings.Repeat("a", 20_000)+`"}`), http.StatusRequestEntityTooLarge, "grande")
}

func TestGuessingPasswordsIsSlowedDown(t *testing.T) {
	s := openShop(t)
	for range 10 {
		s.do(http.MethodPost, "/entrar", `{"usuario":"Ana","clave":"mala"}`)
	}
	w := s.do(http.MethodPost, "/entrar", `{"usuario":"ana ","clave":"mala"}`)
	wantProblem(t, w, http.StatusTooManyRequests, "Demasiados intentos")
	if got := w.Header().Get("Retry-After"); got != "6" {
		t.Errorf("got Retry-After %q, want 6", got)
	}
	if w := s.do(http.MethodPost, "/entrar", `{"usuario":"luis","clave":"mala"}`); w.Code != http.StatusUnauthorized {
		t.Errorf("another user: got %d, want 401", w.Code)
	}
}

func TestASessionEndsWhenNobodyUsesItAndAfterThirtyDays(t *testing.T) {
	s := openShop(t)
	s.asAna(http.MethodGet, "/api/v1/yo", "")
	s.clock.Advance(11 * time.Hour)
	if w := s.asAna(http.MethodGet, "/api/v1/yo", ""); w.Code != http.StatusOK {
		t.Errorf("after 11 hours: got %d, want 200", w.Code)
	}
	s.clock.Advance(13 * time.Hour)
	wantProblem(t, s.asAna(http.MethodGet, "/api/v1/yo", ""), http.StatusUnauthorized, "")

	w := s.do(http.MethodPost, "/entrar", `{"usuario":"ana","clave":"muy secreta"}`)
	s.cookie = sessionCookie(t, w).Value
	last := 0
	for hours := 0; hours < 31*24; hours += 8 {
		if s.asAna(http.MethodGet, "/api/v1/yo", "").Code == http.StatusOK {
			last = hours
		}
		s.clock.Advance(8 * time.Hour)
	}
	if last < 29*24 || last >= 30*24 {
		t.Errorf("a session in constant use ended after %d hours, want just under 30 days", last)
	}
}
