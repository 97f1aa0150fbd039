//go:build !windows

package service

import (
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/kardianos/service"
)

const (
	// launchd kills after 20 seconds what it was told to end.
	unloadTime = 25 * time.Second
	// unloadEvery is how often is looked whether it has.
	unloadEvery = 250 * time.Millisecond
)

// launchd is the library on macOS. That takes for an error whatever launchctl
// complains about, such as loading what is loaded and unloading what is not.
type launchd struct {
	service.Service
	pause func() // unloadEvery
}

// loaded reports whether launchd has the service, be it only to try it again.
func (launchd) loaded() (bool, error) {
	out, err := exec.Command("launchctl", "list", name).Output()
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		return false, nil
	}
	return len(out) > 0, err
}

// Start loads the service, afresh when it is loaded.
func (l launchd) Start() error {
	if err := l.Stop(); err != nil {
		return err
	}
	return l.Service.Start()
}

// Stop unloads the service if it is loaded. It returns once launchd has let go of
// it, so that it can be loaded.
func (l launchd) Stop() error {
	if ok, err := l.loaded(); !ok {
		return err
	}
	if err := l.Service.Stop(); err != nil {
		return err
	}
	for range unloadTime / unloadEvery {
		if ok, err := l.loaded(); !ok {
			return err
		}
		l.pause()
	}
	return fmt.Errorf("still loaded after %s", unloadTime)
}
