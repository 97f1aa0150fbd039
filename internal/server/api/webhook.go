package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rs/zerolog/hlog"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const (
	// uploadTime is how long a webhook may take to come in. It is longer than the
	// bridge tries, which then is the one that gives up.
	uploadTime = wire.UploadTime + time.Minute
	// answerTime is how long it may take from its beginning to its answer.
	answerTime = uploadTime + 2*storeTimeout
)

// storeTimeout bounds a transaction whose caller may already be gone.
const storeTimeout = 30 * time.Second

// receive takes a message of a customer from the bridge and answers when it is
// durably stored. The token was checked before the body is read.
func (s *server) receive(w http.ResponseWriter, r *http.Request) error {
	began := s.Now()
	httpx.MoreTime(w, uploadTime, answerTime)
	in, stored, err := s.takeMessage(w, r)
	s.received(began, in, stored, err)
	if err != nil {
		return err
	}
	httpx.WriteJSON(w, http.StatusOK, wire.WebhookReply{
		Status: "ok", Message: "Ticket recibido y procesando", TicketID: stored.Ticket, Duplicate: stored.Duplicate,
	})
	return nil
}

// takeMessage is receive without the answer.
func (s *server) takeMessage(w http.ResponseWriter, r *http.Request) (in received, stored store.Stored, err error) {
	files := &uploads{folder: s.Photos, limit: s.MaxImage}
	defer files.discard()
	m, err := files.read(w, r)
	if err != nil {
		return in, stored, fmt.Errorf("decode webhook: %w", err)
	}
	in, err = convert(m, s.Now(), s.MaxImage, files.of)
	if err != nil {
		return in, stored, fmt.Errorf("read webhook: %w", err)
	}
	in.Origin, in.SeparateTicket = auth.From(r.Context()).Origin, s.TicketPerMessage
	// A bridge that hangs up before the answer must not leave half of it behind.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), storeTimeout)
	defer cancel()
	stored, err = s.keep(ctx, in)
	if err != nil {
		return in, stored, err
	}
	hlog.FromRequest(r).Info().Int64("ticket", stored.Ticket).Str("kind", string(in.Kind)).
		Bool("opened", stored.Opened).Bool("duplicate", stored.Duplicate).Msg("message stored")
	s.Outbox.Alive(in.Bridge)
	s.Assist.Queue(in.Business, stored)
	s.sayAway(ctx, in, stored)
	return in, stored, nil
}

// sayAway has a customer told that the business is closed, if it is. It is a
// courtesy: the message is safe whatever becomes of it.
func (s *server) sayAway(ctx context.Context, in received, stored store.Stored) {
	if in.Direction != ticket.DirectionIn || in.Group || in.Kind == ticket.KindReaction || stored.Duplicate || stored.Muted {
		return
	}
	if err := s.Outbox.Away(ctx, in.Business, stored.Ticket); err != nil {
		s.Log.Warn().Err(err).Msg("automatic answer not queued")
	}
}

// keep stores a message and its files: the files first, so that a row never
// names one that is not there, and away with them if the row does not come.
func (s *server) keep(ctx context.Context, in received) (store.Stored, error) {
	var saved []string
	for i, file := range in.Files {
		if file == nil {
			continue
		}
		name, err := file.draft.Keep(in.Attachments[i].MIME)
		if err != nil {
			s.discard(saved)
			return store.Stored{}, fmt.Errorf("save attachment: %w", err)
		}
		in.Attachments[i].File = name
		saved = append(saved, name)
	}
	stored, err := s.Store.AddMessage(ctx, in.Incoming)
	// The sweep at the next start sets aside what turns out not to be stored.
	if !stored.UsedFiles && !errors.Is(err, store.ErrUnsure) {
		s.discard(saved)
	}
	if err != nil {
		return store.Stored{}, fmt.Errorf("store message: %w", err)
	}
	return stored, nil
}

// discard removes files that no row names.
func (s *server) discard(names []string) {
	for _, name := range names {
		if err := s.Photos.Remove(name); err != nil {
			s.Log.Warn().Err(err).Msg("file of a refused message was not removed")
		}
	}
}

// health tells monitors, without any login, whether the database answers and
// takes what is written.
func (s *server) health(w http.ResponseWriter, r *http.Request) {
	total, err := s.Store.TotalTickets(r.Context())
	if err == nil {
		err = s.Store.Check(r.Context())
	}
	if err != nil {
		hlog.FromRequest(r).Error().Err(err).Msg("database does not serve")
		sentence := "La base de datos no contesta."
		if ticket.CodeOf(err) == ticket.CodeUnavailable {
			sentence = httpx.Message(err)
		}
		httpx.WriteJSON(w, http.StatusServiceUnavailable, wire.ServerDown{Status: "error", Message: sentence})
		return
	}
	httpx.WriteJSON(w, http.StatusOK, wire.ServerHealth{Status: "ok", Tickets: total, BridgeURL: s.BridgeURL, Time: s.Now().UTC()})
}
