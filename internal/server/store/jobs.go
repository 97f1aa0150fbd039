package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
)

// JobConns is where the queue of background work lives. One of the two is set;
// whoever asked for it closes it.
type JobConns struct {
	SQLite   *sql.DB
	Postgres *pgxpool.Pool
}

// pgJobConnections bounds the queue's share of PostgreSQL's connections; one of
// them listens.
const pgJobConnections = 4

// jobPragmas are those of the queue's own file. It only repeats what rows of the
// database say is wanted, so a power cut may take its last commits.
var jobPragmas = []string{
	"busy_timeout(10000)",
	"journal_mode(WAL)",
	"synchronous(NORMAL)",
	"cache_size(-1024)",
}

// jobSuffix makes the name of the queue's file from the database's: beside
// SQLite's own -wal and -shm, where whoever copies one sees the other.
const jobSuffix = "-trabajos"

// Jobs opens the place for the queue of background work: on PostgreSQL a small
// pool of its own, on SQLite a file of its own, as the database's writer must
// not wait for anybody.
func (s *Store) Jobs(ctx context.Context) (JobConns, error) {
	conns, err := s.openJobs(ctx)
	if err != nil {
		return JobConns{}, fmt.Errorf("open queue of jobs: %w", explain(err))
	}
	return conns, nil
}

func (s *Store) openJobs(ctx context.Context) (JobConns, error) {
	if isPostgres(s.url) {
		config, err := pgxpool.ParseConfig(s.url)
		if err != nil {
			return JobConns{}, err
		}
		config.MaxConns, config.MaxConnIdleTime = pgJobConnections, pgIdleTime
		pool, err := pgxpool.NewWithConfig(ctx, config)
		return JobConns{Postgres: pool}, err
	}
	path, err := prepareFile(s.url + jobSuffix)
	if err != nil {
		return JobConns{}, err
	}
	db, err := sql.Open("sqlite", dsn(path, jobPragmas)+"&_txlock=immediate")
	if err != nil {
		return JobConns{}, err
	}
	db.SetMaxOpenConns(1)
	if err := db.PingContext(ctx); err != nil {
		return JobConns{}, errors.Join(err, db.Close())
	}
	return JobConns{SQLite: db}, nil
}

// Close closes what is open.
func (c JobConns) Close() error {
	if c.Postgres != nil {
		c.Postgres.Close()
	}
	if c.SQLite != nil {
		return c.SQLite.Close()
	}
	return nil
}
