package server

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/rs/zerolog"

	"mostrador/internal/config"
	"mostrador/internal/httpx"
	"mostrador/internal/server/backup"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const restoreUsage = `Se usa así: server restore ultimo|RESPALDO|- [--reemplazar] [--identidad ARCHIVO]`

// What people call the last copy, and one that comes in by Stdin, as into a
// container that cannot read their files.
const (
	newest   = "ultimo"
	incoming = "-"
)

// backups makes what copies the data, nil when nobody wants copies.
func (p *parts) backups(c config.Server, log zerolog.Logger) (*backup.Backups, error) {
	shelf, err := shelfOf(c.Backup)
	if shelf == nil || err != nil {
		return nil, err
	}
	return backup.New(backup.Options{
		Store: p.store, Origin: p.origin, Photos: p.photos, Shelf: shelf, Temp: filepath.Dir(p.store.Path()), Recipient: c.Backup.Recipient,
		Hour: c.Backup.Hour, Zone: time.Local, Now: p.now, Log: log.With().Str("part", "backup").Logger(),
	}), nil
}

// keepCopies makes copies until ctx ends. Where nobody wants any, nobody is to be
// told that there are none either.
func (p *parts) keepCopies(ctx context.Context, log zerolog.Logger) error {
	if p.backup != nil {
		return p.backup.Run(ctx)
	}
	if _, err := p.store.ClearAlert(ctx, p.origin, store.AlertBackup); err != nil && ctx.Err() == nil {
		log.Warn().Err(err).Msg("alert about backups not cleared")
	}
	return nil
}

// shelfOf is where copies lie, nil for none.
func shelfOf(c config.Backup) (backup.Shelf, error) {
	switch {
	case c.Place == "":
		return nil, nil
	case strings.HasPrefix(c.Place, "s3://"):
		return backup.Bucket(c.Place)
	}
	return backup.Folder(c.Place), nil
}

// makeBackup makes a copy now.
func makeBackup(ctx context.Context, o Options) error {
	return withParts(ctx, o, func(p *parts, _ config.Server) error {
		if p.backup == nil {
			return ticket.NewError(ticket.CodeInvalid, "No hay dónde poner el respaldo: RESPALDO está en off, o la base de datos es PostgreSQL (use pg_dump).")
		}
		made, err := p.backup.Make(ctx)
		if err != nil {
			return err
		}
		return say(o, fmt.Sprintf("Respaldo hecho y comprobado: %s (%.1f MB).\n", made.Name, float64(made.Size)/1e6))
	})
}

// restore makes everything as it was in a copy.
func restore(ctx context.Context, o Options, args []string) error {
	name, replace, identityFile, err := restoreFlags(args)
	if err != nil {
		return err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	c, err := config.LoadServer(o.Getenv, o.Dir)
	if err != nil {
		return err
	}
	if strings.Contains(c.DatabaseURL, "://") {
		return ticket.NewError(ticket.CodeNotAllowed, "La base de datos es PostgreSQL: restáurela con pg_restore.")
	}
	if httpx.Probe(ctx, "El servidor", c.Address, wire.PathHealth) == nil {
		return ticket.NewError(ticket.CodeConflict, "El servidor está en marcha; párelo antes de restaurar.")
	}
	var identities []age.Identity
	if identityFile != "" {
		text, err := os.ReadFile(below(o.Dir, identityFile))
		if err != nil {
			return ticket.NewError(ticket.CodeNotFound, "No se puede leer el archivo "+identityFile+".")
		}
		if identities, err = config.ParseIdentities(string(text)); err != nil {
			return err
		}
	}
	file, name, err := openBackup(ctx, o, c.Backup, name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	target := backup.Target{Database: c.DatabaseURL, Photos: c.PhotoDir, Replace: replace, Identities: identities, Now: o.Now()}
	if err := backup.Restore(ctx, file, target); err != nil {
		return err
	}
	return say(o, fmt.Sprintf("Restaurado %s. Lo que había queda al lado con «.antes-» en el nombre.\n", name))
}

func restoreFlags(args []string) (name string, replace bool, identity string, err error) {
	flags := flag.NewFlagSet("restore", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&replace, "reemplazar", false, "")
	flags.StringVar(&identity, "identidad", "", "")
	if len(args) > 0 && (args[0] == incoming || !strings.HasPrefix(args[0], "-")) {
		name, args = args[0], args[1:]
	}
	if err := flags.Parse(args); err != nil || name == "" || flags.NArg() > 0 {
		return "", false, "", ticket.NewError(ticket.CodeInvalid, restoreUsage)
	}
	return name, replace, identity, nil
}

// openBackup opens a file of that name or path, or one on the shelf, or Stdin.
func openBackup(ctx context.Context, o Options, c config.Backup, name string) (io.ReadCloser, string, error) {
	if name == incoming {
		return io.NopCloser(o.Stdin), "lo que llegó", nil
	}
	if name != newest {
		file, err := os.Open(below(o.Dir, name))
		if err == nil {
			return file, name, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, "", ticket.NewError(ticket.CodeUnavailable, "No se puede leer el respaldo "+name+".")
		}
	}
	shelf, err := shelfOf(c)
	if err != nil {
		return nil, "", err
	}
	if shelf == nil {
		return nil, "", ticket.NewError(ticket.CodeNotFound, "No existe el respaldo "+name+".")
	}
	if name == newest {
		made, err := backup.Newest(ctx, shelf, o.Now())
		if err != nil {
			return nil, "", err
		}
		name = made.Name
	}
	file, err := shelf.Get(ctx, name)
	return file, name, err
}
