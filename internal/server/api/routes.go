package api

import (
	"compress/gzip"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/cors"

	"mostrador/internal/httpx"
	"mostrador/internal/metrics"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/rest"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// New returns the whole API as one handler, which is a chi router.
func New(o Options) (chi.Router, error) {
	panel, err := newPanel(o.Panel, o.PanelLive)
	if err != nil {
		return nil, fmt.Errorf("read panel: %w", err)
	}
	sameOrigin, err := auth.SameOrigin(handle, o.Origins)
	if err != nil {
		return nil, fmt.Errorf("protect against other sites: %w", err)
	}
	s := &server{Options: o, panel: panel}
	r := chi.NewRouter()
	r.Use(auth.BehindProxies(o.Proxies), httpx.Log(o.Log, o.Meters.Requested, wire.PathHealth, wire.PathWebhook, wire.PathBeat), httpx.Recover(writeProblem), securityHeaders, crossOrigin(o.Origins), sameOrigin, middleware.GetHead)
	r.NotFound(handle(notFound))
	r.MethodNotAllowed(handle(methodNotAllowed(r)))
	s.routes(r)
	return r, nil
}

// routes is the whole API, by who may call it.
func (s *server) routes(r chi.Router) {
	// Anybody.
	r.Get(wire.PathHealth, s.health)
	r.Get("/entrar", handle(s.showPanel))
	r.Post("/entrar", handle(s.login))
	r.Post("/salir", handle(s.logout))
	r.Post("/invitacion", handle(s.showInvitation))
	r.Post("/invitacion/aceptar", handle(s.acceptInvitation))
	r.Get("/assets/{hash}/*", handle(s.showAsset))
	r.Get("/avisos.js", handle(s.showServiceWorker))

	// Whoever measures.
	if s.Meters.Show != nil {
		r.Method(http.MethodGet, metrics.Path, s.Meters.Show)
	}

	// The bridge.
	r.Group(func(r chi.Router) {
		r.Use(s.Auth.RequireToken(handle))
		r.Post(wire.PathWebhook, handle(s.receive))
		r.Post(wire.PathReceipt, handle(s.takeReceipt))
		r.Post(wire.PathBeat, handle(s.takeBeat))
		r.Get(wire.PathLink, handle(s.Links.Accept))
	})

	// People, who are shown the way in, and programs with the token.
	r.Group(func(r chi.Router) {
		r.Use(s.Auth.Require(handlePage, auth.RoleReader))
		r.Get("/", handle(s.showPanel))
	})
	r.Route(rest.Prefix, func(r chi.Router) {
		r.Use(s.Auth.Require(handle, auth.RoleReader))
		r.Get("/eventos", handle(s.Live.Accept))
		r.With(middleware.Compress(gzip.BestSpeed, "application/json")).Group(func(r chi.Router) { rest.Mount(r, s.restOptions()) })
	})

	// What the original had, for the programs written for it.
	r.Group(func(r chi.Router) {
		r.Use(s.Auth.Require(handle, auth.RoleReader))
		r.Get("/tickets", handle(s.listTickets))
		r.Get("/ticket/{id}/conversacion", handle(s.showConversation))
		r.Get("/fotos/{name}", handle(s.showFile))
	})
	r.Group(func(r chi.Router) {
		r.Use(s.Auth.Require(handle, auth.RoleAgent))
		r.Post("/ticket/{id}/enviar-mensaje", handle(s.sendMessage))
		r.Post("/responder/{id}", handle(s.notifyReceived))
	})
}

func (s *server) restOptions() rest.Options {
	return rest.Options{
		Store: s.Store, Auth: s.Auth, Outbox: s.Outbox, Assist: s.Assist, Notify: s.Notify, Learn: s.Learn, Photos: s.Photos, Backups: s.Backups, MaxFile: s.MaxImage, Clean: s.Clean, Health: s.Health, Retry: s.Retry, Bridge: s.Bridge, Links: s.Links, BridgeURL: s.BridgeURL, BridgeID: s.BridgeID,
		Version: s.Version, Now: s.Now, Log: s.Log,
	}
}

// handlePage is handle for what a person opens.
func handlePage(h httpx.Handler) http.HandlerFunc { return adapt(toLogin, h) }

// toLogin sends a browser that is not logged in to the login page.
func toLogin(w http.ResponseWriter, r *http.Request, err error) {
	if ticket.CodeOf(err) != ticket.CodeUnauthorized {
		writeProblem(w, r, err)
		return
	}
	http.Redirect(w, r, "/entrar", http.StatusSeeOther)
}

// contentPolicy is the strictest policy the panel works under; the page itself
// adds its import map to scripts.
func contentPolicy(scripts string) string {
	return "default-src 'self'; script-src 'self'" + scripts + "; style-src 'self'; img-src 'self' data: blob:; " +
		"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

// sentAlways are the headers of every answer but those of sentToPrograms; the
// slices are shared by all.
var sentAlways = map[string][]string{
	"Content-Security-Policy":      {contentPolicy("")},
	"X-Content-Type-Options":       {"nosniff"},
	"X-Frame-Options":              {"DENY"},
	"Referrer-Policy":              {"same-origin"},
	"Permissions-Policy":           {"camera=(), geolocation=(), microphone=(), payment=()"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
}

// sentToPrograms is what is left of them where only the bridge gets anything but
// a refusal: a browser has no use for the rest, and each message of a customer
// would pay for it.
var sentToPrograms = map[string][]string{"X-Content-Type-Options": sentAlways["X-Content-Type-Options"]}

func securityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers := sentAlways
		if r.URL.Path == wire.PathWebhook {
			headers = sentToPrograms
		}
		maps.Copy(w.Header(), headers)
		next.ServeHTTP(w, r)
	})
}

// methods are those that any address takes.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// crossOrigin lets pages of the listed origins read answers. Cookies come along
// only from origins that are named: never for "*".
func crossOrigin(origins []string) func(http.Handler) http.Handler {
	if len(origins) == 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	named := true
	for _, origin := range origins {
		named = named && origin != "*"
	}
	return cors.Handler(cors.Options{
		AllowedOrigins: origins, AllowCredentials: named,
		AllowedMethods: methods,
		AllowedHeaders: []string{"Authorization", "Content-Type"},
	})
}

func notFound(http.ResponseWriter, *http.Request) error {
	return ticket.NewError(ticket.CodeNotFound, "Esta dirección no existe.")
}

// methodNotAllowed refuses a method and names those that the address takes.
func methodNotAllowed(routes chi.Routes) httpx.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		var allowed []string
		for _, method := range methods {
			asked := method
			if method == http.MethodHead {
				asked = http.MethodGet
			}
			if routes.Match(chi.NewRouteContext(), asked, r.URL.Path) {
				allowed = append(allowed, method)
			}
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		return ticket.NewError(ticket.CodeNotAllowed, "Esta dirección no admite el método "+r.Method+".")
	}
}
