package store

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"mostrador/internal/ticket"
)

// Figures are how everything stands, for all businesses together.
type Figures struct {
	Waiting map[ticket.Delivery]int // replies that have not left, by what they wait for
	Failed  int                     // replies that were given up
	Oldest  time.Time               // since when the oldest of Waiting waits; zero without one
	Alerts  map[string]int          // that are up, by kind
	Beats   []Beat                  // the last one of each bridge

	Size int64 // bytes of the database
	Log  int64 // bytes of SQLite's log beside it, part of no other figure
}

// Figures returns how everything stands; it reads only what waits and what is
// open, never everything there ever was.
func (s *Store) Figures(ctx context.Context) (Figures, error) {
	f := Figures{Waiting: map[ticket.Delivery]int{}, Alerts: map[string]int{}}
	for _, part := range []struct {
		what string
		read func(context.Context, *Figures) error
	}{
		{"waiting replies", s.waitingFigures}, {"failed replies", s.failedFigures},
		{"alerts", s.alertFigures}, {"signs of life", s.beatFigures}, {"size", s.sizeFigures},
	} {
		if err := part.read(ctx, &f); err != nil {
			return Figures{}, wrap("read "+part.what, err)
		}
	}
	return f, nil
}

func (s *Store) waitingFigures(ctx context.Context, f *Figures) error {
	_, err := list(ctx, s.reader, func(row scanner) (_ struct{}, err error) {
		var delivery ticket.Delivery
		var count int
		var oldest int64
		err = row.Scan(&delivery, &count, &oldest)
		f.Waiting[delivery] = count
		if at := instant(oldest); f.Oldest.IsZero() || at.Before(f.Oldest) {
			f.Oldest = at
		}
		return struct{}{}, err
	}, `SELECT `+shownDelivery+` AS shown, COUNT(*), MIN(created_at) FROM messages WHERE delivery = 'queued' GROUP BY shown`)
	return err
}

func (s *Store) failedFigures(ctx context.Context, f *Figures) error {
	// The first condition is the index's.
	return s.reader.QueryRowContext(ctx, `
		SELECT COUNT(*) FROM messages WHERE (delivery = 'failed' OR hold <> '') AND delivery = 'failed'`).Scan(&f.Failed)
}

func (s *Store) alertFigures(ctx context.Context, f *Figures) error {
	_, err := list(ctx, s.reader, func(row scanner) (_ struct{}, err error) {
		var kind string
		var count int
		err = row.Scan(&kind, &count)
		f.Alerts[kind] = count
		return struct{}{}, err
	}, `SELECT kind, COUNT(*) FROM alerts WHERE cleared_at = 0 AND raised_at > 0 GROUP BY kind`)
	return err
}

func (s *Store) beatFigures(ctx context.Context, f *Figures) (err error) {
	f.Beats, err = list(ctx, s.reader, func(row scanner) (b Beat, err error) {
		var at int64
		var report string
		if err = row.Scan(&b.Business, &b.Bridge, &at, &b.Connected, &b.State, &report); err != nil {
			return b, err
		}
		b.At = instant(at)
		if err = json.Unmarshal([]byte(report), &b.Report); err != nil {
			return b, fmt.Errorf("decode report: %w", err)
		}
		return b, nil
	}, `SELECT business_id, bridge_id, beat_at, connected, state, report FROM beats ORDER BY bridge_id`)
	return err
}

func (s *Store) sizeFigures(ctx context.Context, f *Figures) error {
	if s.postgres {
		return s.reader.QueryRowContext(ctx, `SELECT pg_database_size(current_database())`).Scan(&f.Size)
	}
	file, err := os.Stat(s.path)
	if err != nil {
		return fmt.Errorf("look at database file: %w", err)
	}
	f.Size = file.Size()
	if log, err := os.Stat(s.path + "-wal"); err == nil {
		f.Log = log.Size()
	}
	return nil
}
