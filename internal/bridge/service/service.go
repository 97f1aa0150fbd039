// Package service has the laptop start the bridge by itself: a scheduled task on
// Windows, a unit of systemd on Linux, an agent of launchd on macOS.
//
// Its one rule: every refusal is a Spanish sentence that says what to do.
package service

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"mostrador/internal/ticket"
)

// Command is the bridge's command that a service runs.
const Command = "background"

const (
	// name is what launchd and systemd call the service.
	name = "mostrador-bridge"
	// description is what the system's own tools show.
	description = "Mostrador: puente entre WhatsApp y el servidor"
)

// Service is the bridge of one folder as the system starts it. Its methods return
// ticket.Errors that people can act upon. Not safe for concurrent use.
type Service struct {
	dir, program string
	system       system
}

// system is what differs between operating systems; its errors are plain ones.
type system interface {
	name() string // in Spanish, for a sentence
	hint() string // what else the person has to know once it is installed, may be empty
	installed() (bool, error)
	// elsewhere is, in Spanish for a sentence, what starts a bridge where this
	// system does not see it, and how to run a command that does; empty for none.
	elsewhere() (what, how string)
	install(dir, program string) error
	uninstall() error
	start() error
	stop() error    // stays stopped; not to be running is no error
	remedy() string // what to do when one of these fails, as a sentence
}

// New returns the service of the bridge in dir, run by this very program. It
// fails where the system has no service manager that we know.
func New(dir string) (*Service, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("locate folder: %w", err)
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("locate program: %w", err)
	}
	if program, err = filepath.EvalSymlinks(program); err != nil {
		return nil, fmt.Errorf("locate program: %w", err)
	}
	system, err := newSystem(dir, program)
	if err != nil {
		return nil, err
	}
	return &Service{dir: dir, program: program, system: system}, nil
}

// Name is what the service is on this system, for a sentence.
func (s *Service) Name() string { return s.system.name() }

// Hint is what the person has to know once it is installed; it may be empty.
func (s *Service) Hint() string { return s.system.hint() }

// Installed reports whether the system starts a bridge by itself, of whatever
// folder, as this user; Elsewhere says whether it does as another one.
func (s *Service) Installed() (bool, error) {
	ok, err := s.system.installed()
	return ok, s.explain("preguntar por", err)
}

// Elsewhere is, for a sentence, what starts the bridge with sudo when we are
// without, or without when we are with it, and how to get at that; empty when
// there is nothing.
func (s *Service) Elsewhere() string {
	what, how := s.system.elsewhere()
	if what == "" {
		return ""
	}
	return what + " (" + how + ")"
}

// Install has the system start the bridge from now on, and again when it ended
// because of an error. It fails with CodeConflict when that is so already, here
// or elsewhere: two of one phone would throw each other out.
func (s *Service) Install() error {
	if what, how := s.system.elsewhere(); what != "" {
		return ticket.NewError(ticket.CodeConflict, fmt.Sprintf(
			"El puente ya está instalado en esta computadora: es %s. Para instalarlo así, quítelo antes: ejecute «bridge uninstall» %s.", what, how))
	}
	switch ok, err := s.Installed(); {
	case err != nil:
		return err
	case ok:
		return ticket.NewError(ticket.CodeConflict, "El puente ya está instalado en esta computadora. Si es el de otra carpeta, quítelo antes con «bridge uninstall».")
	}
	return s.explain("instalar", s.system.install(s.dir, s.program))
}

// Uninstall undoes Install. Nothing of the folder is touched. It fails with
// CodeNotFound when nothing is installed, with CodeConflict when it is elsewhere.
func (s *Service) Uninstall() error {
	if err := s.notHere("uninstall"); err != nil {
		return err
	}
	err := s.system.uninstall()
	if err == nil {
		return nil
	}
	if ok, asking := s.system.installed(); asking == nil && !ok {
		return ticket.NewError(ticket.CodeNotFound, "El puente no está instalado en esta computadora: no hay nada que quitar.")
	}
	return s.explain("quitar", err)
}

// Start has the system run the bridge now. It fails with CodeNotFound when it is
// not installed, with CodeConflict when it is elsewhere.
func (s *Service) Start() error {
	if err := s.notHere("start"); err != nil {
		return err
	}
	switch ok, err := s.Installed(); {
	case err != nil:
		return err
	case !ok:
		return ticket.NewError(ticket.CodeNotFound, "El puente no está instalado en esta computadora: ejecute antes «bridge install».")
	}
	return s.explain("arrancar", s.system.start())
}

// Stop has the system end the bridge and not start it again by itself for now. It
// fails with CodeConflict when it is installed elsewhere.
func (s *Service) Stop() error {
	if err := s.notHere("stop"); err != nil {
		return err
	}
	return s.explain("detener", s.system.stop())
}

// notHere refuses the command for a bridge that is installed elsewhere only.
func (s *Service) notHere(command string) error {
	what, how := s.system.elsewhere()
	if what == "" {
		return nil
	}
	if ok, err := s.system.installed(); ok || err != nil {
		return s.explain("preguntar por", err)
	}
	return ticket.NewError(ticket.CodeConflict, fmt.Sprintf(
		"El puente está instalado en esta computadora como %s: ejecute «bridge %s» %s.", what, command, how))
}

// explain puts a system's error into words.
func (s *Service) explain(verb string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("%w (%w)", ticket.NewError(ticket.CodeForbidden,
			fmt.Sprintf("No hay permiso para %s %s: hágalo como administrador.", verb, s.Name())), err)
	}
	return fmt.Errorf("%w (%w)", ticket.NewError(ticket.CodeUnavailable,
		fmt.Sprintf("No se pudo %s %s. %s", verb, s.Name(), s.system.remedy())), err)
}
