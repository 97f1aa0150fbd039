package metrics

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
)

// lookTime bounds what a reading may take; Prometheus waits 10 s.
const lookTime = 5 * time.Second

// Handler shows r to whoever has token, which is for nothing else. An empty token
// means that only a program on this machine, with no proxy between, may read.
// CodeUnauthorized and CodeForbidden go to refuse.
func (r *Registry) Handler(token string, refuse httpx.ErrorWriter) http.Handler {
	expected := httpx.NewToken(token)
	return httpx.Handle(refuse, func(w http.ResponseWriter, req *http.Request) error {
		switch {
		case token != "" && !expected.Authorizes(req):
			return ticket.NewError(ticket.CodeUnauthorized, "Hace falta METRICAS_TOKEN para leer las métricas.")
		case token == "" && !httpx.FromHere(req):
			return ticket.NewError(ticket.CodeForbidden, "Las métricas solo se leen desde esta misma máquina mientras no haya METRICAS_TOKEN.")
		}
		ctx, cancel := context.WithTimeout(req.Context(), lookTime)
		defer cancel()
		var body bytes.Buffer
		if err := r.Write(ctx, &body); err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(body.Bytes())
		return nil
	})
}

// HTTP counts the requests that a chi router served.
type HTTP struct {
	count *Counter
	took  *Histogram
}

// HTTP makes the families of a program's own requests.
func (r *Registry) HTTP(prefix string) *HTTP {
	route := Label{Name: "route"}
	return &HTTP{
		count: r.Counter(Desc{
			Name: prefix + "_http_requests_total", Help: "Requests answered, by the pattern of the address and the class of the status.",
			Labels: []Label{route, {Name: "method", Values: methods}, {Name: "status", Values: classes}},
		}),
		took: r.Histogram(Desc{
			Name: prefix + "_http_request_seconds", Help: "Time from a request to the end of its answer.", Labels: []Label{route},
		}, []float64{.005, .025, .1, .5, 2.5, 10}),
	}
}

var (
	classes = []string{"1xx", "2xx", "3xx", "4xx", "5xx"}
	methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
)

// Observe takes in one answer; see httpx.Log.
func (h *HTTP) Observe(r *http.Request, status int, took time.Duration) {
	route, class := Other, Other
	if c := chi.RouteContext(r.Context()); c != nil {
		route = pattern(c, status)
	}
	if i := status / 100; i > 0 && i <= len(classes) {
		class = classes[i-1]
	}
	h.count.Inc(route, r.Method, class)
	if status != http.StatusSwitchingProtocols {
		h.took.Observe(took.Seconds(), route)
	}
}

// pattern is the route that answered; what no route took below a prefix ends in a
// star, or has no pattern at all.
func pattern(c *chi.Context, status int) string {
	route := c.RoutePattern()
	if route == "" || status == http.StatusNotFound && strings.HasSuffix(route, "*") {
		return Other
	}
	return route
}
