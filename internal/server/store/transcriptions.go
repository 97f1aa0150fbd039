package store

import (
	"context"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

// TranscriptionWish is a voice note that somebody is to listen to.
type TranscriptionWish struct {
	File ticket.Attachment // stored
	At   time.Time         // since when
}

// WantedTranscriptions returns the voice notes of all businesses that are to be
// listened to, the oldest wishes first, 500 at most.
func (s *Store) WantedTranscriptions(ctx context.Context) ([]Row, error) {
	rows, err := list(ctx, s.reader, scanRow, `
		SELECT business_id, id FROM messages WHERE transcription_wanted_at > 0 ORDER BY transcription_wanted_at LIMIT $1`, wishLimit)
	if err != nil {
		return nil, fmt.Errorf("list wanted transcriptions: %w", explain(err))
	}
	return rows, nil
}

// WantedTranscription returns the voice note of a message; ok is false when
// nobody is to listen to it, or the customer deleted it.
func (s *Store) WantedTranscription(ctx context.Context, row Row) (w TranscriptionWish, ok bool, err error) {
	var at int64
	f := &w.File
	ok, err = one(s.reader.QueryRowContext(ctx, `
		SELECT m.transcription_wanted_at, a.file, a.name, a.mime, a.size, a.state
		FROM messages m JOIN attachments a ON a.message_id = m.id
		WHERE m.business_id = $1 AND m.id = $2 AND m.transcription_wanted_at > 0 AND m.deleted_at = 0 AND a.state = 'stored'
		ORDER BY a.id LIMIT 1`, row.Business, row.ID), &at, &f.File, &f.Name, &f.MIME, &f.Size, &f.State)
	if err != nil {
		return TranscriptionWish{}, false, fmt.Errorf("load wanted transcription: %w", explain(err))
	}
	w.At = instant(at)
	return w, ok, nil
}

// SetTranscription stores what is said in the voice note of w and sums its ticket
// up again, as if the customer had written it; an empty text takes the wish back.
// The zero w is whichever the row has. Stored says which ticket that is and
// whether it wants an opinion now; it is zero when nobody wanted the transcription
// any more.
func (s *Store) SetTranscription(ctx context.Context, row Row, w TranscriptionWish, text string) (Stored, error) {
	var out Stored
	text = clean(text)
	err := s.write(ctx, "set transcription", func(t *tx) (err error) {
		out, err = s.intake(t, Incoming{Origin: Origin{Business: row.Business}}).transcribed(row.ID, w, text)
		return err
	})
	if err != nil {
		return Stored{}, err
	}
	return out, nil
}

func (g *intake) transcribed(message int64, w TranscriptionWish, text string) (Stored, error) {
	// On SQLite another voice note may have the id meanwhile.
	th, err := g.find(`id = (SELECT ticket_id FROM messages WHERE id = $1 AND business_id = $2 AND transcription_wanted_at > 0
		AND (transcription_wanted_at = $3 OR $3 = 0))`, message, g.in.Business, millis(w.At))
	if err != nil || th.id == 0 {
		return Stored{}, err
	}
	// Locked in the order in which messages come in: the ticket first.
	if th, err = g.lockTicket(g.in.Business, th.number); err != nil {
		return Stored{}, err
	}
	if err := g.exec(`UPDATE messages SET transcription = $2, transcription_wanted_at = 0 WHERE id = $1`, message, text); err != nil {
		return Stored{}, err
	}
	g.out.Ticket, g.out.Message = th.number, message
	if text == "" {
		return g.out, nil
	}
	if err := g.exec(`INSERT INTO word_changes (what, changed) VALUES ($1, $2)`, ofMessages, message); err != nil {
		return Stored{}, err
	}
	g.hint(g.in.Business, th.number, HintTicket)
	if err := g.describe(th, 0); err != nil {
		return Stored{}, err
	}
	return g.out, g.touch(th.id)
}

// wantTranscription notes that somebody is to listen to the message just stored,
// if it is a voice note whose sound is here.
func (g *intake) wantTranscription() error {
	spoken := g.in.Kind == ticket.KindVoice || g.in.Kind == ticket.KindAudio
	if !g.wishes.Transcription || g.contact.blocked || !spoken || !g.out.UsedFiles || g.in.Direction != ticket.DirectionIn {
		return nil
	}
	wanted, err := g.changed(`
		UPDATE messages SET transcription_wanted_at = $2 WHERE id = $1 AND transcription = '' AND transcription_wanted_at = 0`,
		g.out.Message, g.now)
	g.out.Transcription = wanted
	return err
}
