package backup

import (
	"cmp"
	"context"
	"fmt"

	"mostrador/internal/server/store"
)

// tell raises the alert that there is no new copy, or takes it down.
func (b *Backups) tell(ctx context.Context) error {
	s, err := b.State(ctx)
	if err == nil {
		b.seen = s.Last
	} else { // it is as late as it was when somebody last could look
		b.Log.Warn().Err(err).Msg("backups could not be looked at")
		since, err := b.since(ctx, b.seen)
		if err != nil {
			return err
		}
		s = State{Last: b.seen, Late: b.Now().Sub(since) > late, Failure: "No se puede mirar dónde están los respaldos."}
	}
	if !s.Late {
		was, err := b.Store.ClearAlert(ctx, b.Origin, store.AlertBackup)
		if was {
			b.Log.Info().Str("kind", store.AlertBackup).Msg("alert cleared")
		}
		return err
	}
	since, err := b.since(ctx, s.Last)
	if err != nil {
		return err
	}
	fresh, err := b.Store.RaiseAlert(ctx, b.Origin, store.Trouble{
		Kind: store.AlertBackup, Sentence: cmp.Or(s.Failure, "Hace más de 26 horas que no hay un respaldo nuevo."),
		Solution: "En Ajustes › Respaldos se ve qué pasa y se puede hacer un respaldo ahora. Si el disco se perdiera hoy, se perdería lo que llegó desde el último.",
	}, since)
	if err != nil {
		return fmt.Errorf("raise alert: %w", err)
	}
	if fresh {
		b.Log.Warn().Str("kind", store.AlertBackup).Time("since", since).Msg("alert raised")
	}
	return nil
}
