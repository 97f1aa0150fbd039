package api_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/rs/zerolog"

	"mostrador/internal/httpx"
	"mostrador/internal/metrics"
	"mostrador/internal/server/api"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/classifier"
	"mostrador/internal/server/jobs"
	"mostrador/internal/server/learn"
	"mostrador/internal/server/link"
	"mostrador/internal/server/live"
	"mostrador/internal/server/notify"
	"mostrador/internal/server/outbox"
	"mostrador/internal/server/photos"
	"mostrador/internal/server/retention"
	"mostrador/internal/server/said"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/server/watch"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
	"mostrador/web"
)

const (
	token    = "kq3v7zt2m5x8n4w6"
	customer = "5214772758198@s.whatsapp.net"
	maxImage = 100_000
	silence  = 5 * time.Minute
)

// jpeg is the smallest body that counts as a picture.
var jpeg = []byte("\xff\xd8\xff\xe0 a picture")

// laptop is a bridge that answers as it is told and remembers what it was asked
// to send.
type laptop struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	body   string
	sent   []wire.Send
	// retried holds the bodies of the wishes to deliver parked messages again.
	retried []string
	// paired holds the steps of a pairing: path and body.
	paired []string
}

func newLaptop(t testing.TB) *laptop {
	t.Helper()
	l := &laptop{status: http.StatusOK, body: `{"ok":true}`}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if !httpx.NewToken(token).Authorizes(r) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.URL.Path == wire.PathSend && l.status == http.StatusOK {
			var m wire.Send
			if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
				t.Error(err)
			}
			l.sent = append(l.sent, m)
		}
		if r.URL.Path == wire.PathParked {
			keys, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			l.retried = append(l.retried, string(keys))
		}
		if strings.HasPrefix(r.URL.Path, wire.PathPairing) {
			step, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			l.paired = append(l.paired, r.URL.Path+" "+string(step))
		}
		w.WriteHeader(l.status)
		_, _ = io.WriteString(w, l.body)
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *laptop) answer(status int, body string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status, l.body = status, body
}

func (l *laptop) received() []wire.Send {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]wire.Send(nil), l.sent...)
}

func (l *laptop) steps() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.paired...)
}

// shop is the whole API over a real database, without a network before it.
type shop struct {
	t      testing.TB
	router chi.Router
	store  *store.Store
	auth   *auth.Auth
	origin store.Origin
	outbox *outbox.Outbox
	watch  *watch.Watch
	learn  *learn.Learner // not running
	notify *notify.Notify // not running
	laptop *laptop
	clock  *storetest.Clock
	url    string // of the database
	dir    string
	log    *bytes.Buffer
	cookie string
	// classify is what the store sorts texts with: a model that all tests share.
	linked   chan struct{} // one value for each link that the server has
	classify func(business int64, text string) ticket.Classification
}

type option func(*api.Options)

func openShop(t testing.TB, options ...option) *shop {
	t.Helper()
	return openShopFor(t, auth.Options{}, options...)
}

func openShopFor(t testing.TB, who auth.Options, options ...option) *shop {
	t.Helper()
	return openShopOn(t, filepath.Join(t.TempDir(), "tickets.db"), who, options...)
}

