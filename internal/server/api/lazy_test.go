package api

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-chi/chi/v5"
)

func TestALazyRouterIsMadeOnceAndOnlyWhenSomebodyAsks(t *testing.T) {
	var made atomic.Int32
	r := chi.NewRouter()
	r.Mount("/later", lazily(func() chi.Router {
		made.Add(1)
		sub := chi.NewRouter()
		sub.Get("/{id}", func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(chi.URLParam(r, "id"))) })
		return sub
	}))
	ask := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
		return w
	}
	if ask("/other"); made.Load() != 0 {
		t.Error("got the router made for another address, want it to wait")
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if w := ask("/later/7"); w.Code != http.StatusOK || w.Body.String() != "7" {
				t.Errorf("got %d %q, want 200 and the parameter", w.Code, w.Body)
			}
		})
	}
	all.Wait()
	if made.Load() != 1 {
		t.Errorf("got it made %d times, want once", made.Load())
	}
}

func TestTheRoutesOfALazyRouterAreListedAndFound(t *testing.T) {
	r := chi.NewRouter()
	r.Mount("/later", lazily(func() chi.Router {
		sub := chi.NewRouter()
		sub.Get("/{id}", func(http.ResponseWriter, *http.Request) {})
		return sub
	}))
	var listed []string
	err := chi.Walk(r, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		listed = append(listed, method+" "+route)
		return nil
	})
	if err != nil || len(listed) != 1 || listed[0] != "GET /later/{id}" {
		t.Errorf("got %q and %v, want the one route", listed, err)
	}
	if !r.Match(chi.NewRouteContext(), http.MethodGet, "/later/7") || r.Match(chi.NewRouteContext(), http.MethodPost, "/later/7") {
		t.Error("got the wrong methods found")
	}
}
