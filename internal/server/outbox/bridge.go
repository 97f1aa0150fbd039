package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode"

	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const (
	// sendTimeout is the contract's: no answer within 5 s is a 504.
	sendTimeout = 5 * time.Second
	// fileTimeout is the same for a file, which goes over the network and from
	// the laptop to WhatsApp.
	fileTimeout = 150 * time.Second
	// dialTimeout is how long a laptop that is switched off is waited for.
	dialTimeout = 3 * time.Second
	// healthTimeout keeps the panel's bar lively.
	healthTimeout = 2 * time.Second
	// retryTimeout is how long a bridge may take to bring a full tray back.
	retryTimeout = 10 * time.Second
	// maxAnswer bounds what is read of a bridge's answer, in bytes.
	maxAnswer = 64 << 10
	// maxReason bounds a bridge's sentence, in runes.
	maxReason = 300
)

// Bridge talks to the bridges on the laptops. Safe for concurrent use.
type Bridge struct {
	client *http.Client
	token  string
}

// Direct returns a connection to a laptop's port: one next door is not reached
// through a proxy.
func Direct() http.RoundTripper {
	return &http.Transport{DialContext: (&net.Dialer{Timeout: dialTimeout}).DialContext, MaxIdleConnsPerHost: lanes, IdleConnTimeout: time.Minute}
}

// NewBridge returns a Bridge that shows token. A nil transport means Direct.
// Redirects are not followed, so that the token stays where it was sent.
func NewBridge(transport http.RoundTripper, token string) *Bridge {
	if transport == nil {
		transport = Direct()
	}
	return &Bridge{token: token, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// ErrLimited is among Send's errors when WhatsApp itself does not let the message
// through for now.
var ErrLimited = errors.New("limited by WhatsApp")

// Send asks the bridge at url to write to a customer. Its errors are
// ticket.Errors: CodeInvalid when the message can never be sent, CodeTimeout when
// nobody knows whether it was, and CodeUnavailable for everything else, when it
// was not; the latter with ErrLimited when it is not to be tried again soon.
// After the last two the same message, with the same id, may be sent again.
func (b *Bridge) Send(ctx context.Context, url string, m wire.Send) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+wire.PathSend, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(httpx.TraceHeader, m.ID)
	return taken(b.exchange(r))
}

// taken reads the answer to a message.
func taken(status int, answer []byte, err error) error {
	if err != nil {
		return unreached(err)
	}
	var reply wire.SendReply
	// A hotel's login page also answers 200.
	return verdict(status, json.Unmarshal(answer, &reply) == nil && reply.OK, answer)
}

// Health asks the bridge at url how it is. Its errors are those of Send.
func (b *Bridge) Health(ctx context.Context, url string) (wire.BridgeHealth, error) {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	status, answer, err := b.do(ctx, http.MethodGet, url+wire.PathHealth, nil)
	if err != nil {
		return wire.BridgeHealth{}, unreached(err)
	}
	var h wire.BridgeHealth
	if err := json.Unmarshal(answer, &h); err != nil || status != http.StatusOK {
		return wire.BridgeHealth{}, verdict(status, false, nil)
	}
	return h, nil
}

// Retry asks the bridge at url to deliver parked messages again, all of them
// without keys, and returns how many it brought back. Its errors are those of
// Send.
func (b *Bridge) Retry(ctx context.Context, url string, keys []string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, retryTimeout)
	defer cancel()
	body, err := json.Marshal(wire.Retry{Keys: keys})
	if err != nil {
		return 0, fmt.Errorf("encode keys: %w", err)
	}
	status, answer, err := b.do(ctx, http.MethodPost, url+wire.PathParked, body)
	if err != nil {
		return 0, unreached(err)
	}
	if status == http.StatusNotFound {
		return 0, ticket.NewError(ticket.CodeUnavailable, "El puente de la laptop es de una versión anterior: instale la nueva, o reintente en su página local.")
	}
	var reply wire.RetryReply
	done := json.Unmarshal(answer, &reply) == nil && reply.Status == "ok"
	return reply.Retried, verdict(status, done, answer)
}

func (b *Bridge) do(ctx context.Context, method, url string, body []byte) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return b.exchange(r)
}

// exchange makes one request and reads the answer.
func (b *Bridge) exchange(r *http.Request) (int, []byte, error) {
	r.Header.Set("Authorization", "Bearer "+b.token)
	// Not sent: it tells the transport to try again over a new connection when a
	// bridge that was restarted has closed the old one. A message has its id.
	r.Header["Idempotency-Key"] = []string{}
	resp, err := b.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return resp.StatusCode, answer, err
}

// unreached tells a bridge that was never spoken to from one that went silent,
// perhaps after it had sent the message.
func unreached(cause error) error {
	if dial, ok := errors.AsType[*net.OpError](cause); !ok || dial.Op != "dial" {
		return errors.Join(ticket.NewError(ticket.CodeTimeout, "La laptop no contestó a tiempo."), cause)
	}
	return errors.Join(ticket.NewError(ticket.CodeUnavailable, "La laptop no está al alcance: revise que esté encendida, en la red y con el puente abierto."), cause)
}

// verdict reads a bridge's answer; done says that it is one and tells of success,
// if the status does.
func verdict(status int, done bool, answer []byte) error {
	switch status {
	case http.StatusOK:
		if done {
			return nil
		}
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return ticket.NewError(ticket.CodeInvalid, reason(answer, "WhatsApp no acepta este mensaje."))
	case http.StatusUnauthorized, http.StatusForbidden:
		return ticket.NewError(ticket.CodeUnavailable, "La laptop no acepta el API_TOKEN del servidor: ponga el mismo en los dos programas.")
	case http.StatusServiceUnavailable:
		if codeIn(answer) == wire.ErrorLimited {
			return errors.Join(ticket.NewError(ticket.CodeUnavailable, reason(answer, "WhatsApp limita por ahora los mensajes a esta persona.")), ErrLimited)
		}
		return ticket.NewError(ticket.CodeUnavailable, reason(answer, "WhatsApp desconectado"))
	case http.StatusGatewayTimeout:
		return ticket.NewError(ticket.CodeTimeout, reason(answer, "WhatsApp no confirmó el mensaje a tiempo."))
	}
	return ticket.NewError(ticket.CodeUnavailable, fmt.Sprintf("En la dirección de la laptop contesta algo que no es el puente, o el puente falló (%d).", status))
}

// codeIn is the finer code of a refusal, "" without one.
func codeIn(answer []byte) string {
	var refusal wire.BridgeError
	_ = json.Unmarshal(answer, &refusal) // what is none has no code
	return refusal.Code
}

// reason is the bridge's own sentence, if it gave one fit to be shown.
func reason(answer []byte, otherwise string) string {
	var refusal wire.BridgeError
	if json.Unmarshal(answer, &refusal) != nil || strings.TrimSpace(refusal.Error) == "" {
		return otherwise
	}
	sentence := refusal.Error
	if refusal.Solution != "" {
		sentence = strings.TrimRight(sentence, ". ") + ". " + refusal.Solution
	}
	letters := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, sentence))
	return string(letters[:min(len(letters), maxReason)])
}
