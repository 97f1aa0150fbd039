package service

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"syscall"
)

// taskName is what Windows' task scheduler calls the bridge.
const taskName = `Mostrador\puente`

// scheduler is Windows' task scheduler.
type scheduler struct{}

func newSystem(string, string) (system, error) { return scheduler{}, nil }

func (scheduler) name() string { return "la tarea programada «" + taskName + "»" }

func (scheduler) hint() string {
	return "Arranca cuando usted inicia sesión en Windows, sin ventana. Evite que la laptop se duerma: Configuración › Sistema › Energía."
}

func (scheduler) remedy() string {
	return "Pruebe como administrador: clic derecho en el archivo, «Ejecutar como administrador»."
}

// schtasks runs the scheduler's command. It may not ask: nobody answers.
func schtasks(args ...string) (stdout []byte, err error) {
	cmd := exec.Command("schtasks.exe", args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true}
	var out, problem bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problem
	if err := cmd.Run(); err != nil {
		// What it says is in the code page and the language of this Windows.
		return nil, fmt.Errorf("schtasks: %w: %q", err, bytes.TrimSpace(problem.Bytes()))
	}
	return out.Bytes(), nil
}

// installed looks for the definition: Wine answers any query with success.
func (scheduler) installed() (bool, error) {
	out, err := schtasks("/Query", "/TN", taskName, "/XML")
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		return false, nil
	}
	return len(bytes.TrimSpace(out)) > 0, err
}

// elsewhere knows none: a task's name is one for all users.
func (scheduler) elsewhere() (what, how string) { return "", "" }

func (scheduler) install(dir, program string) error {
	me, err := user.Current()
	if err != nil {
		return fmt.Errorf("find user: %w", err)
	}
	f, err := os.CreateTemp("", "mostrador-*.xml")
	if err != nil {
		return fmt.Errorf("make definition: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(task(me.Username, dir, program))
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write definition: %w", err)
	}
	_, err = schtasks("/Create", "/TN", taskName, "/XML", f.Name())
	return err
}

func (scheduler) uninstall() error {
	_, err := schtasks("/Delete", "/TN", taskName, "/F")
	return err
}

func (scheduler) start() error {
	if _, err := schtasks("/Change", "/TN", taskName, "/ENABLE"); err != nil {
		return err
	}
	_, err := schtasks("/Run", "/TN", taskName)
	return err
}

// stop takes back what would start it within a minute; the bridge itself is asked
// to end, as the scheduler could only kill it.
func (s scheduler) stop() error {
	if ok, err := s.installed(); !ok {
		return err
	}
	_, err := schtasks("/Change", "/TN", taskName, "/DISABLE")
	return err
}
