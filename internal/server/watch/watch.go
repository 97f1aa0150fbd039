// Package watch is the dead-man's switch of the bridges: it takes their signs of
// life and raises an alert when these stop, or go on complaining for too long.
//
// Its one rule: an alert is a row in the store, raised once by whichever server
// comes first and cleared by the beat that says all is well; nothing about it is
// kept in the process.
package watch

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/store"
)

// looks is how often a limit is looked at while it runs out, slowest how rarely
// at most.
const (
	looks   = 10
	slowest = 30 * time.Second
)

// Options says what a Watch works with; all fields are required.
type Options struct {
	Store *store.Store
	// After is how long a bridge may be silent or in trouble before there is an
	// alert; 0 means that there is none.
	After time.Duration
	Now   func() time.Time
	Log   zerolog.Logger
}

// Watch watches over the bridges. Safe for concurrent use; several may share a
// database.
type Watch struct {
	Options

	mu       sync.Mutex
	watching time.Time // since when beats would have been noticed
	looked   time.Time // when Look last could
}

// New returns a Watch that has noticed nothing before now; Run makes it raise
// alerts.
func New(o Options) *Watch {
	now := o.Now()
	return &Watch{Options: o, watching: now, looked: now}
}

// Beat stores a sign of life and clears the alerts that it ends.
func (w *Watch) Beat(ctx context.Context, b store.Beat) error {
	cleared, err := w.Store.AddBeat(ctx, b, Troubles(b))
	if err != nil {
		return fmt.Errorf("add beat: %w", err)
	}
	for _, a := range cleared {
		w.Log.Info().Int64("bridge", a.Bridge).Str("kind", a.Kind).Time("since", a.Since).Msg("alert cleared")
	}
	return nil
}

// Run raises alerts until ctx ends and returns nil then.
func (w *Watch) Run(ctx context.Context) error {
	if w.After <= 0 {
		if err := w.Store.ClearAlerts(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn().Err(err).Msg("alerts not cleared")
		}
		return nil
	}
	ticker := time.NewTicker(w.pause())
	defer ticker.Stop()
	for {
		if err := w.Look(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn().Err(err).Msg("bridges could not be looked after")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (w *Watch) pause() time.Duration { return min(w.After/looks, slowest) }

// Look raises the alerts that are due now.
func (w *Watch) Look(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.Now()
	// A machine that slept, whose clock was set or whose database was away is
	// like one that has just started: it cannot have noticed beats.
	if gap := now.Sub(w.looked); gap < 0 || gap > w.After/2 {
		w.watching = now
	}
	raised, err := w.Store.RaiseAlerts(ctx, store.Alarm{After: w.After, Watching: w.watching, Silence: silence})
	if err != nil {
		return fmt.Errorf("raise alerts: %w", err)
	}
	w.looked = now
	for _, a := range raised {
		w.Log.Warn().Int64("bridge", a.Bridge).Str("kind", a.Kind).Time("since", a.Since).Str("reason", a.Sentence).Msg("alert raised")
	}
	return nil
}
