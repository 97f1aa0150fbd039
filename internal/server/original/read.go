// Package original takes over what the system before Mostrador had stored: the
// tickets of its SQLite file, in both of its versions, and its folder of photos.
//
// Its one rule: the original's data are only read, and importing them again
// changes nothing.
package original

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"modernc.org/sqlite" // the driver "sqlite" too
	sqlite3 "modernc.org/sqlite/lib"

	"mostrador/internal/ticket"
)

// columns are those of the original's table; those from later on came with its
// second version.
var (
	columns = []string{"id", "cliente", "descripcion", "estado", "categoria", "fecha", "foto_path"}
	later   = []string{
		"nombre_usuario", "departamento", "tipo_equipo", "numero_activo", "falla_detallada", "diagnostico_ia",
		"requiere_tecnico", "estado_conversacion", "historial_conversacion", "log_file_path",
	}
)

// row is a row of the original's table: text by column. SQLite lets any column
// hold anything, so that numbers come as their digits and NULL as "".
type row map[string]string

// database is the original's file, open for reading.
type database struct {
	db      *sql.DB
	columns []string
}

// errNoDatabase refuses what SQLite does not know.
var errNoDatabase = ticket.NewError(ticket.CodeInvalid, "El archivo no es una base de datos SQLite que se pueda leer.")

// open opens the original's file at path, or says in Spanish why it cannot.
func open(ctx context.Context, path string) (*database, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ticket.NewError(ticket.CodeNotFound, "No existe el archivo "+path+".")
	case err != nil:
		return nil, fmt.Errorf("%w: %w", unreadable(path), err)
	case !info.Mode().IsRegular():
		return nil, errNoDatabase
	}
	d, err := dial(ctx, path, "")
	if isOneOf(err, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) && whole(path) {
		// Even to read a file that has a log, SQLite wants to write beside it.
		d, err = dial(ctx, path, "&immutable=1")
	}
	switch {
	case err == nil || ctx.Err() != nil || ticket.CodeOf(err) != ticket.CodeInternal:
		return d, err
	case isOneOf(err, prevented...):
		return nil, fmt.Errorf("%w: %w", unreadable(path), err)
	}
	return nil, fmt.Errorf("%w: %w", errNoDatabase, err)
}

// prevented are SQLite's codes for a file that something around it keeps from
// being read (sqlite.org/rescode.html).
var prevented = []int{
	sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
	sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL,
}

// isOneOf reports whether err is SQLite's with one of these primary codes.
func isOneOf(err error, codes ...int) bool {
	coded, ok := errors.AsType[*sqlite.Error](err)
	return ok && slices.Contains(codes, coded.Code()&0xff)
}

// unreadable is what a person reads about a file that cannot be read where it is.
func unreadable(path string) error {
	return ticket.NewError(ticket.CodeUnavailable, "No se puede leer el archivo "+path+": detenga el programa que lo usa y cópielo, con su -wal o su -journal si lo hay, "+
		"a una carpeta en la que este programa pueda leer y escribir; después, impórtelo de ahí.")
}

// whole reports whether all there is of a database is in its file: no log beside
// it has anything more.
func whole(path string) bool {
	path, err := filepath.EvalSymlinks(path) // SQLite has the log where a link leads to
	if err != nil {
		return false
	}
	for _, suffix := range []string{"-wal", "-journal"} {
		info, err := os.Lstat(path + suffix)
		if err == nil && info.Size() > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	return true
}

// dial opens the file at path, with further options of SQLite's addresses.
func dial(ctx context.Context, path, options string) (*database, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find original database: %w", err)
	}
	absolute = filepath.ToSlash(absolute)
	if !strings.HasPrefix(absolute, "/") {
		absolute = "/" + absolute // C:/… on Windows
	}
	uri := url.URL{Scheme: "file", Path: absolute, RawQuery: "mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(5000)" + options}
	db, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return nil, fmt.Errorf("open original database: %w", err)
	}
	d := &database{db: db}
	if d.columns, err = d.known(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return d, nil
}

// known returns those of the table's columns that we know.
func (d *database) known(ctx context.Context) ([]string, error) {
	rows, err := d.db.QueryContext(ctx, `SELECT name FROM pragma_table_info('tickets')`)
	if err != nil {
		return nil, fmt.Errorf("find columns: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var found []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("read columns: %w", err)
		}
		if name = strings.ToLower(name); slices.Contains(columns, name) || slices.Contains(later, name) {
			found = append(found, name)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read columns: %w", err)
	}
	for _, name := range []string{"id", "cliente"} {
		if !slices.Contains(found, name) {
			return nil, ticket.NewError(ticket.CodeInvalid, "El archivo no es la base de datos del sistema original: le falta la tabla «tickets» con la columna «"+name+"».")
		}
	}
	return found, nil
}

// second reports whether the file has the columns of the second version.
func (d *database) second() bool {
	return slices.ContainsFunc(d.columns, func(name string) bool { return slices.Contains(later, name) })
}

// each calls f with every row, the oldest first.
func (d *database) each(ctx context.Context, f func(row) error) error {
	// As text, because the driver makes UTC times of what is declared as one.
	query := `SELECT CAST(` + strings.Join(d.columns, ` AS TEXT), CAST(`) + ` AS TEXT) FROM tickets ORDER BY id` //nolint:gosec // the names are ours
	rows, err := d.db.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("read tickets: %w", err)
	}
	defer func() { _ = rows.Close() }()
	values := make([]sql.NullString, len(d.columns))
	dest := make([]any, len(values))
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("read ticket: %w", err)
		}
		r := row{}
		for i, name := range d.columns {
			r[name] = strings.ToValidUTF8(values[i].String, "\uFFFD")
		}
		if err := f(r); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read tickets: %w", err)
	}
	return nil
}
