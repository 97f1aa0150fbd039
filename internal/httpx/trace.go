package httpx

import (
	"net/http"
	"strings"

	"github.com/rs/zerolog"
	"github.com/rs/zerolog/hlog"
)

// TraceHeader carries, from one of our programs to the other, by which name the
// caller's log knows what the request is about; answers carry in it the request's
// id in the log of whoever answers.
const TraceHeader = "X-Request-Id"

// maxTrace bounds a trace, in bytes.
const maxTrace = 64

// Trace returns the trace that r's caller gave it, "" if there is none or it is
// more than a short word that cannot be mistaken for anything else in a log.
func Trace(r *http.Request) string {
	trace := r.Header.Get(TraceHeader)
	if len(trace) > maxTrace || strings.Trim(trace, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
		return ""
	}
	return trace
}

// traced puts the caller's trace into the request's log.
func traced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if trace := Trace(r); trace != "" {
			hlog.FromRequest(r).UpdateContext(func(c zerolog.Context) zerolog.Context { return c.Str("trace", trace) })
		}
		next.ServeHTTP(w, r)
	})
}
