package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mostrador/internal/bridge"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/config"
	"mostrador/internal/porttest"
	"mostrador/internal/server"
	"mostrador/internal/tunnel/tunneltest"
	"mostrador/internal/wasim"
)

// remote is a server and laptops that can only call out, over a network that
// can break.
type remote struct {
	t          *testing.T
	sim        *wasim.Server
	relay      *tunneltest.Relay // laptop → server
	dir, token string
	port       string // of the server
	panel      *panel
}

func farAway(t *testing.T) *remote {
	t.Helper()
	sim, err := wasim.Start(wasim.Options{Phone: "5215555550100", Name: "Taller"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	wasim.Trust()
	r := &remote{t: t, sim: sim, dir: t.TempDir(), token: config.MakeToken(), port: porttest.Free(t)}
	r.relay = tunneltest.NewRelay(t, "127.0.0.1:"+r.port)
	t.Cleanup(func() {
		for _, name := range []string{"servidor.log", "laptop.log"} {
			if log, err := os.ReadFile(filepath.Join(r.dir, name)); err == nil && t.Failed() {
				t.Logf("%s:\n%s", name, log[max(0, len(log)-8000):])
			}
			if log, _ := os.ReadFile(filepath.Join(r.dir, name)); strings.Contains(string(log), r.token) {
				t.Errorf("%s holds the token", name)
			}
		}
	})
	return r
}

// program runs one until the test or the returned function ends it, and returns
// the address that it was ready at.
func (r *remote) program(name string, run func(ctx context.Context, dir string, log *os.File, ready func(string)) error) (addr string, stop func()) {
	r.t.Helper()
	dir := filepath.Join(r.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		r.t.Fatal(err)
	}
	log, err := os.OpenFile(dir+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	up, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- run(ctx, dir, log, func(addr string) { up <- addr }) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			r.t.Errorf("%s: %v", name, err)
		}
		_ = log.Close()
	})
	r.t.Cleanup(stop)
	select {
	case addr = <-up:
	case err := <-ended:
		ended <- nil
		r.t.Fatalf("%s ended before it was ready: %v", name, err)
	}
	return addr, stop
}

func (r *remote) startServer(env map[string]string) (stop func()) {
	r.t.Helper()
	all := map[string]string{
		"API_TOKEN": r.token, "DIRECCION": "127.0.0.1", "PUERTO": r.port, "PANEL_USUARIO": panelUser, "PANEL_CLAVE": panelPassword,
		"NIVEL_LOG": "debug", "ENLACE": "inverso", "ENVIOS_POR_MINUTO": "0", "RESPALDO": "off",
	}
	maps.Copy(all, env)
	_, stop = r.program("servidor", func(ctx context.Context, dir string, log *os.File, ready func(string)) error {
		return server.Run(ctx, server.Options{Dir: dir, Stdout: log, Stderr: log, Ready: ready, Getenv: lookup(all)})
	})
	r.panel = logIn(r.t, "http://127.0.0.1:"+r.port)
	return stop
}

// startLaptop starts a bridge with a folder of its own that reaches the server at
// address.
func (r *remote) startLaptop(name, address string, env map[string]string) (addr string, stop func()) {
	r.t.Helper()
	all := map[string]string{"API_TOKEN": r.token, "PUERTO_LOCAL": "0", "SERVER_URL": "http://" + address, "NIVEL_LOG": "debug", "ENLACE": "inverso"}
	maps.Copy(all, env)
	clients := whatsapp.Network{WebSocket: r.sim.HTTPClient(), Media: r.sim.HTTPClient(), PreLogin: r.sim.HTTPClient()}
	return r.program(name, func(ctx context.Context, dir string, log *os.File, ready func(string)) error {
		return bridge.Run(ctx, bridge.Options{Dir: dir, Stdout: log, Stderr: log, Ready: ready, Network: clients, Getenv: lookup(all)})
	})
}

// state is what the panel shows of the bridge.
type state struct {
	WhatsApp string     `json:"whatsapp"`
	Link     string     `json:"enlace"`
	Since    *time.Time `json:"enlace_desde"`
	Problem  string     `json:"problema"`
}

// shows waits until the panel shows a state.
func (r *remote) shows(what string, ok func(state) bool) (s state) {
	r.t.Helper()
	eventually(r.t, what, func() bool {
		r.panel.get("/api/v1/puente", &s)
		return ok(s)
	})
	return s
}

func linked(s state) bool { return s.Link == "inverso" && s.Since != nil }

// pair scans what the panel shows, which comes through the link.
func (r *remote) pair() {
	r.t.Helper()
	var shown pairing
	eventually(r.t, "the code in the panel", func() bool {
		status, _ := r.panel.call(http.MethodGet, "/api/v1/puente/vinculacion", nil)
		if status != http.StatusOK {
			return false
		}
		r.panel.get("/api/v1/puente/vinculacion", &shown)
		return shown.QR != ""
	})
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	if err := r.sim.Phone().ScanQR(ctx, shown.QR); err != nil {
		r.t.Fatal(err)
	}
	r.shows("WhatsApp connected", func(s state) bool { return s.WhatsApp == "conectado" })
}

// write has a customer write for the first time, and returns their ticket.
func (r *remote) write(name string) (*wasim.Customer, int64) {
	r.t.Helper()
	customer := r.sim.NewCustomer(wasim.Profile{Name: name})
	customer.SendText("hola")
	return customer, r.panel.ticketOf(name)
}

// got is what a customer received, each once.
func (r *remote) got(c *wasim.Customer) string {
	r.t.Helper()
	var texts []string
	for _, m := range c.Inbox() {
		texts = append(texts, m.Text)
		if m.Copies != 1 {
			r.t.Errorf("%q: got %d copies, want 1", m.Text, m.Copies)
		}
	}
	return strings.Join(texts, " ")
}

