package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"mostrador/internal/bridge/api"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const token = "3f9c1e7a5b2d4860"

// fakeWhatsApp is a session whose answers a test chooses.
type fakeWhatsApp struct {
	send func(ctx context.Context, m wire.Send) (string, error)

	mu    sync.Mutex
	sent  []wire.Send
	asked []string // phone numbers and passkey answers
	err   error
}

func (f *fakeWhatsApp) Send(ctx context.Context, m wire.Send) (string, error) {
	f.mu.Lock()
	f.sent = append(f.sent, m)
	f.mu.Unlock()
	if f.send != nil {
		return f.send(ctx, m)
	}
	return "3EB0", nil
}

func (f *fakeWhatsApp) RequestCode(_ context.Context, phone string) (string, error) {
	f.asked = append(f.asked, phone)
	return "ABCD-1234", f.err
}

func (f *fakeWhatsApp) AnswerPasskey(_ context.Context, assertion []byte) error {
	f.asked = append(f.asked, string(assertion))
	return f.err
}

func (f *fakeWhatsApp) ConfirmPasskey(context.Context) error {
	f.asked = append(f.asked, "confirm")
	return f.err
}

func (f *fakeWhatsApp) Unpair(context.Context) error {
	f.asked = append(f.asked, "unpair")
	return f.err
}

type fixture struct {
	http.Handler
	whatsapp *fakeWhatsApp
	status   api.Status
	clock    time.Time
	parked   []wire.Parked
	retried  int
	keys     []string // of the last retry
	retryErr error
	stopped  int
}

func newFixture() *fixture {
	f := &fixture{
		whatsapp: &fakeWhatsApp{},
		status:   api.Status{State: "conectado", Connected: true, Account: "5215550000001", ServerReachable: true},
		clock:    time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
		parked:   []wire.Parked{parkedOfAna},
	}
	f.Handler = api.New(api.Options{
		Token: token, WhatsApp: f.whatsapp, MaxFile: 3000,
		Status: func() api.Status { return f.status },
		Parked: func(int) []wire.Parked { return f.parked },
		Retry:  func(keys []string) (int, error) { f.retried++; f.keys = keys; return 2, f.retryErr },
		Stop:   func() { f.stopped++ },
		Now:    func() time.Time { return f.clock }, Version: "v1", Library: "v2", Log: zerolog.Nop(),
	})
	return f
}

// remote is a request of another machine, local one of this machine's browser.
func remote(method, path, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, "http://192.168.1.20:9000"+path, strings.NewReader(body))
	r.RemoteAddr = "192.168.1.10:40000"
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func authorized(method, path, body string) *http.Request {
	return remote(method, path, body, "Authorization", "Bearer "+token)
}

