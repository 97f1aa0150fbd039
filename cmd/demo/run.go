package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"mostrador/internal/bridge"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/config"
	"mostrador/internal/freeport"
	"mostrador/internal/server"
	"mostrador/internal/wasim"
	"mostrador/internal/wire"
)

// The demo's own login; the panel listens on this machine only.
const (
	panelUser     = "demo"
	panelPassword = "mostrador-demo" //nolint:gosec // told to everybody
)

// options is what a test replaces.
type options struct {
	args  []string
	out   io.Writer
	pause func(ctx context.Context, d time.Duration) error
	ready func(panel string) // called once everything runs; may be nil
	level string             // of both programs' logs; empty: debug
}

// wait is options.pause in real life.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// run plays the demo until ctx ends. The temporary folder of one that fails is
// kept: its error names the logs in it.
func run(ctx context.Context, opts options) (err error) {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(opts.out)
	dir := flags.String("carpeta", "", "carpeta para los datos (por omisión, una temporal que se borra si todo salió bien)")
	port := flags.Int("puerto", 8523, "puerto del panel; si está ocupado se toma otro")
	alone := flags.Bool("sin-telefono", false, "nadie escanea el código QR: se ve lo que ve un negocio la primera vez")
	if err := flags.Parse(opts.args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return fmt.Errorf("read flags: %w", err)
	}
	if *dir == "" {
		if *dir, err = os.MkdirTemp("", "mostrador-demo-"); err != nil {
			return fmt.Errorf("make data folder: %w", err)
		}
		defer func() {
			if err == nil {
				_ = os.RemoveAll(*dir)
			}
		}()
	}
	sim, err := wasim.Start(wasim.Options{Phone: "5215555550100", Name: "Taller de la demo"})
	if err != nil {
		return fmt.Errorf("start simulated WhatsApp: %w", err)
	}
	defer sim.Close()
	wasim.Trust()

	d := &demo{options: opts, sim: sim, dir: *dir, alone: *alone, token: config.MakeToken()}
	if err := d.choosePorts(ctx, *port); err != nil {
		return err
	}
	return d.run(ctx)
}

// demo is one performance.
type demo struct {
	options
	sim              *wasim.Server
	dir, token       string
	alone            bool // nobody pairs
	panelPort        string
	bridgePort       string
	serverUp, laptop chan struct{}
}

// choosePorts takes port for the panel, if it is free, and any for the bridge. A
// port of 0 is any, too. Another program may snatch one before it is used; the
// demo then says so.
func (d *demo) choosePorts(ctx context.Context, port int) (err error) {
	d.panelPort = strconv.Itoa(port)
	wanted, taken := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", d.panelPort))
	if taken == nil {
		defer wanted.Close() // so that the bridge's is another
	}
	if taken != nil || port == 0 {
		if d.panelPort, err = freeport.Find(ctx); err != nil {
			return fmt.Errorf("find a free port: %w", err)
		}
	}
	if d.bridgePort, err = freeport.Find(ctx); err != nil {
		return fmt.Errorf("find a free port: %w", err)
	}
	return nil
}

func (d *demo) run(ctx context.Context) error {
	d.serverUp, d.laptop = make(chan struct{}), make(chan struct{})
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.runServer(ctx) })
	g.Go(func() error { return d.runBridge(ctx) })
	g.Go(func() error { return d.perform(ctx) })
	if err := g.Wait(); err != nil {
		return fmt.Errorf("%w (registros en %s)", err, d.dir)
	}
	fmt.Fprintln(d.out, "\nLa demo terminó.")
	return nil
}

func (d *demo) runServer(ctx context.Context) error {
	return d.program(ctx, "servidor", func(dir string, log io.Writer) error {
		return server.Run(ctx, server.Options{
			Dir: dir, Stdout: log, Stderr: log, Ready: func(string) { close(d.serverUp) },
			Getenv: lookup(map[string]string{
				"API_TOKEN": d.token, "DIRECCION": "127.0.0.1", "PUERTO": d.panelPort,
				"IP_LAPTOP": "127.0.0.1", "PUERTO_LAPTOP": d.bridgePort,
				"PANEL_USUARIO": panelUser, "PANEL_CLAVE": panelPassword, "NIVEL_LOG": cmp.Or(d.level, "debug"),
			}),
		})
	})
}

