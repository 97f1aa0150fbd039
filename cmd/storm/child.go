package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"mostrador/internal/bridge"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/server"
	"mostrador/internal/wasim"
)

// Environment of a process of the storm, besides the program's own.
const (
	envChild  = "STORM_CHILD"  // nameBridge or nameServer
	envRemote = "STORM_REMOTE" // the simulator, as JSON of wasim.Remote
)

// The two programs.
const (
	nameBridge = "bridge"
	nameServer = "server"
)

// runChild is the whole process of one of the two programs, in its working
// folder, and returns its exit code. It ends when its standard input does, so
// that no process outlives the storm.
func runChild(program string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, bufio.NewReader(os.Stdin))
		os.Exit(exitOrphan)
	}()
	var err error
	switch program {
	case nameBridge:
		err = runBridge(ctx)
	case nameServer:
		err = server.Run(ctx, server.Options{Getenv: os.Getenv, Dir: ".", Stdout: os.Stdout, Stderr: os.Stderr})
	default:
		err = fmt.Errorf("no program %q", program)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// exitOrphan is the exit code of a process whose storm is gone.
const exitOrphan = 3

func runBridge(ctx context.Context) error {
	var remote wasim.Remote
	if err := json.Unmarshal([]byte(os.Getenv(envRemote)), &remote); err != nil {
		return fmt.Errorf("read %s: %w", envRemote, err)
	}
	client, err := remote.Dial()
	if err != nil {
		return err
	}
	// Of its own for each way, as in a bridge that ships.
	other := func() *http.Client { c := *client; return &c }
	return bridge.Run(ctx, bridge.Options{
		Getenv: os.Getenv, Dir: ".", Stdout: os.Stdout, Stderr: os.Stderr,
		Network: whatsapp.Network{WebSocket: other(), Media: other(), PreLogin: other()},
	})
}
