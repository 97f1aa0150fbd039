// Command bridge holds the WhatsApp session on the technician's laptop.
package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"mostrador/internal/bridge"
	"mostrador/internal/bridge/desktop"
	"mostrador/internal/bridge/service"
)

func main() {
	unattended := slices.Contains(os.Args[1:], service.Command)
	if unattended {
		desktop.Hide()
	} else {
		desktop.Prepare()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := bridge.Run(ctx, bridge.Options{
		Args: os.Args[1:], Getenv: os.Getenv, Environ: os.Environ(), Dir: ".", Stdout: os.Stdout, Stderr: os.Stderr,
		Open: func(url string) error { return desktop.Open(url, os.Getenv) },
	})
	stop()
	if err != nil {
		if !unattended {
			desktop.Hold(os.Stdin, os.Stderr)
		}
		os.Exit(bridge.ExitCode(err))
	}
}
