//go:build !windows

package service

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/kardianos/service"

	"mostrador/internal/ticket"
)

// daemon is systemd or launchd. The administrator gets a service that starts with
// the machine, everybody else one that starts with their session.
type daemon struct {
	machine
	library service.Service
}

func newSystem(dir, program string) (system, error) {
	m, err := here()
	if err != nil {
		return nil, err
	}
	if !m.mac && m.manager != "linux-systemd" {
		return nil, ticket.NewError(ticket.CodeUnavailable, "Este sistema no tiene systemd: haga que el suyo ejecute «bridge "+Command+"» en la carpeta del puente.")
	}
	library, err := service.New(nothing{}, &service.Config{
		Name: name, Description: description, Executable: program, Arguments: []string{Command}, WorkingDirectory: dir,
		UserName: owner(m.root),
		Option: service.KeyValue{
			"UserService": !m.root, "RunAtLoad": true, "KeepAlive": true, "LogDirectory": dir,
			"SystemdScript": unit(dir, program, m.root),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("find service manager: %w", err)
	}
	if m.mac {
		library = launchd{Service: library, pause: func() { time.Sleep(unloadEvery) }}
	}
	return &daemon{machine: m, library: library}, nil
}

// nothing is what the library would run; our program runs by itself.
type nothing struct{}

// Start does nothing.
func (nothing) Start(service.Service) error { return nil }

// Stop does nothing.
func (nothing) Stop(service.Service) error { return nil }

// owner is who a service of the whole machine runs as: whoever asked for the
// administrator's rights, since the folder is theirs.
func owner(root bool) string {
	if !root {
		return ""
	}
	return os.Getenv("SUDO_USER")
}

func (d *daemon) name() string {
	if d.mac {
		return "el servicio de launchd " + name
	}
	return "el servicio de systemd " + name
}

func (d *daemon) hint() string {
	if d.root || d.mac {
		return ""
	}
	return "Arranca cuando usted inicia sesión. Para que arranque con la computadora: sudo loginctl enable-linger " + cmp.Or(os.Getenv("USER"), "$USER")
}

func (d *daemon) remedy() string {
	if d.mac || d.root {
		return "Revise el registro del sistema."
	}
	return "Hágalo desde una sesión normal de su usuario, no con «su»; o con «sudo», para toda la computadora."
}

func (d *daemon) installed() (bool, error) {
	_, err := os.Stat(d.own())
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// elsewhere takes a definition that it may not look at for none.
func (d *daemon) elsewhere() (what, how string) {
	other := d.other()
	if other == "" {
		return "", ""
	}
	if _, err := os.Stat(other); err != nil {
		return "", ""
	}
	if d.root {
		return d.name() + " del usuario " + d.asker, "como " + d.asker + ", sin «sudo»"
	}
	return d.name() + " de toda la computadora", "con «sudo»"
}

func (d *daemon) install(string, string) error {
	err := d.library.Install()
	if err != nil {
		_ = os.Remove(d.own()) // half of it must not look like a whole
	}
	return err
}

func (d *daemon) uninstall() error { return d.library.Uninstall() }

func (d *daemon) start() error { return d.library.Start() }

func (d *daemon) stop() error {
	if ok, err := d.installed(); !ok {
		return err
	}
	return d.library.Stop()
}

// unit is what systemd is told. The library's own would never start for a user,
// for whom there is no multi-user.target, and waits two minutes after a crash.
// A shell starts the program: systemd knows no way to write a quote or a dollar
// sign in the name of one, but takes any character in an argument.
func unit(dir, program string, root bool) string {
	target, user := "default.target", ""
	if root {
		target = "multi-user.target"
		if name := owner(root); name != "" {
			user = "User=" + name + "\n"
		}
	}
	return `[Unit]
Description=` + description + `
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
ExecStart=/bin/sh -c 'exec "$$0" ` + Command + `' ` + quoted(program) + `
WorkingDirectory=` + literal(dir) + `
` + user + `Restart=on-failure
RestartSec=10
TimeoutStopSec=30
NoNewPrivileges=yes

[Install]
WantedBy=` + target + `
`
}

// literal keeps systemd from taking a part of text for one of its specifiers.
func literal(text string) string { return strings.ReplaceAll(text, "%", "%%") }

// quoted is one argument of a command line (systemd.service(5), "Command lines").
func quoted(text string) string {
	return `"` + literal(strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `$$`).Replace(text)) + `"`
}
