package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// builds puts a program of this repository where make puts each: a real one,
// though the same and for this machine.
func builds(t *testing.T, archives ...archive) string {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s", "-o", program, "./cmd/bridge") // as make does, which has compiled it
	cmd.Dir, cmd.Env = "../..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v %s", err, out)
	}
	for _, a := range archives {
		target := filepath.Join(dir, a.system+"-"+a.arch, a.program+a.exe())
		if err := errors.Join(os.MkdirAll(filepath.Dir(target), 0o700), os.Link(program, target)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// listed is a bill of materials for a test, which must not need a network.
func listed(_ context.Context, program, version, out string) error {
	return os.WriteFile(out, []byte(filepath.Base(program)+" "+version), 0o600)
}

func contents(t *testing.T, file string) (map[string]string, map[string]os.FileMode) {
	t.Helper()
	r, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	texts, modes := map[string]string{}, map[string]os.FileMode{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		texts[f.Name], modes[f.Name] = string(data), f.Mode()
	}
	return texts, modes
}

func TestWhatIsPackedIsCompleteAndTheSameEachTime(t *testing.T) {
	windows, linux, server := archive{"bridge", "windows", "amd64"}, archive{"bridge", "linux", "amd64"}, archive{"server", "linux", "arm64"}
	all := []archive{windows, linux, server}
	in := builds(t, all...)
	var runs [2]string
	for i := range runs {
		runs[i] = t.TempDir()
		r := release{root: "../..", in: in, out: filepath.Join(runs[i], "zip"), version: "v1.2.3", at: time.Unix(1.7e9, 0).UTC(), bill: listed}
		if err := r.run(t.Context(), all); err != nil {
			t.Fatal(err)
		}
		// Whoever packs on another day has other files.
		if err := filepath.Walk(in, func(path string, _ os.FileInfo, err error) error {
			return os.Chtimes(path, time.Unix(1, 0), time.Unix(1, 0))
		}); err != nil {
			t.Fatal(err)
		}
	}
	sums, err := os.ReadFile(filepath.Join(runs[0], "zip", checksums))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(sums), "\n"); got != 6 {
		t.Errorf("got %d sums, want a zip and a bill for each of three", got)
	}
	for line := range strings.Lines(string(sums)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		first, err := os.ReadFile(filepath.Join(runs[0], "zip", name))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(first)); got != sum {
			t.Errorf("%s: got %s, want %s", name, got, sum)
		}
		if second, err := os.ReadFile(filepath.Join(runs[1], "zip", name)); err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s: got other bytes the second time (%v)", name, err)
		}
	}
	zipOf := func(a archive) (map[string]string, map[string]os.FileMode) {
		return contents(t, filepath.Join(runs[0], "zip", a.name("v1.2.3")+".zip"))
	}
	wantWindows(t, zipOf)
	texts, modes := zipOf(linux)
	if modes["mostrador/bridge"] != 0o755 || !strings.Contains(texts["mostrador/LEEME.txt"], "./bridge install") || strings.Contains(texts["mostrador/LEEME.txt"], "\r") {
		t.Errorf("got mode %v and %q, want a program to run and how", modes["mostrador/bridge"], texts["mostrador/LEEME.txt"])
	}
	texts, _ = zipOf(server)
	for name, want := range map[string]string{"LEEME.txt": "./server token", ".env.example": "IP_LAPTOP=", "LICENCIAS.txt": "El panel: preact", "LICENSE.txt": "Version 3, 29 June 2007"} {
		if !strings.Contains(texts["mostrador/"+name], want) {
			t.Errorf("%s of the server lacks %q", name, want)
		}
	}
}

func wantWindows(t *testing.T, zipOf func(archive) (map[string]string, map[string]os.FileMode)) {
	t.Helper()
	texts, _ := zipOf(archive{"bridge", "windows", "amd64"})
	for name, want := range map[string]string{
		"bridge.exe": "", ".env.laptop.example": "SERVER_URL=", "instalar.cmd": "bridge.exe install\r\n", "desinstalar.cmd": "bridge.exe uninstall\r\n",
		"LEEME.txt": "Versión v1.2.3\r\n", "LICENCIAS.txt": "go.mau.fi/whatsmeow v0.0.0-", "LICENSE.txt": "GNU GENERAL PUBLIC LICENSE\r\n",
	} {
		if text, ok := texts["mostrador/"+name]; !ok || !strings.Contains(text, want) {
			t.Errorf("%s: got %v, want %q in it", name, ok, want)
		}
	}
	if len(texts) != 7 {
		t.Errorf("got %d files, want 7", len(texts))
	}
	for name, text := range texts {
		if name != "mostrador/bridge.exe" && strings.Count(text, "\n") != strings.Count(text, "\r\n") {
			t.Errorf("%s has lines that an old editor of Windows runs together", name)
		}
	}
	for _, want := range []string{"Go 1.", "modernc.org/sqlite v", "LICENSE-SQLITE", "github.com/rs/zerolog v", "go.mau.fi/libsignal v", "GNU GENERAL PUBLIC LICENSE", "Mozilla Public License Version 2.0"} {
		if !strings.Contains(texts["mostrador/LICENCIAS.txt"], want) {
			t.Errorf("the licences lack %q", want)
		}
	}
	if strings.Contains(texts["mostrador/LEEME.txt"], "{{") || strings.Contains(texts["mostrador/LEEME.txt"], "./bridge") {
		t.Errorf("got %s, want a text for Windows", texts["mostrador/LEEME.txt"])
	}
}

func TestWhatIsMissingStopsTheRelease(t *testing.T) {
	r := release{root: "../..", in: t.TempDir(), out: filepath.Join(t.TempDir(), "zip"), bill: listed}
	if err := r.run(t.Context(), archives); err == nil || !strings.Contains(err.Error(), "version") {
		t.Errorf("got %v, want that the version is missing", err)
	}
	r.version = "v1"
	if err := r.run(t.Context(), archives); err == nil || !strings.Contains(err.Error(), "read program") {
		t.Errorf("got %v, want that the program is missing", err)
	}
	var out bytes.Buffer
	if err := add(&out, "example.com/x v1", t.TempDir()); err == nil || !strings.Contains(err.Error(), "has no licence") {
		t.Errorf("got %v, want that the licence is missing", err)
	}
}
