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
	"sync/atomic"
	"syscall"
	"time"

	"mostrador/internal/bridge"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/server"
	"mostrador/internal/wasim"
)

// Environment of a process of the storm, besides the program's own.
const (
	envChild  = "STORM_CHILD"  // nameBridge or nameServer
	envRemote = "STORM_REMOTE" // the simulator, as JSON of wasim.Remote
	envClock  = "STORM_CLOCK"  // how far its clock is ahead at the start, a duration
)

// The two programs.
const (
	nameBridge = "bridge"
	nameServer = "server"
)

// clock is what a process of the storm takes for the time.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

// follow sets the clock to each offset that in has a line with, and ends the
// process with in, so that none outlives the storm.
func (c *clock) follow(in io.Reader) {
	for lines := bufio.NewScanner(in); lines.Scan(); {
		offset, err := time.ParseDuration(lines.Text())
		if err != nil {
			break
		}
		c.offset.Store(int64(offset))
	}
	os.Exit(exitOrphan)
}

// runChild is the whole process of one of the two programs, in its working
// folder, and returns its exit code.
func runChild(program string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c clock
	if ahead, err := time.ParseDuration(os.Getenv(envClock)); err == nil {
		c.offset.Store(int64(ahead))
	}
	go c.follow(os.Stdin)
	var err error
	switch program {
	case nameBridge:
		err = runBridge(ctx, c.now)
	case nameServer:
		err = server.Run(ctx, server.Options{Getenv: os.Getenv, Dir: ".", Stdout: os.Stdout, Stderr: os.Stderr, Now: c.now})
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

func runBridge(ctx context.Context, now func() time.Time) error {
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
		Getenv: os.Getenv, Dir: ".", Stdout: os.Stdout, Stderr: os.Stderr, Now: now,
		Network: whatsapp.Network{WebSocket: other(), Media: other(), PreLogin: other()},
	})
}