func openShopOn(t testing.TB, url string, who auth.Options, options ...option) *shop {
	t.Helper()
	s := &shop{url: url, t: t, dir: t.TempDir(), laptop: newLaptop(t), log: &bytes.Buffer{}, clock: storetest.NewClock(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC))}
	model, err := classifier.Default()
	if err != nil {
		t.Fatal(err)
	}
	s.classify = func(_ int64, text string) ticket.Classification { return model.Classify(text) }
	s.store = storetest.OpenURL(t, url, func(o *store.Options) {
		o.Now, o.Classify = s.clock.Now, func(business int64, text string) ticket.Classification { return s.classify(business, text) }
	})
	s.origin, err = s.store.Setup(t.Context(), store.Setup{BusinessName: "Taller", BridgeURL: s.laptop.URL, TokenHash: httpx.NewToken(token)})
	if err != nil {
		t.Fatal(err)
	}
	folder, err := photos.Open(filepath.Join(s.dir, "fotos"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	log := zerolog.New(zerolog.SyncWriter(s.log))
	s.linked = make(chan struct{}, 16)
	links := link.New(link.Options{Now: s.clock.Now, Log: log, Changed: func(_ store.Origin, up bool) {
		if up {
			s.linked <- struct{}{}
		}
	}})
	bridge := outbox.NewBridge(links.Transport(outbox.Direct()), token)
	s.outbox = outbox.New(outbox.Options{Store: s.store, Bridge: bridge, Way: links.Way, Open: folder.Open, Now: s.clock.Now, Random: func() float64 { return 0 }, Log: log})
	s.watch = watch.New(watch.Options{Store: s.store, After: silence, Now: s.clock.Now, Log: log})
	s.learn = learn.New(learn.Options{Store: s.store, Log: log, Pause: time.Millisecond})
	if err := s.learn.Prepare(t.Context(), s.origin.Business); err != nil {
		t.Fatal(err)
	}
	who.Store, who.Default, who.Now, who.Wait = s.store, s.origin, s.clock.Now, func(context.Context, time.Duration) {}
	s.auth = auth.New(who)
	keeper := &retention.Keeper{Store: s.store, Photos: folder, Log: log}
	languages := func() (said.Languages, error) { return said.Load(web.FS()) }
	s.notify = notify.New(notify.Options{Languages: languages, Store: s.store, Jobs: jobs.New(jobs.Options{Store: s.store, Log: log}), Now: s.clock.Now, Local: true, Log: log})
	o := api.Options{
		Notify: s.notify,
		Store:  s.store, Photos: folder, Outbox: s.outbox, Learn: s.learn, Auth: s.auth, Watch: s.watch, Assist: assistant(s.store, folder, s.clock.Now, nil), Live: live.New(live.Options{Identify: s.auth.Identify, Log: log}), Clean: keeper.RemoveFiles, Health: bridge.Health, Retry: bridge.Retry, Bridge: bridge, Links: links, BridgeURL: s.laptop.URL, BridgeID: s.origin.Bridge,
		MaxImage: maxImage, Now: s.clock.Now, Log: log,
		Meters: api.Meters{Show: metrics.New("server", "v1").Handler("zz99xx88cc77vv66", httpx.WriteProblem)},
		Panel: fstest.MapFS{
			"index.html": {Data: []byte(`<!doctype html><script type="importmap">{"imports":{"x":"{{.Base}}/js/x.js"}}</script><script type="module" src="{{.Base}}/js/main.js"></script>`)},
			"js/main.js": {Data: []byte(`import "x"`)},
			"avisos.js":  {Data: []byte(`self.addEventListener("push", () => {})`)},
			"VENDOR.md":  {Data: []byte("# not served")},
		},
	}
	for _, option := range options {
		option(&o)
	}
	if s.router, err = api.New(o); err != nil {
		t.Fatal(err)
	}
	return s
}

// do asks without any credentials but those in header.
func (s *shop) do(method, path, body string, header ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.router.ServeHTTP(w, r)
	return w
}

// ask is do with the token.
func (s *shop) ask(method, path, body string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.do(method, path, body, "Authorization", "Bearer "+token)
}

// asAna is do with the session of a user, who is made on the first call.
func (s *shop) asAna(method, path, body string) *httptest.ResponseRecorder {
	s.t.Helper()
	if s.cookie == "" {
		s.addAna()
		w := s.do(http.MethodPost, "/entrar", `{"usuario":"ana","clave":"muy secreta"}`)
		s.cookie = sessionCookie(s.t, w).Value
	}
	return s.do(method, path, body, "Cookie", auth.Cookie+"="+s.cookie)
}

func (s *shop) addAna() {
	s.t.Helper()
	if err := s.auth.AddUser(s.t.Context(), s.origin.Business, "Ana", "muy secreta"); err != nil {
		s.t.Fatal(err)
	}
}

func sessionCookie(t testing.TB, w *httptest.ResponseRecorder) *http.Cookie {
	t.Helper()
	for _, c := range w.Result().Cookies() {
		if c.Name == auth.Cookie {
			return c
		}
	}
	t.Fatalf("got %d %s without a session cookie", w.Code, w.Body)
	return nil
}

// deliver sends a webhook that must be taken and returns the ticket's number.
func (s *shop) deliver(m wire.Webhook) int64 {
	s.t.Helper()
	body, err := json.Marshal(m)
	if err != nil {
		s.t.Fatal(err)
	}
	w := s.ask(http.MethodPost, "/webhook", string(body))
	if w.Code != http.StatusOK {
		s.t.Fatalf("webhook: got %d %s, want 200", w.Code, w.Body)
	}
	return int64(fields(s.t, w)["ticket_id"].(float64))
}

// fields reads a JSON answer.
func fields(t testing.TB, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("got %d %q, want JSON: %v", w.Code, w.Body, err)
	}
	return v
}

// wantProblem checks that w is a problem document whose sentence holds part.
func wantProblem(t *testing.T, w *httptest.ResponseRecorder, status int, part string) {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("got Content-Type %q (%d %s), want a problem", got, w.Code, w.Body)
		return
	}
	p := fields(t, w)
	detail, _ := p["detail"].(string)
	if w.Code != status || int(p["status"].(float64)) != status || !strings.Contains(detail, part) || p["codigo"] == "" {
		t.Errorf("got %d %s, want %d and a sentence with %q", w.Code, w.Body, status, part)
	}
}

// database opens the store's file behind its back.
func (s *shop) database() *sql.DB {
	s.t.Helper()
	db, err := sql.Open("sqlite", s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	return db
}

func (s *shop) exec(query string) {
	s.t.Helper()
	db := s.database()
	defer db.Close()
	if _, err := db.ExecContext(s.t.Context(), query); err != nil {
		s.t.Fatal(err)
	}
}

// stored describes everything the server keeps: rows and files.
func (s *shop) stored() string {
	s.t.Helper()
	db := s.database()
	defer db.Close()
	var text strings.Builder
	for _, table := range []string{"contacts", "tickets", "messages", "attachments"} {
		var n int
		if err := db.QueryRowContext(s.t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
			s.t.Fatal(err)
		}
		fmt.Fprintf(&text, "%s %d, ", table, n)
	}
	files, err := os.ReadDir(filepath.Join(s.dir, "fotos"))
	if err != nil {
		s.t.Fatal(err)
	}
	fmt.Fprintf(&text, "files %d", len(files))
	return text.String()
}

func base64Of(data []byte) string { return base64.StdEncoding.EncodeToString(data) }
