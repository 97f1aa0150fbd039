package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mostrador/internal/config"
	"mostrador/internal/doctor"
	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
	"mostrador/internal/version"
	"mostrador/internal/wire"
)

const help = `Mostrador: el servidor de tickets.

  server           atiende: recibe del puente, guarda los tickets y sirve el panel
  server doctor    revisa todo y dice qué está mal y qué hacer [--json]
                   [--bundle paquete.zip para soporte, sin secretos ni mensajes]
  server config    muestra la configuración que vale y de dónde sale, sin secretos
  server token     escribe un API_TOKEN nuevo; ponga el mismo en servidor y laptop
  server classify  clasifica las líneas «id, tabulador, texto» de la entrada estándar
  server evaluate  mide el clasificador con frases que no conoce
                   (las dos admiten --template mesa o --template comercio)
  server user      personas del panel: list, y add, passwd, disable y enable con un NOMBRE;
                   add admite --rol administrador, agente (si no se dice) o lectura
  server import    toma los tickets y las fotos del sistema original:
                   --db tickets-original.db --fotos fotos_evidencia [--zona …] [--simular]
  server backup    hace un respaldo ahora, además del de cada día
  server restore   deja todo como estaba en un respaldo: «ultimo», su nombre, o - para leerlo de la entrada
                   [--reemplazar] [--identidad clave.txt]
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
	if err != nil && !errors.Is(err, doctor.ErrBad) {
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

// withArguments are the commands that look at what follows them.
var withArguments = map[string]func(context.Context, Options, []string) error{
	"classify": func(_ context.Context, o Options, args []string) error { return classify(o, args) },
	"evaluate": func(_ context.Context, o Options, args []string) error { return evaluate(o, args) },
	"user":     user,
	"import":   importOriginal,
	"restore":  restore,
	"doctor":   examine,
}

func execute(ctx context.Context, o Options) error {
	command, args := "run", o.Args
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	if run, ok := withArguments[command]; ok {
		return run(ctx, o, args)
	}
	if len(args) > 0 {
		return ticket.NewError(ticket.CodeInvalid, "Sobra algo en la línea de comandos. «server help» dice cómo se usa.")
	}
	switch command {
	case "run":
		return serve(ctx, o)
	case "config":
		return showConfig(o)
	case "token":
		return say(o, config.MakeToken()+"\n")
	case "version":
		return say(o, version.String()+"\n")
	case "help", "-h", "--help":
		return say(o, help)
	case "backup":
		return makeBackup(ctx, o)
	case "health":
		return checkHealth(ctx, o)
	}
	return ticket.NewError(ticket.CodeInvalid, fmt.Sprintf("No existe el comando %q. «server help» dice cuáles hay.", command))
}

// withParts makes the parts of a server for a command that does not serve, and
// closes them after do.
func withParts(ctx context.Context, o Options, do func(*parts, config.Server) error) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	c, err := config.LoadServer(o.Getenv, o.Dir)
	if err != nil {
		return err
	}
	log := newLogger(o.Stderr, "warn")
	p, err := build(ctx, o, c, setup(c, true), log)
	if err != nil {
		return err
	}
	defer p.close(log)
	return do(p, c)
}

func say(o Options, text string) error {
	if _, err := fmt.Fprint(o.Stdout, text); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}

// showConfig writes the settings that count, and fails if the server would not
// start with them.
func showConfig(o Options) error {
	_, report := config.InspectServer(o.Getenv, o.Environ, o.Dir)
	if err := say(o, report.String()); err != nil {
		return err
	}
	return report.Err()
}

// checkHealth asks the server on this machine how it is.
func checkHealth(ctx context.Context, o Options) error {
	c, err := config.LoadServer(o.Getenv, o.Dir)
	if err != nil {
		return err
	}
	if err := httpx.Probe(ctx, "El servidor", c.Address, wire.PathHealth); err != nil {
		return err
	}
	return say(o, "ok\n")
}
