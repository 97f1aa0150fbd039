package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"mostrador/internal/pgtest"
	"mostrador/internal/server"
)

const token = "kq3v7zt2m5x8n4w6"

// patience bounds every wait of these tests; nothing should come near it.
const patience = 2 * time.Minute

// output is a writer that may be read while it is written.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// program is a server that runs as the real one does.
type program struct {
	t      *testing.T
	url    string
	out    *output
	stop   context.CancelFunc
	done   chan error
	client *http.Client
}

func env(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

func start(t *testing.T, dir string, vars map[string]string) *program {
	t.Helper()
	all := map[string]string{"API_TOKEN": token, "DIRECCION": "127.0.0.1", "PUERTO": "0"}
	for name, value := range vars {
		all[name] = value
	}
	ctx, stop := context.WithCancel(t.Context())
	p := &program{t: t, out: &output{}, stop: stop, done: make(chan error, 1), client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	ready := make(chan string, 1)
	go func() {
		p.done <- server.Run(ctx, server.Options{
			Getenv: env(all), Dir: dir, Stdout: p.out, Stderr: p.out, Ready: func(addr string) { ready <- addr },
		})
	}()
	select {
	case addr := <-ready:
		p.url = "http://" + addr
	case err := <-p.done:
		t.Fatalf("server ended before it was ready: %v\n%s", err, p.out)
	}
	t.Cleanup(stop)
	return p
}

// end stops the program.
func (p *program) end() {
	p.t.Helper()
	p.stop()
	select {
	case err := <-p.done:
		if err != nil {
			p.t.Errorf("stop: got %v, want nil", err)
		}
	case <-time.After(patience):
		p.t.Fatal("the server does not stop")
	}
}

func (p *program) do(method, path, body string, header ...string) (int, string, http.Header) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, string(text), resp.Header
}

// login returns a cookie header's value.
func (p *program) login(user, password string) string {
	p.t.Helper()
	status, body, header := p.do(http.MethodPost, "/entrar", `{"usuario":"`+user+`","clave":"`+password+`"}`)
	if status != http.StatusOK {
		p.t.Fatalf("login: got %d %s, want 200", status, body)
	}
	cookie, _, _ := strings.Cut(header.Get("Set-Cookie"), ";")
	return cookie
}

func TestAMessageBecomesATicketAndItsAnswerReachesTheLaptop(t *testing.T) {
	asked := make(chan string, 1)
	laptop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Authorization") == "Bearer "+token {
			asked <- r.URL.Path + " " + string(body)
		}
		_, _ = io.WriteString(w, `{"ok":true}`)
	}))
	t.Cleanup(laptop.Close)
	host, port, _ := net.SplitHostPort(laptop.Listener.Addr().String())
	dir := t.TempDir()
	p := start(t, dir, map[string]string{"IP_LAPTOP": host, "PUERTO_LAPTOP": port, "PANEL_USUARIO": "ana", "PANEL_CLAVE": "muy secreta"})

	status, body, _ := p.do(http.MethodPost, "/webhook", `{"remitente":"5214772758198@s.whatsapp.net","contenido":"no prende","imagen":"/9j/4AAQSkZJRg=="}`, "Authorization", "Bearer "+token)
	if status != http.StatusOK || !strings.Contains(body, `"ticket_id":1`) {
		t.Fatalf("webhook: got %d %s, want ticket 1", status, body)
	}
	cookie := p.login("ana", "muy secreta")
	_, body, _ = p.do(http.MethodGet, "/tickets", "", "Cookie", cookie)
	var list struct {
		Tickets []struct {
			Photo string `json:"foto_path"`
		}
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Tickets) != 1 {
		t.Fatalf("tickets: got %s, %v, want one", body, err)
	}
	if status, body, _ = p.do(http.MethodGet, list.Tickets[0].Photo, "", "Cookie", cookie); status != http.StatusOK || !strings.HasPrefix(body, "\xff\xd8") {
		t.Errorf("photo: got %d %q, want the picture", status, body)
	}
	if status, body, _ = p.do(http.MethodPost, "/responder/1", "", "Cookie", cookie); status != http.StatusOK {
		t.Errorf("answer: got %d %s, want 200", status, body)
	}
	if got := <-asked; !strings.HasPrefix(got, `/enviar-mensaje {"numero":"5214772758198@s.whatsapp.net","texto":"Hola, recibimos`) {
		t.Errorf("the laptop got %s, want the notice", got)
	}
	p.end()
	for _, secret := range []string{token, "muy secreta", "no prende", "5214772758198", cookie} {
		if strings.Contains(p.out.String(), secret) {
			t.Errorf("the output holds %q", secret)
		}
	}
	first, _, _ := strings.Cut(p.out.String(), "\n")
	for _, part := range []string{`"version"`, `"address":"127.0.0.1:`, `"database":"sqlite"`, `"bridge_url":"http://` + host} {
		if !strings.Contains(first, part) {
			t.Errorf("got first line %s, want %s in it", first, part)
		}
	}
}

func TestTicketsAndQueuedAnswersSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	vars := map[string]string{"PANEL_LOGIN": "off"}
	p := start(t, dir, vars)
	p.do(http.MethodPost, "/webhook", `{"remitente":"5214772758198","contenido":"hola"}`, "Authorization", "Bearer "+token)
	if status, body, _ := p.do(http.MethodPost, "/responder/1", ""); status != http.StatusServiceUnavailable || !strings.Contains(body, `"en_cola":true`) {
		t.Fatalf("got %d %s, want it queued", status, body)
	}
	p.end()

	sent := make(chan string, 4)
	laptop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent <- string(body)
		_, _ = io.WriteString(w, `{"ok":true}`)
	}))
	t.Cleanup(laptop.Close)
	vars["IP_LAPTOP"], vars["PUERTO_LAPTOP"], _ = net.SplitHostPort(laptop.Listener.Addr().String())
	p = start(t, dir, vars)
	p.do(http.MethodPost, "/webhook", `{"remitente":"5214772758198","contenido":"¿hola?"}`, "Authorization", "Bearer "+token)
	select {
	case body := <-sent:
		if !strings.Contains(body, "recibimos tu equipo") {
			t.Errorf("the laptop got %s, want the notice", body)
		}
	case <-time.After(patience):
		t.Error("the queued answer did not go out by itself")
	}
	if _, body, _ := p.do(http.MethodGet, "/health", ""); !strings.Contains(body, `"total_tickets":1`) {
		t.Errorf("got %s, want the one ticket", body)
	}
	p.end()
}

func TestTheSameServerRunsOnPostgreSQL(t *testing.T) {
	vars := map[string]string{"DATABASE_URL": pgtest.URL(t), "PANEL_USUARIO": "ana", "PANEL_CLAVE": "muy secreta"}
	dir := t.TempDir()
	for round := range 2 {
		p := start(t, dir, vars)
		status, body, _ := p.do(http.MethodPost, "/webhook", `{"remitente":"5214772758198","contenido":"hola","id":"A1"}`, "Authorization", "Bearer "+token)
		if repeat := strings.Contains(body, "duplicado"); status != http.StatusOK || repeat != (round == 1) {
			t.Errorf("start %d: got %d %s, want a duplicate only after the restart", round+1, status, body)
		}
		cookie := p.login("ana", "muy secreta")
		if _, body, _ = p.do(http.MethodGet, "/tickets", "", "Cookie", cookie); !strings.Contains(body, `"descripcion":"hola"`) {
			t.Errorf("got %s, want the ticket", body)
		}
		p.end()
		if !strings.Contains(p.out.String(), `"database":"postgresql"`) {
			t.Errorf("got %s, want the engine named", p.out)
		}
		if strings.Contains(p.out.String(), vars["DATABASE_URL"]) {
			t.Error("the output holds the database's address")
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "tickets.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want no SQLite file", err)
	}
}

