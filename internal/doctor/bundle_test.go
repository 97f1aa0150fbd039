package doctor_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mostrador/internal/config"
	"mostrador/internal/doctor"
	"mostrador/internal/ticket"
)

// unpack returns the files of a bundle by name.
func unpack(t *testing.T, path string) map[string]string {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	files := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	return files
}

// planted is what must not be in any bundle.
var planted = []string{
	"zq8w7e6r5t4y3u2i1o", "hunter2secreto", "sk-llm-9f8e7d", "clave de panel ñandú", "S3CR3TO/KEY", "AGE-SECRET-KEY-1XYZ", "sk-de-archivo",
	"5214772758198", "477 275 8198", "+52 1 477-275-8198", "123456789012345@lid", "mi lap no prende", "Doña Lupita",
}

func TestABundleHoldsNoSecretNoTextAndNoPhone(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := strings.Join(planted, " ")
	write("llave", "sk-de-archivo\n")
	write(".env", "API_TOKEN=zq8w7e6r5t4y3u2i1o\nDATABASE_URL=postgres://ana:hunter2secreto@db/t?x=1\nLLM_KEY=sk-llm-9f8e7d\nPANEL_CLAVE='clave de panel ñandú'\n"+
		"RESPALDO=s3://CLAVE:S3CR3TO/KEY@h/c\nRESPALDO_AGE=AGE-SECRET-KEY-1XYZ\nTRANSCRIPCION_KEY_FILE=llave\nNUMERO=5214772758198\n")
	write("registro/puente.log", strings.Join([]string{
		`{"level":"info","time":"2026-11-27T12:00:00Z","message":"bridge started","version":"v1","library":"v0.0.0-20260821141805-33cfac511629"}`,
		`{"level":"debug","message":"mi lap no prende","body":"mi lap no prende"}`,
		`{"level":"warn","message":"request","path":"/enviar/5214772758198","text":"mi lap no prende","name":"Doña Lupita","status":401}`,
		`{"level":"error","error":"send to 5214772758198@s.whatsapp.net and 123456789012345@lid: token zq8w7e6r5t4y3u2i1o refused","sender":"477 275 8198"}`,
		`{"level":"error","error":{"texto":"mi lap no prende"},"reason":"llame al +52 1 477-275-8198, o 477 275 8198"}`,
		"dijo Doña Lupita: " + all,
		`{"level":"info","message":"cortada por Doña Lup`,
	}, "\n"))
	write("registro/caidas.log", "panic: mi lap no prende\n\ngoroutine 1 [running]:\nmain.main({0xc000012345, 0x2})\n\t/src/main.go:12 +0x1d\nmain.tell(mi lap no prende)\n")
	write("registro/notas.txt", all)
	write("cola_mensajes/espera/x.json", all)
	_, report := config.InspectServer(func(string) string { return "" }, []string{"API_TOKE=zq8w7e6r5t4y3u2i1o"}, dir)
	p := patient(dir, doctor.Fail("No acepta zq8w7e6r5t4y3u2i1o ni hunter2secreto.", "Llame al +52 1 477-275-8198, o a 5214772758198@s.whatsapp.net."))
	p.Config = report
	p.Facts = func(context.Context) any { return map[string]int{"tickets": 42} }
	var out bytes.Buffer
	if err := doctor.Examine(t.Context(), p, []string{"--bundle", "paquete.zip"}, &out); doctor.ExitCode(err) != 1 {
		t.Fatalf("got %v, want what is bad", err)
	}
	files := unpack(t, filepath.Join(dir, "paquete.zip"))
	for _, name := range []string{"revision.txt", "revision.json", "configuracion.txt", "versiones.json", "registro/puente.log", "registro/caidas.log"} {
		if files[name] == "" {
			t.Errorf("the bundle has no %s", name)
		}
	}
	for name, text := range files {
		for _, secret := range planted {
			if strings.Contains(text, secret) {
				t.Errorf("%s has %q:\n%s", name, secret, text)
			}
		}
	}
	for _, want := range []struct{ file, text string }{
		{"registro/puente.log", `"message":"bridge started"`}, {"registro/puente.log", "20260821141805"}, {"registro/puente.log", `"status":401`},
		{"registro/caidas.log", "/src/main.go:12"}, {"versiones.json", `"tickets": 42`}, {"configuracion.txt", "API_TOKEN"}, {"revision.txt", "No acepta"},
	} {
		if !strings.Contains(files[want.file], want.text) {
			t.Errorf("%s: got %s, want %q in it", want.file, files[want.file], want.text)
		}
	}
	if strings.Contains(out.String(), "hunter2") || strings.Contains(out.String(), "zq8w7") || !strings.Contains(out.String(), "paquete.zip") {
		t.Errorf("got %s, want no secret on the screen either", out.String())
	}
	if err := doctor.Examine(t.Context(), p, []string{"--bundle", "paquete.zip"}, io.Discard); ticket.CodeOf(err) != ticket.CodeConflict {
		t.Errorf("twice: got %v, want %s", err, ticket.CodeConflict)
	}
	if err := doctor.Examine(t.Context(), p, []string{"--bundle", "falta/paquete.zip"}, io.Discard); ticket.CodeOf(err) != ticket.CodeUnavailable {
		t.Errorf("no folder: got %v, want %s", err, ticket.CodeUnavailable)
	}
}

func TestFiguresForTheBundleAreNotWaitedForWithoutEnd(t *testing.T) {
	p := patient(t.TempDir())
	limited := false
	p.Facts = func(ctx context.Context) any {
		_, limited = ctx.Deadline()
		return nil
	}
	if err := doctor.Examine(t.Context(), p, []string{"--bundle", "p.zip"}, io.Discard); err != nil || !limited {
		t.Errorf("got %v, a time-out: %v, want one", err, limited)
	}
}

func TestOfALongLogOnlyTheEndComesAlong(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "registro"), 0o700); err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat(`{"level":"info","message":"first"}`+"\n", 20000) + `{"level":"info","message":"last"}` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "registro", "servidor.log"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := doctor.Examine(t.Context(), patient(dir), []string{"--bundle", "p.zip"}, io.Discard); err != nil {
		t.Fatal(err)
	}
	log := unpack(t, filepath.Join(dir, "p.zip"))["registro/servidor.log"]
	if len(log) > 256<<10 || !strings.HasSuffix(log, `"message":"last"}`+"\n") || strings.Contains(log, "omitida") {
		t.Errorf("got %d bytes that end with %q, want the end in whole lines", len(log), log[max(0, len(log)-60):])
	}
}

func FuzzLogsAreCleaned(f *testing.F) {
	f.Add(`{"level":"info","error":"x","message":"5214772758198"}`)
	f.Add("main.main(0x1)\n\t/a.go:1\npanic: x")
	f.Add(`{"level":"info","time":"a","version":"zq8w7e6r5t4y3u2i1o"}`)
	f.Fuzz(func(t *testing.T, log string) {
		const secret = "zq8w7e6r5t4y3u2i1o"
		got := doctor.CleanLog([]string{secret}, log)
		if strings.Contains(got, secret) {
			t.Errorf("got %q, want no secret", got)
		}
		for line := range strings.Lines(got) {
			if i := slices.IndexFunc(planted, func(s string) bool { return strings.Contains(line, s) }); i >= 0 && !strings.Contains(line, "{") {
				t.Errorf("got %q, want none of what is a person's", line)
			}
		}
	})
}
