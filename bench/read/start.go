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
	"time"
)

const (
	// starts is how often the program is started; the middle one counts.
	starts = 5
	// startLimit is what a start may take until the server says it is well.
	startLimit = time.Second
	// patience bounds the wait for it.
	patience = time.Minute
)

// starting measures how long the program takes from its start until /health
// answers that all is well, with a large database, and prints it.
func starting(ctx context.Context, path string) (err error) {
	dir, err := os.MkdirTemp(filepath.Dir(path), "start-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	program := filepath.Join(dir, "server")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "mostrador/cmd/server").CombinedOutput(); err != nil {
		return fmt.Errorf("build server: %w\n%s", err, out)
	}
	var took []time.Duration
	for range starts {
		d, err := startOnce(ctx, program, dir, path)
		if err != nil {
			return fmt.Errorf("start server: %w", err)
		}
		took = append(took, d)
	}
	slices.Sort(took)
	middle := took[starts/2]
	fmt.Printf("\nstart to healthy with %d tickets: %.0f ms (%.0f to %.0f in %d starts)\n", large, millis(middle), millis(took[0]), millis(took[starts-1]), starts)
	if middle > startLimit {
		return fmt.Errorf("start to healthy: %.0f ms is over %.0f", millis(middle), millis(startLimit))
	}
	return nil
}

func startOnce(ctx context.Context, program, dir, path string) (time.Duration, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	address := ln.Addr().String()
	if err := ln.Close(); err != nil {
		return 0, err
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, io.Discard, os.Stderr
	cmd.Env = append(os.Environ(), "API_TOKEN="+token, "DIRECCION="+host, "PUERTO="+port, "DATABASE_URL="+path, "RESPALDO=off", "NIVEL_LOG=error")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	for !healthy(ctx, address) {
		if ctx.Err() != nil {
			return 0, errors.Join(errors.New("it does not become healthy"), cmd.Wait())
		}
		time.Sleep(time.Millisecond)
	}
	took := time.Since(begin)
	return took, errors.Join(cmd.Process.Signal(os.Interrupt), cmd.Wait())
}

func healthy(ctx context.Context, address string) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/health", nil)
	if err != nil {
		return false
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, w.Body)
	return w.Body.Close() == nil && w.StatusCode == http.StatusOK
}
