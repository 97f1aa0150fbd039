package httpx_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/rs/zerolog/hlog"

	"mostrador/internal/httpx"
)

func TestTheCallersTraceIsInEveryLineAboutTheRequest(t *testing.T) {
	var log bytes.Buffer
	h := httpx.Log(zerolog.New(&log), nil)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		hlog.FromRequest(r).Info().Msg("message stored")
	}))
	r := httptest.NewRequest(http.MethodPost, "/webhook", http.NoBody)
	r.Header.Set(httpx.TraceHeader, "18a2f0c4b1d3e5f7")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if n := strings.Count(log.String(), `"trace":"18a2f0c4b1d3e5f7"`); n != 2 {
		t.Errorf("got %s, want the trace in both lines", &log)
	}
	if id := w.Header().Get(httpx.TraceHeader); id == "" || id == "18a2f0c4b1d3e5f7" || !strings.Contains(log.String(), `"request_id":"`+id+`"`) {
		t.Errorf("got %q in the answer, want an id of our own that is in the log: %s", id, &log)
	}
}

func TestATraceThatIsNoShortWordIsNone(t *testing.T) {
	for _, trace := range []string{"", strings.Repeat("a", 65), "a b", "a\"b", "a\nb", "ñ", "+5214772758198", "ana@example.com", "{}", "a\x00"} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header[httpx.TraceHeader] = []string{trace}
		if got := httpx.Trace(r); got != "" {
			t.Errorf("%q: got %q, want none", trace, got)
		}
	}
}

func FuzzTrace(f *testing.F) {
	f.Add("3EB0AA")
	f.Add("a\nb")
	f.Fuzz(func(t *testing.T, header string) {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header[httpx.TraceHeader] = []string{header}
		if got := httpx.Trace(r); len(got) > 64 || strings.ContainsAny(got, " \"\\\r\n\t{}@+") || got != "" && got != header {
			t.Errorf("%q: got %q", header, got)
		}
	})
}

func TestEveryAnswerIsObserved(t *testing.T) {
	var seen []int
	h := httpx.Log(zerolog.Nop(), func(_ *http.Request, status int, took time.Duration) {
		if took < 0 {
			t.Errorf("took %v", took)
		}
		seen = append(seen, status)
	})(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	if len(seen) != 1 || seen[0] != http.StatusTeapot {
		t.Errorf("got %v, want 418 once", seen)
	}
}
