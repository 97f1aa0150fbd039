// Command server keeps the tickets and serves the panel.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"mostrador/internal/server"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := server.Run(ctx, server.Options{Args: os.Args[1:], Getenv: os.Getenv, Dir: ".", Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr})
	stop()
	if err != nil {
		os.Exit(1)
	}
}
