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
	"io"
	"slices"
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
	// late is how old the newest copy may be before people are told.
	late = 26 * time.Hour
	// ahead is by how much a copy may be of the future. One of a later time was made
	// while the clock was wrong, and says nothing of how long ago that is.
	ahead = time.Hour
)

// Options says what is copied and where to; all fields without a remark are
// required.
type Options struct {
	Store  *store.Store
	Origin store.Origin // beside whose alerts the one about copies stands
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
	asked chan struct{} // holds a wish that Run has not seen yet
	seen  Made          // the newest that counted when it was last looked; Run's alone

	mu       sync.Mutex
	work     *work // under way; nil without one
	failure  string
	failedAt time.Time
}

// State says how copies stand.
type State struct {
	Last      Made      // the newest that counts; zero while there is none
	Count     int       // copies that count
	Copies    []Made    // these, the oldest first
	Unchecked []Made    // what lies there and does not count, the oldest first
	Next      time.Time // when the next one is due; not after now when it is due already
	Late      bool      // there should have been one lately
	Busy      bool      // one is being made
	Work      Work      // how far it is
	Failure   string    // Spanish sentence: why the last try failed; empty after a good one
	FailedAt  time.Time // when it did
}

// Made is a copy.
type Made struct {
	Name string
	At   time.Time
	Size int64 // bytes
}

// New returns a Backups; Run makes it work by itself.
func New(o Options) *Backups { return &Backups{Options: o, asked: make(chan struct{}, 1)} }

// Run makes a copy each day, and one whenever it is asked, until ctx ends and
// returns nil then.
func (b *Backups) Run(ctx context.Context) error {
	timer := time.NewTimer(firstLook)
	defer timer.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-b.asked:
			_, err = b.makeBegun(ctx)
		case <-timer.C:
			err = b.makeDue(ctx)
			timer.Reset(pause)
		}
		if err != nil && ctx.Err() == nil {
			b.Log.Error().Err(err).Msg("backup failed")
		}
		if err := b.tell(ctx); err != nil && ctx.Err() == nil {
			b.Log.Warn().Err(err).Msg("alert about backups not settled")
		}
	}
}

// makeDue makes today's copy, if it is time and there is none.
func (b *Backups) makeDue(ctx context.Context) error {
	state, err := b.State(ctx)
	if err != nil || state.Busy || state.Next.After(b.Now()) {
		return err
	}
	_, err = b.Make(ctx)
	return err
}

// next returns when the day's copy is due after one at last: at its hour, or
// when a whole day has passed.
func next(last, now time.Time, hour int) time.Time {
	if last.IsZero() {
		return now
	}
	from := time.Date(now.Year(), now.Month(), now.Day(), hour, 0, 0, 0, now.Location())
	if !last.Before(from) {
		from = time.Date(now.Year(), now.Month(), now.Day()+1, hour, 0, 0, 0, now.Location())
	}
	if day := last.Add(24 * time.Hour); day.Before(from) {
		return day
	}
	return from
}

// Make makes a copy now, sees to it that it counts and removes copies that are
// too old. CodeConflict: one is being made already, here or by another program.
func (b *Backups) Make(ctx context.Context) (Made, error) {
	if err := b.begin(); err != nil {
		return Made{}, err
	}
	return b.makeBegun(ctx)
}

// Ask has Run make a copy now, which State tells of. CodeConflict: one is being
// made already, here or by another program.
func (b *Backups) Ask() error {
	if err := b.begin(); err != nil {
		return err
	}
	b.asked <- struct{}{} // has room: only one is ever begun
	return nil
}

// makeBegun makes the copy that begin announced.
func (b *Backups) makeBegun(ctx context.Context) (Made, error) {
	made, err := b.make(ctx)
	b.end(err)
	if err != nil {
		return Made{}, err
	}
	b.Log.Info().Str("name", made.Name).Int64("bytes", made.Size).Msg("backup made and read back")
	if err := b.thin(ctx); err != nil {
		b.Log.Warn().Err(err).Msg("old backups not removed")
	}
	return made, nil
}

