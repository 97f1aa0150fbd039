//go:build !windows

package service

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kardianos/service"
)

// launchctl is a launchd that writes down what it is told. It complains, with
// success, about loading what is loaded and unloading what is not, and has let go
// of what it unloads only after it was asked once, or never when it is stuck.
const launchctl = `#!/bin/sh
cd "$(dirname "$0")" || exit
echo "$1 $2" >>said
case $1 in
list)
	[ -e loaded ] || { echo "Could not find service \"$2\" in domain for port" >&2; exit 113; }
	echo '{ "LastExitStatus" = 256; };'
	[ ! -e going ] || [ -e stuck ] || rm going loaded ;;
load)
	[ ! -e loaded ] || { echo 'Load failed: 5: Input/output error' >&2; exit; }
	echo >loaded ;;
unload)
	[ -e loaded ] || { echo 'Unload failed: 5: Input/output error' >&2; exit; }
	echo >going ;;
esac
`

// onMac is the library as it is on macOS, where it takes whatever launchctl
// complains about for an error. The rest of it is not used.
type onMac struct {
	service.Service
	plist string
}

func (l onMac) Start() error { return l.tell("load") }

func (l onMac) Stop() error { return l.tell("unload") }

func (l onMac) Uninstall() error {
	_ = l.Stop()
	return os.Remove(l.plist)
}

func (l onMac) tell(order string) error {
	var complaint bytes.Buffer
	cmd := exec.Command("launchctl", order, filepath.Base(l.plist))
	cmd.Stderr = &complaint
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("launchctl %s: %w", order, err)
	}
	if complaint.Len() > 0 {
		return fmt.Errorf("launchctl %s: %s", order, complaint.String())
	}
	return nil
}

// mac is an installed service of a macOS, and the folder of its launchctl.
func mac(t *testing.T) (s *Service, bin string) {
	t.Helper()
	bin = t.TempDir()
	m := machine{mac: true, dir: t.TempDir(), home: t.TempDir()}
	if err := errors.Join(
		os.MkdirAll(filepath.Dir(m.own()), 0o755), os.WriteFile(m.own(), nil, 0o600),
		os.WriteFile(filepath.Join(bin, "launchctl"), []byte(launchctl), 0o755),
	); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":/usr/bin:/bin")
	return &Service{system: &daemon{machine: m, library: launchd{Service: onMac{plist: m.own()}, pause: func() {}}}}, bin
}

func TestLaunchdIsToldNothingThatItTakesForAMistake(t *testing.T) {
	s, bin := mac(t)
	const (
		look   = "list mostrador-bridge\n"
		load   = "load mostrador-bridge.plist\n"
		unload = "unload mostrador-bridge.plist\n"
	)
	for i, step := range []struct {
		name string
		do   func() error
		want string
	}{
		{"stop", s.Stop, look},
		{"start", s.Start, look + load},
		{"start of a loaded one", s.Start, look + unload + look + look + load},
		{"stop", s.Stop, look + unload + look + look},
		{"second stop", s.Stop, look},
		{"uninstall after stop", s.Uninstall, unload}, // the library's, which looks at no answer
	} {
		said := filepath.Join(bin, "said")
		_ = os.Remove(said)
		if err := step.do(); err != nil {
			t.Errorf("step %d, %s: %v", i, step.name, err)
		}
		if got, _ := os.ReadFile(said); string(got) != step.want {
			t.Errorf("step %d, %s: launchd was told\n%swant\n%s", i, step.name, got, step.want)
		}
	}
	if ok, err := s.Installed(); ok || err != nil {
		t.Errorf("got %t, %v, want it removed", ok, err)
	}
}

func TestAServiceThatLaunchdDoesNotLetGoOfIsSaid(t *testing.T) {
	s, bin := mac(t)
	for _, name := range []string{"loaded", "stuck"} {
		if err := os.WriteFile(filepath.Join(bin, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := s.Stop()
	if err == nil || !strings.HasPrefix(err.Error(), "No se pudo detener el servicio de launchd mostrador-bridge. Revise el registro") {
		t.Errorf("got %v, want that it could not be stopped", err)
	}
	if err := os.Remove(filepath.Join(bin, "launchctl")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	if err := s.Stop(); err == nil {
		t.Error("got no error without launchctl")
	}
}
