package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a condition may take on a slow machine before the test
// gives up; it is not a measurement.
const patience = 4 * time.Minute

// transcript collects what the demo prints.
type transcript struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (tr *transcript) Write(p []byte) (int, error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.buf.Write(p)
}

func (tr *transcript) String() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.buf.String()
}

// panel is a person at the counter, logged in.
type panel struct {
	t    *testing.T
	url  string
	http *http.Client
}

// perform starts the demo without its pauses and returns a logged-in panel and
// what the demo prints. The demo ends, and must end well, with the test.
func perform(t *testing.T) (*panel, *transcript) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, ready, ended := &transcript{}, make(chan string, 1), make(chan error, 1)
	dir := t.TempDir()
	go func() {
		ended <- run(ctx, options{
			args: []string{"-carpeta", dir, "-puerto", "0"}, out: out,
			pause: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
			ready: func(url string) { ready <- url },
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("demo: %v", err)
		}
		if t.Failed() {
			for _, name := range []string{"servidor.log", "laptop.log"} {
				log, _ := os.ReadFile(dir + "/" + name)
				t.Logf("%s:\n%s", name, log[max(0, len(log)-8000):])
			}
		}
	})
	select {
	case url := <-ready:
		return logIn(t, url), out
	case err := <-ended:
		ended <- nil
		t.Fatalf("demo ended before it was ready: %v\n%s", err, out)
	}
	return nil, nil
}

func logIn(t *testing.T, url string) *panel {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &panel{t: t, url: url, http: &http.Client{Jar: jar}}
	if status, body := p.call(http.MethodPost, "/entrar", map[string]string{"usuario": panelUser, "clave": panelPassword}); status != http.StatusOK {
		t.Fatalf("log in: %d %s", status, body)
	}
	return p
}

func (p *panel) call(method, path string, body any) (int, []byte) {
	p.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, bytes.NewReader(raw))
	if err != nil {
		p.t.Fatal(err)
	}
	resp, err := p.http.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, answer
}

func (p *panel) get(path string, v any) {
	p.t.Helper()
	status, body := p.call(http.MethodGet, path, nil)
	if status != http.StatusOK {
		p.t.Fatalf("GET %s: got %d %s, want 200", path, status, body)
	}
	if err := json.Unmarshal(body, v); err != nil {
		p.t.Fatal(err)
	}
}

type row struct {
	ID          int64   `json:"id"`
	Name        string  `json:"nombre"`
	Phone       string  `json:"telefono"`
	Hidden      bool    `json:"numero_oculto"`
	Description string  `json:"descripcion"`
	Category    string  `json:"categoria"`
	Photo       *string `json:"foto_path"`
}

func (p *panel) tickets() map[string]row {
	p.t.Helper()
	var list struct {
		Tickets []row `json:"tickets"`
	}
	p.get("/tickets?limit=100", &list)
	byName := map[string]row{}
	for _, r := range list.Tickets {
		if _, twice := byName[r.Name]; twice {
			p.t.Errorf("%s has two tickets, want one", r.Name)
		}
		byName[r.Name] = r
	}
	return byName
}

type said struct {
	Direction string `json:"direccion"`
	Kind      string `json:"tipo"`
	Text      string `json:"texto"`
	Delivery  string `json:"entrega"`
}

func (p *panel) conversation(id int64) []said {
	p.t.Helper()
	var c struct {
		Messages []said `json:"mensajes"`
	}
	p.get(fmt.Sprintf("/ticket/%d/conversacion", id), &c)
	return c.Messages
}

// eventually asks until ok, or fails the test with what is missing.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); !ok(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("gave up waiting for: %s", what)
		}
	}
}

// settled reports whether everything the cast says by itself has arrived.
func settled(p *panel, tickets map[string]row) bool {
	for _, r := range cast() {
		got, ok := tickets[r.profile.Name]
		if !ok {
			return false
		}
		in := 0
		for _, m := range p.conversation(got.ID) {
			if m.Direction == "entrada" || m.Direction == "evento" {
				in++
			}
		}
		if in < len(r.lines) {
			return false
		}
	}
	return true
}

func TestEveryCustomerBecomesOneTicketWithTheirPhoto(t *testing.T) {
	p, _ := perform(t)
	eventually(t, "all that the cast writes", func() bool { return settled(p, p.tickets()) })
	tickets := p.tickets()
	if got, want := len(tickets), len(cast()); got != want {
		t.Errorf("got %d tickets, want %d", got, want)
	}
	for _, r := range cast() {
		got := tickets[r.profile.Name]
		if hidden := r.profile.Phone == "573005550104"; got.Hidden != hidden || (got.Phone == "") != hidden {
			t.Errorf("%s: got phone %q hidden %v, want hidden %v", got.Name, got.Phone, got.Hidden, hidden)
		}
		for _, l := range r.lines {
			if l.paint != nil {
				p.checkPhoto(got)
			}
		}
	}
	if got, want := tickets["Lucía"].Category, "Hardware - Pantalla"; got != want {
		t.Errorf("Lucía's category: got %q, want %q", got, want)
	}
}

func (p *panel) checkPhoto(r row) {
	p.t.Helper()
	if r.Photo == nil {
		p.t.Errorf("%s: got no photo, want one", r.Name)
		return
	}
	status, body := p.call(http.MethodGet, *r.Photo, nil)
	picture, err := jpeg.DecodeConfig(bytes.NewReader(body))
	if status != http.StatusOK || err != nil || picture.Width != pictureWidth || picture.Height != pictureHeight {
		p.t.Errorf("%s's photo: got %d, %v, %v, want the %dx%d picture sent", r.Name, status, picture, err, pictureWidth, pictureHeight)
	}
}

func TestTheNoticeReachesTheCustomerWhoAnswers(t *testing.T) {
	p, out := perform(t)
	eventually(t, "all that the cast writes", func() bool { return settled(p, p.tickets()) })
	for name, id := range map[string]int64{"Lucía": p.tickets()["Lucía"].ID, "Andrés": p.tickets()["Andrés"].ID} {
		status, body := p.call(http.MethodPost, fmt.Sprintf("/responder/%d", id), nil)
		sentAtOnce := status == http.StatusOK && strings.Contains(string(body), "Enviado")
		if queued := status == late && strings.Contains(string(body), `"en_cola":true`); !sentAtOnce && !queued {
			t.Fatalf("notify %s: got %d %s, want 200 Enviado, or 504 and the notice kept", name, status, body)
		}
		eventually(t, name+"'s answer", func() bool {
			messages := p.conversation(id)
			last := messages[len(messages)-1]
			return last.Direction == "entrada" && strings.Contains(last.Text, "gracias") || strings.Contains(last.Text, "Gracias")
		})
		var sent []said
		eventually(t, "the notice to "+name+" is delivered", func() bool {
			sent = nil
			for _, m := range p.conversation(id) {
				if m.Direction == "salida" {
					sent = append(sent, m)
				}
			}
			return len(sent) > 0 && (sent[0].Delivery == "entregado" || sent[0].Delivery == "leido")
		})
		if len(sent) != 1 || !strings.HasPrefix(sent[0].Text, "Hola, recibimos tu equipo") {
			t.Errorf("%s's conversation: got answers %+v, want the notice once, sent", name, sent)
		}
	}
	if got := out.String(); strings.Count(got, "recibe: «Hola, recibimos tu equipo") != 2 {
		t.Errorf("got transcript\n%s\nwant the notice received twice, once by each", got)
	}
}
