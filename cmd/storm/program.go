package main

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
	"slices"
	"sync"
	"syscall"
	"time"

	"mostrador/internal/freeport"
	"mostrador/internal/wire"
)

// patience is how long a program may take to start, and the whole to become
// quiet in the end, on a slow machine; it is no measurement.
const patience = 10 * time.Minute

// program is one of the two, killed and started again as often as wanted. Its
// methods are safe for concurrent use.
type program struct {
	name    string
	dir     string // working folder
	env     []string
	path    string // of its file; empty: this program's own
	address string // host:port of its API
	log     *os.File
	killer  sync.WaitGroup // the one at work, if any

	mu    sync.Mutex // held while it is being started, killed or stopped
	life  *life
	kills int
	ahead time.Duration // of its clock, of the right time
	days  time.Duration // that have passed; the right time is ahead by them
}

// life is one process of a program.
type life struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	done  chan struct{} // closed when it has ended
	err   error         // how, after done
}

func newProgram(dir, name, address string, env ...map[string]string) (*program, error) {
	p := &program{name: name, dir: filepath.Join(dir, name), address: address}
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	var err error
	if p.log, err = os.OpenFile(filepath.Join(dir, name+".log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return nil, fmt.Errorf("make log: %w", err)
	}
	p.env = append(os.Environ(), envChild+"="+name, "GORACE=halt_on_error=1")
	for _, vars := range env {
		for key, value := range vars {
			p.env = append(p.env, key+"="+value)
		}
	}
	return p, nil
}

// start makes a process and returns at once.
func (p *program) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.startLocked()
}

func (p *program) startLocked() error {
	path, err := p.path, error(nil)
	if path == "" {
		path, err = os.Executable()
	}
	if err != nil {
		return fmt.Errorf("find own program: %w", err)
	}
	l := &life{cmd: exec.Command(path), done: make(chan struct{})} //nolint:gosec // itself, or what the command line names
	l.cmd.Dir, l.cmd.Stdout, l.cmd.Stderr = p.dir, p.log, p.log
	l.cmd.Env = append(slices.Clone(p.env), envClock+"="+p.offset().String())
	if l.stdin, err = l.cmd.StdinPipe(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	if err := l.cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	go func() {
		l.err = l.cmd.Wait()
		close(l.done)
	}()
	p.life = l
	return nil
}

// ready returns when the program answers.
func (p *program) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if answers(ctx, "http://"+p.address+wire.PathHealth) {
			return nil
		}
		p.mu.Lock()
		l := p.life
		p.mu.Unlock()
		select {
		case <-l.done:
			return fmt.Errorf("%s ended by itself: %w", p.name, l.ending())
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("%s does not get ready: %w", p.name, ctx.Err())
		}
	}
}

func answers(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}

// raceExit is how a process ends in which the race detector found something.
const raceExit = 66

func (l *life) ending() error {
	exit, ok := errors.AsType[*exec.ExitError](l.err)
	switch {
	case ok && exit.ExitCode() == raceExit:
		return errors.New("data race, see its log")
	case l.err == nil:
		return errors.New("exit code 0")
	}
	return l.err
}

// kill ends the process with SIGKILL; one that had ended by itself is an error.
func (p *program) kill() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.life
	select {
	case <-l.done:
		return fmt.Errorf("%s ended by itself: %w", p.name, l.ending())
	default:
	}
	if err := l.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("kill %s: %w", p.name, err)
	}
	<-l.done
	// It may have come to its own end a moment before.
	if exit, ok := errors.AsType[*exec.ExitError](l.err); !ok || exit.ExitCode() >= 0 {
		return fmt.Errorf("%s ended by itself: %w", p.name, l.ending())
	}
	p.kills++
	return nil
}

// refusal is the exit code of a program that says why it cannot run.
const refusal = 1

// revive starts a program again that refused to run, and tells whether it had.
func (p *program) revive() (again bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.life.done:
	default:
		return false, nil
	}
	if exit, ok := errors.AsType[*exec.ExitError](p.life.err); !ok || exit.ExitCode() != refusal {
		return false, fmt.Errorf("%s ended by itself: %w", p.name, p.life.ending())
	}
	return true, p.startLocked()
}

// setClock makes the program's clock jump, in this life and the next ones.
func (p *program) setClock(ahead time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ahead = ahead
	p.tellClock()
}

// passDay makes it a day later for the program, in this life and the next ones.
func (p *program) passDay() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.days += dayLength
	p.tellClock()
}

// offset is how far its clock is ahead of the real one. The caller holds p.mu.
func (p *program) offset() time.Duration { return p.days + p.ahead }

// tellClock sets the clock of this life. The caller holds p.mu.
func (p *program) tellClock() {
	// One that is dead learns it when it is started.
	_, _ = fmt.Fprintln(p.life.stdin, p.offset())
}

// laterClock is setClock for the next lives only.
func (p *program) laterClock(ahead time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ahead = ahead
}

// stop ends the process as an operator's system does, and demands that it ends
// well.
func (p *program) stop() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.life.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	select {
	case <-p.life.done:
	case <-time.After(patience):
		return fmt.Errorf("%s does not stop", p.name)
	}
	if p.life.err != nil {
		return fmt.Errorf("%s did not stop well: %w", p.name, p.life.ending())
	}
	return nil
}

// close ends whatever still runs.
func (p *program) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.life != nil {
		_ = p.life.stdin.Close()
		_ = p.life.cmd.Process.Kill()
		<-p.life.done
	}
	_ = p.log.Close()
}

// freeAddress returns an address on the loopback interface that nobody listens
// on, and that no system gives away while a killed program leaves it free.
func freeAddress(ctx context.Context) (string, error) {
	port, err := freeport.Find(ctx)
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return net.JoinHostPort("127.0.0.1", port), nil
}