func TestTheFirstPasswordIsShownOnceAndNotLogged(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir, nil)
	found := regexp.MustCompile(`usuario: (\S+)\n\s+clave:   (\S+)\n`).FindStringSubmatch(p.out.String())
	if found == nil {
		t.Fatalf("got %s, want a login in a frame", p.out)
	}
	p.login(found[1], found[2])
	p.end()
	if n := strings.Count(p.out.String(), found[2]); n != 1 {
		t.Errorf("the password stands in the output %d times, want once", n)
	}
	again := start(t, dir, nil)
	again.login(found[1], found[2])
	again.end()
	if strings.Contains(again.out.String(), "clave:") {
		t.Errorf("second start: got %s, want no password", again.out)
	}
}

func TestAnOpenPanelIsWarnedOfAtEveryStart(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		p := start(t, dir, map[string]string{"PANEL_LOGIN": "off"})
		if status, _, _ := p.do(http.MethodGet, "/tickets", ""); status != http.StatusOK {
			t.Errorf("got %d, want 200", status)
		}
		p.end()
		if !strings.Contains(p.out.String(), "PANEL_LOGIN=off") {
			t.Errorf("got %s, want a warning", p.out)
		}
	}
}

func TestABusyPortIsSaidInPlainSpanish(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	var out output
	dir := t.TempDir()
	err = server.Run(t.Context(), server.Options{
		Getenv: env(map[string]string{"API_TOKEN": token, "DIRECCION": "127.0.0.1", "PUERTO": port}), Dir: dir, Stdout: io.Discard, Stderr: &out,
	})
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("got %v left behind, want nothing begun", left)
	}
	if err == nil || !strings.Contains(out.String(), "ya está ocupado") || !strings.Contains(out.String(), port) {
		t.Errorf("got %v and %q, want the port named", err, out.String())
	}
}

func TestHealthAnswersForTheServerOfThisConfiguration(t *testing.T) {
	p := start(t, t.TempDir(), nil)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(p.url, "http://"))
	var out output
	o := server.Options{
		Args: []string{"health"}, Getenv: env(map[string]string{"API_TOKEN": token, "PUERTO": port}), Dir: t.TempDir(), Stdout: &out, Stderr: &out,
	}
	if err := server.Run(t.Context(), o); err != nil || out.String() != "ok\n" {
		t.Errorf("got %v and %q, want ok", err, out.String())
	}
	p.end()
	if err := server.Run(t.Context(), o); err == nil {
		t.Error("got no error for a server that ended, want one")
	}
}

func TestFilesThatNoMessageNamesAreSetAsideAtTheStart(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "fotos_evidencia")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	orphan := filepath.Join(folder, strings.Repeat("a", 32)+".jpg")
	if err := os.WriteFile(orphan, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(orphan, old, old); err != nil {
		t.Fatal(err)
	}
	p := start(t, dir, nil)
	deadline := time.After(patience)
	for !strings.Contains(p.out.String(), "files that no message names were set aside") {
		select {
		case <-deadline:
			t.Fatalf("got %s, want the orphan set aside", p.out)
		default:
			p.do(http.MethodGet, "/health", "")
		}
	}
	p.end()
	if _, err := os.Stat(orphan); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want the orphan moved", err)
	}
}

func TestThePanelsDevelopersReadItFromAFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("mi panel"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, t.TempDir(), map[string]string{"PANEL_DIR": dir})
	if _, body, _ := p.do(http.MethodGet, "/entrar", ""); body != "mi panel" {
		t.Errorf("got %q, want the folder's page", body)
	}
	p.end()
	var out output
	err := server.Run(t.Context(), server.Options{
		Getenv: env(map[string]string{"API_TOKEN": token, "PANEL_DIR": t.TempDir(), "PUERTO": "0"}), Dir: t.TempDir(), Stdout: io.Discard, Stderr: &out,
	})
	if err == nil || !strings.Contains(out.String(), "index.html") {
		t.Errorf("got %v and %q for an empty folder, want index.html named", err, out.String())
	}
}
