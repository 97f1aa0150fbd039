package bridge_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mostrador/internal/bridge"
	"mostrador/internal/bridge/queue"
	"mostrador/internal/porttest"
	"mostrador/internal/wire"
)

// command gives an order in dir and returns output, error output and whether it
// went well.
func command(t *testing.T, dir string, env map[string]string, args ...string) (out, errOut string, ok bool) {
	t.Helper()
	var stdout, stderr buffer
	err := bridge.Run(t.Context(), bridge.Options{Args: args, Getenv: environment(env), Dir: dir, Stdout: &stdout, Stderr: &stderr})
	return stdout.String(), stderr.String(), err == nil
}

// filled is a working folder whose queue holds one message of each state.
func filled(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	arrived := time.Now().Add(-3 * time.Hour)
	q, err := queue.Open(filepath.Join(dir, "cola_mensajes"), func() time.Time { return arrived })
	if err != nil {
		t.Fatal(err)
	}
	for _, chat := range []string{"waiting", "file", "parked", "parked2"} {
		err := q.Put(queue.Entry{Key: chat + "|k", Chat: chat + "@s.whatsapp.net", Message: wire.Webhook{
			Sender: chat + "@s.whatsapp.net", Name: "Ana\x1b[31m", Content: "texto privado de " + chat + "\nsegunda línea\x07", ID: "3EB0" + chat,
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	var left []*queue.Item
	for range 4 {
		item, err := q.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case item.Entry.Key == "file|k":
			err = q.AwaitFile(item)
		case strings.HasPrefix(item.Entry.Key, "parked"):
			err = q.Park(item, "El remitente no es válido.")
		default:
			left = append(left, item)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(left) != 1 {
		t.Fatalf("got %d messages waiting, want 1", len(left))
	}
	if err := os.WriteFile(filepath.Join(dir, "cola_mensajes", "danados", "raro\x1b.txt"), []byte("basura"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func wantParts(t *testing.T, what, got string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(got, part) {
			t.Errorf("%s: got %s, want %q in it", what, got, part)
		}
	}
}

func TestTheQueueIsListedWithoutTexts(t *testing.T) {
	out, errOut, ok := command(t, filled(t), nil, "queue", "list")
	if !ok || errOut != "" {
		t.Fatalf("got %v, %s", ok, errOut)
	}
	wantParts(t, "list", out, "MENSAJE", "en espera", "falta el archivo", "apartado", "dañado", "3 horas",
		"waiting@s.whatsapp.net", "El remitente no es válido.", "1 mensaje en espera, 1 archivo por enviar, 2 apartados, 1 dañado.")
	if strings.Contains(out, "privado") || strings.ContainsAny(out, "\x1b\x07") {
		t.Errorf("got %q, want neither texts nor control characters", out)
	}
}

func TestAMessageIsShownByAnyOfItsNames(t *testing.T) {
	dir := filled(t)
	list, _, _ := command(t, dir, nil, "queue", "list")
	ref := regexp.MustCompile(`(?m)^(\w+) +en espera`).FindStringSubmatch(list)
	if ref == nil {
		t.Fatalf("got %s, want a short name", list)
	}
	files, err := os.ReadDir(filepath.Join(dir, "cola_mensajes", "espera"))
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v, want one file", files, err)
	}
	for _, name := range []string{ref[1], files[0].Name(), strings.TrimSuffix(files[0].Name(), ".json"), "waiting|k", "3EB0waiting"} {
		out, errOut, ok := command(t, dir, nil, "queue", "show", name)
		if !ok {
			t.Fatalf("%s: got %s", name, errOut)
		}
		wantParts(t, name, out, "texto privado de waiting", "segunda línea", "waiting|k", "en espera", "Ana")
		if strings.ContainsAny(out, "\x1b\x07") || strings.Count(out, "Archivo:") != 1 {
			t.Errorf("%s: got %q, want one message without control characters", name, out)
		}
	}
	out, _, _ := command(t, dir, nil, "queue", "show", "raro\x1b.txt", "3EB0parked")
	wantParts(t, "two", out, "6 bytes", "El remitente no es válido.")
	if _, errOut, ok := command(t, dir, nil, "queue", "show", "3EB0waiting", "nadie"); ok || !strings.Contains(errOut, `"nadie"`) {
		t.Errorf("got %v, %s, want the unknown name named", ok, errOut)
	}
}

func TestParkedMessagesGoBackWhileTheBridgeIsClosed(t *testing.T) {
	dir := filled(t)
	out, errOut, ok := command(t, dir, nil, "queue", "retry", "3EB0parked2")
	if !ok {
		t.Fatalf("got %s", errOut)
	}
	wantParts(t, "one", out, "1 mensaje vuelve a la cola.", "cuando el puente esté abierto")
	if _, errOut, ok := command(t, dir, nil, "queue", "retry", "3EB0waiting"); ok || !strings.Contains(errOut, "apartados") {
		t.Errorf("one that is not parked: got %v, %s, want it refused", ok, errOut)
	}
	out, _, _ = command(t, dir, nil, "queue", "retry")
	wantParts(t, "the rest", out, "1 mensaje vuelve a la cola.")
	out, _, _ = command(t, dir, nil, "queue", "retry")
	wantParts(t, "nothing", out, "No hay mensajes apartados.")
	list, _, _ := command(t, dir, nil, "queue", "list")
	wantParts(t, "list", list, "3 mensajes en espera", "0 apartados")
}

func TestParkedMessagesGoBackWhileTheBridgeRuns(t *testing.T) {
	wa, server, dir := simulator(t), newTicketServer(t), filled(t)
	server.refuseMessages(http.StatusServiceUnavailable)
	env := settings(server.url)
	env["PUERTO_LOCAL"] = porttest.Free(t)
	p := startWith(t, wa, dir, env)
	p.queued(1)
	out, errOut, ok := command(t, dir, env, "queue", "retry", "3EB0parked")
	if !ok || strings.TrimSpace(out) != "1 mensaje vuelve a la cola. Se entregan ahora." {
		t.Fatalf("got %s%s, want one message back", out, errOut)
	}
	p.queued(2)
	list, _, _ := command(t, dir, env, "queue", "list")
	wantParts(t, "list", list, "2 mensajes en espera", "1 apartado,")
	wrong := map[string]string{"SERVER_URL": server.url, "API_TOKEN": "0123456789abcdef", "PUERTO_LOCAL": env["PUERTO_LOCAL"]}
	if _, errOut, ok := command(t, dir, wrong, "queue", "retry"); ok || !strings.Contains(errOut, "No autorizado") {
		t.Errorf("another token: got %v, %s, want the bridge's words", ok, errOut)
	}
	wrong["PUERTO_LOCAL"] = porttest.Free(t)
	if _, errOut, ok := command(t, dir, wrong, "queue", "retry"); ok || !strings.Contains(errOut, "PUERTO_LOCAL") {
		t.Errorf("another port: got %v, %s, want the setting named", ok, errOut)
	}
	if _, errOut, ok := command(t, dir, nil, "queue", "retry"); ok || !strings.Contains(errOut, "API_TOKEN") {
		t.Errorf("no settings: got %v, %s, want what is missing", ok, errOut)
	}
	server.refuseMessages(0)
	server.wait(t, "the parked message", func(m wire.Webhook) bool { return m.ID == "3EB0parked" })
}

func TestACopyOfTheQueueHoldsEveryFileAndATable(t *testing.T) {
	dir := filled(t)
	out, errOut, ok := command(t, dir, nil, "queue", "export", "copia.zip")
	if !ok {
		t.Fatalf("got %s", errOut)
	}
	wantParts(t, "export", out, "copia.zip", "5 archivos", "mensajes de clientes")
	path := filepath.Join(dir, "copia.zip")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("got %v, %v, want a file for its owner only", info, err)
	}
	saved, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	written, _, ok := command(t, dir, nil, "queue", "export", "-")
	if !ok {
		t.Fatal("no export to the output")
	}
	for _, data := range [][]byte{saved, []byte(written)} {
		checkCopy(t, dir, data)
	}
	if _, errOut, ok := command(t, dir, nil, "queue", "export", "copia.zip"); ok || !strings.Contains(errOut, "Ya existe") {
		t.Errorf("the same name again: got %v, %s, want it refused", ok, errOut)
	}
	if _, errOut, ok := command(t, dir, nil, "queue", "export", "no/hay/x.zip"); ok || !strings.Contains(errOut, "No se puede crear") {
		t.Errorf("a folder that is not there: got %v, %s, want it refused", ok, errOut)
	}
	if out, _, ok := command(t, dir, nil, "queue", "export"); !ok || !regexp.MustCompile(`cola-\d{8}-\d{6}\.zip`).MatchString(out) {
		t.Errorf("without a name: got %s, want one made up", out)
	}
}

func checkCopy(t *testing.T, dir string, data []byte) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range archive.File {
		names = append(names, f.Name)
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "indice.txt" {
			wantParts(t, "index", string(got), "apartado", "El remitente no es válido.", "apartados/")
			if bytes.Contains(got, []byte("privado")) {
				t.Errorf("got %s, want no texts in the index", got)
			}
			continue
		}
		want, err := os.ReadFile(filepath.Join(dir, "cola_mensajes", filepath.FromSlash(f.Name)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got other bytes than the file's (%v)", f.Name, err)
		}
	}
	if len(names) != 6 || !slices.Contains(names, "danados/raro\x1b.txt") {
		t.Errorf("got %q, want five files and the index", names)
	}
}

func TestOrdersThatCannotBeDoneSayWhy(t *testing.T) {
	dir := filled(t)
	for name, test := range map[string]struct {
		dir  string
		args []string
		want string
	}{
		"another folder": {t.TempDir(), []string{"list"}, "Aquí no hay carpeta cola_mensajes"},
		"no such order":  {dir, []string{"volar"}, "bridge queue help"},
		"show nothing":   {dir, []string{"show"}, "bridge queue help"},
		"too much":       {dir, []string{"export", "a", "b"}, "bridge queue help"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, errOut, ok := command(t, test.dir, nil, append([]string{"queue"}, test.args...)...); ok || !strings.Contains(errOut, test.want) {
				t.Errorf("got %v, %s, want %q", ok, errOut, test.want)
			}
		})
	}
	for _, args := range [][]string{{"queue"}, {"queue", "help"}} {
		if out, _, ok := command(t, t.TempDir(), nil, args...); !ok || !strings.Contains(out, "bridge queue export") {
			t.Errorf("%q: got %s, want the help", args, out)
		}
	}
}
