package api

import (
	"net/http"

	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
)

// localOnly hides what is behind it from everybody who is not at this machine.
func (a *api) localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !httpx.FromHere(r) {
			a.writeError(w, r, ticket.NewError(ticket.CodeNotFound, "No existe"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses forms that another site's page sends.
func (a *api) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(a.handle(func(http.ResponseWriter, *http.Request) error {
		return ticket.NewError(ticket.CodeForbidden, "Esto solo se puede pedir desde la página del puente.")
	}))
	return protection.Handler(next)
}

// secure sets the headers that keep a browser from doing more with an answer
// than show it.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "+
			"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
