//go:build !windows

package service

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"

	"github.com/kardianos/service"
)

// machine is this computer, as a daemon sees it.
type machine struct {
	mac     bool
	manager string // what the library found, such as "linux-systemd"
	dir     string // where the files of the whole machine are
	root    bool   // we have the administrator's rights
	home    string // of whoever runs us; root needs none
	asker   string // who asked for the administrator's rights, if anybody did
	// askerHome is empty too where the asker has none that we know of.
	askerHome string
}

// here is the machine that a Service is of; a test has another one.
var here = thisMachine

func thisMachine() (machine, error) {
	m := machine{mac: runtime.GOOS == "darwin", manager: service.Platform(), dir: "/", root: os.Geteuid() == 0}
	var err error
	if m.home, err = os.UserHomeDir(); err != nil && !m.root {
		return m, fmt.Errorf("find home folder: %w", err)
	}
	if m.asker = owner(m.root); m.asker != "" {
		if u, err := user.Lookup(m.asker); err == nil {
			m.askerHome = u.HomeDir
		}
	}
	return m, nil
}

// definition is the file that the library writes: of a service of the whole
// machine, or of the user with this home.
func (m machine) definition(whole bool, home string) string {
	switch {
	case m.mac && whole:
		return filepath.Join(m.dir, "Library/LaunchDaemons", name+".plist")
	case m.mac:
		return filepath.Join(home, "Library/LaunchAgents", name+".plist")
	case whole:
		return filepath.Join(m.dir, "etc/systemd/system", name+".service")
	}
	return filepath.Join(home, ".config/systemd/user", name+".service")
}

// own is the definition of our own service.
func (m machine) own() string { return m.definition(m.root, m.home) }

// other is the definition that the same person has with sudo, if we are without,
// and the other way round. It is empty for an administrator whom nobody asked.
func (m machine) other() string {
	if m.root && m.askerHome == "" {
		return ""
	}
	return m.definition(!m.root, m.askerHome)
}
