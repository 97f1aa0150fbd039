package auth

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
)

// setCookie gives the browser secret for life, or takes it away when life is
// negative.
func setCookie(w http.ResponseWriter, r *http.Request, secret string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure exactly when the browser speaks TLS: many shops have none
		Name: Cookie, Value: secret, Path: "/", MaxAge: int(life / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: overTLS(r),
	})
}

// overTLS reports whether the browser spoke TLS, to us or to a proxy before us.
// A browser that lies about it only loses its own cookie.
func overTLS(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

func host(r *http.Request) string {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return address
}

// SameOrigin refuses requests that another web site makes a browser send, with
// CodeForbidden. Origins in trusted are let through, except "*", which is no
// origin. A request with a bearer token is no such request: browsers do not add
// one by themselves, and Identify then looks at nothing else.
func SameOrigin(handle Adapter, trusted []string) (func(http.Handler) http.Handler, error) {
	protection := http.NewCrossOriginProtection()
	for _, origin := range trusted {
		if origin == "*" {
			continue
		}
		if err := protection.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("trust origin: %w", err)
		}
	}
	return func(next http.Handler) http.Handler {
		return handle(func(w http.ResponseWriter, r *http.Request) error {
			if _, bearer := httpx.Bearer(r); !bearer && protection.Check(r) != nil {
				return ticket.NewError(ticket.CodeForbidden, "La petición viene de otro sitio web; abra el panel y hágalo desde ahí.")
			}
			next.ServeHTTP(w, r)
			return nil
		})
	}, nil
}
