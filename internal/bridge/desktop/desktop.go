// Package desktop is what the bridge does with the screen it runs on: it opens a
// page in the browser and, on Windows, gets along with the console window.
//
// Its one rule: nothing here may keep the bridge from working; where there is no
// screen, nothing happens.
package desktop

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
)

// ErrNoScreen is what Open returns where nobody could look at the page.
var ErrNoScreen = errors.New("no screen")

// Open shows url in the browser of whoever sits at this machine and does not wait
// for it. Getenv is os.Getenv.
func Open(url string, getenv func(string) string) error {
	if !hasScreen(runtime.GOOS, getenv) {
		return ErrNoScreen
	}
	return open(url)
}

// hasScreen reports whether a person can see the browser of this machine: not
// through SSH, and on Linux only with a display.
func hasScreen(system string, getenv func(string) string) bool {
	if getenv("SSH_CONNECTION") != "" || getenv("SSH_TTY") != "" {
		return false
	}
	switch system {
	case "windows", "darwin":
		return true
	}
	return getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != ""
}

// launch starts a program that opens a page and leaves it alone: some of them end
// when the browser does.
func launch(name, url string) error {
	cmd := exec.Command(name, url) //nolint:gosec // one of two names, and our own page
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", name, err)
	}
	// Unix keeps an ended process until somebody asks for it.
	go func() { _ = cmd.Wait() }()
	return nil
}
