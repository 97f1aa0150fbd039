package httpx_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
)

type body struct {
	Text  string `json:"texto"`
	Image []byte `json:"imagen"`
}

func TestDecodeNamesWhatIsWrongWithABody(t *testing.T) {
	tests := []struct {
		name, body string
		want       ticket.Code
	}{
		{"good", `{"texto":"hola","imagen":"aG9s\nYQ=="}`, ""},
		{"unknown field", `{"texto":"hola","otro":1}`, ""},
		{"empty", "", ticket.CodeMalformed},
		{"not JSON", "hola", ticket.CodeMalformed},
		{"cut off", `{"texto":"ho`, ticket.CodeMalformed},
		{"two values", `{}{}`, ticket.CodeMalformed},
		{"list", `[]`, ticket.CodeInvalid},
		{"number for text", `{"texto":1}`, ticket.CodeInvalid},
		{"bad padding", `{"imagen":"aG9sYQ="}`, ticket.CodeMalformed},
		{"not base64", `{"imagen":"¡hola!"}`, ticket.CodeMalformed},
		{"invalid UTF-8", "{\"texto\":\"\xff\"}", ticket.CodeMalformed},
		{"too large", `{"texto":"` + strings.Repeat("a", 2000) + `"}`, ticket.CodeTooLarge},
		{"deep nesting", strings.Repeat("[", 900), ticket.CodeMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(tt.body))
			var v body
			err := httpx.Decode(httptest.NewRecorder(), r, 1000, &v)
			if got := ticket.CodeOf(err); got != tt.want {
				t.Errorf("got %q (%v), want %q", got, err, tt.want)
			}
		})
	}
}

func TestDecodeRefusesABodyThatBreaksOff(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/", io.MultiReader(strings.NewReader(`{"texto":`), brokenReader{}))
	var v body
	if got := ticket.CodeOf(httpx.Decode(httptest.NewRecorder(), r, 1000, &v)); got != ticket.CodeMalformed {
		t.Errorf("got %q, want %q", got, ticket.CodeMalformed)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestProblemsHideInternalErrorsAndCarryExtraFields(t *testing.T) {
	unavailable := ticket.NewError(ticket.CodeUnavailable, "WhatsApp desconectado.")
	tests := []struct {
		name   string
		err    error
		status int
		detail string
		extra  any
	}{
		{"user error", fmt.Errorf("load: %w", ticket.NewError(ticket.CodeNotFound, "Ticket no encontrado")), 404, "Ticket no encontrado", nil},
		{"with a field", httpx.With(unavailable, "en_cola", true), 503, "WhatsApp desconectado.", true},
		{"internal", errors.New("dial tcp 10.0.0.1: secret"), 500, httpx.Message(errors.New("")), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			h := httpx.Log(zerolog.New(&log), nil)(httpx.Handle(httpx.WriteProblem,
				func(http.ResponseWriter, *http.Request) error { return tt.err }))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/x", nil))
			var got map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if w.Code != tt.status || got["detail"] != tt.detail || got["en_cola"] != tt.extra {
				t.Errorf("got %d %v, want %d %q extra %v", w.Code, got, tt.status, tt.detail, tt.extra)
			}
			if strings.Contains(w.Body.String(), "secret") {
				t.Errorf("got %s, want no internals", w.Body)
			}
			if logged := strings.Contains(log.String(), "secret"); logged != (tt.status == 500) {
				t.Errorf("internal error logged: %v\n%s", logged, &log)
			}
			if got["peticion"] == nil || !strings.Contains(log.String(), got["peticion"].(string)) {
				t.Errorf("got request id %v, want the one in the log %s", got["peticion"], &log)
			}
		})
	}
}

func TestTokenAuthorizesOnlyTheExactBearer(t *testing.T) {
	token := httpx.NewToken("correct horse battery staple")
	for header, want := range map[string]bool{
		"Bearer correct horse battery staple":  true,
		"bearer correct horse battery staple":  true,
		"Bearer correct horse battery stapl":   false,
		"Bearer correct horse battery staple!": false,
		"Basic correct horse battery staple":   false,
		"Bearer ":                              false,
		"Bearer":                               false,
		"":                                     false,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", header)
		if got := token.Authorizes(r); got != want {
			t.Errorf("Authorization %q: got %v, want %v", header, got, want)
		}
	}
}

func TestAPanicIsAnsweredLoggedAndDoesNotEndTheServer(t *testing.T) {
	var log bytes.Buffer
	h := httpx.Log(zerolog.New(&log), nil)(httpx.Recover(httpx.WriteProblem)(http.HandlerFunc(
		func(http.ResponseWriter, *http.Request) { panic("boom") })))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "boom") {
		t.Errorf("got %d %s, want a 500 without internals", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "boom") || !strings.Contains(log.String(), "stack") {
		t.Errorf("got log %s, want the panic and its stack", &log)
	}
}

func TestLogKeepsSecretsOutAndHushesQuietPaths(t *testing.T) {
	var log bytes.Buffer
	h := httpx.Log(zerolog.New(&log).Level(zerolog.InfoLevel), nil, "/health")(http.HandlerFunc(
		func(http.ResponseWriter, *http.Request) {}))
	for _, target := range []string{"/health", "/webhook?token=hush"} {
		r := httptest.NewRequest(http.MethodPost, target, nil)
		r.Header.Set("Authorization", "Bearer hush")
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	if got := log.String(); strings.Contains(got, "hush") || strings.Contains(got, "/health") || !strings.Contains(got, "/webhook") {
		t.Errorf("got log %s, want only /webhook and no secret", got)
	}
}

func TestServeFinishesTheRequestUnderWayWhenToldToStop(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	entered, release := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		httpx.WriteJSON(w, http.StatusOK, "listo")
	})
	served := make(chan error, 1)
	go func() { served <- httpx.Serve(ctx, ln, h, zerolog.Nop()) }()
	answer := make(chan error, 1)
	go func() {
		resp, err := http.Get("http://" + ln.Addr().String())
		if err == nil {
			err = resp.Body.Close()
		}
		answer <- err
	}()
	<-entered
	stop()
	close(release)
	if err := <-answer; err != nil {
		t.Errorf("request under way: %v", err)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}
