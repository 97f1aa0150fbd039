// Package api is the bridge's HTTP side: the server's calls, which carry the
// token, and the page on which the technician pairs the phone.
//
// Its one rule: without the token there is only the short health; without
// sitting at the laptop itself there is no page.
package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/rs/zerolog"
	"golang.org/x/sync/singleflight"

	"mostrador/internal/httpx"
	"mostrador/internal/metrics"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// WhatsApp is what the API asks of the session. Errors that a caller is meant to
// read are ticket.Errors. It must be safe for concurrent use.
type WhatsApp interface {
	// Send writes to a customer and returns the message's id. CodeUnavailable
	// means not sent, CodeTimeout that nobody knows, CodeRateLimited that WhatsApp
	// does not let it through for now, CodeNotFound that the number has none.
	Send(ctx context.Context, message wire.Send) (id string, err error)
	// RequestCode asks for a code to pair with instead of the QR.
	RequestCode(ctx context.Context, phone string) (code string, err error)
	// AnswerPasskey hands over the JSON form of a WebAuthn assertion.
	AnswerPasskey(ctx context.Context, assertion []byte) error
	// ConfirmPasskey says that the codes on phone and page are the same.
	ConfirmPasskey(ctx context.Context) error
	// Unpair ends the session; pairing starts over by itself.
	Unpair(ctx context.Context) error
}

// Status is one picture of the whole bridge.
type Status struct {
	State     string // name of WhatsApp's state
	Reason    string // Spanish sentence, may be empty
	Solution  string // Spanish sentence, may be empty
	Connected bool
	Account   string    // the business's number, digits
	QR        string    // text of the code to show, empty without one
	QRExpires time.Time // zero without one
	Code      string    // pairing code that was asked for
	Passkey   *Passkey  // nil unless WhatsApp asks for one
	Recovered int       // messages WhatsApp had kept when the session connected last

	Waiting int       // messages not at the server
	Files   int       // files not at the server
	Parked  int       // messages the server refused
	Damaged int       // files of the queue that cannot be read
	Oldest  time.Time // arrival of the oldest waiting message, zero without one

	ServerReachable bool
	ServerError     string    // Spanish sentence, empty while all is well
	ServerSuccess   time.Time // when the server last took a message, zero if never

	LinkSince  time.Time // when the link to the server was opened, zero without one
	LinkReason string    // Spanish sentence on why there is none; empty with one, or when there is to be none
}

// Passkey is WhatsApp's demand for a passkey.
type Passkey struct {
	PublicKey json.RawMessage // PublicKeyCredentialRequestOptions in their JSON form
	Code      string          // to be compared with the phone's; empty until there is one
	Expires   time.Time
}

// Options are what New needs, all of it.
type Options struct {
	Token    string // API_TOKEN
	WhatsApp WhatsApp
	Status   func() Status
	// Parked returns up to limit of the parked messages, the oldest first.
	Parked func(limit int) []wire.Parked
	// Retry puts the parked messages with these keys, or all when there are none,
	// back into the queue and says how many that was.
	Retry   func(keys []string) (int, error)
	MaxFile int64 // bytes of the largest file to send
	Now     func() time.Time
	Version string // of the bridge
	Library string // version of the WhatsApp library
	Log     zerolog.Logger
	// Metrics answers at metrics.Path, and Requested is told of every answer; both
	// may be nil.
	Metrics   http.Handler
	Requested func(r *http.Request, status int, took time.Duration)
}

type api struct {
	Options
	token   httpx.Token
	started time.Time
	sending singleflight.Group // by message id
}

// New returns the handler of every route. Uptime counts from this call.
func New(o Options) http.Handler {
	a := &api{Options: o, token: httpx.NewToken(o.Token), started: o.Now()}
	r := chi.NewRouter()
	r.Use(httpx.Log(o.Log, o.Requested, wire.PathHealth, pathState), httpx.Recover(a.writeError), secure)
	r.NotFound(a.handle(notFound))
	r.MethodNotAllowed(wrongMethod)
	r.Get(wire.PathHealth, a.health)
	if o.Metrics != nil {
		r.Method(http.MethodGet, metrics.Path, o.Metrics)
	}
	r.Group(func(r chi.Router) {
		r.Use(a.authorize)
		r.Post(wire.PathSend, a.handle(a.sendMessage))
		r.Get(wire.PathPairing, a.pairing)
		r.Get(wire.PathPairing+".png", a.handle(a.qrPicture))
		r.Post(wire.PathPairCode, a.handle(a.pairByCode))
		r.Post(wire.PathPasskey, a.handle(a.takePasskey))
		r.Post(wire.PathPasskeyConfirm, a.handle(a.agreePasskey))
		r.Post(wire.PathUnpair, a.handle(a.unpair))
		r.Get(wire.PathParked, a.listParked)
		r.Post(wire.PathParked, a.handle(a.retryParked))
	})
	r.Group(func(r chi.Router) {
		r.Use(a.localOnly, a.sameOrigin)
		r.Get("/", a.page)
		r.Get(pathState, a.pageState)
		r.Get("/qr.png", a.handle(a.qrPicture))
		r.Get("/pagina.css", asset("pagina.css"))
		r.Get("/pagina.js", asset("pagina.js"))
		r.Post("/codigo", a.handle(a.requestCode))
		r.Post("/passkey", a.handle(a.answerPasskey))
		r.Post("/passkey/confirmar", a.handle(a.confirmPasskey))
		r.Post("/reintentar", a.handle(a.retryAll))
	})
	return r
}

func (a *api) handle(h httpx.Handler) http.HandlerFunc { return httpx.Handle(a.writeError, h) }

func notFound(http.ResponseWriter, *http.Request) error {
	return ticket.NewError(ticket.CodeNotFound, "No existe")
}

func wrongMethod(w http.ResponseWriter, _ *http.Request) {
	httpx.WriteJSON(w, http.StatusMethodNotAllowed, wire.BridgeError{Error: "Método no permitido"})
}

// authorize lets only callers with the token through.
func (a *api) authorize(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.token.Authorizes(r) {
			a.writeError(w, r, ticket.NewError(ticket.CodeUnauthorized, "No autorizado"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// WriteError answers with the error key of the original bridge.
func WriteError(w http.ResponseWriter, _ *http.Request, err error) {
	if ticket.CodeOf(err) == ticket.CodeUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="mostrador"`)
	}
	httpx.WriteJSON(w, httpx.Status(err), wire.BridgeError{Error: httpx.Message(err)})
}

func (a *api) writeError(w http.ResponseWriter, r *http.Request, err error) { WriteError(w, r, err) }
