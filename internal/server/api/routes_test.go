package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"mostrador/internal/server/api"
	"mostrador/internal/server/auth"
)

// public are the routes that answer without session and token.
var public = map[string]bool{
	"GET /health": true, "GET /entrar": true, "POST /entrar": true, "POST /salir": true, "POST /invitacion": true, "POST /invitacion/aceptar": true, "GET /assets/{hash}/*": true, "GET /avisos.js": true,
}

func TestNoRouteButTheListedOnesAnswersAStranger(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", jpeg))
	seen := 0
	err := chi.Walk(s.router, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		seen++
		if public[method+" "+route] {
			return nil
		}
		path := strings.NewReplacer("{id}", "1", "{name}", "x.jpg").Replace(route)
		for _, header := range [][]string{
			nil,
			{"Authorization", "Bearer wrong"},
			{"Authorization", "Bearer " + token + "x"},
			{"Authorization", "Bearer " + token[:15]},
			{"Authorization", "Bearer "},
			{"Authorization", "Basic " + token},
			{"Cookie", auth.Cookie + "=" + token},
			{"Cookie", auth.Cookie + "="},
		} {
			w := s.do(method, path, `{"estado":"resuelto","mensaje":"x","remitente":"1"}`, header...)
			if route == "/" {
				if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/entrar" {
					t.Errorf("%s %s with %q: got %d, want the way to the login page", method, path, header, w.Code)
				}
				continue
			}
			if w.Code != http.StatusUnauthorized {
				t.Errorf("%s %s with %q: got %d %s, want 401", method, path, header, w.Code, w.Body)
				continue
			}
			wantProblem(t, w, http.StatusUnauthorized, "")
		}
		return nil
	})
	if err != nil || seen < 19 {
		t.Errorf("walked %d routes, %v, want all of them", seen, err)
	}
	if got := s.stored(); got != "contacts 1, tickets 1, messages 1, attachments 1, files 1" {
		t.Errorf("got %s after all the refusals, want nothing new", got)
	}
}

func TestASessionIsNoTokenForTheWebhook(t *testing.T) {
	s := openShop(t)
	wantProblem(t, s.asAna(http.MethodPost, "/webhook", `{"remitente":"`+customer+`","contenido":"hola"}`), http.StatusUnauthorized, "token")
}

func TestTheOpenPanelAsksNobodyButTheBridge(t *testing.T) {
	s := openShopFor(t, auth.Options{Open: true})
	for _, path := range []string{"/", "/tickets", "/api/v1/yo"} {
		if w := s.do(http.MethodGet, path, ""); w.Code != http.StatusOK {
			t.Errorf("%s: got %d, want 200", path, w.Code)
		}
	}
	if got := fields(t, s.do(http.MethodGet, "/api/v1/yo", "")); got["login"] != false || got["negocio"] != "Taller" {
		t.Errorf("got %v, want login false", got)
	}
	wantProblem(t, s.do(http.MethodPost, "/webhook", `{"remitente":"`+customer+`","contenido":"hola"}`), http.StatusUnauthorized, "token")
	wantProblem(t, s.do(http.MethodGet, "/tickets", "", "Authorization", "Bearer wrong"), http.StatusUnauthorized, "")
}

func TestUnknownAddressesAndMethodsAreProblemsToo(t *testing.T) {
	s := openShop(t)
	wantProblem(t, s.ask(http.MethodGet, "/nada", ""), http.StatusNotFound, "no existe")
	wantProblem(t, s.ask(http.MethodGet, "/fotos/../tickets", ""), http.StatusNotFound, "no existe")
	for path, allow := range map[string]string{"/webhook": "POST", "/tickets": "GET, HEAD", "/entrar": "GET, HEAD, POST"} {
		w := s.ask(http.MethodDelete, path, "")
		wantProblem(t, w, http.StatusMethodNotAllowed, "DELETE")
		if got := w.Header().Get("Allow"); got != allow {
			t.Errorf("%s: got Allow %q, want %q", path, got, allow)
		}
	}
	if w := s.ask(http.MethodHead, "/tickets", ""); w.Code != http.StatusOK {
		t.Errorf("HEAD: got %d, want 200", w.Code)
	}
}

