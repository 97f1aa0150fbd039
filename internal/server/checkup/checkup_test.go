package checkup_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mostrador/internal/config"
	"mostrador/internal/disk"
	"mostrador/internal/doctor"
	"mostrador/internal/pgtest"
	"mostrador/internal/server/checkup"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
	"mostrador/migrations"
)

const token = "kq3v7zt2m5x8n4w6"

// desk is a server's machine, with stand-ins for what is around it.
type desk struct {
	t *testing.T
	o checkup.Options
	// answers are those of the server that runs, by path: a status, then the body.
	answers map[string]string
}

// newDesk is one at which all is well, with a server that runs and a bridge.
func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, answers: map[string]string{wire.PathHealth: `200{"status":"ok"}`, wire.PathWay: "200{}"}}
	d.knows(map[string]any{})
	dir := t.TempDir()
	s := storetest.OpenURL(t, filepath.Join(dir, "tickets.db"))
	storetest.Origin(t, s)
	url := stand(t, func(w http.ResponseWriter, r *http.Request) { reply(w, d.answers[r.URL.Path]) })
	c, report := config.InspectServer(func(name string) string { return map[string]string{"API_TOKEN": token}[name] }, nil, dir)
	c.Address = strings.TrimPrefix(url, "http://")
	d.o = checkup.Options{
		Config: c, Report: report, Now: time.Now, Free: disk.Free,
		Newest: func(context.Context) (time.Time, error) { return time.Now().Add(-time.Hour), nil },
	}
	return d
}

// knows sets what the running server knows of the bridge, over what is well.
func (d *desk) knows(changes map[string]any) {
	d.t.Helper()
	well := map[string]any{
		"alcanzable": true, "whatsapp": wire.Connected, "estado": "conectado", "ultima_senal": time.Now().UTC(), "diferencia_reloj": 0.5,
		"version_whatsmeow": "v0.0.0-" + time.Now().UTC().Format("20060102150405") + "-33cfac511629",
	}
	for name, value := range changes {
		well[name] = value
	}
	raw, err := json.Marshal(well)
	if err != nil {
		d.t.Fatal(err)
	}
	d.answers[wire.PathState] = "200" + string(raw)
}

func stand(t *testing.T, f http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return s.URL
}

func reply(w http.ResponseWriter, answer string) {
	var status int
	_, _ = fmt.Sscanf(answer[:3], "%d", &status)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer[3:])
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().String()
}

// stop has no server run.
func (d *desk) stop() { d.o.Config.Address = freeAddress(d.t) }

// want fails the test unless the check of that name ends so, with all of the texts.
func (d *desk) want(name string, state doctor.State, texts ...string) {
	d.t.Helper()
	for _, c := range checkup.Checks(d.o) {
		if c.Name != name {
			continue
		}
		got := c.Look(d.t.Context())
		for _, text := range texts {
			if !strings.Contains(got.Found+" "+got.Do, text) {
				d.t.Errorf("%s: got %+v, want %q", name, got, text)
			}
		}
		if got.State != state || (state == doctor.Bad || state == doctor.Doubt) && got.Do == "" {
			d.t.Errorf("%s: got %+v, want %s and what to do", name, got, state)
		}
		return
	}
	d.t.Fatalf("there is no check %q", name)
}

func TestAServerAtWhichAllIsWellHasNoFailures(t *testing.T) {
	d := newDesk(t)
	for _, c := range checkup.Checks(d.o) {
		if got := c.Look(t.Context()); got.State != doctor.Good {
			t.Errorf("%s: got %+v, want %s", c.Name, got, doctor.Good)
		}
	}
}

