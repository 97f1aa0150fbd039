package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rs/zerolog"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"mostrador/internal/ticket"
	"mostrador/migrations"
)

// readers is how many connections read at once; more only queue for the cores.
const readers = 4

// pragmas of every connection, in the order they are applied.
var (
	writerPragmas = []string{
		"busy_timeout(10000)",          // ms; a backup or a shell may hold the lock
		"journal_mode(WAL)",            // readers do not wait for the writer
		"synchronous(FULL)",            // a commit survives a power cut
		"foreign_keys(1)",              // off by default
		"cache_size(-16384)",           // KiB; the system caches the file besides
		"wal_autocheckpoint(4000)",     // pages; so seldom that fewer than one message in a hundred waits for one
		"journal_size_limit(67108864)", // bytes; after a peak the log shrinks again
	}
	readerPragmas = []string{
		"busy_timeout(10000)",
		"query_only(1)", // a query that writes is a mistake
		"cache_size(-4096)",
	}
)

// openSQLite fills s with the one writer and the pool of readers of a file.
func (s *Store) openSQLite(ctx context.Context, path string) (err error) {
	if path, err = prepareFile(path); err != nil {
		return err
	}
	conn, err := openLite(ctx, fileURI(path).String(), writerPragmas)
	if err != nil {
		return err
	}
	if err := prepareSchema(ctx, conn, path, s.log); err != nil {
		return errors.Join(err, conn.close())
	}
	s.path = path
	writer := newGroupWriter(conn, s.now, s.changed)
	writer.committed = s.meters.Committed
	s.writer = writer
	s.closers = append(s.closers, func() error {
		writer.close()
		return conn.close()
	})
	reader, err := sql.Open("sqlite", dsn(path, readerPragmas))
	if err != nil {
		return err
	}
	s.closers = append(s.closers, reader.Close)
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	s.reader = pool{reader}
	return nil
}

// prepareSchema brings the file that conn has open up to date. One that is, as at
// nearly every start, it does not open a second time: 0.7 of a start's 10 ms.
func prepareSchema(ctx context.Context, conn *liteConn, path string, log zerolog.Logger) (err error) {
	// An error is most often that the table is not there yet; any other is met again.
	version, err := list(ctx, conn, scanID, `SELECT version FROM version`)
	if err == nil && slices.Equal(version, []int64{int64(len(migrations.Table()))}) {
		return nil
	}
	if err := refuseOriginal(ctx, conn, path); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", dsn(path, writerPragmas)+"&_txlock=immediate")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	return migrate(ctx, db, liteDialect, log)
}

// refuseOriginal keeps the original system's database, which has the same name as
// ours, from being taken for one of ours.
func refuseOriginal(ctx context.Context, q querier, path string) error {
	found, err := list(ctx, q, scanText, `SELECT name FROM pragma_table_info('tickets') WHERE name = 'cliente'`)
	if err != nil || len(found) == 0 {
		return err
	}
	return ticket.NewError(ticket.CodeConflict, "El archivo "+path+" es la base de datos del sistema original. "+
		"Cámbiele el nombre, por ejemplo a tickets-original.db, y tome sus tickets con: server import --db tickets-original.db --fotos fotos_evidencia --simular")
}

// prepareFile makes path absolute and the file exist, so that SQLite does not
// make it readable to everybody.
func prepareFile(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find database file: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ticket.NewError(ticket.CodeUnavailable,
			"No se puede abrir el archivo de la base de datos "+path+": revise que la carpeta exista y que el programa pueda escribir en ella."), err)
	}
	return path, f.Close()
}

// fileURI is path in a form in which no character of it can pass for an option.
func fileURI(path string) *url.URL {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/… on Windows
	}
	return &url.URL{Scheme: "file", Path: path}
}

func dsn(path string, pragmas []string) string {
	uri := fileURI(path)
	uri.RawQuery = url.Values{"_pragma": pragmas}.Encode()
	return uri.String()
}
