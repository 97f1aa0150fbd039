package store

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	moderncsqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
	"zombiezen.com/go/sqlite"

	"mostrador/internal/ticket"
)

// Conditions of PostgreSQL after which the same transaction may well succeed
// (PostgreSQL manual, appendix A). A unique or foreign key is violated here only
// when another server made or merged the same contact at the same moment;
// everything else is asked for before it is inserted.
var racedStates = []string{
	"40001", // serialization_failure
	"40P01", // deadlock_detected
	"23505", // unique_violation
	"23503", // foreign_key_violation
}

// downStates are the conditions, by their first two characters or in full, in
// which PostgreSQL cannot serve anybody for the moment.
var downStates = []string{
	"08",    // connection exception
	"53",    // insufficient resources: disk, memory, connections
	"57P",   // shutting down, starting up
	"58",    // system error, such as of a disk
	"25006", // read_only_sql_transaction: a standby, or protected by hand
	"55P03", // lock_not_available
	"XX001", // data_corrupted
	"XX002", // index_corrupted
}

// downCodes are the same of SQLite (sqlite.org/rescode.html).
var downCodes = []int{
	sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
	sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOTADB,
}

// errNoTicket answers every question about a ticket that is not there.
var errNoTicket = ticket.NewError(ticket.CodeNotFound, "Ticket no encontrado")

// errUnavailable is what a user reads when the database cannot serve and nothing
// more is known.
var errUnavailable = saying("Revise el disco y la base de datos, e inténtelo de nuevo.")

// What a user reads when more is known.
var (
	errFull     = saying("El disco está lleno: libere espacio y seguirá sin más.")
	errLocked   = saying("Otro programa tiene bloqueada la base de datos: ciérrelo y seguirá sin más.")
	errReadOnly = saying("La base de datos no admite escritura: revise los permisos y el disco.")
	errCorrupt  = saying("El archivo de la base de datos está dañado: pare el servidor y restaure un respaldo.")
)

func saying(advice string) error {
	return ticket.NewError(ticket.CodeUnavailable, "El servidor no puede guardar ahora mismo; los mensajes no se pierden. "+advice)
}

// causes are the conditions of SQLite and PostgreSQL that a person can do
// something about.
var (
	liteCauses = map[int]error{
		sqlite3.SQLITE_FULL: errFull, sqlite3.SQLITE_BUSY: errLocked, sqlite3.SQLITE_LOCKED: errLocked,
		sqlite3.SQLITE_READONLY: errReadOnly, sqlite3.SQLITE_CORRUPT: errCorrupt, sqlite3.SQLITE_NOTADB: errCorrupt,
	}
	pgCauses = map[string]error{
		"53100": errFull, "55P03": errLocked, "25006": errReadOnly, "XX001": errCorrupt, "XX002": errCorrupt,
	}
)

// cause returns what a user reads about an error that unavailable is true for.
func cause(err error) error {
	known := errUnavailable
	known = cmp.Or(liteCauses[liteCode(err)], known)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		known = cmp.Or(pgCauses[e.Code], known)
	}
	return known
}

// ErrUnsure is in an error of COMMIT itself, after which nobody knows whether the
// transaction is stored: the answer may have been lost, or a disk that failed may
// have kept it all the same. On SQLite whoever waited behind such a COMMIT gets it
// too. What a row of it may name has to stay. After any other error of a method
// nothing of its transaction is stored.
var ErrUnsure = errors.New("whether it was stored is not known")

// unsure is the error of a COMMIT. One for which SQLite found no room is certain to
// have failed: what ends a transaction in its log is written last.
func unsure(err error) error {
	if liteCode(err) == sqlite3.SQLITE_FULL {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnsure, err)
}

// errRace makes PostgreSQL's transactor try again.
var errRace = errors.New("another transaction was faster")

// explain adds a sentence to an error that means the database cannot serve.
// The cause stays in the chain for the log.
func explain(err error) error {
	if err == nil || isCoded(err) || !unavailable(err) {
		return err
	}
	return fmt.Errorf("%w: %w", cause(err), err)
}

func isCoded(err error) bool {
	_, ok := errors.AsType[*ticket.Error](err)
	return ok
}

func unavailable(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if slices.Contains(downCodes, liteCode(err)) {
		return true
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return lostRace(err) || slices.ContainsFunc(downStates, func(state string) bool {
			return len(e.Code) >= len(state) && e.Code[:len(state)] == state
		})
	}
	return lostRace(err) || connectionLost(err)
}

// liteCode returns the primary result code in an error of SQLite, by whichever
// of the two ways to it, and that of no error in particular in any other.
func liteCode(err error) int {
	if e, ok := errors.AsType[*moderncsqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return int(sqlite.ErrCode(err).ToPrimary())
}

func connectionLost(err error) bool {
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	for _, sentinel := range []error{ErrUnsure, errClosed, driver.ErrBadConn, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, sentinel) {
			return true
		}
	}
	return false
}

// lostRace reports whether trying the transaction again can help.
func lostRace(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return slices.Contains(racedStates, e.Code)
	}
	return errors.Is(err, errRace)
}
