// Command bench measures the server against the limits of the machine it runs
// on and against others that do the same work, all in one run, and prints the
// ratios. Absolute figures of a shared machine mean little.
//
// Its one rule: it talks to nobody but its own processes on this machine, and
// every part of it ends by itself.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures on the disks of the folders it is given, or is one of the servers
// that the product is compared with.
func run(ctx context.Context, args []string) error {
	if len(args) == 2 && args[0] == roleDecoder {
		return runDecoder(ctx, args[1])
	}
	if len(args) == 2 && args[0] == roleFloor {
		return runFloor(ctx, args[1])
	}
	if len(args) == 0 || len(args) > 2 {
		return errors.New("usage: bench <the product's source> [<folder on a second disk>]")
	}
	root, err := filepath.Abs(args[0])
	if err != nil {
		return err
	}
	// Not the system's folder for temporary files: that may be no disk at all.
	if err := os.MkdirAll(filepath.Join(root, "bin"), 0o700); err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Join(root, "bin"), "bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	programs, err := build(ctx, root, work)
	if err != nil {
		return err
	}
	if err := measure(ctx, programs, work, "the working disk"); err != nil {
		return fmt.Errorf("measure on the working disk: %w", err)
	}
	if len(args) == 2 {
		return measure(ctx, programs, args[1], args[1])
	}
	return measureJournaled(ctx, programs, work)
}

// measureJournaled measures on a disk that keeps a journal, where there is a way
// to have one.
func measureJournaled(ctx context.Context, programs binaries, work string) error {
	disk, done, err := journaled(ctx, work)
	if err != nil {
		fmt.Printf("\n# no journaled disk\n\n%v\n", err)
		return nil
	}
	return errors.Join(measure(ctx, programs, disk, "a journaled disk (ext4 on a loop device)"), done())
}

// roleDecoder is what this program calls itself to be the plain decoder.
const roleDecoder = "decoder"
