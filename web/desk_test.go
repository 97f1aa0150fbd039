package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"mostrador/internal/browser"
	"mostrador/internal/porttest"
	"mostrador/internal/server"
	"mostrador/internal/wire"
)

const (
	deskToken    = "kq3v7zt2m5x8n4w6"
	deskUser     = "ana"
	deskPassword = "muy secreta"
)

// desk is a real server with an empty database and one administrator, without
// any laptop: what new tests of the panel run against.
type desk struct {
	t   *testing.T
	url string
	dir string
	// stop ends the server and waits for it; start begins again on the same data
	// and the same address.
	stop func()
	port string
	more map[string]string // variables of the environment
}

func openDesk(t *testing.T) *desk {
	t.Helper()
	return openDeskWith(t, nil)
}

// openDeskWith is openDesk with more variables in the environment.
func openDeskWith(t *testing.T, more map[string]string) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir(), port: porttest.Free(t), more: more}
	d.start()
	t.Cleanup(func() { d.stop() })
	return d
}

func (d *desk) start() {
	d.t.Helper()
	vars := map[string]string{
		"API_TOKEN": deskToken, "DIRECCION": "127.0.0.1", "PUERTO": d.port, "PANEL_USUARIO": deskUser, "PANEL_CLAVE": deskPassword,
	}
	maps.Copy(vars, d.more)
	ctx, cancel := context.WithCancel(context.Background())
	ready, done, out := make(chan string, 1), make(chan error, 1), &bytes.Buffer{}
	go func() {
		done <- server.Run(ctx, server.Options{
			Getenv: func(name string) string { return vars[name] }, Dir: d.dir, Stdout: out, Stderr: io.Discard, Ready: func(addr string) { ready <- addr },
		})
	}()
	select {
	case addr := <-ready:
		d.url, d.port = "http://"+addr, addr[strings.LastIndex(addr, ":")+1:]
	case err := <-done:
		cancel()
		d.t.Fatalf("server ended before it was ready: %v\n%s", err, out)
	}
	d.stop = func() {
		cancel()
		if err := <-done; err != nil {
			d.t.Errorf("server ended with %v\n%s", err, out)
		}
		d.stop = func() {}
	}
}

// call asks the server as the bridge or another program, and reads the answer
// into answer unless it is nil. It returns the status.
func (d *desk) call(method, path string, body, answer any) int {
	d.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		d.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.url+path, bytes.NewReader(data))
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+deskToken)
	r.Header.Set("Content-Type", "application/json")
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = w.Body.Close() }()
	if answer != nil {
		if err := json.NewDecoder(w.Body).Decode(answer); err != nil {
			d.t.Fatalf("%s %s: got %d and %v", method, path, w.StatusCode, err)
		}
	}
	return w.StatusCode
}

// deliver is a message of a customer; it returns the ticket's number.
func (d *desk) deliver(m wire.Webhook) int64 {
	d.t.Helper()
	var taken wire.WebhookReply
	if status := d.call(http.MethodPost, wire.PathWebhook, m, &taken); status != http.StatusOK {
		d.t.Fatalf("webhook: got %d, want 200", status)
	}
	return taken.TicketID
}

// open is a browser that is logged in as the administrator and shows hash.
func (d *desk) open(hash string) *browser.Tab {
	d.t.Helper()
	p := browser.Open(d.t, d.url)
	p.Visit("entrar")
	p.WaitFor("document.activeElement?.id === 'usuario'")
	p.Write("#usuario", deskUser)
	p.Write("#clave", deskPassword+"\r")
	p.WaitFor("document.querySelector('.top') !== null")
	p.Visit(hash)
	return p
}
