// Package api is the server's HTTP face: the webhook for the bridge, the JSON
// for the panel and the panel itself.
//
// Its one rule: a handler decodes, calls and encodes. What it decides about
// outside data is in pure functions beside it, and what it stores is whole or
// not there.
package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/rs/zerolog"
	"github.com/rs/zerolog/hlog"

	"mostrador/internal/httpx"
	"mostrador/internal/server/assist"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/backup"
	"mostrador/internal/server/learn"
	"mostrador/internal/server/link"
	"mostrador/internal/server/live"
	"mostrador/internal/server/outbox"
	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
	"mostrador/internal/server/watch"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// Options says what the API works with; all fields without a remark are
// required.
type Options struct {
	Store  *store.Store
	Photos *photos.Folder
	Auth   *auth.Auth
	Outbox *outbox.Outbox
	Learn  *learn.Learner
	Watch  *watch.Watch
	Assist *assist.Assist
	// Backups makes copies of everything; nil where nobody wants them.
	Backups *backup.Backups
	// Clean takes files off the disk whose rows are gone.
	Clean func(ctx context.Context) error
	Live  *live.Hub
	// Health asks the bridge at url how it is.
	Health func(ctx context.Context, url string) (wire.BridgeHealth, error)
	// Retry has the bridge at url deliver parked messages again, all of them
	// without keys, and returns how many.
	Retry func(ctx context.Context, url string, keys []string) (int, error)
	// Bridge reaches the bridges, to pair.
	Bridge    *outbox.Bridge
	Links     *link.Hub
	BridgeURL string // empty while nobody said where the laptop is
	BridgeID  int64  // the row of the bridge at BridgeURL
	// Panel holds index.html and what it refers to.
	Panel fs.FS
	// PanelLive makes every request read Panel anew, for the panel's developers.
	PanelLive bool
	// Origins are the web sites that may use the API from a browser; may be
	// empty, and may hold "*" for all of them.
	Origins []string
	// Proxies are those whose X-Forwarded-For is believed; may be empty.
	Proxies []netip.Prefix
	// MaxImage bounds a picture or a file, in bytes.
	MaxImage int64
	// TicketPerMessage makes every message a ticket of its own.
	TicketPerMessage bool
	Version          string // of the program; may be empty
	Meters           Meters
	Now              func() time.Time
	Log              zerolog.Logger
}

// server is the handlers' receiver.
type server struct {
	Options
	panel *panel
}

// writeProblem answers with err and logs why something is unavailable: the
// client reads a sentence, the operator the cause.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	if code := ticket.CodeOf(err); code == ticket.CodeUnavailable || code == ticket.CodeTimeout {
		hlog.FromRequest(r).Warn().Err(err).Msg("request could not be served now")
	}
	httpx.WriteProblem(w, r, err)
}

func handle(h httpx.Handler) http.HandlerFunc { return adapt(writeProblem, h) }

// adapt is httpx.Handle, but a client that hung up is no fault of ours.
func adapt(write httpx.ErrorWriter, h httpx.Handler) http.HandlerFunc {
	return httpx.Handle(write, func(w http.ResponseWriter, r *http.Request) error {
		err := h(w, r)
		if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
			return ticket.NewError(ticket.CodeMalformed, "La conexión se cerró antes de la respuesta.")
		}
		return err
	})
}

// businessOf returns the business that the request is about.
func businessOf(r *http.Request) int64 { return auth.From(r.Context()).Business }

// numberOf returns the ticket number in the path; what is no number is no ticket.
func numberOf(r *http.Request) (int64, error) {
	number, err := strconv.ParseInt(chi.URLParam(r, "id"), 10, 64)
	if err != nil || number <= 0 {
		return 0, ticket.NewError(ticket.CodeNotFound, "Ticket no encontrado")
	}
	return number, nil
}

const (
	// maxForm bounds the body of a panel's request, in bytes: a text of 65536
	// characters, each written as a JSON escape at worst.
	maxForm = 512 << 10
	// maxLogin bounds that of somebody who is not known yet.
	maxLogin = 16 << 10
)

// decodeForm reads the body of a panel's request.
func decodeForm(w http.ResponseWriter, r *http.Request, limit int64, v any) error {
	if err := httpx.Decode(w, r, limit, v); err != nil {
		return fmt.Errorf("decode request: %w", err)
	}
	return nil
}
