package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/config"
	"mostrador/internal/porttest"
	"mostrador/internal/wire"
)

// buildPrograms compiles what ships, as make build does.
func buildPrograms(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s", "-o", dir+string(filepath.Separator), "mostrador/cmd/server", "mostrador/cmd/bridge")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return dir
}

// program is one of the two, running in a folder with nothing but its .env.
type program struct {
	t    *testing.T
	name string
	cmd  *exec.Cmd
	log  *transcript
	done chan error
}

func start(t *testing.T, binary, dir string, env map[string]string) *program {
	t.Helper()
	var file strings.Builder
	for name, value := range env {
		fmt.Fprintf(&file, "%s=%s\n", name, value)
	}
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, name: filepath.Base(binary), cmd: exec.Command(binary), log: &transcript{}, done: make(chan error, 1)}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, p.log, p.log
	// A proxy where nothing listens: no test reaches the real WhatsApp.
	p.cmd.Env = []string{"HTTPS_PROXY=http://127.0.0.1:1", "HTTP_PROXY=", "PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		if t.Failed() {
			t.Logf("%s:\n%s", p.name, p.log)
		}
	})
	return p
}

// stop ends the program as an operator's system does and demands that it ends by
// itself, with exit code 0.
func (p *program) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	select {
	case err := <-p.done:
		if err != nil {
			p.t.Errorf("%s on SIGTERM: %v", p.name, err)
		}
	case <-time.After(patience):
		p.t.Errorf("%s still runs after SIGTERM", p.name)
	}
}

// leaveBehind puts a message into a bridge's queue, as a bridge does that was
// switched off before it could deliver it.
func leaveBehind(t *testing.T, dir string, message wire.Webhook) {
	t.Helper()
	q, err := queue.Open(filepath.Join(dir, "cola_mensajes"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Put(queue.Entry{Key: message.ID, Chat: message.Sender, Message: message, ReceivedAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
}

func TestTheTwoProgramsWorkTogetherWithOnlyTheirEnvFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SIGTERM does not exist on Windows")
	}
	bin := buildPrograms(t)
	serverDir, bridgeDir := t.TempDir(), t.TempDir()
	serverPort, bridgePort, token := porttest.Free(t), porttest.Free(t), config.MakeToken()
	leaveBehind(t, bridgeDir, wire.Webhook{
		Sender: "5215555550101@s.whatsapp.net", Content: "mi impresora no imprime", ID: "3EB0AA", Name: "Lucía",
	})
	server := start(t, filepath.Join(bin, "server"), serverDir, map[string]string{
		"API_TOKEN": token, "DIRECCION": "127.0.0.1", "PUERTO": serverPort, "IP_LAPTOP": "127.0.0.1", "PUERTO_LAPTOP": bridgePort,
		"PANEL_USUARIO": panelUser, "PANEL_CLAVE": panelPassword,
	})
	p := &panel{t: t, url: "http://127.0.0.1:" + serverPort, http: &http.Client{}}
	eventually(t, "the server's health", func() bool { return answers(t, p.url+wire.PathHealth) })
	bridge := start(t, filepath.Join(bin, "bridge"), bridgeDir, map[string]string{
		"API_TOKEN": token, "DIRECCION": "127.0.0.1", "PUERTO_LOCAL": bridgePort, "SERVER_URL": p.url,
	})
	p = logIn(t, p.url)
	eventually(t, "the queued message's ticket", func() bool { return p.tickets()["Lucía"].Description == "mi impresora no imprime" })

	status, body := p.call(http.MethodPost, fmt.Sprintf("/responder/%d", p.tickets()["Lucía"].ID), nil)
	if status != http.StatusServiceUnavailable || !bytes.Contains(body, []byte(`"en_cola":true`)) {
		t.Errorf("notify while WhatsApp is away: got %d %s, want 503 and the reply kept", status, body)
	}
	eventually(t, "an empty queue while WhatsApp is away", func() bool {
		var health wire.BridgeHealth
		getJSON(t, "http://127.0.0.1:"+bridgePort+wire.PathHealth, &health)
		return health.WhatsApp == wire.Disconnected && health.Queue == 0
	})
	bridge.stop()
	server.stop()
	for _, program := range []*program{server, bridge} {
		if strings.Contains(program.log.String(), token) {
			t.Errorf("%s logged the token", program.name)
		}
	}
}

func answers(t *testing.T, url string) bool {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}

func getJSON(t *testing.T, url string, v any) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
		t.Fatal(err)
	}
}

func TestTheProgramsRefuseToStartWithoutATokenAndSayHowToMakeOne(t *testing.T) {
	bin := buildPrograms(t)
	for name, env := range map[string]map[string]string{
		"server": {"PUERTO": "0"},
		"bridge": {"PUERTO_LOCAL": "0", "SERVER_URL": "http://127.0.0.1:1"},
	} {
		p := start(t, filepath.Join(bin, name), t.TempDir(), env)
		select {
		case err := <-p.done:
			if err == nil {
				t.Errorf("%s started without a token", name)
			}
		case <-time.After(patience):
			t.Fatalf("%s runs without a token", name)
		}
		if got := p.log.String(); !strings.Contains(got, "API_TOKEN") || !strings.Contains(got, name+" token") {
			t.Errorf("%s said %q, want the variable and the way to make a token", name, got)
		}
	}
}
