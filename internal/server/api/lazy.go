package api

import (
	"net/http"
	"sync"

	"github.com/go-chi/chi/v5"
)

// lazy is a router that is made when somebody first asks for one of its routes.
// Describing some eighty operations is a third of a start and a megabyte, and most
// of a server's life nobody looks at it. Safe for concurrent use.
type lazy func() chi.Router

// lazily returns the router that build makes, once.
func lazily(build func() chi.Router) lazy { return sync.OnceValue(build) }

func (l lazy) ServeHTTP(w http.ResponseWriter, r *http.Request) { l().ServeHTTP(w, r) }

// Routes is one of the methods of chi.Routes, through which routes are listed and
// found.
func (l lazy) Routes() []chi.Route { return l().Routes() }

// Middlewares is another one.
func (l lazy) Middlewares() chi.Middlewares { return l().Middlewares() }

// Match is another one.
func (l lazy) Match(rctx *chi.Context, method, path string) bool {
	return l().Match(rctx, method, path)
}

// Find is another one.
func (l lazy) Find(rctx *chi.Context, method, path string) string {
	return l().Find(rctx, method, path)
}
