package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"mostrador/internal/config"
	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// healthTimeout is how long «health» waits: less than a container's check.
const healthTimeout = 5 * time.Second

const help = `Mostrador: el servidor de tickets.

  server           atiende: recibe del puente, guarda los tickets y sirve el panel
  server token     escribe un API_TOKEN nuevo; ponga el mismo en servidor y laptop
  server classify  clasifica las líneas «id, tabulador, texto» de la entrada estándar
  server evaluate  mide el clasificador con frases que no conoce
                   (las dos admiten --template mesa o --template comercio)
  server import    toma los tickets y las fotos del sistema original:
                   --db tickets-original.db --fotos fotos_evidencia [--zona …] [--simular]
  server health    comprueba el servidor de esta máquina; termina con 0 si está bien
  server version   escribe la versión
  server help      escribe esta ayuda

La configuración se lee del entorno y del archivo .env de esta carpeta.
`

// Run does what the command line says: serve, until ctx ends and then for at
// most 10 seconds, or one of the small commands of «help». An error is also
// written to Stderr, in Spanish, for the person who started the program.
func Run(ctx context.Context, o Options) error {
	err := execute(ctx, o)
	if err != nil {
		_, _ = fmt.Fprintln(o.Stderr, explain(err))
	}
	return err
}

// explain puts the sentence for people first and the cause, which may be in
// English, below it.
func explain(err error) string {
	sentence := "El servidor se detuvo por un error."
	if ticket.CodeOf(err) != ticket.CodeInternal {
		sentence = httpx.Message(err)
	}
	cause := strings.Trim(strings.ReplaceAll(err.Error(), sentence, ""), ": \n")
	if cause == "" {
		return sentence
	}
	return sentence + "\n  Detalle: " + strings.ReplaceAll(cause, "\n", " ")
}

func execute(ctx context.Context, o Options) error {
	command, args := "run", o.Args
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch command {
	case "classify":
		return classify(o, args)
	case "evaluate":
		return evaluate(o, args)
	case "import":
		return importOriginal(ctx, o, args)
	}
	if len(args) > 0 {
		return ticket.NewError(ticket.CodeInvalid, "Sobra algo en la línea de órdenes. «server help» dice cómo se usa.")
	}
	switch command {
	case "run":
		return serve(ctx, o)
	case "token":
		return say(o, config.MakeToken()+"\n")
	case "version":
		return say(o, version()+"\n")
	case "help", "-h", "--help":
		return say(o, help)
	case "health":
		return checkHealth(ctx, o)
	}
	return ticket.NewError(ticket.CodeInvalid, fmt.Sprintf("No existe la orden %q. «server help» dice cuáles hay.", command))
}

func say(o Options, text string) error {
	if _, err := fmt.Fprint(o.Stdout, text); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}

// version is that of the module, or the commit of a build from a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "desconocida"
	}
	return info.Main.Version
}

// checkHealth asks the server on this machine how it is.
func checkHealth(ctx context.Context, o Options) error {
	c, err := config.LoadServer(o.Getenv, o.Dir)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(c.Address)
	if err != nil {
		return fmt.Errorf("read address: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+wire.PathHealth, nil)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy towards ourselves
	resp, err := client.Do(r)
	if err != nil {
		return ticket.NewError(ticket.CodeUnavailable, fmt.Sprintf("El servidor no contesta en %s.", net.JoinHostPort(host, port)))
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return ticket.NewError(ticket.CodeUnavailable, fmt.Sprintf("El servidor contesta, pero no está bien (%d).", resp.StatusCode))
	}
	return say(o, "ok\n")
}
