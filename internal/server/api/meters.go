package api

import (
	"net/http"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// Meters are told what the API does; each may be nil.
type Meters struct {
	// Show answers at metrics.Path and lets in only whom it wants to.
	Show http.Handler
	// Requested is told of every answer.
	Requested func(r *http.Request, status int, took time.Duration)
	// Received is told what became of each webhook with a good token: one of
	// WebhookResults, how long that took and, if it is stored and says when it was
	// written, how old it was by then.
	Received func(result string, took, age time.Duration)
}

// Results of a webhook, beside the ticket.Codes of its errors.
const (
	resultStored    = "stored"
	resultDuplicate = "duplicate"
	resultError     = "error" // of our own making
)

// WebhookResults returns the results that Meters.Received is told of.
func WebhookResults() []string {
	return []string{
		resultStored, resultDuplicate, resultError,
		string(ticket.CodeMalformed), string(ticket.CodeInvalid), string(ticket.CodeTooLarge), string(ticket.CodeTimeout), string(ticket.CodeUnavailable),
	}
}

// received tells of a webhook that began then.
func (s *server) received(began time.Time, in received, stored store.Stored, err error) {
	if s.Meters.Received == nil {
		return
	}
	result, now, age := resultStored, s.Now(), time.Duration(-1)
	switch {
	case err != nil && ticket.CodeOf(err) == ticket.CodeInternal:
		result = resultError
	case err != nil:
		result = string(ticket.CodeOf(err))
	case stored.Duplicate:
		result = resultDuplicate
	case !in.SentAt.IsZero():
		age = max(now.Sub(in.SentAt), 0)
	}
	s.Meters.Received(result, now.Sub(began), age)
}
