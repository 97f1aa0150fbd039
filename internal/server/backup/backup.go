// Package backup keeps copies of everything the server holds: one file per copy,
// with the database and the photos in it.
//
// Its one rule: a copy counts only after it was read back from where it lies,
// opened and compared, and none is removed unless a newer one counts.
package backup

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"filippo.io/age"
	"github.com/rs/zerolog"

	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

const (
	// firstLook is how long after the start the first copy may begin, so that it
	// does not slow the start down.
	firstLook = 2 * time.Minute
	// pause is how often it is looked whether a copy is due, and after which one
	// that failed is tried again.
	pause = 30 * time.Minute
)

// Options says what is copied and where to; all fields without a remark are
// required.
type Options struct {
	Store  *store.Store
	Photos *photos.Folder
	Shelf  Shelf
	// Temp is a folder on a disk with room for the database.
	Temp string
	// Recipient, if set, is whom copies are encrypted for: only the holder of its
	// identity can restore them.
	Recipient age.Recipient
	// Hour is the hour of the day, in Zone, from which the day's copy is due.
	Hour int
	Zone *time.Location
	Now  func() time.Time
	Log  zerolog.Logger
}

// Backups makes copies. Safe for concurrent use; it makes one at a time.
type Backups struct {
	Options
	making sync.Mutex

	mu      sync.Mutex
	busy    bool
	failure string // why the last try failed; empty after a good one
}

// State says how copies stand.
type State struct {
	Last    Made   // the newest that counts; zero while there is none
	Count   int    // copies that count
	Busy    bool   // one is being made
	Failure string // Spanish sentence: why the last try failed
}

// Made is a copy that counts.
type Made struct {
	Name string
	At   time.Time
	Size int64 // bytes
}

// New returns a Backups; Run makes it work by itself.
func New(o Options) *Backups { return &Backups{Options: o} }

// Run makes a copy each day until ctx ends and returns nil then.
func (b *Backups) Run(ctx context.Context) error {
	timer := time.NewTimer(firstLook)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		if err := b.makeDue(ctx); err != nil && ctx.Err() == nil {
			b.Log.Error().Err(err).Msg("backup failed")
		}
		timer.Reset(pause)
	}
}

// makeDue makes today's copy, if it is time and there is none.
func (b *Backups) makeDue(ctx context.Context) error {
	state, err := b.State(ctx)
	if err != nil || !due(state.Last.At, b.Now().In(b.Zone), b.Hour) {
		return err
	}
	_, err = b.Make(ctx)
	return err
}

// due reports whether the day's copy is missing at now: its hour has come, or a
// whole day has passed since the last one.
func due(last, now time.Time, hour int) bool {
	from := time.Date(now.Year(), now.Month(), now.Day(), hour, 0, 0, 0, now.Location())
	return now.Sub(last) >= 24*time.Hour || !now.Before(from) && last.Before(from)
}

// Make makes a copy now, sees to it that it counts and removes copies that are
// too old. CodeConflict: one is being made already.
func (b *Backups) Make(ctx context.Context) (Made, error) {
	if !b.making.TryLock() {
		return Made{}, ticket.NewError(ticket.CodeConflict, "Ya se está haciendo un respaldo.")
	}
	defer b.making.Unlock()
	b.note(true, nil)
	made, err := b.make(ctx)
	b.note(false, err)
	if err != nil {
		return Made{}, err
	}
	b.Log.Info().Str("name", made.Name).Int64("bytes", made.Size).Msg("backup made and read back")
	if err := b.thin(ctx); err != nil {
		b.Log.Warn().Err(err).Msg("old backups not removed")
	}
	return made, nil
}

func (b *Backups) note(busy bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.busy = busy; busy {
		return
	}
	b.failure = ""
	if err != nil {
		b.failure = "El último respaldo no se pudo hacer. El detalle está en el registro del servidor."
		if e, ok := errors.AsType[*ticket.Error](err); ok {
			b.failure = e.Message
		}
	}
}

// State says how copies stand, as the shelf shows them.
func (b *Backups) State(ctx context.Context) (State, error) {
	copies, err := copiesOn(ctx, b.Shelf)
	if err != nil {
		return State{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	s := State{Count: len(copies), Busy: b.busy, Failure: b.failure}
	if len(copies) > 0 {
		s.Last = copies[len(copies)-1]
	}
	return s, nil
}

// Newest returns the newest copy on a shelf that counts, or CodeNotFound.
func Newest(ctx context.Context, shelf Shelf) (Made, error) {
	copies, err := copiesOn(ctx, shelf)
	if err != nil {
		return Made{}, err
	}
	if len(copies) == 0 {
		return Made{}, ticket.NewError(ticket.CodeNotFound, "No hay ningún respaldo.")
	}
	return copies[len(copies)-1], nil
}

// copiesOn lists those that count, the oldest first.
func copiesOn(ctx context.Context, shelf Shelf) ([]Made, error) {
	files, err := shelf.List(ctx)
	if err != nil {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	return counting(files), nil
}

// thin removes copies that are too old, and unfinished ones.
func (b *Backups) thin(ctx context.Context) error {
	files, err := b.Shelf.List(ctx)
	if err != nil {
		return fmt.Errorf("list backups: %w", err)
	}
	for _, name := range surplus(files, b.Zone) {
		if err := b.Shelf.Remove(ctx, name); err != nil {
			return fmt.Errorf("remove backup: %w", err)
		}
	}
	return nil
}