func TestTheProgramItselfIsJudged(t *testing.T) {
	d := newDesk(t)
	d.answers[wire.PathState] = "401{}"
	d.want("Programa", doctor.Bad, "otro API_TOKEN")
	d.answers[wire.PathHealth] = `503{"status":"error","message":"El disco está lleno."}`
	d.want("Programa", doctor.Bad, "El disco está lleno")
	d.answers[wire.PathHealth] = "200hola"
	d.want("Programa", doctor.Bad, "otro programa")
	d.stop()
	d.want("Programa", doctor.Doubt, "No está en marcha")
	d.o.Config.Address = "127.0.0.1:0"
	d.want("Programa", doctor.Unknown, "PUERTO=0")
	d.o.Config.PanelOpen = true
	d.want("Panel", doctor.Doubt, "PANEL_LOGIN=off")
}

func TestTheDatabaseIsJudged(t *testing.T) {
	d := newDesk(t)
	d.want("Base de datos", doctor.Good, "SQLite", "0 tickets", "entera")
	d.o.Config.DatabaseURL = filepath.Join(t.TempDir(), "falta.db")
	d.want("Base de datos", doctor.Unknown, "se crea al arrancar")
	if err := os.WriteFile(d.o.Config.DatabaseURL, []byte(strings.Repeat("una lista ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	d.want("Base de datos", doctor.Bad, "server restore")
	d.o.Config.DatabaseURL = "postgres://nadie@127.0.0.1:1/x"
	d.want("Base de datos", doctor.Bad, "DATABASE_URL", "PostgreSQL")
	d.wantNoRestore(t.Context())
	d.want("Respaldo", doctor.Good)
	d.o.Newest = nil
	d.want("Respaldo", doctor.Unknown, "pg_dump")
}

func TestADatabaseTooLargeForTheTimeIsNotCalledIll(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range checkup.Checks(d.o) {
		if got := c.Look(ctx); c.Name == "Base de datos" && got.State != doctor.Unknown {
			t.Errorf("got %+v, want %s", got, doctor.Unknown)
		}
	}
}

// look is what the check of the database finds.
func (d *desk) look(ctx context.Context) doctor.Finding {
	d.t.Helper()
	for _, c := range checkup.Checks(d.o) {
		if c.Name == "Base de datos" {
			return c.Look(ctx)
		}
	}
	d.t.Fatal("there is no check of the database")
	return doctor.Finding{}
}

// wantNoRestore fails the test if the database does not fail, or a backup is to
// be put back because of that.
func (d *desk) wantNoRestore(ctx context.Context) {
	d.t.Helper()
	if got := d.look(ctx); got.State != doctor.Bad || got.Do == "" || strings.Contains(got.Found+got.Do, "restore") || strings.Contains(got.Found, "grande") {
		d.t.Errorf("%s: got %+v, want %s and nothing of a backup", d.o.Config.DatabaseURL, got, doctor.Bad)
	}
}

func TestAPostgreSQLThatDoesNotAnswerIsNotCalledLarge(t *testing.T) {
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var silent sync.WaitGroup
	t.Cleanup(func() {
		_ = ln.Close()
		silent.Wait()
	})
	silent.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			defer func() { _ = conn.Close() }()
			cancel() // the time is over while it says nothing
		}
	})
	d := newDesk(t)
	d.o.Config.DatabaseURL = "postgres://nadie@" + ln.Addr().String() + "/x"
	d.wantNoRestore(ctx)
}

func TestAPostgreSQLIsNotWaitedForLong(t *testing.T) {
	for url, want := range map[string]string{
		"tickets.db":                              "tickets.db",
		"postgres://ana:a%40b@db/t":               "postgres://ana:a%40b@db/t?connect_timeout=10",
		"postgres://db/t?sslmode=disable":         "postgres://db/t?sslmode=disable&connect_timeout=10",
		"postgres://db/t?connect_timeout=3":       "postgres://db/t?connect_timeout=3",
		"postgres://uno:5432,dos:5432/t?target=x": "postgres://uno:5432,dos:5432/t?target=x&connect_timeout=10",
	} {
		if got := checkup.Hurried(url); got != want {
			t.Errorf("%s: got %s, want %s", url, got, want)
		}
	}
}