func (d *demo) runBridge(ctx context.Context) error {
	clients := whatsapp.Network{WebSocket: d.sim.HTTPClient(), Media: d.sim.HTTPClient(), PreLogin: d.sim.HTTPClient()}
	return d.program(ctx, "laptop", func(dir string, log io.Writer) error {
		return bridge.Run(ctx, bridge.Options{
			Dir: dir, Stdout: log, Stderr: log, Network: clients, Ready: func(string) { close(d.laptop) },
			Getenv: lookup(map[string]string{
				"API_TOKEN": d.token, "DIRECCION": "127.0.0.1", "PUERTO_LOCAL": d.bridgePort,
				"SERVER_URL": "http://127.0.0.1:" + d.panelPort, "NIVEL_LOG": cmp.Or(d.level, "debug"),
			}),
		})
	})
}

// program runs one of the two programs in a folder of its own, its log beside.
func (d *demo) program(ctx context.Context, name string, run func(dir string, log io.Writer) error) error {
	dir := filepath.Join(d.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	log, err := os.Create(filepath.Join(d.dir, name+".log"))
	if err != nil {
		return fmt.Errorf("make log: %w", err)
	}
	defer log.Close()
	if err := run(dir, log); err != nil && ctx.Err() == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func lookup(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

// perform pairs the bridge as a person would and lets the customers write.
func (d *demo) perform(ctx context.Context) error {
	for _, up := range []chan struct{}{d.serverUp, d.laptop} {
		select {
		case <-up:
		case <-ctx.Done():
			return nil
		}
	}
	if d.alone {
		fmt.Fprintf(d.out, introAlone, "http://127.0.0.1:"+d.panelPort, panelUser, panelPassword, d.bridgePort, d.dir)
		<-ctx.Done()
		return nil
	}
	if err := d.pair(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	panel := "http://127.0.0.1:" + d.panelPort
	fmt.Fprintf(d.out, intro, panel, panelUser, panelPassword, d.bridgePort, d.dir)
	if d.ready != nil {
		d.ready(panel)
	}
	s := &stage{sim: d.sim, out: d.out, pause: d.pause}
	if err := s.play(ctx, cast()); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

const intro = `
Mostrador está en marcha con un WhatsApp simulado: no hay teléfono ni cuenta.

    Panel    %s
    Usuario  %s
    Clave    %s
    Laptop   http://127.0.0.1:%s/  (la página local del puente)
    Datos    %s

Durante el próximo minuto escribirán varios clientes. Abra el panel, pulse
«Notificar recibido» o contésteles: aquí se ve qué reciben y qué responden.
Ctrl-C para terminar.

`

const introAlone = `
Mostrador está en marcha y espera a que alguien vincule el teléfono.

    Panel    %s
    Usuario  %s
    Clave    %s
    Laptop   http://127.0.0.1:%s/  (la página local del puente, con el código QR)
    Datos    %s

Ctrl-C para terminar.

`

// pair scans, with the simulated phone, the QR code that the bridge shows.
func (d *demo) pair(ctx context.Context) error {
	for {
		qr, err := d.currentQR(ctx)
		if err != nil {
			return err
		}
		if qr != "" {
			if err := d.sim.Phone().ScanQR(ctx, qr); err != nil {
				return fmt.Errorf("scan QR: %w", err)
			}
			return d.sim.WaitOnline(ctx)
		}
		if d.sim.Online() {
			return nil
		}
		if err := wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}

func (d *demo) currentQR(ctx context.Context) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+d.bridgePort+wire.PathPairing, nil)
	if err != nil {
		return "", fmt.Errorf("ask for QR: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("ask for QR: %w", err)
	}
	defer resp.Body.Close()
	var pairing wire.Pairing
	if err := json.NewDecoder(resp.Body).Decode(&pairing); err != nil {
		return "", fmt.Errorf("read QR: %w", err)
	}
	return pairing.QR, nil
}
