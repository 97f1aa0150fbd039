package notify

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/SherClockHolmes/webpush-go"

	"mostrador/internal/server/store"
)

const (
	// pushLife is how long the browser's maker keeps a notice for a browser that is
	// off.
	pushLife = 12 * time.Hour
	// maxPush bounds the text of one, in runes: all of it has to fit into 4 KB.
	maxPush = 600
	// authLength is how long the secret that a browser gives is, in bytes.
	authLength = 16
)

// goneSentence is what its owner is told then.
const goneSentence = "Ese navegador ya no acepta avisos. Actívelos de nuevo en él."

// errGone is what telling a browser ends with that does not want it any more.
var errGone = errors.New("subscription is gone")

// Browser is what a browser says when it is to be told.
type Browser struct {
	Endpoint string `json:"-"` // an address of its maker
	Key      string `json:"p256dh"`
	Auth     string `json:"auth"`
	Origin   string `json:"origin"` // where the panel is, for the maker to know who writes
}

// Channel returns the browser as a channel without a name or an owner, or
// CodeInvalid for what no browser says.
func (b Browser) Channel() (store.Channel, error) {
	bad := invalid("El navegador no dio una suscripción que sirva.")
	if !b.placed() {
		return store.Channel{}, bad
	}
	key, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(b.Key, "="))
	if err != nil {
		return store.Channel{}, bad
	}
	auth, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(b.Auth, "="))
	if err != nil || len(auth) != authLength {
		return store.Channel{}, bad
	}
	if _, err := ecdh.P256().NewPublicKey(key); err != nil {
		return store.Channel{}, bad
	}
	secret, err := json.Marshal(b)
	if err != nil {
		return store.Channel{}, fmt.Errorf("write subscription: %w", err)
	}
	return store.Channel{Kind: store.ChannelPush, Address: b.Endpoint, Secret: string(secret)}, nil
}

// placed reports whether the maker's address and the panel's can be what they say.
func (b Browser) placed() bool {
	maker, err := url.Parse(b.Endpoint)
	if err != nil || maker.Scheme != "https" || maker.Host == "" || maker.User != nil || len(b.Endpoint) > maxAddress {
		return false
	}
	panel, err := url.Parse(b.Origin)
	return err == nil && panel.Host != "" && (panel.Scheme == "https" || panel.Scheme == "http")
}

// PushKey returns the public key that a browser is to be given before it
// subscribes.
func (n *Notify) PushKey(ctx context.Context, business int64) (string, error) {
	_, public, err := n.Store.PushKeys(ctx, business, webpush.GenerateVAPIDKeys)
	if err != nil {
		return "", fmt.Errorf("load push keys: %w", err)
	}
	return public, nil
}

// push tells a browser, through its maker, who cannot read it.
func (n *Notify) push(ctx context.Context, c store.Channel, m Message) error {
	var b Browser
	if err := json.Unmarshal([]byte(c.Secret), &b); err != nil {
		return fmt.Errorf("read subscription: %w", err)
	}
	private, public, err := n.Store.PushKeys(ctx, c.Business, webpush.GenerateVAPIDKeys)
	if err != nil {
		return fmt.Errorf("load push keys: %w", err)
	}
	if body := []rune(m.Body); len(body) > maxPush {
		m.Body = string(body[:maxPush-1]) + "…"
	}
	urgency := webpush.UrgencyNormal
	if m.Urgent {
		urgency = webpush.UrgencyHigh
	}
	// webpush takes anything but https:// for an address of mail.
	subscriber := b.Origin
	if !strings.HasPrefix(subscriber, "https://") {
		subscriber = "avisos@localhost.localdomain"
	}
	w, err := webpush.SendNotificationWithContext(ctx,
		inJSON(map[string]any{"titulo": m.Title, "cuerpo": m.Body, "enlace": m.Link, "etiqueta": m.Tag}),
		&webpush.Subscription{Endpoint: c.Address, Keys: webpush.Keys{P256dh: b.Key, Auth: b.Auth}},
		&webpush.Options{HTTPClient: n.network, TTL: int(pushLife.Seconds()), Urgency: urgency, Subscriber: subscriber, VAPIDPublicKey: public, VAPIDPrivateKey: private})
	if err != nil {
		return fmt.Errorf("push: %w", err)
	}
	if err := settle(w); w.StatusCode == http.StatusNotFound || w.StatusCode == http.StatusGone {
		return errGone
	} else if err != nil {
		return err
	}
	return nil
}
