package notify

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"mostrador/internal/server/store"
	"mostrador/internal/wire"
)

const (
	// oldSecretLife is how long a webhook is signed with its old secret as well.
	oldSecretLife = 24 * time.Hour
	// secretLength is that of a webhook's secret, in bytes.
	secretLength = 32
	// maxText bounds a message's text in a webhook, in runes.
	maxText = 4096
)

// NewSecret makes a secret as Standard Webhooks writes them.
func NewSecret() string {
	secret := make([]byte, secretLength)
	_, _ = rand.Read(secret) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(secret)
}

// CheckWebhook returns CodeInvalid for an address that no webhook can have.
func CheckWebhook(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.Fragment != "" || len(address) > maxAddress {
		return invalid("Un webhook empieza por https:// y no lleva usuario ni clave.")
	}
	return nil
}

// event is what a webhook is sent; docs/WEBHOOKS.md describes it.
type event struct {
	Kind store.NoticeKind `json:"tipo"`
	At   time.Time        `json:"fecha"`
	Data eventData        `json:"datos"`
}

type eventData struct {
	Ticket  *eventTicket  `json:"ticket,omitempty"`
	Message *eventMessage `json:"mensaje,omitempty"`
	Said    string        `json:"detalle,omitempty"`
}

type eventTicket struct {
	Number   int64  `json:"numero"`
	Status   string `json:"estado"`
	Priority string `json:"prioridad"`
	Category string `json:"categoria"`
	Assignee string `json:"asignado"`
	Title    string `json:"titulo,omitempty"`
	Customer string `json:"cliente,omitempty"`
}

type eventMessage struct {
	ID   int64  `json:"id"`
	Text string `json:"texto,omitempty"`
}

// payload is n as a webhook is sent it. What is personal goes along only with
// detail.
func payload(n store.NewsItem, detail bool) (string, error) {
	e := event{Kind: n.Kind, At: n.At, Data: eventData{Said: strings.ReplaceAll(n.Detail, "\n", " ")}}
	if n.Ticket > 0 {
		e.Data.Ticket = &eventTicket{Number: n.Ticket, Status: wire.StatusName(n.Status), Priority: wire.PriorityName(n.Priority), Category: n.Category, Assignee: n.Assignee}
		if detail {
			e.Data.Ticket.Title, e.Data.Ticket.Customer = n.Title, n.Name
		}
	}
	if n.Message > 0 {
		e.Data.Message = &eventMessage{ID: n.Message}
		if text := []rune(n.Text); detail {
			e.Data.Message.Text = string(text[:min(len(text), maxText)])
		}
	}
	data, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("write event: %w", err)
	}
	return string(data), nil
}

// newCode makes the id of an event, which is the same on every attempt.
func newCode() string { return "msg_" + rand.Text() }

// deliver sends an event to another program, signed as Standard Webhooks says.
func (n *Notify) deliver(ctx context.Context, c store.Channel, code, payload string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Address, bytes.NewReader([]byte(payload)))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	now := n.Now()
	signature, err := sign(c, now, code, payload)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", agent)
	r.Header.Set(standardwebhooks.HeaderWebhookID, code)
	r.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	r.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return n.network.do(r)
}

// sign signs with the secret and, for a while, with the one before it.
func sign(c store.Channel, now time.Time, code, payload string) (string, error) {
	secrets := []string{c.Secret}
	if c.OldSecret != "" && now.Sub(c.RotatedAt) < oldSecretLife {
		secrets = append(secrets, c.OldSecret)
	}
	var all []string
	for _, secret := range secrets {
		w, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return "", fmt.Errorf("read secret: %w", err)
		}
		signature, err := w.Sign(code, now, []byte(payload))
		if err != nil {
			return "", fmt.Errorf("sign: %w", err)
		}
		all = append(all, signature)
	}
	return strings.Join(all, " "), nil
}
