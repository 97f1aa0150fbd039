package bridge

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"mostrador/internal/bridge/api"
	"mostrador/internal/bridge/service"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/config"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const (
	// startTime is what a service has until its bridge answers, and stopTime
	// what a bridge has to put everything down.
	startTime = 20 * time.Second
	stopTime  = 15 * time.Second
	// endTime is what a bridge has to be gone that the system was told to end.
	endTime = 5 * time.Second
	// lookEvery is how often that is looked at.
	lookEvery = 250 * time.Millisecond
)

// lookTime is what this machine's bridge has to say how it is; tests give it more.
var lookTime = 2 * time.Second

// Service is how the system starts the bridge by itself, as service.Service. Its
// errors are ticket.Errors for people.
type Service interface {
	Name() string
	Hint() string
	Installed() (bool, error)
	Elsewhere() string
	Install() error
	Uninstall() error
	Start() error
	Stop() error
}

// serviceCommands are the commands about the bridge as a service.
var serviceCommands = map[string]func(keeper, context.Context) error{
	service.Command: nil, // serveInBackground, which is the service itself
	"install":       keeper.install,
	"uninstall":     keeper.uninstall,
	"start":         keeper.start,
	"stop":          keeper.stop,
	"status":        keeper.status,
}

// keeper does one of serviceCommands.
type keeper struct {
	Options
	service Service
	bridge  neighbour
	session string // the session's folder
}

// serviceCommand does one of serviceCommands, or is what a service runs.
func serviceCommand(ctx context.Context, o Options, command string) error {
	if command == service.Command {
		return serveInBackground(ctx, o)
	}
	do := serviceCommands[command]
	// A service sees no variables of this window, only the folder's file.
	c, err := config.LoadBridge(func(string) string { return "" }, o.Dir)
	if err != nil {
		return withoutFile(err, o.Dir)
	}
	k := keeper{Options: o, service: o.Service, bridge: neighbour{address: c.Address, token: c.Token}, session: filepath.Join(c.Dir, sessionDir)}
	if k.service == nil {
		if k.service, err = service.New(o.Dir); err != nil {
			return err
		}
	}
	return do(k, ctx)
}

func (k keeper) install(ctx context.Context) error {
	if err := k.service.Install(); err != nil {
		return err
	}
	text := "Instalado como " + k.service.Name() + ".\n"
	if hint := k.service.Hint(); hint != "" {
		text += hint + "\n"
	}
	if err := say(k.Stdout, text); err != nil {
		return err
	}
	return k.start(ctx)
}

func (k keeper) start(ctx context.Context) error {
	if _, running := k.bridge.health(ctx); running {
		return say(k.Stdout, "El puente ya está en marcha: "+k.bridge.page()+"\n")
	}
	if err := k.service.Start(); err != nil {
		return err
	}
	if !k.bridge.becomes(ctx, true, startTime) {
		if whatsapp.InUse(k.session) {
			return errOtherSettings
		}
		return ticket.NewError(ticket.CodeUnavailable, "El puente se arrancó y no contesta. El motivo está en "+filepath.Join(k.Dir, logDir, logFile)+
			"; también lo dice «bridge run» en esta carpeta.")
	}
	return say(k.Stdout, "El puente está en marcha. Su página, también para vincular el teléfono: "+k.bridge.page()+"\n")
}

func (k keeper) stop(ctx context.Context) error {
	if err := k.end(ctx); err != nil {
		return err
	}
	return say(k.Stdout, "El puente está detenido; «bridge start» lo pone en marcha. WhatsApp y el servidor guardan lo que llegue mientras tanto.\n")
}

// end stops the bridge of this folder, however it was started.
func (k keeper) end(ctx context.Context) error {
	if err := k.service.Stop(); err != nil {
		return err
	}
	if _, running := k.bridge.health(ctx); !running {
		return k.nothingElse(ctx)
	}
	if err := k.bridge.askToStop(ctx); err != nil {
		return err
	}
	if !k.bridge.becomes(ctx, false, stopTime) {
		return ticket.NewError(ticket.CodeUnavailable, "El puente no termina. Si está abierto en una ventana, pulse ahí Ctrl-C.")
	}
	return nil
}

// otherSettings is what to do about a bridge of this folder that does not answer,
// mostly because .env was changed while it ran.
const otherSettings = "el puente de esta carpeta no contesta con el API_TOKEN y el PUERTO_LOCAL de .env. Si los cambió, " +
	"ponga un momento los de antes y ejecute «bridge stop», o cierre el puente en su ventana con Ctrl-C; si no, espere un minuto y repita la orden."