var errBusy = ticket.NewError(ticket.CodeConflict, "Ya se está haciendo un respaldo.")

func (b *Backups) begin() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.work != nil {
		return errBusy
	}
	alone, err := b.lock()
	if err != nil {
		return err
	}
	b.work = &work{since: b.Now(), alone: alone}
	return nil
}

// call gives the copy under way its name.
func (b *Backups) call(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.work.name = name
}

func (b *Backups) end(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.work.alone.Unlock(); err != nil {
		b.Log.Warn().Err(err).Msg("lock of backups not given back")
	}
	b.work, b.failure, b.failedAt = nil, "", time.Time{}
	if err != nil {
		b.failedAt = b.Now()
		b.failure = "El último respaldo no se pudo hacer. El detalle está en el registro del servidor."
		if e, ok := errors.AsType[*ticket.Error](err); ok {
			b.failure = e.Message
		}
	}
}

// State says how copies stand, as the shelf shows them.
func (b *Backups) State(ctx context.Context) (State, error) {
	files, err := b.Shelf.List(ctx)
	if err != nil {
		return State{}, fmt.Errorf("list backups: %w", err)
	}
	s := State{Copies: counting(files)}
	now := b.Now()
	s.Count = len(s.Copies)
	s.Last, _ = newest(s.Copies, now)
	s.Next = next(s.Last.At, now.In(b.Zone), b.Hour)
	since, err := b.since(ctx, s.Last)
	if err != nil {
		return State{}, err
	}
	s.Late = now.Sub(since) > late
	b.mu.Lock()
	defer b.mu.Unlock()
	s.Failure, s.FailedAt = b.failure, b.failedAt
	current := ""
	if s.Busy = b.work != nil; s.Busy {
		s.Work, current = b.work.state(), b.work.name
	}
	for _, m := range notCounting(files) {
		if m.Name != current {
			s.Unchecked = append(s.Unchecked, m)
		}
	}
	return s, nil
}

// since is from when on there has been no new copy.
func (b *Backups) since(ctx context.Context, last Made) (time.Time, error) {
	if !last.At.IsZero() {
		return last.At, nil
	}
	founded, err := b.Store.Founded(ctx, b.Origin.Business)
	if err != nil {
		return time.Time{}, fmt.Errorf("find age of data: %w", err)
	}
	return founded, nil
}

// Open opens a copy that counts, for somebody to take away; the caller closes
// it. CodeNotFound: there is none of that name.
func (b *Backups) Open(ctx context.Context, name string) (Made, io.ReadCloser, error) {
	copies, err := copiesOn(ctx, b.Shelf)
	if err != nil {
		return Made{}, nil, err
	}
	for _, m := range copies {
		if m.Name == name {
			file, err := b.Shelf.Get(ctx, name)
			return m, file, err
		}
	}
	return Made{}, nil, ticket.NewError(ticket.CodeNotFound, "No existe ese respaldo.")
}

// newest returns the last of copies, which come the oldest first, that can be from
// before now.
func newest(copies []Made, now time.Time) (Made, bool) {
	for _, m := range slices.Backward(copies) {
		if !m.At.After(now.Add(ahead)) {
			return m, true
		}
	}
	return Made{}, false
}

// Newest returns the newest copy on a shelf that counts, or CodeNotFound. One of
// after now is taken only where there is no other.
func Newest(ctx context.Context, shelf Shelf, now time.Time) (Made, error) {
	copies, err := copiesOn(ctx, shelf)
	if err != nil {
		return Made{}, err
	}
	if len(copies) == 0 {
		return Made{}, ticket.NewError(ticket.CodeNotFound, "No hay ningún respaldo.")
	}
	if m, ok := newest(copies, now); ok {
		return m, nil
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