func TestABackupIsPutBackOnlyForDamage(t *testing.T) {
	d := newDesk(t)
	d.o.Config.DatabaseURL = t.TempDir() // which SQLite cannot open
	d.wantNoRestore(t.Context())
	d.o.Config.DatabaseURL = filepath.Join(t.TempDir(), "original.db")
	db, err := sql.Open("sqlite", d.o.Config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE tickets (id INTEGER, cliente TEXT)`); err != nil {
		t.Fatal(err)
	}
	d.wantNoRestore(t.Context())
}

func setVersion(t *testing.T, url string, version int) {
	t.Helper()
	driver := "sqlite"
	if strings.Contains(url, "://") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), `UPDATE version SET version = $1`, version); err != nil {
		t.Fatal(err)
	}
}

func TestADatabaseOfAnotherVersionIsSaid(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		d := newDesk(t)
		d.o.Config.DatabaseURL = url
		storetest.Origin(t, storetest.OpenURL(t, url))
		d.want("Base de datos", doctor.Good)
		setVersion(t, url, len(migrations.Table())+1)
		d.want("Base de datos", doctor.Bad, "versión más nueva")
		setVersion(t, url, len(migrations.Table())-1)
		d.want("Base de datos", doctor.Doubt, "Reinicie")
		d.stop()
		d.want("Base de datos", doctor.Good, "se actualiza al arrancar")
	})
}

func TestPostgreSQLIsLookedAt(t *testing.T) {
	d := newDesk(t)
	d.o.Config.DatabaseURL = pgtest.URL(t)
	storetest.Origin(t, storetest.OpenURL(t, d.o.Config.DatabaseURL))
	d.want("Base de datos", doctor.Good, "PostgreSQL")
	facts, err := json.Marshal(checkup.Facts(d.o)(t.Context()))
	if err != nil || !strings.Contains(string(facts), `"tickets":0`) {
		t.Errorf("got %s, %v, want how much there is", facts, err)
	}
}

func TestCopiesAreJudged(t *testing.T) {
	d := newDesk(t)
	newest := func(at time.Time, err error) {
		d.o.Newest = func(context.Context) (time.Time, error) { return at, err }
	}
	newest(time.Now().Add(-72*time.Hour), nil)
	d.want("Respaldo", doctor.Doubt, "3 días", "server backup")
	newest(time.Time{}, ticket.NewError(ticket.CodeNotFound, "No hay."))
	d.want("Respaldo", doctor.Doubt, "Todavía no hay ningún respaldo")
	newest(time.Time{}, errors.New("no such bucket"))
	d.want("Respaldo", doctor.Bad, "RESPALDO")
	d.o.Newest = nil
	d.want("Respaldo", doctor.Doubt, "off")
	newest(time.Time{}, ticket.NewError(ticket.CodeNotFound, "No hay."))
	d.o.Config.DatabaseURL = filepath.Join(t.TempDir(), "falta.db")
	d.want("Respaldo", doctor.Unknown)
}

func TestTheWayToTheLaptopIsJudged(t *testing.T) {
	d := newDesk(t)
	d.answers[wire.PathWay] = `503{"detail":"La laptop no está al alcance."}`
	d.want("Laptop", doctor.Bad, "no está al alcance", "bridge doctor")
	d.answers[wire.PathWay] = "401{}"
	d.want("Laptop", doctor.Unknown)
	d.stop()
	d.want("Laptop", doctor.Unknown, "enlace")
	d.o.Config.Link = config.LinkDirect
	d.want("Laptop", doctor.Doubt, "IP_LAPTOP")
	for status, want := range map[string]doctor.State{"200": doctor.Good, "401": doctor.Bad, "404": doctor.Unknown, "500": doctor.Bad} {
		d.o.Config.BridgeURL = stand(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != wire.PathParked || r.Header.Get("Authorization") != "Bearer "+token {
				t.Errorf("got %s, want the token at %s", r.URL, wire.PathParked)
			}
			reply(w, status+"{}")
		})
		d.want("Laptop", want)
	}
	d.want("Reloj", doctor.Good)
	d.o.Config.BridgeURL = "http://" + freeAddress(t)
	d.want("Laptop", doctor.Bad, "IP_LAPTOP")
	d.want("Reloj", doctor.Unknown)
}

func TestWhatTheServerKnowsIsJudged(t *testing.T) {
	hours := func(n int) time.Time { return time.Now().Add(-time.Duration(n) * time.Hour).UTC() }
	d := newDesk(t)
	for _, c := range []struct {
		knows map[string]any
		check string
		want  doctor.State
		text  string
	}{
		{map[string]any{"ultima_senal": nil}, "Señales", doctor.Doubt, "nunca"},
		{map[string]any{"ultima_senal": hours(5), "alcanzable": false}, "Señales", doctor.Bad, "5 horas"},
		{map[string]any{"problema": "El servidor no la alcanza."}, "Señales", doctor.Doubt, "no la alcanza"},
		{map[string]any{"alcanzable": false}, "WhatsApp", doctor.Unknown, "no contesta"},
		{map[string]any{"whatsapp": wire.Disconnected, "estado": "vinculando", "solucion": "Escanee."}, "WhatsApp", doctor.Doubt, "vinculando"},
		{map[string]any{"estado": "limitado", "motivo": "Hay límites.", "solucion": "Espere."}, "WhatsApp", doctor.Doubt, "límites"},
		{map[string]any{"whatsapp": wire.Disconnected, "estado": "sesion_cerrada", "motivo": "Se cerró.", "solucion": "Vincule."}, "WhatsApp", doctor.Bad, "Se cerró"},
		{map[string]any{"diferencia_reloj": 600.0}, "Reloj", doctor.Doubt, "10 minutos atrasado"},
		{map[string]any{"diferencia_reloj": -90000.0}, "Reloj", doctor.Bad, "25 horas adelantado"},
		{map[string]any{"version_whatsmeow": "v0.0.0-20200101000000-33cfac511629"}, "Biblioteca", doctor.Doubt, "WhatsApp"},
		{map[string]any{"version_whatsmeow": ""}, "Biblioteca", doctor.Unknown, ""},
		{map[string]any{"respuestas_en_cola": 2, "respuesta_mas_antigua": hours(0)}, "Colas", doctor.Good, "2 respuestas"},
		{map[string]any{"respuestas_en_cola": 1, "respuesta_mas_antigua": hours(3), "cola_apartados": 3, "cola_danados": 1, "cola_pendiente": 4}, "Colas", doctor.Doubt, "3 mensajes apartados"},
	} {
		d.knows(c.knows)
		d.want(c.check, c.want, c.text)
	}
	d.stop()
	for _, name := range []string{"Señales", "WhatsApp", "Colas", "Biblioteca"} {
		d.want(name, doctor.Unknown)
	}
}

func TestThePanelsCertificateIsLookedAt(t *testing.T) {
	d := newDesk(t)
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	d.o.Config.Domain = strings.TrimPrefix(secure.URL, "https://")
	d.want("Cifrado", doctor.Bad, "no lo firmó nadie", "DOMINIO")
	d.o.Panel = secure.Client()
	d.want("Cifrado", doctor.Good, "válido")
	// Networks differ in what they answer about a name that is not there.
	d.o.Panel = &http.Client{Transport: &http.Transport{DialTLSContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	}}}
	d.o.Config.Domain = "panel.ejemplo.invalid"
	d.want("Cifrado", doctor.Unknown)
}

func TestFoldersAreJudged(t *testing.T) {
	d := newDesk(t)
	d.o.Free = func(string) (int64, error) { return 200 << 20, nil }
	d.want("Disco", doctor.Doubt, "200 MB")
	if err := os.WriteFile(d.o.Config.PhotoDir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d.want("Permisos", doctor.Bad, "fotos_evidencia")
}
