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

	_ "modernc.org/sqlite" // the driver "sqlite"

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

// open opens the original's file at path, or says in Spanish why it cannot.
func open(ctx context.Context, path string) (*database, error) {
	if _, err := os.Stat(path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, ticket.NewError(ticket.CodeNotFound, "No existe el archivo "+path+".")
		}
		return nil, fmt.Errorf("find original database: %w", err)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find original database: %w", err)
	}
	absolute = filepath.ToSlash(absolute)
	if !strings.HasPrefix(absolute, "/") {
		absolute = "/" + absolute // C:/… on Windows
	}
	uri := url.URL{Scheme: "file", Path: absolute, RawQuery: "mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(5000)"}
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
		return nil, fmt.Errorf("%w: %w", ticket.NewError(ticket.CodeInvalid, "El archivo no es una base de datos SQLite que se pueda leer."), err)
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
