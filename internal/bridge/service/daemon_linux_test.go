package service

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mostrador/internal/browser"
	"mostrador/internal/ticket"
)

// actEnv has the test's own program do one thing with a service and end, on a
// machine with the managerEnv whose files are in the machineEnv.
const (
	actEnv     = "SERVICE_ACT"
	managerEnv = "SERVICE_MANAGER"
	machineEnv = "SERVICE_MACHINE"
)

func TestMain(m *testing.M) {
	if act := os.Getenv(actEnv); act != "" {
		here = func() (machine, error) {
			m, err := thisMachine()
			m.manager, m.dir = os.Getenv(managerEnv), os.Getenv(machineEnv)
			return m, err
		}
		os.Exit(perform(act))
	}
	os.Exit(m.Run())
}

// perform does act in the working folder, as «bridge» would.
func perform(act string) int {
	s, err := New(".")
	if err == nil {
		err = map[string]func() error{"install": s.Install, "uninstall": s.Uninstall, "start": s.Start, "stop": s.Stop}[act]()
	}
	if err != nil {
		_, _ = os.Stderr.WriteString(string(ticket.CodeOf(err)) + ": " + err.Error())
		return 1
	}
	return 0
}

// laptop is a home folder with a systemd that writes down what it is told. No
// service of this machine is touched: nothing runs as the administrator.
type laptop struct {
	t                   *testing.T
	home, work, program string
	manager             string
}

