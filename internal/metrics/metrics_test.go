package metrics_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"mostrador/internal/httpx"
	"mostrador/internal/metrics"
)

// shown returns the lines of r that begin with prefix, without comments.
func shown(t testing.TB, r *metrics.Registry, prefix string) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.Write(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, prefix) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestACounterShowsEveryValueFromTheStartAndCountsStrangersAsOther(t *testing.T) {
	r := metrics.New("server", "v1")
	c := r.Counter(metrics.Desc{Name: "x_total", Help: "X.", Labels: []metrics.Label{{Name: "a", Values: []string{"p", "q"}}, {Name: "b", Values: []string{"r"}}}})
	want(t, shown(t, r, "x_total"), "x_total{a=\"p\",b=\"r\"} 0\nx_total{a=\"q\",b=\"r\"} 0\n")
	c.Inc("p", "r")
	c.Add(2, "q", "r")
	c.Inc("5214772758198", "r")
	c.Inc("Ana", "no prende")
	c.Inc("Luis", "otra cosa")
	want(t, shown(t, r, "x_total"), "x_total{a=\"other\",b=\"other\"} 2\nx_total{a=\"other\",b=\"r\"} 1\nx_total{a=\"p\",b=\"r\"} 1\nx_total{a=\"q\",b=\"r\"} 2\n")
	want(t, shown(t, r, "# "), strings.Join([]string{
		"# HELP mostrador_build_info Always 1: the program, its version and Go's.", "# TYPE mostrador_build_info gauge", "# HELP x_total X.", "# TYPE x_total counter", "",
	}, "\n"))
}

func TestALabelWithoutValuesHasAnEnd(t *testing.T) {
	r := metrics.New("server", "v1")
	c := r.Counter(metrics.Desc{Name: "x_total", Help: "X.", Labels: []metrics.Label{{Name: "route"}, {Name: "b", Values: []string{"r"}}}})
	for i := range 5000 {
		c.Inc(fmt.Sprintf("/%d", i), "r")
	}
	if n := strings.Count(shown(t, r, "x_total"), "\n"); n != 301 {
		t.Errorf("got %d lines, want 300 and the one for all others", n)
	}
	want(t, shown(t, r, `x_total{route="other"`), "x_total{route=\"other\",b=\"r\"} 4700\n")
}

func TestValuesOfLabelsAreEscaped(t *testing.T) {
	r := metrics.New("server", "v1")
	r.Counter(metrics.Desc{Name: "x_total", Help: "X.", Labels: []metrics.Label{{Name: "a"}}}).Inc("a\"b\\c\nd")
	want(t, shown(t, r, "x_total"), `x_total{a="a\"b\\c\nd"} 1`+"\n")
}

func TestAHistogramHasBucketsForQuantiles(t *testing.T) {
	r := metrics.New("server", "v1")
	h := r.Histogram(metrics.Desc{Name: "x_seconds", Help: "X."}, []float64{.1, 1})
	for _, v := range []float64{.05, .5, 5, -3} {
		h.Observe(v)
	}
	want(t, shown(t, r, "x_seconds"), "x_seconds_bucket{le=\"0.1\"} 2\nx_seconds_bucket{le=\"1\"} 3\nx_seconds_bucket{le=\"+Inf\"} 4\nx_seconds_sum 5.55\nx_seconds_count 4\n")
}

func TestAGaugeShowsWhatIsKnownAndNothingElse(t *testing.T) {
	r := metrics.New("server", "v1")
	g := r.Gauge(metrics.Desc{Name: "x", Help: "X.", Labels: []metrics.Label{{Name: "state", Values: []string{"a", "b"}}}})
	want(t, shown(t, r, "x"), "")
	g.Count(3, "a")
	want(t, shown(t, r, "x"), "x{state=\"a\"} 3\n")
	g.Only("b")
	want(t, shown(t, r, "x"), "x{state=\"a\"} 0\nx{state=\"b\"} 1\n")
	g.Only("of tomorrow")
	want(t, shown(t, r, "x"), "x{state=\"a\"} 0\nx{state=\"b\"} 0\nx{state=\"other\"} 1\n")
	g.Only("a")
	want(t, shown(t, r, "x"), "x{state=\"a\"} 1\nx{state=\"b\"} 0\nx{state=\"other\"} 0\n")
	g.Clear()
	want(t, shown(t, r, "x"), "")
	g.Zero()
	want(t, shown(t, r, "x"), "x{state=\"a\"} 0\nx{state=\"b\"} 0\nx{state=\"other\"} 0\n")
}

func TestGaugesAreLookedUpBeforeEachReading(t *testing.T) {
	r := metrics.New("server", "v1")
	g, looks := r.Gauge(metrics.Desc{Name: "x", Help: "X."}), 0
	r.Before(func(context.Context) { looks++; g.Count(looks) })
	want(t, shown(t, r, "x"), "x 1\n")
	want(t, shown(t, r, "x"), "x 2\n")
}

func TestOneNameIsOneFamily(t *testing.T) {
	r := metrics.New("server", "v1")
	r.Gauge(metrics.Desc{Name: "x"})
	defer func() {
		if recover() == nil {
			t.Error("got no panic, want one: the mistake is the program's")
		}
	}()
	r.Counter(metrics.Desc{Name: "x"})
}

