// Package llm asks a language model on somebody else's machine, by OpenAI's
// protocol: for a category, a reply to edit, a summary, or what a voice note says.
//
// Its one rule: what customers write is data. It leaves masked, inside JSON, and
// nothing that comes back is believed: a category is one of the list or nothing,
// and every other text is a draft for a person.
package llm

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/ticket"
)

const (
	// askTimeout is how long a model may think.
	askTimeout = 10 * time.Second
	// hearTimeout is how long the transcription of a voice note may take.
	hearTimeout = 60 * time.Second
)

// Endpoint is a model behind an OpenAI-compatible API.
type Endpoint struct {
	URL   string // up to and with its /v1
	Model string
	Key   string // may be empty, as Ollama asks for none
}

// Options says whom to ask. Chat or Audio may be without URL: what needs it then
// answers that it is not configured.
type Options struct {
	Chat  Endpoint
	Audio Endpoint // for transcriptions
	// Transport carries the requests; nil means net/http's own way, proxies included.
	Transport http.RoundTripper
	Now       func() time.Time
	Log       zerolog.Logger
}

// Client asks the model. Safe for concurrent use; a nil one is not configured.
type Client struct {
	chat    endpoint
	audio   endpoint
	options Options
	format  atomic.Int32 // the strictest format that the endpoint is known to take
	health  health
}

// New returns a Client, nil without any endpoint.
func New(o Options) *Client {
	if o.Chat.URL == "" && o.Audio.URL == "" {
		return nil
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	return &Client{
		chat: o.endpoint(o.Chat), audio: o.endpoint(o.Audio), options: o, health: health{now: o.Now, log: o.Log},
	}
}

// Chats reports whether a model for texts is configured.
func (c *Client) Chats() bool { return c != nil && c.options.Chat.URL != "" }

// Hears reports whether a model for voice notes is configured.
func (c *Client) Hears() bool { return c != nil && c.options.Audio.URL != "" }

// errOff answers those who ask what is not configured.
var errOff = ticket.NewError(ticket.CodeUnavailable, "El asistente no está configurado: falta LLM_URL.")

// ask sends one question and returns the answer, without what the model thought
// aloud, which some servers leave in.
func (c *Client) ask(ctx context.Context, q question) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	answer, err := c.chat.complete(ctx, q)
	if err != nil {
		return "", explain(ctx, err)
	}
	if len(answer.Choices) == 0 {
		return "", errUseless
	}
	text := answer.Choices[0].Message.Content
	if _, after, thought := strings.Cut(text, "</think>"); thought {
		text = after
	}
	return strings.TrimSpace(text), nil
}
