// Package rest is the versioned API under /api/v1: what the panel and other
// programs read and change, described by the OpenAPI document it serves.
//
// Its one rule: an operation says with register who may call it, and what it
// takes and answers is in its Go types; the document is made of both, so that it
// cannot say anything else. One file per resource; view.go has what several of
// them answer with.
package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/rs/zerolog"

	"mostrador/internal/server/assist"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/backup"
	"mostrador/internal/server/learn"
	"mostrador/internal/server/link"
	"mostrador/internal/server/notify"
	"mostrador/internal/server/outbox"
	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// Prefix is where the API lives.
const Prefix = "/api/v1"

// maxBody bounds what an operation reads, in bytes: a text of 65536 characters,
// each written as a JSON escape at worst. Operations may set their own.
const maxBody = 512 << 10

// Options says what the API works with; all fields without a remark are
// required.
type Options struct {
	Store  *store.Store
	Auth   *auth.Auth
	Outbox *outbox.Outbox
	Assist *assist.Assist
	Notify *notify.Notify
	Learn  *learn.Learner
	Photos *photos.Folder
	// Backups makes copies of everything; nil where nobody wants them.
	Backups *backup.Backups
	// Clean takes files off the disk whose rows are gone.
	Clean func(ctx context.Context) error
	// Health asks the bridge at url how it is.
	Health func(ctx context.Context, url string) (wire.BridgeHealth, error)
	// Retry has the bridge at url deliver parked messages again, all of them
	// without keys, and returns how many.
	Retry func(ctx context.Context, url string, keys []string) (int, error)
	// Bridge reaches the bridges, to pair.
	Bridge    *outbox.Bridge
	Links     *link.Hub
	MaxFile   int64  // of a file that is sent, in bytes
	BridgeURL string // empty while nobody said where the laptop is
	BridgeID  int64  // the row of the bridge at BridgeURL
	Version   string // of the program; may be empty
	Now       func() time.Time
	Log       zerolog.Logger
}

// service is the operations' receiver.
type service struct {
	Options
	api huma.API
}

// Mount adds the API to r, which must let only known identities through:
// operations look at their role and nothing else.
func Mount(r chi.Router, o Options) {
	s := &service{Options: o, api: humachi.New(r, configuration(o.Version))}
	s.me()
	s.tickets()
	s.bulk()
	s.search()
	s.report()
	s.views()
	s.replies()
	s.files()
	s.notes()
	s.canned()
	s.moves()
	s.bridge()
	s.assist()
	s.pairing()
	s.categories()
	s.learning()
	s.customers()
	s.settings()
	s.notices()
	s.account()
	s.tokens()
	s.users()
	s.audit()
	s.copies()
}

func configuration(version string) huma.Config {
	formats := map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	c := huma.DefaultConfig("Mostrador", version)
	c.Info.Description = "Tickets, clientes, respuestas y ajustes de Mostrador. Los textos de los errores son para personas; los programas miran «codigo»."
	c.Servers = []*huma.Server{{URL: Prefix}}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":  {Type: "http", Scheme: "bearer", Description: "Un token personal o el API_TOKEN."},
		"sesion": {Type: "apiKey", In: "cookie", Name: auth.Cookie},
	}
	c.Security = []map[string][]string{{"token": {}}, {"sesion": {}}}
	c.Formats, c.DocsPath, c.SchemasPath = formats, "", ""
	c.RejectUnknownQueryParameters = true
	// Neither links to schemas nor a $schema field in every answer.
	c.CreateHooks = nil
	c.Transformers = []huma.Transformer{translate}
	return c
}

// operation describes one operation: its method and path, a name that programs
// generated from the document use, and one Spanish line on what it does. Its
// first tag is the resource.
func operation(method, path, id, tag, summary string) huma.Operation {
	return huma.Operation{Method: method, Path: path, OperationID: id, Tags: []string{tag}, Summary: summary, MaxBodyBytes: maxBody}
}

// register adds an operation that identities with at least the role may call.
// The handler returns errors as all of the program does: ticket.Errors are told,
// everything else is logged and told as an internal error.
func register[I, O any](s *service, op huma.Operation, role auth.Role, handler func(context.Context, *I) (*O, error)) {
	if op.MaxBodyBytes == 0 || op.OperationID == "" || len(op.Tags) == 0 {
		panic("rest: operation " + op.Method + " " + op.Path + " is not made by operation")
	}
	op.Errors = append(slices.Clone(op.Errors), http.StatusUnauthorized, http.StatusForbidden, http.StatusServiceUnavailable)
	op.Extensions = map[string]any{"x-rol": auth.RoleName(role)}
	op.Middlewares = append(huma.Middlewares{only(role), once}, op.Middlewares...)
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, hungUp(ctx, err))
		}
		return out, nil
	})
}

// only refuses identities whose role is less than role, before anything of the
// request is looked at.
func only(role auth.Role) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if auth.From(ctx.Context()).Role.Covers(role) {
			next(ctx)
			return
		}
		problemOf(ctx.Context(), auth.ErrForbidden).write(ctx)
	}
}

// once refuses a parameter that is there again: all but the first would be ignored,
// and with them a part of what was asked.
func once(ctx huma.Context, next func(huma.Context)) {
	asked := ctx.URL()
	for name, values := range asked.Query() {
		repeats := slices.ContainsFunc(ctx.Operation().Parameters, func(p *huma.Param) bool { return p.Name == name && p.In == "query" && p.Explode != nil && *p.Explode })
		if len(values) > 1 && !repeats {
			problemOf(ctx.Context(), ticket.NewError(ticket.CodeInvalid, fmt.Sprintf("El dato «%s» está varias veces: los valores de una lista se separan por comas.", name))).write(ctx)
			return
		}
	}
	next(ctx)
}

// hungUp is err, unless all that is wrong is that the client is gone.
func hungUp(ctx context.Context, err error) error {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return ticket.NewError(ticket.CodeMalformed, "La conexión se cerró antes de la respuesta.")
	}
	return err
}

// businessOf returns the business that a request is about.
func businessOf(ctx context.Context) int64 { return auth.From(ctx).Business }

// body is an answer with nothing but a body.
type body[T any] struct{ Body T }

// answer is a body for an operation to return.
func answer[T any](v T) *body[T] { return &body[T]{Body: v} }