func TestManyCountAtOnceWhileOthersRead(t *testing.T) {
	r := metrics.New("server", "v1")
	c := r.Counter(metrics.Desc{Name: "x_total", Help: "X.", Labels: []metrics.Label{{Name: "a"}}})
	h := r.Histogram(metrics.Desc{Name: "y_seconds", Help: "Y.", Labels: []metrics.Label{{Name: "a"}}}, []float64{1})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 500 {
				c.Inc(strconv.Itoa(n % 10))
				h.Observe(1, strconv.Itoa(n%10))
				if i == 0 && n%50 == 0 {
					shown(t, r, "x")
				}
			}
		})
	}
	wg.Wait()
	want(t, shown(t, r, `x_total{a="3"}`), "x_total{a=\"3\"} 400\n")
	want(t, shown(t, r, `y_seconds_count{a="3"}`), "y_seconds_count{a=\"3\"} 400\n")
}

const secret = "kq3v7zt2m5x8n4w6"

// ask asks for the metrics of a program with this token, from peer as host.
func ask(token, peer, host string, header ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodGet, "http://"+host+metrics.Path, http.NoBody)
	req.RemoteAddr = peer
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	metrics.New("server", "v1").Handler(token, httpx.WriteProblem).ServeHTTP(w, req)
	return w
}

func TestWithATokenOnlyTheTokenOpens(t *testing.T) {
	const here = "127.0.0.1:40000"
	if w := ask(secret, "10.0.0.9:1", "server:8523", "Authorization", "Bearer "+secret); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "go_goroutines") ||
		!strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Errorf("with the token: got %d %s, want metrics", w.Code, w.Header())
	}
	for _, header := range [][]string{nil, {"Authorization", "Bearer wrong"}, {"Authorization", "Bearer " + secret[:15]}, {"Authorization", "Basic " + secret}, {"Cookie", "sesion=" + secret}} {
		if w := ask(secret, here, "localhost:8523", header...); w.Code != http.StatusUnauthorized || strings.Contains(w.Body.String(), "mostrador_build_info") {
			t.Errorf("%q: got %d, want 401", header, w.Code)
		}
	}
}

func TestWithoutATokenOnlyThisMachineReads(t *testing.T) {
	const here = "127.0.0.1:40000"
	for _, host := range []string{"localhost:8523", "127.0.0.1:8523", "[::1]:8523"} {
		if w := ask("", here, host); w.Code != http.StatusOK {
			t.Errorf("here as %s: got %d, want 200", host, w.Code)
		}
	}
	for name, c := range map[string]struct {
		peer, host string
		header     []string
	}{
		"another machine":                    {"192.168.1.7:40000", "192.168.1.10:8523", nil},
		"another machine that names us":      {"192.168.1.7:40000", "localhost", nil},
		"another machine with any token":     {"192.168.1.7:40000", "localhost", []string{"Authorization", "Bearer "}},
		"a proxy on this machine":            {here, "localhost:8523", []string{"X-Forwarded-For", "10.0.0.1"}},
		"a proxy that claims to bring us":    {here, "localhost:8523", []string{"X-Forwarded-For", "127.0.0.1"}},
		"a proxy of the newer sort":          {here, "localhost:8523", []string{"Forwarded", "for=127.0.0.1"}},
		"a proxy that only tells the scheme": {here, "localhost:8523", []string{"X-Forwarded-Proto", "https"}},
		"a proxy that says via":              {here, "localhost:8523", []string{"Via", "1.1 caddy"}},
		"a proxy that keeps the name":        {here, "tickets.example.com", nil},
		"a web page with a name of its own":  {here, "evil.example:8523", nil},
	} {
		if w := ask("", c.peer, c.host, c.header...); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "mostrador_build_info") {
			t.Errorf("%s: got %d, want 403", name, w.Code)
		}
	}
}

func TestRequestsAreCountedByRouteAndNeverByWhatTheyAskFor(t *testing.T) {
	r := metrics.New("server", "v1")
	web := r.HTTP("x")
	router := chi.NewRouter()
	router.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, req)
			web.Observe(req, rec.Code, time.Second)
		})
	})
	router.Get("/ticket/{id}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	router.Route("/api", func(sub chi.Router) { sub.Get("/t/{n}", func(http.ResponseWriter, *http.Request) {}) })
	for _, path := range []string{"/ticket/1", "/ticket/5214772758198", "/api/t/7", "/api/nothing", "/wp-admin.php", "/ticket/1/x"} {
		router.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, http.NoBody))
	}
	router.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("PROPFIND", "/ticket/1", http.NoBody))
	router.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("FETCH", "/ticket/1", http.NoBody))
	want(t, shown(t, r, "x_http_requests_total"), strings.Join([]string{
		`x_http_requests_total{route="/api/t/{n}",method="GET",status="2xx"} 1`,
		`x_http_requests_total{route="/ticket/{id}",method="GET",status="4xx"} 2`,
		`x_http_requests_total{route="other",method="GET",status="4xx"} 3`,
		`x_http_requests_total{route="other",method="other",status="4xx"} 2`,
		"",
	}, "\n"))
	if got := shown(t, r, "x_http_request_seconds_count"); !strings.Contains(got, `{route="/ticket/{id}"} 2`) {
		t.Errorf("got %s, want two of the ticket's route", got)
	}
}

func BenchmarkCount(b *testing.B) {
	r := metrics.New("server", "v1")
	c := r.Counter(metrics.Desc{Name: "x_total", Labels: []metrics.Label{{Name: "a", Values: []string{"p", "q"}}}})
	h := r.Histogram(metrics.Desc{Name: "y_seconds"}, []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5})
	b.Run("counter", func(b *testing.B) {
		for b.Loop() {
			c.Inc("p")
		}
	})
	b.Run("histogram", func(b *testing.B) {
		for b.Loop() {
			h.Observe(.02)
		}
	})
}
