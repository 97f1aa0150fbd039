package llm

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/ticket"
)

// State is how the model has been answering.
type State struct {
	Failures int64     // since the start of the program
	Problem  string    // Spanish sentence: why it does not answer now; empty when it does
	Since    time.Time // when the problem began; zero without one
}

// health notes how calls end. It logs when that changes, not every time.
type health struct {
	now func() time.Time
	log zerolog.Logger

	mu    sync.Mutex
	state State
}

// State returns how the model has been answering; the zero State on a nil Client.
func (c *Client) State() State {
	if c == nil {
		return State{}
	}
	c.health.mu.Lock()
	defer c.health.mu.Unlock()
	return c.health.state
}

// note remembers how a call ended and returns err. A caller that went away says
// nothing about the model.
func (h *health) note(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		if h.state.Problem != "" {
			h.log.Info().Int64("failures", h.state.Failures).Msg("language model answers again")
		}
		h.state.Problem, h.state.Since = "", time.Time{}
		return nil
	}
	h.state.Failures++
	if h.state.Problem == "" {
		h.log.Warn().Err(err).Msg("language model does not answer; tickets keep their own classification")
		h.state.Since = h.now()
	}
	h.state.Problem = "El asistente no contesta."
	if e, ok := errors.AsType[*ticket.Error](err); ok {
		h.state.Problem = e.Message
	}
	return err
}
