package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mostrador/internal/bridge"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/config"
	"mostrador/internal/doctor"
	"mostrador/internal/server"
	"mostrador/internal/wasim"
)

// clinic is the two programs at work, and the way to look them over.
type clinic struct {
	*demo
	t *testing.T
}

func openClinic(t *testing.T) *clinic {
	t.Helper()
	wasim.Trust()
	sim, err := wasim.Start(wasim.Options{Phone: "5215555550100", Name: "Taller de la demo"})
	if err != nil {
		t.Fatal(err)
	}
	ready, ended := make(chan string, 1), make(chan error, 1)
	c := &clinic{t: t, demo: &demo{sim: sim, dir: t.TempDir(), token: config.MakeToken(), options: options{
		out: &transcript{}, ready: func(url string) { ready <- url },
		pause: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}}}
	if err := c.choosePorts(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	go func() { ended <- c.run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("demo: %v", err)
		}
		_ = sim.Close()
	})
	select {
	case url := <-ready:
		p := logIn(t, url)
		eventually(t, "all that the cast writes", func() bool { return settled(p, p.tickets()) })
	case err := <-ended:
		ended <- nil
		t.Fatalf("demo ended before it was ready: %v", err)
	}
	return c
}

// examine has a program look itself over beside the one that runs.
func (c *clinic) examine(program string, changes map[string]string, args ...string) (out string, err error) {
	c.t.Helper()
	vars := map[string]string{"API_TOKEN": c.token, "DIRECCION": "127.0.0.1", "PUERTO": c.panelPort, "IP_LAPTOP": "127.0.0.1", "PUERTO_LAPTOP": c.bridgePort,
		"PUERTO_LOCAL": c.bridgePort, "SERVER_URL": "http://127.0.0.1:" + c.panelPort}
	for name, value := range changes {
		vars[name] = value
	}
	var text bytes.Buffer
	args = append([]string{"doctor"}, args...)
	if program == "servidor" {
		err = server.Run(c.t.Context(), server.Options{Args: args, Getenv: lookup(vars), Dir: filepath.Join(c.dir, program), Stdout: &text, Stderr: &text})
	} else {
		err = bridge.Run(c.t.Context(), bridge.Options{
			Args: args, Getenv: lookup(vars), Dir: filepath.Join(c.dir, program), Stdout: &text, Stderr: &text,
			Network: whatsapp.Network{PreLogin: c.sim.HTTPClient()},
		})
	}
	return text.String(), err
}

// findings is the report of a program, by the names of the checks.
func (c *clinic) findings(program string, changes map[string]string) map[string]doctor.Finding {
	c.t.Helper()
	out, err := c.examine(program, changes, "--json")
	if err != nil && !errors.Is(err, doctor.ErrBad) {
		c.t.Fatalf("%s: %v\n%s", program, err, out)
	}
	var r doctor.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		c.t.Fatalf("%s: %v in %s", program, err, out)
	}
	byName := map[string]doctor.Finding{}
	for _, f := range r.Findings {
		byName[f.Name] = f
	}
	return byName
}

// becomes looks a program over until ok: a doctor gives it a few seconds to answer,
// which a machine that pauses may not have.
func (c *clinic) becomes(program string, changes map[string]string, what string, ok func(map[string]doctor.Finding) bool) {
	c.t.Helper()
	var found map[string]doctor.Finding
	defer func() {
		if c.t.Failed() {
			c.t.Logf("%s, last found: %+v", program, found)
		}
	}()
	eventually(c.t, program+": "+what, func() bool {
		found = c.findings(program, changes)
		return ok(found)
	})
}

func TestBothProgramsAreLookedOverWhileTheyRun(t *testing.T) {
	c := openClinic(t)
	// The laptop's word of its session takes a moment to reach the server.
	for _, program := range []string{"servidor", "laptop"} {
		c.becomes(program, nil, "all well", func(found map[string]doctor.Finding) bool {
			for name, f := range found {
				// No copy was made yet, and the library grows older with each day.
				if f.State != doctor.Good && name != "Respaldo" && name != "Biblioteca" {
					return false
				}
			}
			return true
		})
	}
	other := map[string]string{"API_TOKEN": config.MakeToken()}
	c.becomes("laptop", other, "another token found", func(found map[string]doctor.Finding) bool {
		return found["Mismo token"].State == doctor.Bad && found["Programa"].State == doctor.Bad
	})
	c.becomes("servidor", other, "another token found", func(found map[string]doctor.Finding) bool { return found["Programa"].State == doctor.Bad })
}

func TestABundleOfTheRunningProgramsHasNobodysWords(t *testing.T) {
	c := openClinic(t)
	forbidden := []string{c.token, panelPassword, "5215555550100"}
	for _, r := range cast() {
		forbidden = append(forbidden, r.profile.Name, r.profile.Phone)
		for _, l := range r.lines {
			if len(l.text) > 12 {
				forbidden = append(forbidden, l.text[:12])
			}
		}
	}
	for _, program := range []string{"servidor", "laptop"} {
		dir := filepath.Join(c.dir, program)
		log, err := os.ReadFile(dir + ".log") // at debug level, with everything
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(dir, "registro"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "registro", "todo.log"), log, 0o600); err != nil {
			t.Fatal(err)
		}
		var bundle string
		eventually(t, program+": a bundle, and nothing bad found", func() bool {
			bundle = fmt.Sprintf("paquete-%d.zip", time.Now().UnixNano()) // none may be there yet
			out, err := c.examine(program, map[string]string{"PANEL_USUARIO": panelUser, "PANEL_CLAVE": panelPassword}, "--bundle", bundle)
			if err != nil && !errors.Is(err, doctor.ErrBad) {
				t.Fatalf("%s: %v\n%s", program, err, out)
			}
			if err != nil {
				t.Logf("%s: %s", program, out)
			}
			return err == nil
		})
		archive, err := zip.OpenReader(filepath.Join(dir, bundle))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range forbidden {
				if strings.Contains(string(text), secret) {
					t.Errorf("%s, %s: has %q", program, f.Name, secret)
				}
			}
			if f.Name == "registro/todo.log" && !bytes.Contains(text, []byte(" started")) && !bytes.Contains(text, []byte(" starting")) {
				t.Errorf("%s: got %d bytes of log, want its lines", program, len(text))
			}
		}
		_ = archive.Close()
	}
}

func TestDoctorEndsWithTheExitCodeOfWhatItFound(t *testing.T) {
	bin := buildPrograms(t)
	for _, name := range []string{"server", "bridge"} {
		for code, args := range map[int][]string{1: {"doctor"}, 2: {"doctor", "--nada"}} {
			cmd := exec.CommandContext(t.Context(), filepath.Join(bin, name), args...)
			cmd.Dir, cmd.Env = t.TempDir(), []string{"HTTPS_PROXY=http://127.0.0.1:1"}
			out, err := cmd.CombinedOutput()
			ended, ok := errors.AsType[*exec.ExitError](err)
			if !ok || ended.ExitCode() != code {
				t.Errorf("%s %v: got %v, want %d\n%s", name, args, err, code, out)
			}
		}
	}
}