func TestEveryAnswerToABrowserCarriesTheSecurityHeaders(t *testing.T) {
	s := openShop(t)
	for _, path := range []string{"/health", "/tickets", "/nada", "/entrar"} {
		h := s.do(http.MethodGet, path, "").Header()
		for name, part := range map[string]string{
			"Content-Security-Policy": "default-src 'self'; script-src 'self'", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "same-origin", "Permissions-Policy": "camera=()", "X-Frame-Options": "DENY",
		} {
			if !strings.Contains(h.Get(name), part) {
				t.Errorf("%s: got %s %q, want %q in it", path, name, h.Get(name), part)
			}
		}
		if strings.Contains(h.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: got policy %q, want nothing unsafe in it", path, h.Get("Content-Security-Policy"))
		}
	}
}

func TestAWebhooksAnswerCarriesOnlyTheHeadersThatProgramsNeed(t *testing.T) {
	s := openShop(t)
	for _, w := range []*httptest.ResponseRecorder{s.do(http.MethodPost, "/webhook", "{}"), s.post("{}"), s.post(`{"remitente":"5214772758198","contenido":"hola","imagen":null}`)} {
		h := w.Header()
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" || !strings.Contains(h.Get("Content-Type"), "json") || h.Get("Content-Security-Policy") != "" {
			t.Errorf("%d: got %v, want JSON that nobody guesses at or keeps, and nothing for pages", w.Code, h)
		}
	}
}

func TestAnotherSiteCannotUseASession(t *testing.T) {
	s := openShop(t, func(o *api.Options) { o.Origins = []string{"https://panel.example.com"} })
	n := s.deliver(original("hola", nil))
	if n != 1 {
		t.Fatalf("got ticket %d, want 1", n)
	}
	s.asAna(http.MethodGet, "/api/v1/yo", "")
	cookie := auth.Cookie + "=" + s.cookie
	post := func(header ...string) int {
		return s.do(http.MethodPatch, "/api/v1/tickets/1", `{"estado":"resuelto"}`, append(header, "Cookie", cookie)...).Code
	}
	for want, headers := range map[int][][]string{
		http.StatusForbidden: {
			{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
			{"Sec-Fetch-Site", "same-site"},
			{"Origin", "https://evil.example"},
			{"Origin", "null"},
		},
		http.StatusOK: {
			nil,
			{"Sec-Fetch-Site", "same-origin"},
			{"Sec-Fetch-Site", "cross-site", "Origin", "https://panel.example.com"},
		},
	} {
		for _, header := range headers {
			if got := post(header...); got != want {
				t.Errorf("%q: got %d, want %d", header, got, want)
			}
		}
	}
	w := s.do(http.MethodPost, "/responder/1", "", "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example", "Authorization", "Bearer "+token)
	if w.Code != http.StatusOK {
		t.Errorf("with the token: got %d %s, want 200", w.Code, w.Body)
	}
}

func TestOtherOriginsReadOnlyWhenListedAndCookiesNeverGoToAll(t *testing.T) {
	for _, tt := range []struct {
		origins         []string
		origin, allowed string
		credentials     string
	}{
		{nil, "https://a.example", "", ""},
		{[]string{"https://a.example"}, "https://a.example", "https://a.example", "true"},
		{[]string{"https://a.example"}, "https://b.example", "", ""},
		{[]string{"*"}, "https://b.example", "*", ""},
		{[]string{"*", "https://a.example"}, "https://a.example", "*", ""},
	} {
		s := openShop(t, func(o *api.Options) { o.Origins = tt.origins })
		h := s.do(http.MethodGet, "/health", "", "Origin", tt.origin).Header()
		if got := h.Get("Access-Control-Allow-Origin"); got != tt.allowed {
			t.Errorf("%v, %s: got %q, want %q", tt.origins, tt.origin, got, tt.allowed)
		}
		if got := h.Get("Access-Control-Allow-Credentials"); got != tt.credentials {
			t.Errorf("%v, %s: got credentials %q, want %q", tt.origins, tt.origin, got, tt.credentials)
		}
		pre := s.do(http.MethodOptions, "/tickets", "", "Origin", tt.origin, "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization")
		if got := pre.Header().Get("Access-Control-Allow-Origin"); got != tt.allowed {
			t.Errorf("%v, %s: preflight got %q, want %q", tt.origins, tt.origin, got, tt.allowed)
		}
	}
}
