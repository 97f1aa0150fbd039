// Package bridge is the laptop's program: it puts session, queue, uplink and API
// together and runs them until told to stop.
//
// Its one rule: whatever stops it says so in one plain Spanish sentence.
package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"mostrador/internal/bridge/api"
	"mostrador/internal/bridge/link"
	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/uplink"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/config"
	"mostrador/internal/doctor"
	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
	"mostrador/internal/version"
	"mostrador/internal/wire"
)

// Folders below the working folder.
const (
	sessionDir = "sesion_wa"
	queueDir   = "cola_mensajes"
)

// library is the WhatsApp library, which grows old faster than the rest.
const library = "go.mau.fi/whatsmeow"

// Options are what the program gets from outside. All but Environ, Open, Service,
// Network, Ready and Now must be set.
type Options struct {
	Args           []string                 // the command line without the program's name
	Getenv         func(name string) string // os.Getenv
	Environ        []string                 // os.Environ(), looked through for misspelt names
	Dir            string                   // working folder
	Stdout, Stderr io.Writer
	Open           func(url string) error // shows a page to whoever sits here; nil: nobody does
	Service        Service                // how the system starts the bridge by itself; nil: this system's own
	Network        whatsapp.Network       // zero: WhatsApp itself; tests and the demo put a simulator here
	Ready          func(addr string)      // called with the address once the API answers
	Now            func() time.Time       // nil: time.Now

	screen io.Writer // where the QR code is drawn; nil: Stdout
}

const help = `Mostrador: el puente entre WhatsApp y el servidor.

  bridge           conecta con WhatsApp y entrega los mensajes al servidor
  bridge install   hace que el puente arranque solo y lo pone en marcha
  bridge uninstall deshace lo anterior; la sesión y la cola se quedan
  bridge start     pone en marcha el puente instalado
  bridge stop      detiene el puente de esta carpeta
  bridge status    dice si está instalado, en marcha y conectado
  bridge queue     muestra y maneja los mensajes en cola; «bridge queue help» dice cómo
  bridge doctor    revisa todo y dice qué está mal y qué hacer [--json]
                   [--bundle paquete.zip para soporte, sin secretos ni mensajes]
  bridge config    muestra la configuración que vale y de dónde sale, sin secretos
  bridge token     escribe un API_TOKEN nuevo; ponga el mismo en servidor y laptop
  bridge health    comprueba el puente de esta máquina; termina con 0 si está bien
  bridge version   escribe la versión
  bridge help      escribe esta ayuda

La configuración se lee del entorno y del archivo .env de esta carpeta. Con
QR_SIMPLE=on el código QR se dibuja solo con letras.
`

// Run does what the command line says: run the bridge, until ctx ends and then
// for at most 10 seconds, or one of the small commands of «help». An error is
// also written to Stderr, for the person who started the program.
func Run(ctx context.Context, o Options) error {
	err := execute(ctx, o)
	if err != nil && !errors.Is(err, doctor.ErrBad) {
		sentence := err.Error()
		if ticket.CodeOf(err) != ticket.CodeInternal {
			sentence = httpx.Message(err)
		}
		_, _ = fmt.Fprintln(o.Stderr, sentence)
	}
	return err
}

// ExitCode is what the program exits with when Run returned err.
func ExitCode(err error) int { return doctor.ExitCode(err) }

func execute(ctx context.Context, o Options) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	command := "run"
	if len(o.Args) > 0 {
		command = o.Args[0]
	}
	switch command {
	case "queue":
		return queueCommand(ctx, o, o.Args[1:])
	case "doctor":
		return examine(ctx, o, o.Args[1:])
	}
	if len(o.Args) > 1 {
		return ticket.NewError(ticket.CodeInvalid, "Sobra algo en la línea de comandos. «bridge help» dice cómo se usa.")
	}
	if _, ok := serviceCommands[command]; ok {
		return serviceCommand(ctx, o, command)
	}
	switch command {
	case "run":
		return serve(ctx, o)
	case "config":
		return showConfig(o)
	case "token":
		return say(o.Stdout, config.MakeToken()+"\n")
	case "health":
		return checkHealth(ctx, o)
	case "version":
		return say(o.Stdout, version.String()+"\n")
	case "help", "-h", "--help":
		return say(o.Stdout, help)
	}
	return ticket.NewError(ticket.CodeInvalid, fmt.Sprintf("No existe el comando %q. «bridge help» dice cuáles hay.", command))
}

// showConfig writes the settings that count, and fails if the bridge would not
// start with them.
func showConfig(o Options) error {
	_, report := config.InspectBridge(o.Getenv, o.Environ, o.Dir)
	if err := say(o.Stdout, report.String()); err != nil {
		return err
	}
	return report.Err()
}

// checkHealth asks the bridge on this machine how it is. A bridge without a line
// to WhatsApp is well: to start it anew would not help.
func checkHealth(ctx context.Context, o Options) error {
	c, err := config.LoadBridge(o.Getenv, o.Dir)
	if err != nil {
		return err
	}
	if err := httpx.Probe(ctx, "El puente", c.Address, wire.PathHealth); err != nil {
		return err
	}
	return say(o.Stdout, "ok\n")
}

func say(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}