var errOtherSettings = ticket.NewError(ticket.CodeConflict, "Sigue en marcha: "+otherSettings)

// nothingElse is an error when a bridge of this folder runs that does not know our
// token. One that was told to end by the system may take a moment.
func (k keeper) nothingElse(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, endTime)
	defer cancel()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for whatsapp.InUse(k.session) {
		select {
		case <-ctx.Done():
			return errOtherSettings
		case <-ticker.C:
		}
	}
	return nil
}

func (k keeper) uninstall(ctx context.Context) error {
	installed, err := k.service.Installed()
	if err == nil && installed {
		err = k.end(ctx)
	}
	if err != nil {
		return err
	}
	if err := k.service.Uninstall(); err != nil {
		return err
	}
	return say(k.Stdout, "Se quitó "+k.service.Name()+". La sesión de WhatsApp y la cola siguen en esta carpeta.\n")
}

func (k keeper) status(ctx context.Context) error {
	installed, err := k.service.Installed()
	if err != nil {
		return err
	}
	text := "Instalado:  " + howInstalled(installed, k.service.Name(), k.service.Elsewhere()) + "\n"
	h, running := k.bridge.health(ctx)
	switch {
	case !running && whatsapp.InUse(k.session):
		return say(k.Stdout, text+"En marcha:  sí, pero "+otherSettings+"\n")
	case !running:
		return say(k.Stdout, text+"En marcha:  no\n")
	}
	text += fmt.Sprintf("En marcha:  sí, desde hace %s; versión %s\n", api.Span(time.Duration(h.Uptime*float64(time.Second))), h.Version)
	text += "WhatsApp:   " + strings.TrimSpace(strings.Join([]string{h.WhatsApp + ".", h.Reason, h.Solution}, " ")) + "\n"
	text += "En cola:    " + api.Plural(h.Queue, "mensaje", "mensajes") + "\n"
	return say(k.Stdout, text+"Página:     "+k.bridge.page()+"\n")
}

// howInstalled says whether the bridge is installed here, as name, and elsewhere.
func howInstalled(here bool, name, elsewhere string) string {
	switch {
	case here && elsewhere != "":
		return "sí, dos veces: como " + name + " y como " + elsewhere + "; quite uno con «bridge uninstall»"
	case here:
		return "sí, como " + name
	case elsewhere != "":
		return "sí, como " + elsewhere
	}
	return "no; «bridge install» hace que arranque solo"
}

// neighbour is the bridge that listens on this machine, if one does.
type neighbour struct{ address, token string }

// url is where the bridge's path is on this machine.
func (n neighbour) url(path string) string {
	host, port, _ := net.SplitHostPort(n.address)
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		host = "127.0.0.1" // a bridge listens there too, see listen
	}
	return "http://" + net.JoinHostPort(host, port) + path
}

func (n neighbour) page() string { return n.url("/") }

// call makes a request with the token; no proxy stands between this machine and
// itself. The caller closes the answer's body.
func (n neighbour) call(ctx context.Context, method, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, n.url(path), http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+n.token)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	return client.Do(req)
}

// health is how the bridge is; false when none with our token answers.
func (n neighbour) health(ctx context.Context) (wire.BridgeHealth, bool) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	resp, err := n.call(ctx, http.MethodGet, wire.PathHealth)
	if err != nil {
		return wire.BridgeHealth{}, false
	}
	defer resp.Body.Close()
	var h wire.BridgeHealth
	if err := json.NewDecoder(http.MaxBytesReader(nil, resp.Body, maxHealth)).Decode(&h); err != nil {
		return wire.BridgeHealth{}, false
	}
	return h, h.WhatsApp != "" && h.Version != "" // which only the token's owner is told
}

// maxHealth is as much of an answer about somebody's health as is read.
const maxHealth = 64 << 10

// askToStop has the bridge end.
func (n neighbour) askToStop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	resp, err := n.call(ctx, http.MethodPost, wire.PathStop)
	if err != nil {
		return explain("No se pudo pedir al puente que termine.", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return ticket.NewError(ticket.CodeUnavailable, fmt.Sprintf("El puente no acepta terminar (%d): ¿es de una versión anterior? Ciérrelo en su ventana.", resp.StatusCode))
	}
	return nil
}

// becomes waits, for limit at most, until the bridge runs or does not.
func (n neighbour) becomes(ctx context.Context, running bool, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if _, now := n.health(ctx); now == running && ctx.Err() == nil {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
	}
}
