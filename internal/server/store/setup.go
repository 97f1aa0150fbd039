package store

import (
	"context"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

// defaultCode names the business and the bridge that the configuration
// describes.
const defaultCode = "default"

// Values of a new business. The text is the original system's.
const (
	defaultReceivedText = "Hola, recibimos tu equipo. Estamos trabajando en el diagnóstico. Te avisaremos pronto."
	defaultJoinWindow   = 72 * time.Hour
)

// Setup is what the configuration says of the default business and its bridge.
type Setup struct {
	BusinessName string   // of a new one; people may change it later
	BridgeURL    string   // http://host:port, empty while unknown
	TokenHash    [32]byte // SHA-256 of API_TOKEN
	Keep         bool     // leave a bridge that is there as it is
}

// Origin says for whom a request is: the business, and the bridge it came by.
type Origin struct{ Business, Bridge int64 }

// Setup makes the default business and its bridge, or updates the bridge to what
// the configuration says now, unless that is to be kept. It is safe to run in
// several servers at once.
func (s *Store) Setup(ctx context.Context, c Setup) (Origin, error) {
	cleanAll(&c.BusinessName, &c.BridgeURL)
	o, same, err := s.alreadySetUp(ctx, c)
	if err != nil || same {
		return o, err
	}
	update := `url = excluded.url, token_hash = excluded.token_hash`
	if c.Keep {
		update = `code = excluded.code` // nothing, though its id is told
	}
	err = s.write(ctx, "set up business", func(t *tx) error {
		_, err := t.row([]any{&o.Business}, `
			INSERT INTO businesses (code, name, received_text, join_window_ms, created_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (code) DO UPDATE SET code = excluded.code RETURNING id`,
			defaultCode, c.BusinessName, defaultReceivedText, defaultJoinWindow.Milliseconds(), t.now)
		if err != nil {
			return fmt.Errorf("store business: %w", err)
		}
		_, err = t.row([]any{&o.Bridge}, `
			INSERT INTO bridges (business_id, code, url, token_hash, created_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (business_id, code) DO UPDATE SET `+update+` RETURNING id`,
			o.Business, defaultCode, c.BridgeURL, c.TokenHash[:], t.now)
		return err
	})
	s.tokens.forget()
	return o, err
}

// alreadySetUp reports whether the database says what c says, or what there is to
// keep, so that an ordinary start need not wait for the disk.
func (s *Store) alreadySetUp(ctx context.Context, c Setup) (o Origin, same bool, err error) {
	same, err = one(s.reader.QueryRowContext(ctx, `
		SELECT b.id, r.id FROM businesses b JOIN bridges r ON r.business_id = b.id AND r.code = b.code
		WHERE b.code = $1 AND ($5 OR b.name = $2 AND r.url = $3 AND r.token_hash = $4)`,
		defaultCode, c.BusinessName, c.BridgeURL, c.TokenHash[:], c.Keep), &o.Business, &o.Bridge)
	if err != nil {
		return Origin{}, false, fmt.Errorf("look for business: %w", explain(err))
	}
	return o, same, nil
}

// OriginByToken finds out who holds the token with this SHA-256. An unknown one
// is CodeUnauthorized. What another server changes is known here within a second.
func (s *Store) OriginByToken(ctx context.Context, hash [32]byte) (Origin, error) {
	now := s.now()
	o, found := s.tokens.get(now, hash)
	if found {
		return o, nil
	}
	found, err := one(s.reader.QueryRowContext(ctx, `SELECT business_id, id FROM bridges WHERE token_hash = $1`, hash[:]), &o.Business, &o.Bridge)
	if err != nil {
		return Origin{}, fmt.Errorf("find token: %w", explain(err))
	}
	if !found {
		return Origin{}, ticket.NewError(ticket.CodeUnauthorized, "No autorizado")
	}
	s.tokens.put(hash, o)
	return o, nil
}
