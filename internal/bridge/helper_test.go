package bridge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mostrador/internal/bridge"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/wasim"
	"mostrador/internal/wire"
)

const (
	token = "3f9c1e7a5b2d4860"
	// patience bounds every wait of these tests; nothing should come near it.
	patience = 2 * time.Minute
)

func simulator(t *testing.T) *wasim.Server {
	t.Helper()
	wasim.Trust()
	s, err := wasim.Start(wasim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close simulator: %v", err)
		}
	})
	return s
}

// ticketServer stands for the server of tickets.
type ticketServer struct {
	url string

	mu       sync.Mutex
	raw      []string
	got      []wire.Webhook
	receipts []wire.Receipt
	beats    []wire.Beat
	reject   int           // status to answer messages with instead of taking them
	refuse   int           // status to answer everything with
	changed  chan struct{} // closed and replaced when something came
}

func newTicketServer(t *testing.T) *ticketServer {
	t.Helper()
	s := &ticketServer{changed: make(chan struct{})}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	s.url = web.URL
	return s
}

func (s *ticketServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	switch {
	case s.refuse != 0:
		w.WriteHeader(s.refuse)
	case r.URL.Path == wire.PathHealth:
	case r.Method != http.MethodPost || r.Header.Get("Authorization") != "Bearer "+token:
		w.WriteHeader(http.StatusUnauthorized)
	case r.URL.Path == wire.PathBeat:
		var beat wire.Beat
		if err := json.Unmarshal(body, &beat); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		s.beats = append(s.beats, beat)
		s.announce()
		_, _ = io.WriteString(w, `{"status":"ok"}`)
	case r.URL.Path == wire.PathReceipt:
		var receipt wire.Receipt
		if err := json.Unmarshal(body, &receipt); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		s.receipts = append(s.receipts, receipt)
		s.announce()
		_, _ = io.WriteString(w, `{"status":"ok"}`)
	case s.reject != 0:
		w.WriteHeader(s.reject)
		_, _ = io.WriteString(w, `{"detail":"No se puede leer el mensaje."}`)
	default:
		var m wire.Webhook
		if err := json.Unmarshal(body, &m); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		s.got, s.raw = append(s.got, m), append(s.raw, string(body))
		s.announce()
		_, _ = io.WriteString(w, `{"status":"ok","mensaje":"Ticket recibido y procesando","ticket_id":1}`)
	}
}

func (s *ticketServer) answerWith(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = status
}

func (s *ticketServer) refuseMessages(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reject = status
}

func (s *ticketServer) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// wait returns the first delivery that match accepts, past or future.
func (s *ticketServer) wait(t *testing.T, what string, match func(wire.Webhook) bool) wire.Webhook {
	t.Helper()
	return first(t, s, what, func() []wire.Webhook { return s.got }, match)
}

// waitReceipt is wait for receipts.
func (s *ticketServer) waitReceipt(t *testing.T, what string, match func(wire.Receipt) bool) {
	t.Helper()
	first(t, s, what, func() []wire.Receipt { return s.receipts }, match)
}

// waitBeat is wait for signs of life.
func (s *ticketServer) waitBeat(t *testing.T, what string, match func(wire.Beat) bool) wire.Beat {
	t.Helper()
	return first(t, s, what, func() []wire.Beat { return s.beats }, match)
}

func first[T any](t *testing.T, s *ticketServer, what string, all func() []T, match func(T) bool) T {
	t.Helper()
	deadline := time.After(patience)
	for {
		s.mu.Lock()
		got := all()
		i := slices.IndexFunc(got, match)
		changed := s.changed
		s.mu.Unlock()
		if i >= 0 {
			return got[i]
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("no delivery: %s", what)
		}
	}
}

func (s *ticketServer) texts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var texts []string
	for _, m := range s.got {
		texts = append(texts, m.Content)
	}
	return texts
}

// buffer is what a program wrote so far.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// program is a running bridge.
type program struct {
	t           *testing.T
	url         string
	out, errOut buffer
	stop        func() error // ends Run and returns what it returned
}

func environment(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func settings(server string) map[string]string {
	return map[string]string{"SERVER_URL": server, "API_TOKEN": token, "PUERTO_LOCAL": "0", "DIRECCION": "127.0.0.1"}
}

func network(wa *wasim.Server) whatsapp.Network {
	hc := wa.HTTPClient()
	return whatsapp.Network{WebSocket: hc, Media: hc, PreLogin: hc}
}

// start runs a bridge in dir until the test or stop ends it.
func start(t *testing.T, wa *wasim.Server, dir, server string) *program {
	t.Helper()
	return startWith(t, wa, dir, settings(server))
}

// startWith is start with other settings.
func startWith(t *testing.T, wa *wasim.Server, dir string, env map[string]string) *program {
	t.Helper()
	return launch(t, bridge.Options{Getenv: environment(env), Dir: dir, Network: network(wa)})
}

// launch runs a bridge until the test or stop ends it.
func launch(t *testing.T, o bridge.Options) *program {
	t.Helper()
	p := &program{t: t}
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() {
		o.Stdout, o.Stderr, o.Ready = &p.out, &p.errOut, func(addr string) { ready <- addr }
		done <- bridge.Run(ctx, o)
	}()
	p.stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() {
		if err := p.stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	select {
	case addr := <-ready:
		p.url = "http://" + addr
	case err := <-done:
		t.Fatalf("Run: %v; %s", err, p.errOut.String())
	case <-time.After(patience):
		t.Fatal("the bridge does not get ready")
	}
	return p
}

// call makes a request with the token and returns status and body.
func (p *program) call(method, path, body string) (int, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

// until reads path until ok accepts it.
func until[T any](p *program, path string, ok func(T) bool) T {
	p.t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(patience)
	for {
		_, body := p.call(http.MethodGet, path, "")
		var got T
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			p.t.Fatalf("%s: %v in %s", path, err, body)
		}
		if ok(got) {
			return got
		}
		select {
		case <-ticker.C:
		case <-deadline:
			p.t.Fatalf("%s stays %s", path, body)
		}
	}
}

func (p *program) pair(wa *wasim.Server) {
	p.t.Helper()
	shown := until(p, wire.PathPairing, func(v wire.Pairing) bool { return v.QR != "" })
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	if err := wa.Phone().ScanQR(ctx, shown.QR); err != nil {
		p.t.Fatal(err)
	}
	p.connected()
}

func (p *program) connected() {
	p.t.Helper()
	until(p, wire.PathHealth, func(h wire.BridgeHealth) bool { return h.WhatsApp == wire.Connected })
}

// says waits until the program has written text: what it does is to be seen in its
// answers a moment before that.
func (p *program) says(text string) {
	p.t.Helper()
	until(p, wire.PathHealth, func(wire.BridgeHealth) bool { return strings.Contains(p.out.String(), text) })
}

func (p *program) queued(n int) {
	p.t.Helper()
	until(p, wire.PathHealth, func(h wire.BridgeHealth) bool { return h.Queue == n })
}

func numbered(prefix string, n int) []string {
	var texts []string
	for i := range n {
		texts = append(texts, fmt.Sprintf("%s %d", prefix, i))
	}
	return texts
}
