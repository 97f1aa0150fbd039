package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mostrador/bench/process"
)

const (
	// starts is how often the program is started; the middle one counts.
	starts = 5
	// startLimit is what a start may take until the server says it is well.
	startLimit = time.Second
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
		p, err := process.Start(ctx, filepath.Join(dir, "run"), "/health", func(address string) (args, env []string) {
			host, port, _ := strings.Cut(address, ":")
			return []string{program}, []string{"API_TOKEN=" + token, "DIRECCION=" + host, "PUERTO=" + port, "DATABASE_URL=" + path, "RESPALDO=off", "NIVEL_LOG=error"}
		})
		if err != nil {
			return err
		}
		took = append(took, p.Started)
		if err := p.Stop(); err != nil {
			return fmt.Errorf("stop server: %w", err)
		}
	}
	slices.Sort(took)
	middle := took[starts/2]
	fmt.Printf("\nstart to healthy with %d tickets: %.0f ms (%.0f to %.0f in %d starts)\n", large, millis(middle), millis(took[0]), millis(took[starts-1]), starts)
	if middle > startLimit {
		return fmt.Errorf("start to healthy: %.0f ms is over %.0f", millis(middle), millis(startLimit))
	}
	return nil
}