// serve runs the bridge until ctx ends.
func serve(ctx context.Context, o Options) error {
	c, report := config.InspectBridge(o.Getenv, o.Environ, o.Dir)
	if err := report.Err(); err != nil {
		return withoutFile(err, o.Dir)
	}
	log := newLogger(o.Stdout, c.LogLevel)
	for _, warning := range report.Warnings {
		log.Warn().Str("warning", warning).Msg("configuration")
	}
	listeners, err := listen(ctx, c.Address)
	if err != nil {
		return err
	}
	b, err := build(ctx, o, c, log)
	if err != nil {
		closeAll(listeners)
		return err
	}
	defer b.close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	offer := b.apiOptions(o, c)
	offer.Stop = stop
	handler := api.New(offer)
	addr := listeners[0].Addr()
	log.Info().Str("version", version.String()).Str("library", version.Of(library)).Stringer("address", addr).Msg("bridge started")
	g, ctx := errgroup.WithContext(ctx)
	for _, ln := range listeners {
		g.Go(func() error { return httpx.Serve(ctx, ln, handler, log) })
	}
	if b.link != nil {
		b.serveLink(ctx, g, handler)
	}
	g.Go(func() error { return b.uplink.Run(ctx) })
	g.Go(func() error { return b.session.Run(ctx) })
	g.Go(func() error {
		b.follow(ctx, newScreen(o, pageURL(addr), c.PlainQR), newInvitation(o, pageURL(addr), log))
		return nil
	})
	if o.Ready != nil {
		o.Ready(addr.String())
	}
	err = g.Wait()
	log.Info().Msg("bridge stopped")
	return err
}

// bridge is everything that is made once.
type bridge struct {
	session *whatsapp.Client
	queue   *queue.Queue
	uplink  *uplink.Uplink
	link    *link.Link // nil: ENLACE=directo
	meters  *meters
	log     zerolog.Logger
}

// serveLink answers what comes through the link until ctx ends. The link itself
// lasts until the last answer is given.
func (b *bridge) serveLink(ctx context.Context, g *errgroup.Group, handler http.Handler) {
	carrying, end := context.WithCancel(context.WithoutCancel(ctx))
	g.Go(func() error { return b.link.Run(carrying) })
	g.Go(func() error {
		defer end()
		return httpx.Serve(ctx, b.link.Listener(), handler, b.log)
	})
}

func build(ctx context.Context, o Options, c config.Bridge, log zerolog.Logger) (*bridge, error) {
	b := &bridge{meters: newMeters(), log: log}
	session, err := whatsapp.Open(ctx, whatsapp.Options{
		Dir: filepath.Join(c.Dir, sessionDir), Network: o.Network, MaxMedia: c.MaxImage, Groups: c.Groups, Now: o.Now, Seen: func(event string) { b.meters.events.Inc(event) }, Log: log,
		// The queue is opened under the session's lock, which keeps a second
		// bridge out of it; nothing is put before the session runs.
		Put: func(e queue.Entry) error { return b.put(e) },
	})
	if err != nil {
		return nil, folderProblem(filepath.Join(c.Dir, sessionDir), err)
	}
	b.session = session
	dir := filepath.Join(c.Dir, queueDir)
	if b.queue, err = queue.Open(dir, o.Now); err != nil {
		b.close()
		return nil, queueProblem(dir, err)
	}
	if stats := b.queue.Stats(); stats != (queue.Stats{}) {
		log.Info().Int("waiting", stats.Waiting).Int("files", stats.Files).Int("parked", stats.Parked).Int("damaged", stats.Damaged).Msg("messages are queued")
	}
	started := o.Now()
	b.uplink = uplink.New(uplink.Options{
		Queue: b.queue, Fetch: b.fetch, Describe: func() wire.Beat { return b.beat(o, c, started) },
		ServerURL: c.ServerURL, Token: c.Token, Now: o.Now, Meters: b.meters.uplink(), Log: log.With().Str("part", "uplink").Logger(),
	})
	if c.Link != config.LinkDirect {
		b.link = link.New(link.Options{
			ServerURL: c.ServerURL, Token: c.Token, Now: o.Now, Changed: b.uplink.Announce, Log: log.With().Str("part", "link").Logger(),
		})
	}
	b.measure(c.Dir, o.Now)
	return b, nil
}

// put stores a message; what the disk says about it is worth a line.
func (b *bridge) put(e queue.Entry) error {
	err := b.queue.Put(e)
	b.meters.stored(err)
	if err != nil {
		b.log.Error().Err(err).Msg("message not stored in queue; whatsapp keeps it")
	}
	return err
}

func (b *bridge) fetch(ctx context.Context, media []byte) (uplink.File, error) {
	file, err := b.session.Fetch(ctx, media)
	return uplink.File(file), err
}

func (b *bridge) close() {
	if err := b.session.Close(); err != nil {
		b.log.Error().Err(err).Msg("session did not close cleanly")
	}
}

// listen opens the API's address and, if that leaves this machine's own
// loopback out, the same port there too: the local page is only to be had so.
func listen(ctx context.Context, address string) ([]net.Listener, error) {
	var config net.ListenConfig
	main, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, listenProblem(ctx, address, err)
	}
	bound, ok := main.Addr().(*net.TCPAddr)
	if !ok || bound.IP.IsUnspecified() || bound.IP.IsLoopback() {
		return []net.Listener{main}, nil
	}
	own := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: bound.Port}
	loopback, err := config.Listen(ctx, "tcp", own.String())
	if err != nil {
		closeAll([]net.Listener{main})
		return nil, listenProblem(ctx, own.String(), err)
	}
	return []net.Listener{main, loopback}, nil
}

func closeAll(listeners []net.Listener) {
	for _, ln := range listeners {
		_ = ln.Close()
	}
}
