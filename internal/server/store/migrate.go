package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/rs/zerolog"
	"go.mau.fi/util/dbutil"

	"mostrador/internal/ticket"
	"mostrador/migrations"
)

// Dialects of dbutil.
const (
	pgDialect   = "postgres"
	liteDialect = "sqlite"
)

// migrationLock is the advisory lock under which PostgreSQL is migrated; the
// number only has to be the same in every server.
const migrationLock = 0x6d6f7374 // "most"

// migrate brings db up to date. Servers that start together on one PostgreSQL
// take turns, as dbutil reads the version outside its transaction.
func migrate(ctx context.Context, db *sql.DB, dialect string, log zerolog.Logger) error {
	if dialect != pgDialect {
		return upgrade(ctx, db, dialect, log)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, migrationLock); err != nil {
		return errors.Join(err, conn.Close())
	}
	err = upgrade(ctx, db, dialect, log)
	_, unlockErr := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, migrationLock)
	return errors.Join(err, unlockErr, conn.Close())
}

func upgrade(ctx context.Context, db *sql.DB, dialect string, log zerolog.Logger) error {
	upgrader, err := dbutil.NewWithDB(db, dialect)
	if err != nil {
		return err
	}
	upgrader.UpgradeTable = migrations.Table()
	upgrader.Log = migrationLog{DatabaseLogger: dbutil.NoopLogger, log: log}
	err = upgrader.Upgrade(ctx)
	if errors.Is(err, dbutil.ErrUnsupportedDatabaseVersion) {
		return fmt.Errorf("%w: %w", ticket.NewError(ticket.CodeConflict,
			"La base de datos es de una versión más nueva de este programa. Instale la versión nueva; con esta no se puede abrir sin perder datos."), err)
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// migrationLog says which steps were taken.
type migrationLog struct {
	dbutil.DatabaseLogger
	log zerolog.Logger
}

// DoUpgrade implements dbutil.DatabaseLogger.
func (l migrationLog) DoUpgrade(from, to int, message string, _ dbutil.TxnMode) {
	l.log.Info().Int("from", from).Int("to", to).Str("step", message).Msg("upgrading database")
}
