package auth

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/go-chi/chi/v5/middleware"

	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
)

// setCookie gives the browser secret for life, or takes it away when life is
// negative.
func setCookie(w http.ResponseWriter, r *http.Request, name, secret string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure exactly when the browser speaks TLS: many shops have none
		Name: name, Value: secret, Path: "/", MaxAge: int(life / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: overTLS(r),
	})
}

// overTLS reports whether the browser spoke TLS, to us or to a proxy before us.
// A browser that lies about it only loses its own cookie.
func overTLS(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// address is where r comes from: what a trusted proxy says, or else the other end
// of the connection. Whoever owns one address of IPv6 owns the 2⁶⁴ around it.
func address(r *http.Request) string {
	ip := middleware.GetClientIPAddr(r.Context())
	if !ip.IsValid() {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil {
			return r.RemoteAddr
		}
		ip = peer.Addr().Unmap().WithZone("")
	}
	if ip.Is4() {
		return ip.String()
	}
	network, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return network.String()
}

// BehindProxies makes addresses be what the listed proxies, addresses or
// networks, say in X-Forwarded-For. From anybody else the header means nothing.
func BehindProxies(proxies []netip.Prefix) func(http.Handler) http.Handler {
	if len(proxies) == 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	trusted := make([]string, len(proxies))
	for i, p := range proxies {
		trusted[i] = p.String()
	}
	return middleware.ClientIPFromXFF(trusted...)
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
