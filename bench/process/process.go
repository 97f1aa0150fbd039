// Package process runs a server under measurement in a process of its own and
// says how it does.
package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Program is a server under measurement. Not safe for concurrent use.
type Program struct {
	Address string        // host:port it serves at
	Started time.Duration // from the start of the process to the first answer
	cmd     *exec.Cmd
	ended   chan error
}

// patience bounds every wait for a program.
const patience = 20 * time.Second

// Start runs, in the folder dir, which it makes and leaves, a program that serves
// at the loopback address it is given and waits, for at most 20 seconds, until it
// answers a GET of probe with 200. What it prints is in the folder's file log. The
// caller stops it.
func Start(ctx context.Context, dir, probe string, command func(address string) (args, env []string)) (*Program, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	args, env := command(address)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(os.Interrupt) }, patience
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	cmd.Stdout, cmd.Stderr = log, log
	p := &Program{cmd: cmd, Address: address, ended: make(chan error, 1)}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() { p.ended <- cmd.Wait() }()
	if err := p.awaitAnswer("http://"+address+probe, begin); err != nil {
		text, _ := os.ReadFile(log.Name())
		return nil, errors.Join(fmt.Errorf("start %s: %w\n%s", args[0], err, text), p.Stop())
	}
	return p, nil
}

func freeAddress() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
}

func (p *Program) awaitAnswer(url string, begin time.Time) error {
	for time.Since(begin) < patience {
		select {
		case err := <-p.ended:
			p.ended <- err
			return fmt.Errorf("ended: %w", err)
		case <-time.After(time.Millisecond):
		}
		resp, err := http.Get(url) //nolint:gosec,noctx // our own process
		if err != nil {
			continue
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
			continue
		}
		p.Started = time.Since(begin)
		return nil
	}
	return errors.New("it does not answer")
}

// Stop ends the program and waits for it; one that does not end in 20 seconds is
// killed, which is an error.
func (p *Program) Stop() error {
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.ended: //nolint:errcheck // how it ended does not matter any more
		return nil
	case <-time.After(patience):
		return errors.Join(errors.New("had to be killed"), p.cmd.Process.Kill())
	}
}

// Memory returns a figure of the process in bytes, by its name in Linux's
// /proc/PID/status: VmRSS is what is resident now, VmHWM the most since ForgetPeak.
func (p *Program) Memory(figure string) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, figure+":"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 64)
			return kib * 1024, err
		}
	}
	return 0, fmt.Errorf("no %s in /proc", figure)
}

// ForgetPeak makes VmHWM begin anew.
func (p *Program) ForgetPeak() error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.cmd.Process.Pid), []byte("5"), 0)
}

// Busy returns how long the process has kept processors busy, in hundredths of a
// second.
func (p *Program) Busy() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	var ticks int64
	for _, field := range fields[11:13] { // utime and stime, proc_pid_stat(5)
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * (time.Second / 100), nil
}
