package checkup_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mostrador/internal/bridge/checkup"
	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/config"
	"mostrador/internal/disk"
	"mostrador/internal/doctor"
	"mostrador/internal/porttest"
	"mostrador/internal/wire"
)

const token = "3f9c1e7a5b2d4860"

// laptop is a bridge's machine, with stand-ins for what is around it.
type laptop struct {
	t       *testing.T
	o       checkup.Options
	answers map[string]string // the server's, by path: a status, then the body
}

// stand serves what reply says, until the test ends, and returns where.
func stand(t *testing.T, reply func(w http.ResponseWriter, r *http.Request)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(reply))
	t.Cleanup(s.Close)
	return s.URL
}

// newLaptop is one at which all is well, but that no bridge runs.
func newLaptop(t *testing.T) *laptop {
	t.Helper()
	l := &laptop{t: t, answers: map[string]string{wire.PathHealth: `200{"status":"ok"}`, wire.PathWho: "200{}", wire.PathWay: "200{}"}}
	server := stand(t, func(w http.ResponseWriter, r *http.Request) {
		answer := l.answers[r.URL.Path]
		if r.URL.Path != wire.PathHealth && r.Header.Get("Authorization") != "Bearer "+token {
			answer = "401{}"
		}
		status := map[string]int{"200": 200, "401": 401, "404": 404, "503": 503}[answer[:3]]
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer[3:])
	})
	site := stand(t, func(http.ResponseWriter, *http.Request) {})
	dir := t.TempDir()
	c, report := config.InspectBridge(func(name string) string {
		return map[string]string{"SERVER_URL": server, "API_TOKEN": token, "DIRECCION": "127.0.0.1", "PUERTO_LOCAL": porttest.Free(t)}[name]
	}, nil, dir)
	l.o = checkup.Options{
		Config: c, Report: report, Session: filepath.Join(dir, "sesion_wa"), Queue: filepath.Join(dir, "cola_mensajes"),
		Library: "v0.0.0-" + time.Now().UTC().Format("20060102150405") + "-33cfac511629", Now: time.Now, Free: disk.Free,
		WhatsApp: &http.Client{Transport: rerouted(strings.TrimPrefix(site, "http://"))},
	}
	return l
}

// rerouted sends every request to one address.
type rerouted string

// RoundTrip implements http.RoundTripper.
func (r rerouted) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.URL.Scheme, req.URL.Host = "http", string(r)
	return http.DefaultTransport.RoundTrip(req)
}

// nameless is a client for which there are no names: networks differ in what they
// answer about one that is not there.
var nameless = &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
	return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
}}}

// run has a bridge answer at the laptop's own port.
func (l *laptop) run(health wire.BridgeHealth) {
	url := stand(l.t, func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(health) })
	l.o.Config.Address = strings.TrimPrefix(url, "http://")
}

// look returns what the check of that name finds.
func (l *laptop) look(name string) doctor.Finding {
	l.t.Helper()
	for _, c := range checkup.Checks(l.o) {
		if c.Name == name {
			return c.Look(l.t.Context())
		}
	}
	l.t.Fatalf("there is no check %q", name)
	return doctor.Finding{}
}

// want fails the test unless the check ends so, with all of the texts.
func (l *laptop) want(name string, state doctor.State, texts ...string) {
	l.t.Helper()
	got := l.look(name)
	for _, text := range texts {
		if !strings.Contains(got.Found+" "+got.Do, text) {
			l.t.Errorf("%s: got %+v, want %q", name, got, text)
		}
	}
	if got.State != state || (state == doctor.Bad || state == doctor.Doubt) && got.Do == "" {
		l.t.Errorf("%s: got %+v, want %s and what to do", name, got, state)
	}
}

func TestALaptopAtWhichAllIsWellHasNoFailures(t *testing.T) {
	l := newLaptop(t)
	l.run(wire.BridgeHealth{Status: "ok", WhatsApp: wire.Connected, State: string(whatsapp.StateConnected), Version: "v1", Uptime: 3600})
	for _, c := range checkup.Checks(l.o) {
		if got := c.Look(t.Context()); got.State != doctor.Good {
			t.Errorf("%s: got %+v, want %s", c.Name, got, doctor.Good)
		}
	}
}

func TestTheWayToTheServerIsJudged(t *testing.T) {
	l := newLaptop(t)
	l.answers[wire.PathHealth] = `503{"status":"error","message":"El disco está lleno."}`
	l.want("Servidor", doctor.Bad, "El disco está lleno", "server doctor")
	l.answers[wire.PathHealth] = "200<html>Bienvenido al hotel</html>"
	l.want("Servidor", doctor.Bad, "otro programa", "/webhook")
	l.answers[wire.PathWho] = "401{}"
	l.want("Mismo token", doctor.Bad, "rechaza", "reinicie")
	l.answers[wire.PathWho] = "404{}"
	l.want("Mismo token", doctor.Unknown, "otra versión")
	l.o.Config.ServerURL = "http://127.0.0.1:" + porttest.Free(t)
	l.want("Servidor", doctor.Bad, "SERVER_URL")
	for _, name := range []string{"Mismo token", "Vuelta", "Reloj"} {
		l.want(name, doctor.Unknown)
	}
	l.o.Config.ServerURL, l.o.Server = "http://panel.ejemplo.invalid", nameless
	l.want("Servidor", doctor.Bad, "no existe")
	l.want("Cifrado", doctor.Doubt, "HTTPS")
	l.o.Config.ServerURL = ""
	l.want("Servidor", doctor.Bad, "SERVER_URL")
	l.want("Cifrado", doctor.Unknown)
	l.want("Vuelta", doctor.Unknown)
}

