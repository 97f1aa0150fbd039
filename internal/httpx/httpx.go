// Package httpx is the HTTP manners both programs share: reading a body,
// writing an answer, turning an error into a status, logging a request and
// serving until told to stop.
//
// Its one rule: an error reaches a client only as a ticket.Error's sentence;
// everything else stays in the log beside the request's id.
package httpx

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/rs/zerolog/hlog"

	"mostrador/internal/ticket"
)

// Handler serves one request or returns why it could not. It must not have
// written anything when it returns an error.
type Handler func(w http.ResponseWriter, r *http.Request) error

// ErrorWriter writes err as the answer to r. WriteProblem is the server's.
type ErrorWriter func(w http.ResponseWriter, r *http.Request, err error)

// Handle adapts h to net/http; its errors go to write, and internal ones to the
// request's log as well.
func Handle(write ErrorWriter, h Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil {
			return
		}
		if ticket.CodeOf(err) == ticket.CodeInternal {
			hlog.FromRequest(r).Error().Err(err).Msg("request failed")
		}
		write(w, r, err)
	}
}

// WriteJSON answers with status and v as JSON. The connection's fate after an
// unwritable answer is net/http's business, so it returns nothing.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	writeJSON(w, "application/json; charset=utf-8", status, v)
}

func writeJSON(w http.ResponseWriter, contentType string, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

var statuses = map[ticket.Code]int{
	ticket.CodeMalformed:    http.StatusBadRequest,
	ticket.CodeInvalid:      http.StatusUnprocessableEntity,
	ticket.CodeUnauthorized: http.StatusUnauthorized,
	ticket.CodeForbidden:    http.StatusForbidden,
	ticket.CodeNotFound:     http.StatusNotFound,
	ticket.CodeNotAllowed:   http.StatusMethodNotAllowed,
	ticket.CodeConflict:     http.StatusConflict,
	ticket.CodeTooLarge:     http.StatusRequestEntityTooLarge,
	ticket.CodeRateLimited:  http.StatusTooManyRequests,
	ticket.CodeUnavailable:  http.StatusServiceUnavailable,
	ticket.CodeTimeout:      http.StatusGatewayTimeout,
}

// Status returns the HTTP status of err, 500 for one that is not a ticket.Error.
func Status(err error) int {
	if status, ok := statuses[ticket.CodeOf(err)]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// Message returns the sentence a client may read about err.
func Message(err error) string {
	if e, ok := errors.AsType[*ticket.Error](err); ok {
		return e.Message
	}
	return "Error interno. El detalle está en el registro del programa."
}

// extra is an error whose answer carries one more field.
type extra struct {
	error
	key   string
	value any
}

// Unwrap returns the error that With was given.
func (e *extra) Unwrap() error { return e.error }

// With adds a field to the problem document that WriteProblem makes of err.
func With(err error, key string, value any) error {
	return &extra{error: err, key: key, value: value}
}

// ProblemType is the content type of a problem document.
const ProblemType = "application/problem+json"

// Problem makes of err an RFC 9457 problem document whose detail is the Spanish
// sentence, and says with which status it is sent. Its other members are codigo,
// the ticket.Code, peticion, the request's id in the log, and whatever With added.
func Problem(ctx context.Context, err error) (status int, document map[string]any) {
	status = Status(err)
	document = map[string]any{
		"type":   "about:blank",
		"title":  http.StatusText(status),
		"status": status,
		"detail": Message(err),
		"codigo": ticket.CodeOf(err),
	}
	if id, ok := hlog.IDFromCtx(ctx); ok {
		document["peticion"] = id.String()
	}
	if e, ok := errors.AsType[*extra](err); ok {
		document[e.key] = e.value
	}
	return status, document
}

// WriteProblem answers r with the Problem of err.
func WriteProblem(w http.ResponseWriter, r *http.Request, err error) {
	status, document := Problem(r.Context(), err)
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="mostrador"`)
	}
	writeJSON(w, ProblemType, status, document)
}
