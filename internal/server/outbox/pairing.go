package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// pairTimeout is how long WhatsApp may take to give a pairing code or to end a
// session.
const pairTimeout = 12 * time.Second

// Pairing asks the bridge at url what to show while no phone is paired. Its
// errors are those of Send.
func (b *Bridge) Pairing(ctx context.Context, url string) (wire.Pairing, error) {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	return b.pair(ctx, http.MethodGet, url+wire.PathPairing, nil)
}

// Pair has the bridge at url take a step of the pairing, or end the session: way
// is one of the contract's paths below wire.PathPairing and wish its body, nil
// without any. It returns what to show after it. Its errors are ticket.Errors:
// CodeConflict when there is nothing of the kind to do now, CodeRateLimited when
// WhatsApp asks for patience, else those of Send.
func (b *Bridge) Pair(ctx context.Context, url, way string, wish any) (wire.Pairing, error) {
	ctx, cancel := context.WithTimeout(ctx, pairTimeout)
	defer cancel()
	body := []byte("{}")
	if wish != nil {
		var err error
		if body, err = json.Marshal(wish); err != nil {
			return wire.Pairing{}, fmt.Errorf("encode wish: %w", err)
		}
	}
	return b.pair(ctx, http.MethodPost, url+way, body)
}

func (b *Bridge) pair(ctx context.Context, method, url string, body []byte) (wire.Pairing, error) {
	status, answer, err := b.do(ctx, method, url, body)
	if err != nil {
		return wire.Pairing{}, unreached(err)
	}
	switch status {
	case http.StatusNotFound:
		return wire.Pairing{}, ticket.NewError(ticket.CodeUnavailable, "El puente de la laptop es de una versión anterior: instale la nueva, o vincule en su página local.")
	case http.StatusConflict:
		return wire.Pairing{}, ticket.NewError(ticket.CodeConflict, reason(answer, "En este momento no hay nada que vincular."))
	case http.StatusTooManyRequests:
		return wire.Pairing{}, ticket.NewError(ticket.CodeRateLimited, reason(answer, "WhatsApp pide esperar unos minutos."))
	}
	var now wire.Pairing
	known := json.Unmarshal(answer, &now) == nil && now.State != ""
	return now, verdict(status, known, answer)
}
