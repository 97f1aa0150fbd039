package server

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mostrador/internal/config"
	"mostrador/internal/httpx"
	"mostrador/internal/server/original"
	"mostrador/internal/ticket"
)

const importUsage = `Se usa así: server import --db tickets-original.db [--fotos fotos_evidencia] [--zona America/Mexico_City] [--simular]`

// listed is how many of a kind the report names; progressEvery is how often it
// says that it goes on.
const (
	listed        = 10
	progressEvery = 500
)

// importOriginal takes over the tickets of the original system.
func importOriginal(ctx context.Context, o Options, args []string) error {
	from, err := importFlags(args)
	if err != nil {
		return err
	}
	return withParts(ctx, o, func(p *parts, c config.Server) error { return take(ctx, o, from, p, c.MaxImage) })
}

// take imports into the database and the folder of p.
func take(ctx context.Context, o Options, from original.Options, p *parts, maxImage int64) error {
	from.Store, from.Folder, from.Origin, from.Now, from.MaxImage = p.store, p.photos, p.origin, p.now, maxImage
	from.Database = below(o.Dir, from.Database)
	if from.Photos != "" {
		from.Photos = below(o.Dir, from.Photos)
	}
	from.Progress = func(r original.Report) {
		if r.Tickets%progressEvery == 0 {
			_, _ = fmt.Fprintf(o.Stderr, "%d tickets leídos…\n", r.Tickets)
		}
	}
	report, err := original.Import(ctx, from)
	return errors.Join(err, say(o, tell(report, from.Trial)))
}

// below makes a path of the command line relative to the working folder.
func below(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func importFlags(args []string) (original.Options, error) {
	flags := flag.NewFlagSet("import", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var from original.Options
	flags.StringVar(&from.Database, "db", "", "")
	flags.StringVar(&from.Photos, "fotos", "", "")
	flags.BoolVar(&from.Trial, "simular", false, "")
	zone := flags.String("zona", "Local", "")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || from.Database == "" {
		return from, ticket.NewError(ticket.CodeInvalid, importUsage)
	}
	var err error
	if from.Zone, err = time.LoadLocation(*zone); err != nil {
		return from, ticket.NewError(ticket.CodeInvalid, fmt.Sprintf("No existe la zona horaria %q; escríbala como America/Mexico_City.", *zone))
	}
	return from, nil
}

// tell writes the report for the person who ran the import.
func tell(r original.Report, trial bool) string {
	var b strings.Builder
	version, verb := "primera", "Importados"
	if r.Second {
		version = "segunda"
	}
	if trial {
		verb = "Se importarían"
		b.WriteString("Simulación: no se guardó nada.\n")
	}
	fmt.Fprintf(&b, "Base del sistema original (%s versión): %d tickets.\n", version, r.Tickets)
	fmt.Fprintf(&b, "%s: %d. Ya estaban: %d. No se pudieron tomar: %d.\n", verb, r.Imported, r.Existed, len(r.Refused))
	fmt.Fprintf(&b, "Fotos: %d. Faltan: %d.\n", r.Photos, len(r.Missing))
	for _, line := range []struct {
		n    int
		text string
	}{
		{r.Hidden, "clientes con número oculto: lo que parecía su teléfono es un identificador de WhatsApp"},
		{r.Undated, "tickets con una fecha que no se entiende: llevan la de hoy"},
		{r.Renamed, "tickets con otro número, porque el suyo ya existía aquí"},
		{r.Unread, "turnos de conversaciones sin texto que se entienda: no vienen"},
	} {
		if line.n > 0 {
			fmt.Fprintf(&b, "  %d %s.\n", line.n, line.text)
		}
	}
	for _, word := range slices.Sorted(maps.Keys(r.States)) {
		fmt.Fprintf(&b, "  %d tickets con el estado %q, que no se conoce: quedan pendientes.\n", r.States[word], word)
	}
	for i, name := range r.Missing {
		if i == listed {
			fmt.Fprintf(&b, "  … y %d fotos más.\n", len(r.Missing)-listed)
			break
		}
		fmt.Fprintf(&b, "  Falta la foto %q.\n", name)
	}
	for i, id := range slices.Sorted(maps.Keys(r.Refused)) {
		if i == listed {
			fmt.Fprintf(&b, "  … y %d tickets más.\n", len(r.Refused)-listed)
			break
		}
		fmt.Fprintf(&b, "  El ticket %s no se tomó: %s\n", id, httpx.Message(r.Refused[id]))
	}
	return b.String()
}
