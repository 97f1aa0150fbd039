// Package retention deletes what is older than a business keeps it, and takes
// files off the disk whose rows are gone.
//
// Its one rule: it deletes nothing that the settings of a business do not name,
// in steps so small that nobody waits for them, and it may be stopped between any
// two.
package retention

import (
	"context"
	"fmt"

	"github.com/rs/zerolog"

	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
)

// batch is how many files are deleted between two looks at the database.
const batch = 200

// Keeper deletes. Safe for concurrent use, also by several servers that share a
// database and the folder of photos.
type Keeper struct {
	Store  *store.Store
	Photos *photos.Folder
	Log    zerolog.Logger
}

// Sweep deletes all that is too old now, of every business.
func (k *Keeper) Sweep(ctx context.Context) error {
	businesses, err := k.Store.Businesses(ctx)
	if err != nil {
		return err
	}
	for _, business := range businesses {
		if err := k.retire(ctx, business); err != nil {
			return fmt.Errorf("delete what is old: %w", err)
		}
	}
	return k.RemoveFiles(ctx)
}

func (k *Keeper) retire(ctx context.Context, business int64) error {
	var total store.Retired
	for ctx.Err() == nil {
		r, err := k.Store.Retire(ctx, business)
		if err != nil {
			return err
		}
		if r == (store.Retired{}) {
			break
		}
		total.Tickets, total.Photos, total.Log = total.Tickets+r.Tickets, total.Photos+r.Photos, total.Log+r.Log
	}
	if total != (store.Retired{}) {
		k.Log.Info().Int64("business", business).Int("tickets", total.Tickets).Int("photos", total.Photos).Int("log", total.Log).
			Msg("what was older than the settings keep it was deleted")
	}
	return nil
}

// RemoveFiles takes the files off the disk whose rows are gone. What a kill
// leaves undone the next call does.
func (k *Keeper) RemoveFiles(ctx context.Context) error {
	for ctx.Err() == nil {
		names, err := k.Store.DoomedFiles(ctx, batch)
		if err != nil || len(names) == 0 {
			return err
		}
		if err := k.Photos.RemoveAll(names); err != nil {
			return fmt.Errorf("remove files: %w", err)
		}
		if err := k.Store.ForgetFiles(ctx, names); err != nil {
			return fmt.Errorf("forget files: %w", err)
		}
	}
	return nil
}