func local(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, "http://localhost:9000"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:40000"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

func (f *fixture) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

func wantJSON(t *testing.T, w *httptest.ResponseRecorder, status int, want string) {
	t.Helper()
	if got := strings.TrimSpace(w.Body.String()); w.Code != status || got != want {
		t.Errorf("got %d %s, want %d %s", w.Code, got, status, want)
	}
}

func TestEveryRouteIsClosedToStrangers(t *testing.T) {
	f := newFixture()
	open := map[string]bool{"GET /health": true}
	local := map[string]bool{
		"GET /": true, "GET /estado.json": true, "GET /qr.png": true, "GET /pagina.css": true, "GET /pagina.js": true,
		"POST /codigo": true, "POST /passkey": true, "POST /passkey/confirmar": true, "POST /reintentar": true,
	}
	routes := 0
	err := chi.Walk(f.Handler.(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		routes++
		for _, header := range []string{"", "Bearer ", "Bearer x", "Bearer " + token + "0", "Basic " + token, token} {
			want := http.StatusUnauthorized
			if local[method+" "+route] {
				want = http.StatusNotFound
			} else if open[method+" "+route] {
				want = http.StatusOK
			}
			if got := f.do(remote(method, route, "{}", "Authorization", header)).Code; got != want {
				t.Errorf("%s %s with %q: got %d, want %d", method, route, header, got, want)
			}
		}
		return nil
	})
	if err != nil || routes != 20 {
		t.Errorf("walked %d routes, %v, want 20", routes, err)
	}
	wantJSON(t, f.do(remote(http.MethodPost, "/enviar-mensaje", "{}")), http.StatusUnauthorized, `{"error":"No autorizado"}`)
	wantJSON(t, f.do(remote(http.MethodGet, "/otra", "")), http.StatusNotFound, `{"error":"No existe"}`)
	wantJSON(t, f.do(remote(http.MethodPut, "/health", "")), http.StatusMethodNotAllowed, `{"error":"Método no permitido"}`)
}

func TestSendingAnswersAsTheContractSays(t *testing.T) {
	big := strings.Repeat("A", 2<<20)
	for _, test := range []struct {
		name, body string
		err        error
		offline    bool
		status     int
		want       string
	}{
		{"sent", `{"numero":"5215550000002","texto":"hola"}`, nil, false, 200, `{"ok":true,"mensaje":"Enviado correctamente","id":"3EB0"}`},
		{"a file without text", `{"numero":"1","archivo":{"datos":"aG9sYQ=="}}`, nil, false, 200, `{"ok":true,"mensaje":"Enviado correctamente","id":"3EB0"}`},
		{"no number", `{"texto":"hola"}`, nil, false, 400, `{"error":"Faltan parámetros"}`},
		{"no text", `{"numero":"1","texto":" "}`, nil, false, 400, `{"error":"Faltan parámetros"}`},
		{"an empty file", `{"numero":"1","archivo":{"nombre":"x"}}`, nil, false, 400, `{"error":"Faltan parámetros"}`},
		{"nothing", ``, nil, false, 400, `{"error":"El cuerpo está vacío; se espera JSON."}`},
		{"no JSON", `hola`, nil, false, 400, `{"error":"El cuerpo no es JSON válido."}`},
		{"wrong type", `{"numero":5,"texto":"hola"}`, nil, false, 422, `{"error":"El campo «numero» tiene un tipo equivocado."}`},
		{"a hostile id", `{"numero":"1","texto":"hola","id":"../x"}`, nil, false, 422, `{"error":"El id solo puede tener letras, números, punto, guion y guion bajo."}`},
		{"a quotation of an odd id", `{"numero":"1","texto":"hola","responde_a":"AB:CD=="}`, nil, false, 200, `{"ok":true,"mensaje":"Enviado correctamente","id":"3EB0"}`},
		{"a quotation of no id", `{"numero":"1","texto":"hola","responde_a":"a b"}`, nil, false, 422, `{"error":"El id del mensaje al que responde no es de WhatsApp."}`},
		{"a quotation without an end", `{"numero":"1","texto":"hola","responde_a":"` + strings.Repeat("A", 129) + `"}`, nil, false, 422, `{"error":"El id del mensaje al que responde no es de WhatsApp."}`},
		{"a long text", `{"numero":"1","texto":"` + strings.Repeat("ñ", 65537) + `"}`, nil, false, 422, `{"error":"El texto es demasiado largo para WhatsApp."}`},
		{"too large", `{"numero":"1","texto":"` + big + `"}`, nil, false, 413, `{"error":"El mensaje es demasiado grande."}`},
		{"not on WhatsApp", `{"numero":"1","texto":"x"}`, ticket.NewError(ticket.CodeNotFound, "Ese número no tiene WhatsApp."), false, 422, `{"error":"Ese número no tiene WhatsApp.","codigo":"sin_whatsapp"}`},
		{"disconnected", `{"numero":"1","texto":"x"}`, ticket.NewError(ticket.CodeUnavailable, "x"), true, 503, `{"error":"WhatsApp desconectado","solucion":"Escanee el código QR."}`},
		{"limited", `{"numero":"1","texto":"x"}`, ticket.NewError(ticket.CodeRateLimited, "WhatsApp limita los mensajes nuevos."), false, 503, `{"error":"WhatsApp limita los mensajes nuevos.","codigo":"limitado"}`},
		{"not confirmed", `{"numero":"1","texto":"x"}`, ticket.NewError(ticket.CodeTimeout, "WhatsApp no confirmó."), false, 504, `{"error":"WhatsApp no confirmó."}`},
		{"a bug", `{"numero":"1","texto":"x"}`, errors.New("sql: secret"), false, 500, `{"error":"Error interno. El detalle está en el registro del programa."}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			if test.offline {
				f.status = api.Status{State: "vinculando", Reason: "No hay teléfono vinculado.", Solution: "Escanee el código QR."}
			}
			f.whatsapp.send = func(context.Context, wire.Send) (string, error) { return "3EB0", test.err }
			wantJSON(t, f.do(authorized(http.MethodPost, "/enviar-mensaje", test.body)), test.status, test.want)
		})
	}
}

func TestSendingHandsEverythingOver(t *testing.T) {
	f := newFixture()
	f.do(authorized(http.MethodPost, "/enviar-mensaje", `{"numero":"1@lid","texto":"hola","id":"3EB0AA","responde_a":"3EB0BB","archivo":{"nombre":"a.pdf","mime":"application/pdf","datos":"aG9sYQ=="}}`))
	want := []wire.Send{{To: "1@lid", Text: "hola", ID: "3EB0AA", ReplyTo: "3EB0BB", File: &wire.File{Name: "a.pdf", MIME: "application/pdf", Data: []byte("hola")}}}
	if diff := cmp.Diff(want, f.whatsapp.sent); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

func TestCallsWithOneIDAtTheSameTimeAreOneSendAndLaterOnesAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const callers = 8
		f := newFixture()
		release := make(chan struct{})
		f.whatsapp.send = func(_ context.Context, m wire.Send) (string, error) {
			<-release
			return m.ID, nil
		}
		codes := make(chan int, callers)
		call := func() {
			codes <- f.do(authorized(http.MethodPost, "/enviar-mensaje", `{"numero":"1","texto":"hola","id":"X"}`)).Code
		}
		for range callers {
			go call()
		}
		synctest.Wait()
		close(release)
		for range callers {
			if code := <-codes; code != http.StatusOK {
				t.Errorf("got %d, want 200", code)
			}
		}
		if got := len(f.whatsapp.sent); got != 1 {
			t.Errorf("got %d sends for %d calls at once, want 1", got, callers)
		}
		if call(); len(f.whatsapp.sent) != 2 {
			t.Errorf("got %d sends after a later call, want 2", len(f.whatsapp.sent))
		}
	})
}

func TestASendOutlivesItsCaller(t *testing.T) {
	f := newFixture()
	ctx, gone := context.WithCancel(t.Context())
	entered, alive := make(chan struct{}), make(chan error, 1)
	f.whatsapp.send = func(ctx context.Context, _ wire.Send) (string, error) {
		close(entered)
		gone()
		alive <- ctx.Err()
		return "X", nil
	}
	f.do(authorized(http.MethodPost, "/enviar-mensaje", `{"numero":"1","texto":"hola","id":"X"}`).WithContext(ctx))
	<-entered
	if err := <-alive; err != nil {
		t.Errorf("the send's context: got %v after the caller left, want it alive", err)
	}
}

func TestAPanicWhileSendingIsAnInternalError(t *testing.T) {
	f := newFixture()
	f.whatsapp.send = func(context.Context, wire.Send) (string, error) { panic("boom") }
	for _, body := range []string{`{"numero":"1","texto":"x"}`, `{"numero":"1","texto":"x","id":"X"}`} {
		if w := f.do(authorized(http.MethodPost, "/enviar-mensaje", body)); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "boom") {
			t.Errorf("got %d %s, want a 500 without internals", w.Code, w.Body)
		}
	}
}

func TestHealthSaysMoreToThoseWithTheToken(t *testing.T) {
	f := newFixture()
	f.status.Waiting, f.status.Parked, f.status.Oldest, f.status.Reason = 3, 1, f.clock.Add(-time.Minute), "r"
	f.clock = f.clock.Add(90 * time.Minute)
	short := `{"status":"ok","whatsapp":"conectado","cola_pendiente":3,"uptime":5400}`
	wantJSON(t, f.do(remote(http.MethodGet, "/health", "")), http.StatusOK, short)
	wantJSON(t, f.do(remote(http.MethodGet, "/health", "", "Authorization", "Bearer wrong")), http.StatusOK, short)
	wantJSON(t, f.do(authorized(http.MethodGet, "/health", "")), http.StatusOK,
		`{"status":"ok","whatsapp":"conectado","cola_pendiente":3,"uptime":5400,"estado":"conectado","motivo":"r","cuenta":"5215550000001",`+
			`"cola_antiguedad":5460,"cola_apartados":1,"version":"v1","version_whatsmeow":"v2"}`)
	f.status.Connected = false
	if w := f.do(remote(http.MethodGet, "/health", "")); !strings.Contains(w.Body.String(), `"desconectado"`) {
		t.Errorf("got %s, want desconectado", w.Body)
	}
}

func TestPairingGivesTheCodeToShowAsTextAndPicture(t *testing.T) {
	f := newFixture()
	wantJSON(t, f.do(authorized(http.MethodGet, "/vinculacion", "")), http.StatusOK, `{"estado":"conectado","qr":"","vence":null,"codigo":"","cuenta":"5215550000001"}`)
	wantJSON(t, f.do(authorized(http.MethodGet, "/vinculacion.png", "")), http.StatusNotFound, `{"error":"Ahora no hay código QR."}`)
	f.status = api.Status{State: "vinculando", QR: "2@abc,def", QRExpires: f.clock.Add(time.Minute), Code: "ABCD-1234"}
	wantJSON(t, f.do(authorized(http.MethodGet, "/vinculacion", "")), http.StatusOK,
		`{"estado":"vinculando","qr":"2@abc,def","vence":"2026-11-23T10:01:00Z","codigo":"ABCD-1234","segundos":60}`)
	w := f.do(authorized(http.MethodGet, "/vinculacion.png", ""))
	if got := http.DetectContentType(w.Body.Bytes()); w.Code != http.StatusOK || got != "image/png" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %s cached %q, want a PNG that is not stored", w.Code, got, w.Header().Get("Cache-Control"))
	}
	f.status.QR = strings.Repeat("x", 5000)
	if w := f.do(authorized(http.MethodGet, "/vinculacion.png", "")); w.Code != http.StatusNotFound {
		t.Errorf("a code too long for a picture: got %d, want 404", w.Code)
	}
}

func TestAnswersAreJSONWithSafeHeaders(t *testing.T) {
	w := newFixture().do(remote(http.MethodGet, "/health", ""))
	for name, want := range map[string]string{
		"Content-Type": "application/json; charset=utf-8", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if !json.Valid(w.Body.Bytes()) {
		t.Errorf("got %s, want JSON", w.Body)
	}
}
