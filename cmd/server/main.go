// Command server keeps the tickets and serves the panel.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"mostrador/internal/server"
)

// collectAt is GOGC unless the environment has its own: the heap is a few
// megabytes, of which the default makes a collection every hundred messages.
const collectAt = 200

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := server.Run(ctx, server.Options{Args: os.Args[1:], Getenv: os.Getenv, Environ: os.Environ(), Dir: ".", Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr})
	stop()
	if err != nil {
		os.Exit(server.ExitCode(err))
	}
}