func newLaptop(t *testing.T) *laptop {
	t.Helper()
	base, err := os.MkdirTemp("", "laptop")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(base) })
	l := &laptop{t: t, home: base, work: filepath.Join(base, "José Pérez 50% $HOME"), manager: "linux-systemd"}
	l.program = filepath.Join(l.work, "bridge de «prueba»")
	for _, dir := range []string{l.work, filepath.Join(base, "bin")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	own, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	for file, data := range map[string]string{
		l.program:                            string(own),
		filepath.Join(base, "bin/systemctl"): "#!/bin/sh\n[ \"$1\" = \"$FAILING\" ] && exit 1\necho \"$@\" >>\"$HOME/said\"\n",
		// The library takes a system with rpm-ostree for one with systemd.
		filepath.Join(base, "bin/rpm-ostree"): "#!/bin/sh\n",
	} {
		if err := os.WriteFile(file, []byte(data), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if os.Geteuid() == 0 {
		if err := errors.Join(os.Chown(base, 65534, 65534), os.Chown(l.work, 65534, 65534), os.Chmod(base, 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// act performs act and returns what is said when it fails.
func (l *laptop) act(act string, env ...string) string {
	l.t.Helper()
	cmd := exec.Command(l.program)
	cmd.Dir = l.work
	cmd.Env = append([]string{
		actEnv + "=" + act, managerEnv + "=" + l.manager, machineEnv + "=" + l.home,
		"HOME=" + l.home, "PATH=" + filepath.Join(l.home, "bin") + ":/usr/bin:/bin", "USER=jose",
	}, env...)
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.CombinedOutput()
	if (err != nil) != (len(out) > 0) {
		l.t.Errorf("%s: got %v and %q, want a sentence exactly when it fails", act, err, out)
	}
	return string(out)
}

func (l *laptop) unit() string {
	l.t.Helper()
	text, err := os.ReadFile(filepath.Join(l.home, ".config/systemd/user/mostrador-bridge.service"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		l.t.Fatal(err)
	}
	return string(text)
}

func (l *laptop) said() string {
	text, _ := os.ReadFile(filepath.Join(l.home, "said"))
	return string(text)
}

func TestSystemdRunsTheBridgeInItsFolder(t *testing.T) {
	l := newLaptop(t)
	if out := l.act("install"); out != "" {
		t.Fatalf("install: %s", out)
	}
	// %% and $$ are what systemd reads as % and $, the latter only in an argument.
	escaped := strings.ReplaceAll(l.work, "%", "%%")
	for _, want := range []string{
		`ExecStart=/bin/sh -c 'exec "$$0" background' "` + strings.ReplaceAll(escaped, "$", "$$") + `/bridge de «prueba»"` + "\n",
		"WorkingDirectory=" + escaped + "\n", "Restart=on-failure\n", "RestartSec=10\n", "WantedBy=default.target\n",
	} {
		if !strings.Contains(l.unit(), want) {
			t.Errorf("got unit\n%s\nwant %q in it", l.unit(), want)
		}
	}
	for _, act := range []string{"start", "stop", "uninstall"} {
		if out := l.act(act); out != "" {
			t.Errorf("%s: %s", act, out)
		}
	}
	want := "enable --user mostrador-bridge.service\ndaemon-reload --user\nstart --user mostrador-bridge.service\n" +
		"stop --user mostrador-bridge.service\ndisable --user mostrador-bridge.service\ndaemon-reload --user\n"
	if got := l.said(); got != want {
		t.Errorf("systemd was told\n%s\nwant\n%s", got, want)
	}
	if l.unit() != "" {
		t.Error("the unit is still there")
	}
}

func TestWhatDoesNotGoIsSaidWithWhatToDo(t *testing.T) {
	l := newLaptop(t)
	for _, step := range []struct {
		act, env, want string
	}{
		{"uninstall", "", "not_found: El puente no está instalado"},
		{"start", "", "not_found: El puente no está instalado en esta computadora: ejecute antes «bridge install»."},
		{"stop", "", ""},
		{"install", "FAILING=enable", "unavailable: No se pudo instalar el servicio de systemd mostrador-bridge. Hágalo desde una sesión normal"},
		{"install", "", ""},
		{"install", "", "conflict: El puente ya está instalado"},
		{"start", "FAILING=start", "unavailable: No se pudo arrancar"},
		{"uninstall", "", ""},
		{"uninstall", "", "not_found: "},
	} {
		if got := l.act(step.act, step.env); !strings.HasPrefix(got, step.want) || step.want == "" && got != "" {
			t.Errorf("%s %s: got %q, want %q", step.act, step.env, got, step.want)
		}
	}
}

func TestAFolderWithoutRightsIsSaid(t *testing.T) {
	l := newLaptop(t)
	config := filepath.Join(l.home, ".config/systemd/user")
	if err := errors.Join(os.MkdirAll(config, 0o755), os.Chmod(config, 0o555)); err != nil {
		t.Fatal(err)
	}
	if got := l.act("install"); !strings.HasPrefix(got, "forbidden: No hay permiso para instalar el servicio de systemd mostrador-bridge: hágalo como administrador.") {
		t.Errorf("got %q, want that there is no permission", got)
	}
}

func TestASystemWithoutSystemdIsSaid(t *testing.T) {
	l := newLaptop(t)
	for _, l.manager = range []string{"unix-systemv", "linux-openrc", ""} {
		if got := l.act("install"); !strings.HasPrefix(got, "unavailable: Este sistema no tiene systemd") || !strings.Contains(got, "bridge background") {
			t.Errorf("with %q: got %q, want what to do without", l.manager, got)
		}
	}
	if l.unit() != "" || l.said() != "" {
		t.Errorf("got unit %q and orders %q, want nothing done", l.unit(), l.said())
	}
}

func TestABridgeThatIsInstalledWithSudoIsNotInstalledWithoutToo(t *testing.T) {
	l := newLaptop(t)
	whole := filepath.Join(l.home, "etc/systemd/system/mostrador-bridge.service")
	if err := errors.Join(os.MkdirAll(filepath.Dir(whole), 0o755), os.WriteFile(whole, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	const what = "el servicio de systemd mostrador-bridge de toda la computadora"
	if got, want := l.act("install"), "conflict: El puente ya está instalado en esta computadora: es "+what+
		". Para instalarlo así, quítelo antes: ejecute «bridge uninstall» con «sudo»."; got != want {
		t.Errorf("install: got %q, want %q", got, want)
	}
	for _, act := range []string{"start", "stop", "uninstall"} {
		want := "conflict: El puente está instalado en esta computadora como " + what + ": ejecute «bridge " + act + "» con «sudo»."
		if got := l.act(act); got != want {
			t.Errorf("%s: got %q, want %q", act, got, want)
		}
	}
	if l.unit() != "" || l.said() != "" {
		t.Errorf("got unit %q and orders %q, want nothing done", l.unit(), l.said())
	}
	// One that is here as well, from before, is still to be got rid of.
	if err := os.Remove(whole); err != nil {
		t.Fatal(err)
	}
	if got := l.act("install"); got != "" {
		t.Fatalf("install: %s", got)
	}
	if err := os.WriteFile(whole, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, act := range []string{"stop", "uninstall"} {
		if got := l.act(act); got != "" {
			t.Errorf("%s: got %q, want it done", act, got)
		}
	}
}

func TestABridgeThatIsInstalledWithoutSudoIsNotInstalledWithItToo(t *testing.T) {
	home := t.TempDir()
	own := filepath.Join(home, ".config/systemd/user/mostrador-bridge.service")
	if err := errors.Join(os.MkdirAll(filepath.Dir(own), 0o755), os.WriteFile(own, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	root := machine{manager: "linux-systemd", dir: t.TempDir(), root: true, asker: "jose", askerHome: home}
	before := here
	t.Cleanup(func() { here = before })
	here = func() (machine, error) { return root, nil }
	s, err := New(home)
	if err != nil {
		t.Fatal(err)
	}
	for act, do := range map[string]func() error{"install": s.Install, "uninstall": s.Uninstall, "start": s.Start, "stop": s.Stop} {
		err := do()
		if ticket.CodeOf(err) != ticket.CodeConflict || !strings.Contains(err.Error(), "el servicio de systemd mostrador-bridge del usuario jose") ||
			!strings.HasSuffix(err.Error(), "» como jose, sin «sudo».") {
			t.Errorf("%s: got %v, want whose it is and who does it", act, err)
		}
	}
	if got, want := s.Elsewhere(), "el servicio de systemd mostrador-bridge del usuario jose (como jose, sin «sudo»)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	// Nobody asked: whose home would it be?
	root.asker, root.askerHome = "", ""
	if s, err = New(home); err != nil || s.Elsewhere() != "" {
		t.Errorf("got %q and %v, want nothing elsewhere", s.Elsewhere(), err)
	}
	if err := s.Start(); ticket.CodeOf(err) != ticket.CodeNotFound {
		t.Errorf("got %v, want that it is not installed", err)
	}
}

func TestAServiceOfTheWholeMachineRunsAsWhoAskedForIt(t *testing.T) {
	t.Setenv("SUDO_USER", "jose")
	text := unit("/opt/mostrador", "/opt/mostrador/bridge", true)
	for _, want := range []string{"User=jose\n", "WantedBy=multi-user.target\n", `"/opt/mostrador/bridge"` + "\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("got\n%s\nwant %q", text, want)
		}
	}
}

func TestSystemdTakesTheUnitOfAnyFolder(t *testing.T) {
	verify, err := exec.LookPath("systemd-analyze")
	if err != nil {
		browser.Missing(t, "no systemd-analyze: install systemd")
	}
	t.Setenv("SUDO_USER", "")
	for name, word := range map[string]string{
		"mostrador":    "mostrador",
		"José Pérez":   "José Pérez",
		"50% %h":       "50%% %%h",
		"$HOME ${x}":   "$$HOME $${x}",
		"D'Arco":       "D'Arco",
		`El "taller"`:  `El \"taller\"`,
		`a\b`:          `a\\b`,
		"uno; dos & …": "uno; dos & …",
	} {
		text := unit("/opt/"+name, "/opt/"+name+"/bridge", true)
		if want := `"/opt/` + word + `/bridge"` + "\n"; !strings.Contains(text, want) {
			t.Errorf("got unit\n%s\nwant %s in it", text, want)
		}
		file := filepath.Join(t.TempDir(), "mostrador-bridge.service")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		// It says more about units of this machine's own, which do not count.
		if out, err := exec.Command(verify, "verify", "--man=no", file).CombinedOutput(); err != nil || strings.Contains(string(out), "mostrador-bridge") {
			t.Errorf("%s: got %v and %s, want systemd to take\n%s", name, err, out, text)
		}
	}
}
