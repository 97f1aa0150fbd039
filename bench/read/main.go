// Command read measures how quickly the server answers what the panel asks while
// people work, with a thousand tickets and with a million, a customer for every
// three, and prints the ratio.
//
// Its one rule: every request goes over HTTP to the product as it is; only the
// past is made in bulk.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

// Sizes that are compared, in tickets; each has three messages.
const (
	small = 1_000
	large = 1_000_000
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "read:", err)
		os.Exit(1)
	}
}

// run keeps what it builds in the folder BENCH_READ_DIR, or else in the system's
// folder for temporary files.
func run(ctx context.Context) error {
	dir := os.Getenv("BENCH_READ_DIR")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "mostrador-bench-read")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	paths := map[int]string{}
	for _, tickets := range []int{small, large} {
		var err error
		if paths[tickets], err = database(ctx, dir, tickets); err != nil {
			return fmt.Errorf("build database: %w", err)
		}
	}
	if err := starting(ctx, paths[large]); err != nil {
		return fmt.Errorf("measure start: %w", err)
	}
	few, many, err := measure(ctx, paths)
	if err != nil {
		return fmt.Errorf("measure: %w", err)
	}
	return errors.Join(report(few, many), plans(ctx, paths[large]), ranking(ctx, paths[large]))
}
