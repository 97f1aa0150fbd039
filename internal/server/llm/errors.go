package llm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"mostrador/internal/ticket"
)

// errUseless is an answer that is not what was asked for.
var errUseless = ticket.NewError(ticket.CodeUnavailable, "El asistente contestó algo que no sirve.")

// refused are the statuses that stay the same until the operator changes
// something, and what that is.
var refused = map[int]string{
	http.StatusUnauthorized:    "El asistente rechazó la clave: revise LLM_KEY.",
	http.StatusPaymentRequired: "El asistente pide saldo: revise la cuenta de la clave.",
	http.StatusForbidden:       "El asistente no permite usar este modelo con esta clave: revise LLM_KEY y LLM_MODEL.",
	http.StatusNotFound:        "El asistente no conoce la dirección o el modelo: revise LLM_URL y LLM_MODEL.",
}

// refusal is an error that trying again does not change.
type refusal struct{ error }

// Unwrap returns the ticket.Error.
func (r *refusal) Unwrap() error { return r.error }

// Refused reports whether trying again is useless until somebody changes the
// configuration or the account.
func Refused(err error) bool {
	_, ok := errors.AsType[*refusal](err)
	return ok
}

// misunderstood is an error of an endpoint that did not understand the question,
// and may understand it in another format.
type misunderstood struct{ error }

// Unwrap returns the ticket.Error.
func (m *misunderstood) Unwrap() error { return m.error }

func isMisunderstood(err error) bool {
	_, ok := errors.AsType[*misunderstood](err)
	return ok
}

// limited is an error of an endpoint that wants to be left alone for a while.
type limited struct {
	error
	after time.Duration
}

// Unwrap returns the ticket.Error.
func (l *limited) Unwrap() error { return l.error }

// Bounds of how long an endpoint may ask for patience.
const (
	minPatience     = time.Second
	defaultPatience = 30 * time.Second
	maxPatience     = 15 * time.Minute
)

// RetryAfter returns how long the endpoint asked to be left alone.
func RetryAfter(err error) (time.Duration, bool) {
	l, ok := errors.AsType[*limited](err)
	if !ok {
		return 0, false
	}
	return l.after, true
}

// explain makes a ticket.Error of what a request ended with. The cause stays out
// of its chain: it may repeat what was sent.
func explain(ctx context.Context, err error) error {
	if answered, ok := errors.AsType[*statusError](err); ok {
		return verdict(answered)
	}
	if errors.Is(err, errTooLong) || errors.Is(err, errRedirect) {
		return errors.Join(errUseless, cause(err))
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ticket.NewError(ticket.CodeTimeout, "El asistente no contestó a tiempo.")
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		return ticket.NewError(ticket.CodeUnavailable, "El asistente no está al alcance: revise LLM_URL y la red.")
	}
	return errUseless // an answer that is not one of this protocol
}

// cause is the part of err that is ours.
func cause(err error) error {
	if errors.Is(err, errTooLong) {
		return errTooLong
	}
	return errRedirect
}

func verdict(answered *statusError) error {
	status := answered.status
	if sentence, ok := refused[status]; ok {
		return &refusal{ticket.NewError(ticket.CodeUnavailable, sentence)}
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		after, told := patience(answered.header)
		if told || status == http.StatusTooManyRequests {
			return &limited{ticket.NewError(ticket.CodeUnavailable, "El asistente está saturado; pruebe en un momento."), after}
		}
	}
	err := fmt.Errorf("%w (status %d)", ticket.NewError(ticket.CodeUnavailable, "El asistente falló; pruebe en un momento."), status)
	if status == http.StatusBadRequest || status == http.StatusUnprocessableEntity {
		return &misunderstood{err}
	}
	return err
}

// patience reads Retry-After in seconds, the form these APIs use.
func patience(header http.Header) (after time.Duration, told bool) {
	seconds, err := strconv.ParseFloat(strings.TrimSpace(header.Get("Retry-After")), 64)
	if err != nil || seconds < 0 || seconds > maxPatience.Seconds() {
		return defaultPatience, false
	}
	return max(time.Duration(seconds*float64(time.Second)), minPatience), true
}
