package doctor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mostrador/internal/config"
	"mostrador/internal/doctor"
)

func TestChecksRunAtTheSameTimeAndAreToldInTheirOrder(t *testing.T) {
	p := patient(t.TempDir())
	var together sync.WaitGroup
	together.Add(3)
	for _, name := range []string{"Uno", "Dos", "Tres"} {
		p.Checks = append(p.Checks, doctor.Check{Name: name, Look: func(ctx context.Context) doctor.Finding {
			together.Done()
			together.Wait() // one after another, none would end
			if _, limited := ctx.Deadline(); !limited {
				t.Error("a check may take for ever")
			}
			return doctor.OK(name + " va.")
		}})
	}
	var out bytes.Buffer
	if err := doctor.Examine(t.Context(), p, nil, &out); err != nil {
		t.Fatal(err)
	}
	want := "[  bien ] Uno   Uno va.\n[  bien ] Dos   Dos va.\n[  bien ] Tres  Tres va.\n"
	if !strings.Contains(out.String(), want) {
		t.Errorf("got %q, want %q in it", out.String(), want)
	}
}

func TestEachStateHasItsWordForPeopleAndForPrograms(t *testing.T) {
	p := patient(t.TempDir(), doctor.OK("a"), doctor.Warn("b", "c"), doctor.Fail("d", "e"), doctor.Skip("f"))
	var people, programs bytes.Buffer
	for args, out := range map[string]*bytes.Buffer{"": &people, "--json": &programs} {
		if err := doctor.Examine(t.Context(), p, strings.Fields(args), out); !errors.Is(err, doctor.ErrBad) {
			t.Errorf("%s: got %v, want ErrBad", args, err)
		}
	}
	for i, mark := range []string{"[  bien ] Cosa  a", "[ AVISO ] Cosa  b", "[ FALLO ] Cosa  d", "[   ?   ] Cosa  f"} {
		if !strings.Contains(people.String(), mark) {
			t.Errorf("%d: got %q, want %q in it", i, people.String(), mark)
		}
	}
	var got map[string]any
	if err := json.Unmarshal(programs.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{"programa": "server", "version": "v1.2.3", "hora": "2026-11-27T12:00:00Z", "veredicto": "1 fallo y 1 aviso (1 sin comprobar).", "bien": false} {
		if got[key] != want {
			t.Errorf("%s: got %v, want %v", key, got[key], want)
		}
	}
	var states []string
	for _, f := range got["comprobaciones"].([]any) {
		states = append(states, fmt.Sprint(f.(map[string]any)["estado"]))
	}
	if said := strings.Join(states, " "); said != "bien aviso fallo sin_comprobar" {
		t.Errorf("got %s, want the four words", said)
	}
	if strings.Count(programs.String(), "que_hacer") != 2 {
		t.Errorf("got %s, want what to do only where there is something", programs.String())
	}
}

func TestNoSecretIsShownInAnyForm(t *testing.T) {
	dir := t.TempDir()
	const secret = "muy secreta/ñandú+1"
	_, report := config.InspectServer(func(name string) string {
		return map[string]string{"API_TOKEN": "kq3v7zt2m5x8n4w6", "PANEL_USUARIO": "ana", "PANEL_CLAVE": secret, "LLM_KEY": "abc"}[name]
	}, nil, dir)
	found := "a muy secreta/ñandú+1 b muy+secreta%2F%C3%B1and%C3%BA%2B1 c muy%20secreta%2F%C3%B1and%C3%BA+1 d kq3v7zt2m5x8n4w6 abcedario"
	p := patient(dir, doctor.Warn(found, found))
	p.Config = report
	for _, args := range [][]string{nil, {"--json"}, {"--json", "--bundle", "p.zip"}} {
		var out bytes.Buffer
		if err := doctor.Examine(t.Context(), p, args, &out); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "secreta") || strings.Contains(out.String(), "kq3v7") || !strings.Contains(out.String(), "abcedario") {
			t.Errorf("%q: got %s, want no form of a secret, and words left alone", args, out.String())
		}
		if strings.Contains(out.String(), "Paquete") {
			t.Errorf("%q: got %s, want nothing but the document", args, out.String())
		}
	}
	for name, text := range unpack(t, filepath.Join(dir, "p.zip")) {
		if strings.Contains(text, "secreta") || strings.Contains(text, "kq3v7") {
			t.Errorf("%s: got %s, want no form of a secret", name, text)
		}
	}
}

func TestABundleIsForItsOwnerAndHasWhatIsWrongWithTheSettings(t *testing.T) {
	dir := t.TempDir()
	_, report := config.InspectServer(func(name string) string { return map[string]string{"PUERTO": "mil"}[name] }, nil, dir)
	p := patient(dir)
	p.Config = report
	whole := filepath.Join(t.TempDir(), "otro.zip")
	if err := doctor.Examine(t.Context(), p, []string{"--bundle", whole}, io.Discard); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(whole)
	if err != nil || config.OthersMayRead(whole) || info.Size() == 0 {
		t.Errorf("got %v, %v, want a file for its owner", info, err)
	}
	files := unpack(t, whole)
	if text := files["configuracion.txt"]; !strings.Contains(text, "Problemas:\n  - ") || !strings.Contains(text, "PUERTO debe ser") || !strings.Contains(text, "API_TOKEN falta") {
		t.Errorf("got %s, want every problem", text)
	}
	if len(files) != 4 || !strings.Contains(files["versiones.json"], `"sistema"`) || strings.Contains(files["versiones.json"], "datos") {
		t.Errorf("got %d files, want four without logs, and no facts where there are none", len(files))
	}
}

func TestABundleThatCannotBeFinishedIsNotLeftBehind(t *testing.T) {
	dir := t.TempDir()
	p := patient(dir)
	p.Facts = func(context.Context) any { return func() {} } // no JSON
	if err := doctor.Examine(t.Context(), p, []string{"--bundle", "p.zip"}, io.Discard); doctor.ExitCode(err) != 1 {
		t.Errorf("got %v, want a failure", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("got %v left behind, want nothing", left)
	}
}

// full is a terminal that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestAReportThatCannotBeShownIsAFailure(t *testing.T) {
	if err := doctor.Examine(t.Context(), patient(t.TempDir(), doctor.OK("va")), nil, full{}); doctor.ExitCode(err) != 1 || errors.Is(err, doctor.ErrBad) {
		t.Errorf("got %v, want what went wrong", err)
	}
}

func TestOfManyLogsTenComeAlong(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "registro")
	if err := os.MkdirAll(filepath.Join(folder, "carpeta.log"), 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range 12 {
		line := fmt.Sprintf(`{"level":"info","message":"started","count":%d,"took_ms":null,"time":"2026-11-27T12:00:00Z","error":"al 5214772758198"}`, i)
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("a%02d.log", i)), []byte(line+"\r\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := doctor.Examine(t.Context(), patient(dir), []string{"--bundle", "p.zip"}, io.Discard); err != nil {
		t.Fatal(err)
	}
	logs := 0
	for name, text := range unpack(t, filepath.Join(dir, "p.zip")) {
		if !strings.HasPrefix(name, "registro/") {
			continue
		}
		logs++
		if !strings.Contains(text, `"time":"2026-11-27T12:00:00Z"`) || strings.Contains(text, "5214772758198") || strings.Contains(text, "took_ms") {
			t.Errorf("%s: got %s, want the time whole, no phone, and no field without a value", name, text)
		}
	}
	if logs != 10 {
		t.Errorf("got %d logs, want 10", logs)
	}
}
