package server

import (
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/go-chi/chi/v5"

	"mostrador/internal/metrics"
	"mostrador/internal/ticket"
)

// Families are what the server counts.
func Families() []metrics.Desc { return newMeters().registry.Describe() }

// CountOneMessage returns what tells the meters all that they hear of one message.
func CountOneMessage() func() {
	m := newMeters()
	api, store := m.api(""), m.store()
	routes := chi.NewRouter()
	var request *http.Request
	routes.Post("/webhook", func(_ http.ResponseWriter, r *http.Request) { request = r })
	routes.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/webhook", http.NoBody))
	return func() {
		m.decided(ticket.Classification{Source: ticket.SourceModel})
		store.Committed(1, time.Millisecond)
		api.Received("stored", time.Millisecond, time.Second)
		api.Requested(request, http.StatusOK, time.Millisecond)
	}
}
