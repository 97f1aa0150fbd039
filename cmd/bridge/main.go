// Command bridge holds the WhatsApp session on the technician's laptop.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"mostrador/internal/bridge"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := bridge.Run(ctx, bridge.Options{Args: os.Args[1:], Getenv: os.Getenv, Environ: os.Environ(), Dir: ".", Stdout: os.Stdout, Stderr: os.Stderr})
	stop()
	if err != nil {
		os.Exit(bridge.ExitCode(err))
	}
}
