package bridge_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mostrador/internal/bridge"
	"mostrador/internal/porttest"
	"mostrador/internal/ticket"
	"mostrador/internal/wasim"
)

// fakeService is a system that starts bridges as a test says.
type fakeService struct {
	there bool
	other string // what Elsewhere says
	run   func() // what Start does besides
	calls []string
	err   error
}

func (f *fakeService) Name() string { return "la tarea de prueba" }
func (f *fakeService) Hint() string { return "Evite que se duerma." }

func (f *fakeService) Installed() (bool, error) { return f.there, f.err }

func (f *fakeService) Elsewhere() string { return f.other }

func (f *fakeService) Install() error {
	f.calls, f.there = append(f.calls, "install"), true
	return f.err
}

func (f *fakeService) Uninstall() error {
	if f.calls = append(f.calls, "uninstall"); !f.there {
		return ticket.NewError(ticket.CodeNotFound, "No está instalado.")
	}
	f.there = false
	return f.err
}

func (f *fakeService) Start() error {
	if f.calls = append(f.calls, "start"); f.run != nil {
		f.run()
	}
	return f.err
}

func (f *fakeService) Stop() error { f.calls = append(f.calls, "stop"); return f.err }

// folderOf makes a bridge's folder with an .env of these settings.
func folderOf(t *testing.T, env map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "José Pérez & Cía")
	var text strings.Builder
	for name, value := range env {
		text.WriteString(name + "=" + value + "\n")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// order runs a command in dir, and returns what it wrote and its error.
func order(t *testing.T, dir string, s bridge.Service, args ...string) (string, error) {
	t.Helper()
	var out buffer
	err := bridge.Run(t.Context(), bridge.Options{
		Args: args, Dir: dir, Getenv: environment(nil), Stdout: &out, Stderr: &out, Service: s,
	})
	return out.String(), err
}

func wantText(t *testing.T, got string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

func TestInstallingStartsTheBridgeAndSaysWhereToLinkThePhone(t *testing.T) {
	wa, server := simulator(t), newTicketServer(t)
	env := settings(server.url)
	env["PUERTO_LOCAL"] = porttest.Free(t)
	dir, page := folderOf(t, env), "http://127.0.0.1:"+env["PUERTO_LOCAL"]+"/"
	var p *program
	s := &fakeService{run: sync.OnceFunc(func() { p = startIn(t, wa, dir, "background") })}

	out, err := order(t, dir, s, "install")
	if err != nil {
		t.Fatalf("install: %v; %s", err, out)
	}
	wantText(t, out, "Instalado como la tarea de prueba.", "Evite que se duerma.", page)
	out, err = order(t, dir, s, "start")
	if err != nil {
		t.Errorf("start: %v", err)
	}
	wantText(t, out, "ya está en marcha")

	until(p, "/vinculacion", func(v struct{ QR string }) bool { return v.QR != "" })
	out, err = order(t, dir, s, "status")
	if err != nil {
		t.Errorf("status: %v", err)
	}
	wantText(t, out, "Instalado:  sí, como la tarea de prueba", "En marcha:  sí", "WhatsApp:   desconectado.", "En cola:    0 mensajes", page)

	out, err = order(t, dir, s, "stop")
	if err != nil {
		t.Errorf("stop: %v; %s", err, out)
	}
	wantText(t, out, "está detenido", "bridge start")
	if err := p.stop(); err != nil {
		t.Errorf("the bridge ended with %v, want cleanly", err)
	}
	if p.out.String() != "" {
		t.Errorf("got %q on the terminal, want everything in the log", p.out.String())
	}
	out, _ = order(t, dir, s, "status")
	wantText(t, out, "En marcha:  no")
	out, err = order(t, dir, s, "uninstall")
	if err != nil {
		t.Errorf("uninstall: %v", err)
	}
	wantText(t, out, "Se quitó la tarea de prueba.")
	out, err = order(t, dir, s, "uninstall")
	if ticket.CodeOf(err) != ticket.CodeNotFound {
		t.Errorf("got %v, want that there is nothing", err)
	}
	wantText(t, out, "No está instalado.")
	log, err := os.ReadFile(filepath.Join(dir, "registro", "puente.log"))
	if err != nil {
		t.Fatal(err)
	}
	wantText(t, string(log), "bridge started", "bridge stopped")
	if strings.Contains(string(log), "##") {
		t.Error("the log holds the QR code")
	}
}

func TestABridgeThatRunsWithTheSettingsOfBeforeIsNotCalledStopped(t *testing.T) {
	wa, server := simulator(t), newTicketServer(t)
	env := settings(server.url)
	env["PUERTO_LOCAL"] = porttest.Free(t)
	dir := folderOf(t, env)
	s := &fakeService{there: true}
	p := startIn(t, wa, dir)
	file := filepath.Join(dir, ".env")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	after := strings.Replace(string(before), "API_TOKEN="+env["API_TOKEN"], "API_TOKEN=otro-token-0123456789abcdef-0123456789", 1)
	if err := os.WriteFile(file, []byte(after), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"stop", "uninstall"} {
		out, err := order(t, dir, s, command)
		if ticket.CodeOf(err) != ticket.CodeConflict || !s.there {
			t.Errorf("%s: got %v, want it refused", command, err)
		}
		wantText(t, out, "Sigue en marcha", "API_TOKEN", "ponga un momento los de antes")
	}
	out, err := order(t, dir, s, "status")
	if err != nil {
		t.Errorf("status: %v", err)
	}
	wantText(t, out, "En marcha:  sí, pero", "API_TOKEN")
	if err := os.WriteFile(file, before, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := order(t, dir, s, "stop"); err != nil {
		t.Errorf("with the token of before: %v; %s", err, out)
	}
	if err := p.stop(); err != nil {
		t.Errorf("the bridge ended with %v, want cleanly", err)
	}
}

func TestWhatASystemRefusesIsNotHidden(t *testing.T) {
	env := settings("http://127.0.0.1:1")
	env["PUERTO_LOCAL"] = porttest.Free(t)
	dir := folderOf(t, env)
	for _, name := range []string{"install", "uninstall", "start", "stop", "status"} {
		s := &fakeService{there: true, err: ticket.NewError(ticket.CodeForbidden, "No hay permiso.")}
		out, err := order(t, dir, s, name)
		if ticket.CodeOf(err) != ticket.CodeForbidden || strings.TrimSpace(out) != "No hay permiso." {
			t.Errorf("%s: got %v and %q, want the sentence", name, err, out)
		}
	}
}

func TestTheStatusNamesABridgeThatIsInstalledElsewhereToo(t *testing.T) {
	env := settings("http://127.0.0.1:1")
	env["PUERTO_LOCAL"] = porttest.Free(t)
	dir := folderOf(t, env)
	for _, c := range []struct {
		service fakeService
		want    string
	}{
		{fakeService{}, "Instalado:  no; «bridge install»"},
		{fakeService{other: "la otra (con «sudo»)"}, "Instalado:  sí, como la otra (con «sudo»)\n"},
		{fakeService{there: true}, "Instalado:  sí, como la tarea de prueba\n"},
		{
			fakeService{there: true, other: "la otra (con «sudo»)"},
			"Instalado:  sí, dos veces: como la tarea de prueba y como la otra (con «sudo»); quite uno con «bridge uninstall»\n",
		},
	} {
		out, err := order(t, dir, &c.service, "status")
		if err != nil {
			t.Errorf("status: %v", err)
		}
		wantText(t, out, c.want)
	}
}

func TestAServiceWithoutItsSettingsIsNotInstalled(t *testing.T) {
	dir, s := t.TempDir(), &fakeService{}
	// A service does not see the variables of the window it was installed from.
	var out buffer
	err := bridge.Run(t.Context(), bridge.Options{
		Args: []string{"install"}, Dir: dir, Getenv: environment(settings("http://127.0.0.1:1")), Stdout: &out, Stderr: &out, Service: s,
	})
	if err == nil || len(s.calls) != 0 {
		t.Errorf("got %v and %v, want nothing done", err, s.calls)
	}
	wantText(t, out.String(), "API_TOKEN falta", "copie .env.laptop.example")
	if err := os.WriteFile(filepath.Join(dir, ".env.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	text, _ := order(t, dir, s, "install")
	wantText(t, text, "se llama .env.txt y debe llamarse .env")
	text, _ = order(t, dir, s, "run")
	wantText(t, text, "se llama .env.txt y debe llamarse .env")
}

// startIn is start of a bridge that reads the .env of its folder.
func startIn(t *testing.T, wa *wasim.Server, dir string, args ...string) *program {
	t.Helper()
	return launch(t, bridge.Options{Args: args, Getenv: environment(nil), Dir: dir, Network: network(wa)})
}

func TestABridgeThatCannotStartSaysWhyInItsLog(t *testing.T) {
	dir := folderOf(t, map[string]string{"SERVER_URL": "http://127.0.0.1:1", "API_TOKEN": "corto"})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var out, errOut buffer
	if err := bridge.Run(ctx, bridge.Options{Args: []string{"background"}, Dir: dir, Getenv: environment(nil), Stdout: &out, Stderr: &errOut}); err == nil {
		t.Fatal("got no error from a short token")
	}
	log, err := os.ReadFile(filepath.Join(dir, "registro", "puente.log"))
	if err != nil {
		t.Fatal(err)
	}
	wantText(t, string(log), "API_TOKEN", "bridge ended")
	if info, err := os.Stat(filepath.Join(dir, "registro", "caidas.log")); err != nil || info.Size() != 0 {
		t.Errorf("got %v, %v, want an empty file for crashes", info, err)
	}
}
