package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"mostrador/internal/config"
	"mostrador/internal/wasim"
	"mostrador/internal/wire"
)

// options is one storm.
type options struct {
	seed      uint64
	messages  int // of customers, corrections not counted
	customers int
	replies   int
	kills     int // of both programs together
	fills     int // how often the bridge's disk is full
	days      int // on which the server is down
	troubles  int // everything else that goes wrong
	dir       string
	program   string // file of a server to run instead of this program's
	out       io.Writer
	pace      time.Duration // mean pause between two moves
	link      string        // ENLACE of both programs; empty: auto
}

const (
	// people are how many answer at the panel at once.
	people = 4
	// backlog is how many messages WhatsApp may hold before the customers pause;
	// backlogWait is for how long.
	backlog     = 300
	backlogWait = 2 * time.Second
	// lullTime is how long a kill waits for a program to be busy.
	lullTime = 2 * time.Second
	// clockEnd is more than anything waits for: the queue's sweep, a reply's lease.
	clockEnd = 11 * time.Minute
)

// world is everything that takes part.
type world struct {
	options
	began   time.Time
	played  time.Time // when the last move was made
	token   string
	sim     *wasim.Server
	line    *line // bridge → WhatsApp
	up      *gate // bridge → server
	down    *gate // server → bridge
	panel   *gate // people → server
	bridge  *program
	server  *program
	disk    *disk // of the bridge; nil when none can be mounted
	crowd   []*customer
	desk    *desk
	working sync.WaitGroup // people at the desk, programs being started
	away    sync.WaitGroup // phones that are off
	count   map[moveKind]int
	latest  atomic.Value // id of what was said last, a string
	spoken  atomic.Int64 // how often customers did something
	owed    []overnight

	mu      sync.Mutex
	trouble error // the first thing that should not happen
}

// storm runs one storm, prints its table and returns an error when something was
// lost, came twice or out of order. The folder of a failed one is kept.
func storm(ctx context.Context, o options) error {
	temporary := o.dir == ""
	if temporary {
		var err error
		if o.dir, err = os.MkdirTemp("", "mostrador-storm-"); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
	}
	fmt.Fprintf(o.out, "seed %d, folder %s\n", o.seed, o.dir)
	w := &world{options: o, began: time.Now(), token: config.MakeToken(), count: map[moveKind]int{}}
	err := w.run(ctx)
	if err != nil {
		return fmt.Errorf("%w (seed %d; logs and data are in %s)", err, o.seed, o.dir)
	}
	if temporary {
		return os.RemoveAll(o.dir)
	}
	return nil
}

func (w *world) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer w.close(cancel)
	if err := w.build(ctx); err != nil {
		return err
	}
	if err := w.pair(ctx); err != nil {
		return err
	}
	w.crowd = newCrowd(w.sim, w.customers)
	if err := w.play(ctx, plan(w.options)); err != nil {
		return err
	}
	r, err := w.reckon(ctx)
	if err != nil {
		return err
	}
	r.print(w.out)
	return r.verdict()
}

// build starts everything.
func (w *world) build(ctx context.Context) (err error) {
	if w.sim, err = wasim.Start(wasim.Options{FewKeys: true}); err != nil {
		return fmt.Errorf("start simulated WhatsApp: %w", err)
	}
	remote := w.sim.Remote()
	if w.line, err = newLine(remote.Address); err != nil {
		return err
	}
	remote.Address = w.line.address
	simulator, err := json.Marshal(remote)
	if err != nil {
		return fmt.Errorf("encode simulator's address: %w", err)
	}
	var ofServer, ofBridge string
	if ofServer, err = freeAddress(ctx); err != nil {
		return err
	}
	if ofBridge, err = freeAddress(ctx); err != nil {
		return err
	}
	for i, g := range []struct {
		gate         **gate
		name, target string
	}{{&w.up, nameServer, ofServer}, {&w.down, nameBridge, ofBridge}, {&w.panel, "panel", ofServer}} {
		if *g.gate, err = newGate(g.name, g.target, w.seed+uint64(i)); err != nil {
			return err
		}
	}
	w.desk = newDesk(w.panel.address, w.token)
	return w.startPrograms(ctx, ofServer, ofBridge, string(simulator))
}

func (w *world) startPrograms(ctx context.Context, ofServer, ofBridge, simulator string) (err error) {
	_, serverPort, _ := net.SplitHostPort(ofServer)
	_, bridgePort, _ := net.SplitHostPort(ofBridge)
	_, downPort, _ := net.SplitHostPort(w.down.address)
	common := map[string]string{"API_TOKEN": w.token, "ENLACE": w.link, "DIRECCION": "127.0.0.1", "NIVEL_LOG": "debug"}
	w.server, err = newProgram(w.dir, nameServer, ofServer, common, map[string]string{
		"PUERTO": serverPort, "IP_LAPTOP": "127.0.0.1", "PUERTO_LAPTOP": downPort, "PANEL_USUARIO": "tormenta", "PANEL_CLAVE": w.token,
		"ENVIOS_POR_MINUTO": "0", // the pace towards WhatsApp is not under test
	})
	if err != nil {
		return err
	}
	w.server.path = w.program
	if w.disk, err = newDisk(filepath.Join(w.dir, nameBridge)); err != nil {
		return err
	}
	w.bridge, err = newProgram(w.dir, nameBridge, ofBridge, common, map[string]string{
		"PUERTO_LOCAL": bridgePort, "SERVER_URL": "http://" + w.up.address, envRemote: simulator,
	})
	if err != nil {
		return err
	}
	for _, p := range []*program{w.server, w.bridge} {
		if err := errors.Join(p.start(), p.ready(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// pair scans the code that the bridge shows.
func (w *world) pair(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	laptop := newDesk(w.bridge.address, w.token)
	for !w.sim.Phone().Linked() {
		var shown wire.Pairing
		if _, err := laptop.call(ctx, http.MethodGet, wire.PathPairing, nil, &shown); err != nil {
			return fmt.Errorf("ask for QR: %w", err)
		}
		if shown.QR == "" {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		if err := w.sim.Phone().ScanQR(ctx, shown.QR); err != nil {
			return fmt.Errorf("scan QR: %w", err)
		}
	}
	if err := w.sim.WaitOnline(ctx); err != nil {
		return fmt.Errorf("wait for the bridge: %w", err)
	}
	return nil
}

// fail keeps the first thing that went wrong with the storm itself.
func (w *world) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.trouble == nil && err != nil {
		w.trouble = err
	}
}

func (w *world) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trouble
}

func (w *world) close(cancel context.CancelFunc) {
	cancel()
	w.working.Wait()
	w.away.Wait()
	for _, p := range []*program{w.bridge, w.server} {
		if p != nil {
			p.killer.Wait()
			p.close()
		}
	}
	if err := w.disk.close(); err != nil {
		fmt.Fprintln(w.out, err)
	}
	for _, g := range []*gate{w.up, w.down, w.panel} {
		if g != nil {
			g.close()
		}
	}
	if w.line != nil {
		w.line.close()
	}
	if w.sim != nil {
		_ = w.sim.Close()
	}
}