func TestTheWayBackIsJudged(t *testing.T) {
	l := newLaptop(t)
	l.answers[wire.PathWay] = `503{"detail":"La laptop no está al alcance."}`
	l.want("Vuelta", doctor.Unknown, "no está en marcha")
	l.run(wire.BridgeHealth{Status: "ok", WhatsApp: wire.Connected, Version: "v1"})
	l.want("Vuelta", doctor.Bad, "no está al alcance", "IP_LAPTOP")
	l.answers[wire.PathWay] = "401{}"
	l.want("Vuelta", doctor.Unknown, "token")
	l.answers[wire.PathWay] = "404{}"
	l.want("Vuelta", doctor.Unknown, "otra versión")
}

func TestTheProgramItselfIsJudged(t *testing.T) {
	l := newLaptop(t)
	l.want("Programa", doctor.Doubt, "No está en marcha")
	l.run(wire.BridgeHealth{Status: "ok", WhatsApp: wire.Connected}) // the short health: it does not take our token
	l.want("Programa", doctor.Bad, "otro API_TOKEN")
	l.run(wire.BridgeHealth{})
	l.want("Programa", doctor.Bad, "otro programa")
	l.o.Config.Address = "127.0.0.1:0"
	l.want("Programa", doctor.Unknown, "PUERTO_LOCAL")
	l.o.Config.Address = "127.0.0.1:" + porttest.Free(t)
	lock, err := whatsapp.Lock(l.o.Session)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	if err := os.WriteFile(filepath.Join(l.o.Session, "sesion.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	l.want("Programa", doctor.Bad, "abierto, pero no contesta")
}

func TestTheSessionIsJudged(t *testing.T) {
	l := newLaptop(t)
	l.want("Sesión", doctor.Doubt, "Todavía no hay")
	for state, want := range map[whatsapp.StateName]doctor.State{
		whatsapp.StateConnected: doctor.Good, whatsapp.StatePairing: doctor.Doubt, whatsapp.StateConnecting: doctor.Doubt,
		whatsapp.StateLoggedOut: doctor.Bad, whatsapp.StateReplaced: doctor.Bad, whatsapp.StateBanned: doctor.Bad, whatsapp.StateOutdated: doctor.Bad,
	} {
		l.run(wire.BridgeHealth{Status: "ok", WhatsApp: wire.Disconnected, State: string(state), Reason: "Pasa algo.", Solution: "Haga algo.", Version: "v1"})
		l.want("Sesión", want)
	}
	l.run(wire.BridgeHealth{Status: "ok", WhatsApp: wire.Disconnected, State: string(whatsapp.StateOutdated), Reason: "Es vieja.", Version: "v1"})
	l.want("Biblioteca", doctor.Bad, "Es vieja")
	if err := os.MkdirAll(l.o.Session, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(l.o.Session, "sesion.db"), []byte(strings.Repeat("no es una base ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	l.want("Sesión", doctor.Bad, "dañado", "vincule")
}

func TestAnOldLibraryIsSaid(t *testing.T) {
	l := newLaptop(t)
	l.o.Library = "v0.0.0-20200101000000-33cfac511629"
	l.want("Biblioteca", doctor.Doubt, "versión nueva")
}

func TestWhatsAppOutOfReachIsSaid(t *testing.T) {
	l := newLaptop(t)
	l.want("WhatsApp", doctor.Good)
	l.o.WhatsApp = &http.Client{Transport: rerouted("127.0.0.1:" + porttest.Free(t))}
	l.want("WhatsApp", doctor.Bad, "HTTPS_PROXY")
}

func TestTheQueueIsJudged(t *testing.T) {
	l := newLaptop(t)
	l.want("Cola", doctor.Good, "Vacía")
	at := time.Now().Add(-3 * time.Hour)
	q, err := queue.Open(l.o.Queue, func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"A1", "A2"} {
		if err := q.Put(queue.Entry{Key: key, Chat: "5215555550101@s.whatsapp.net", Message: wire.Webhook{ID: key, Content: "hola"}, ReceivedAt: at}); err != nil {
			t.Fatal(err)
		}
	}
	l.want("Cola", doctor.Doubt, "2 mensajes esperan", "3 horas")
	l.o.Now = func() time.Time { return at.Add(time.Minute) }
	l.want("Cola", doctor.Good, "2 mensajes esperan")
	waiting, err := filepath.Glob(filepath.Join(l.o.Queue, queue.StateWaiting, "*"))
	if err != nil || len(waiting) != 2 {
		t.Fatalf("got %v, %v, want two files", waiting, err)
	}
	for i, state := range []string{queue.StateParked, queue.StateDamaged} {
		if err := os.Rename(waiting[i], filepath.Join(l.o.Queue, state, filepath.Base(waiting[i]))); err != nil {
			t.Fatal(err)
		}
	}
	l.want("Cola", doctor.Doubt, "1 mensaje apartado", "1 archivo dañado", "bridge queue retry")
	facts, err := json.Marshal(checkup.Facts(l.o)(t.Context()))
	if err != nil || !strings.Contains(string(facts), `"apartados":1`) || strings.Contains(string(facts), "5215555550101") {
		t.Errorf("got %s, %v, want figures and nobody's number", facts, err)
	}
}

func TestFoldersAndDisksAreJudged(t *testing.T) {
	l := newLaptop(t)
	l.o.Free = func(string) (int64, error) { return 1 << 20, nil }
	l.want("Disco", doctor.Bad, "1 MB")
	l.o.Free = func(string) (int64, error) { return 0, errors.New("no") }
	l.want("Disco", doctor.Unknown)
	if err := os.WriteFile(l.o.Queue, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	l.want("Permisos", doctor.Bad, "cola_mensajes")
}