func TestALaptopWithoutAnOpenPortIsPairedAndAnswers(t *testing.T) {
	r := farAway(t)
	r.startServer(nil)
	addr, _ := r.startLaptop("laptop", r.relay.Address(), nil)
	if host, _, err := net.SplitHostPort(addr); err != nil || !net.ParseIP(host).IsLoopback() {
		t.Errorf("the bridge listens on %s, %v, want loopback only", addr, err)
	}
	r.shows("the link", linked)
	r.pair()
	ana, id := r.write("Ana")
	r.panel.say(id, "uno", http.StatusOK, late)
	r.panel.reaches(id, "uno", "entregado")
	r.relay.Cut()
	r.shows("the link anew", linked)
	r.panel.call(http.MethodPost, fmt.Sprintf("/ticket/%d/enviar-mensaje", id), map[string]string{"mensaje": "dos"})
	r.panel.reaches(id, "dos", "entregado")
	if got := r.got(ana); got != "uno dos" {
		t.Errorf("got %q, want uno dos", got)
	}
}

func TestAFileWhoseLinkIsCutInTheMiddleArrivesOnce(t *testing.T) {
	r := farAway(t)
	r.startServer(nil)
	r.startLaptop("laptop", r.relay.Address(), nil)
	r.pair()
	ana, id := r.write("Ana")
	file := big("%PDF-1.7", 12_000_000)
	r.relay.CutAfter(5_000_000)
	if status := r.panel.sendFile(id, "factura.pdf", file, "su factura"); status == http.StatusOK {
		t.Errorf("got %d although the link was cut, want it queued", status)
	}
	r.panel.reaches(id, "su factura", "entregado")
	if inbox := ana.Inbox(); len(inbox) != 1 || inbox[0].Copies != 1 || sha256.Sum256(inbox[0].Media) != sha256.Sum256(file) {
		t.Errorf("got %d messages, want the file, whole and once", len(inbox))
	}
}

func TestRepliesOutliveRestartsOfBothPrograms(t *testing.T) {
	r := farAway(t)
	stopServer := r.startServer(nil)
	_, stopLaptop := r.startLaptop("laptop", r.relay.Address(), nil)
	r.pair()
	ana, id := r.write("Ana")
	stopLaptop()
	r.shows("no link", func(s state) bool { return s.Link == "ninguno" })
	r.panel.say(id, "uno", http.StatusServiceUnavailable)
	stopServer()
	r.startServer(nil)
	r.startLaptop("laptop", r.relay.Address(), nil)
	r.panel.reaches(id, "uno", "entregado")
	if got := r.got(ana); got != "uno" {
		t.Errorf("got %q, want uno", got)
	}
}

func TestALaptopThatWasCarriedAwayTakesItsPlaceFromElsewhere(t *testing.T) {
	r := farAway(t)
	r.startServer(nil)
	_, stop := r.startLaptop("laptop", r.relay.Address(), nil)
	r.pair()
	ana, id := r.write("Ana")
	r.relay.Freeze() // the server hears nothing of it
	stop()
	if s := r.shows("the dead link", linked); s.Problem != "" {
		t.Errorf("got %q, want no problem yet", s.Problem)
	}
	elsewhere := tunneltest.NewRelay(t, "127.0.0.1:"+r.port)
	r.startLaptop("laptop", elsewhere.Address(), nil)
	r.shows("WhatsApp connected", func(s state) bool { return linked(s) && s.WhatsApp == "conectado" })
	r.panel.call(http.MethodPost, fmt.Sprintf("/ticket/%d/enviar-mensaje", id), map[string]string{"mensaje": "uno"})
	r.panel.reaches(id, "uno", "entregado")
	if got := r.got(ana); got != "uno" {
		t.Errorf("got %q, want uno", got)
	}
	if s := r.shows("the link", linked); strings.Contains(s.Problem, "Dos laptops") {
		t.Errorf("got %q, want one laptop", s.Problem)
	}
}

func TestTwoLaptopsWithOneTokenAreShown(t *testing.T) {
	r := farAway(t)
	r.startServer(nil)
	r.startLaptop("laptop", r.relay.Address(), nil)
	r.shows("the link", linked)
	r.startLaptop("otra", r.relay.Address(), nil)
	r.shows("the two laptops", func(s state) bool { return linked(s) && strings.Contains(s.Problem, "Dos laptops") })
}

func TestWithoutLinksTheServerCallsTheLaptopAsEver(t *testing.T) {
	for name, modes := range map[string][2]string{"the server wants none": {"directo", "auto"}, "the laptop opens none": {"auto", "directo"}} {
		t.Run(name, func(t *testing.T) {
			r := farAway(t)
			port := porttest.Free(t)
			r.startServer(map[string]string{"ENLACE": modes[0], "IP_LAPTOP": "127.0.0.1", "PUERTO_LAPTOP": port})
			r.startLaptop("laptop", r.relay.Address(), map[string]string{"ENLACE": modes[1], "PUERTO_LOCAL": port, "DIRECCION": "127.0.0.1"})
			r.pair()
			ana, id := r.write("Ana")
			r.panel.say(id, "uno", http.StatusOK, late)
			r.panel.reaches(id, "uno", "entregado")
			if s := r.shows("the direct way", func(s state) bool { return s.Link == "directo" }); s.Problem != "" {
				t.Errorf("got problem %q, want none", s.Problem)
			}
			if got := r.got(ana); got != "uno" {
				t.Errorf("got %q, want uno", got)
			}
		})
	}
}
