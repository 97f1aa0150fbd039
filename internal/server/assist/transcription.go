package assist

import (
	"context"
	"fmt"
	"time"

	"mostrador/internal/server/jobs"
	"mostrador/internal/server/store"
)

const (
	transcriptionKind = "transcripcion"
	// staleTranscription is when a person has listened to the voice note long ago.
	staleTranscription = 24 * time.Hour
)

func (a *Assist) transcriptions() jobs.Kind {
	return jobs.Kind{
		Name: transcriptionKind, Timeout: 90 * time.Second, Attempts: 5,
		Wanted: items(a.Store.WantedTranscriptions), Work: a.transcribe, GiveUp: a.dropTranscription,
	}
}

// transcribe has the model listen to a voice note.
func (a *Assist) transcribe(ctx context.Context, item jobs.Item) error {
	wish, ok, err := a.Store.WantedTranscription(ctx, store.Row(item))
	if err != nil {
		return err
	}
	if !ok || a.Now().Sub(wish.At) > staleTranscription {
		return a.dropTranscription(ctx, item, nil)
	}
	sound, err := a.Photos.Open(wish.File.File)
	if err != nil {
		return verdict(fmt.Errorf("read voice note: %w", err))
	}
	defer func() { _ = sound.Close() }()
	text, err := a.Model.Transcribe(ctx, wish.File.MIME, wish.File.Size, sound)
	if err != nil {
		return verdict(err)
	}
	stored, err := a.Store.SetTranscription(ctx, store.Row(item), wish, text)
	if err != nil {
		return err
	}
	a.Queue(item.Business, stored)
	return nil
}

// dropTranscription leaves a voice note without text.
func (a *Assist) dropTranscription(ctx context.Context, item jobs.Item, _ error) error {
	_, err := a.Store.SetTranscription(ctx, store.Row(item), store.TranscriptionWish{}, "")
	return err
}
