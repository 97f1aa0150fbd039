package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"mostrador/internal/wire"
)

const (
	// diskSize, as mount takes it, holds the bridge's session and more messages
	// than ever wait.
	diskSize = "48m"
	// ballastFile takes what is free on it.
	ballastFile = "lastre"
	// ballastEvery is how often it takes what was given back meanwhile.
	ballastEvery = 5 * time.Millisecond
	// stateFull is what the bridge calls a disk that takes no messages.
	stateFull = "sin_espacio"
)

// disk is a small file system that can be filled. A nil one stands for a
// machine on which nothing may be mounted.
type disk struct {
	dir     string
	fills   int // these are counted by the bridge's killer
	said    int // how often the bridge said that its disk was full
	refused int // how often it did not start on a full one
}

// newDisk mounts a small file system on the empty folder dir; nil without the
// right to.
func newDisk(dir string) (*disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	if mountSmall(dir) != nil {
		return nil, nil //nolint:nilnil // as documented
	}
	return &disk{dir: dir}, nil
}

// close unmounts the file system and leaves what was on it in its place; where
// that does not work it stays mounted, and the error says so.
func (d *disk) close() error {
	if d == nil {
		return nil
	}
	copied := d.dir + ".copia"
	err := os.CopyFS(copied, os.DirFS(d.dir))
	if err == nil {
		err = unmountSmall(d.dir)
	}
	if err == nil {
		err = errors.Join(os.Remove(d.dir), os.Rename(copied, d.dir))
	}
	if err != nil {
		return fmt.Errorf("%s may still be mounted: %w", d.dir, err)
	}
	return nil
}

// fill leaves no room on the disk until ctx is done, then gives it back.
func (d *disk) fill(ctx context.Context) error {
	d.fills++
	path := filepath.Join(d.dir, ballastFile)
	ballast, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if errors.Is(err, syscall.ENOSPC) {
		return nil // so full already
	}
	if err != nil {
		return fmt.Errorf("fill the disk: %w", err)
	}
	block := bytes.Repeat([]byte("lastre.."), 128<<10)
	for ctx.Err() == nil {
		if _, err = ballast.Write(block); err == nil {
			continue
		}
		if !errors.Is(err, syscall.ENOSPC) {
			return errors.Join(fmt.Errorf("fill the disk: %w", err), ballast.Close(), os.Remove(path))
		}
		sleep(ctx, ballastEvery)
	}
	return errors.Join(ballast.Close(), os.Remove(path))
}

// fillDisk makes the bridge's disk full for a while. When m says so the bridge is
// killed meanwhile, and has to start on the full disk; one that says that it
// cannot is started again afterwards, as a service manager does.
func (w *world) fillDisk(ctx context.Context, m move) error {
	if err := w.bridge.ready(ctx); err != nil {
		return err
	}
	full, end := context.WithCancel(ctx)
	defer end()
	filled := make(chan error, 1)
	go func() { filled <- w.disk.fill(full) }()
	sleep(ctx, m.hold)
	if w.saysFull(ctx) {
		w.disk.said++
	}
	if m.count == 0 {
		end()
		return <-filled
	}
	if err := w.bridge.kill(); err != nil {
		return err
	}
	if err := w.bridge.start(); err != nil {
		return err
	}
	sleep(ctx, m.hold)
	end()
	if err := <-filled; err != nil {
		return err
	}
	if w.bridge.ready(ctx) == nil {
		return nil
	}
	again, err := w.bridge.revive()
	if again {
		w.disk.refused++
	}
	return err
}

// saysFull asks the bridge.
func (w *world) saysFull(ctx context.Context) bool {
	var health wire.BridgeHealth
	_, err := newDesk(w.bridge.address, w.token).call(ctx, http.MethodGet, wire.PathHealth, nil, &health)
	return err == nil && health.State == stateFull
}

// counts are the disk's counts for the table.
func (d *disk) counts() (fills, said, refused string) {
	if d == nil {
		return "omitted", "omitted", "omitted"
	}
	return strconv.Itoa(d.fills), strconv.Itoa(d.said), strconv.Itoa(d.refused)
}
