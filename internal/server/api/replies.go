package api

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const (
	// receivedAgain is how soon after one another notice is a second click.
	receivedAgain = time.Minute
	// maxText is WhatsApp's longest text, in characters.
	maxText = 65536
)

func (s *server) notifyReceived(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	business, err := s.Store.Business(r.Context(), businessOf(r))
	if err != nil {
		return fmt.Errorf("load business: %w", err)
	}
	return s.reply(w, r, store.Reply{Ticket: number, Text: business.ReceivedText, Purpose: store.PurposeReceived, Again: receivedAgain})
}

func (s *server) sendMessage(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	var form struct {
		Text  string `json:"mensaje"`
		First bool   `json:"escribir_primero"` // to somebody who has not written
	}
	if err := decodeForm(w, r, maxForm, &form); err != nil {
		return err
	}
	if strings.TrimSpace(form.Text) == "" {
		return ticket.NewError(ticket.CodeInvalid, "El mensaje está vacío: falta «mensaje».")
	}
	if utf8.RuneCountInString(form.Text) > maxText {
		return ticket.NewError(ticket.CodeInvalid, "El mensaje es más largo de lo que WhatsApp admite.")
	}
	if form.First && auth.From(r.Context()).Role != auth.RoleAdmin {
		return ticket.NewError(ticket.CodeForbidden, "Solo un administrador puede escribir a quien no ha escrito antes.")
	}
	return s.reply(w, r, store.Reply{Ticket: number, Text: form.Text, First: form.First})
}

// reply queues p, so that it is never lost, and tries to send it at once.
func (s *server) reply(w http.ResponseWriter, r *http.Request, p store.Reply) error {
	id := auth.From(r.Context())
	p.Business, p.User, p.WhatsAppID = id.Business, id.User, newMessageID()
	queued, err := s.Store.QueueReply(r.Context(), p)
	if err != nil {
		return fmt.Errorf("queue reply: %w", err)
	}
	if queued.Delivery.Waits() {
		return s.deliver(w, r, queued.Message, p.Ticket)
	}
	httpx.WriteJSON(w, http.StatusOK, wire.ReplySent{Status: "Enviado", TicketID: p.Ticket})
	return nil
}

func (s *server) deliver(w http.ResponseWriter, r *http.Request, message, number int64) error {
	if err := s.Outbox.Deliver(r.Context(), message); err != nil {
		return undelivered(err)
	}
	httpx.WriteJSON(w, http.StatusOK, wire.ReplySent{Status: "Enviado", TicketID: number})
	return nil
}

// retryReply sends a reply that failed, or waits for a person's word, after all.
func (s *server) retryReply(w http.ResponseWriter, r *http.Request) error {
	reply, err := namedReply(r)
	if err != nil {
		return err
	}
	if err := s.Store.RetryReply(r.Context(), reply); err != nil {
		return fmt.Errorf("retry reply: %w", err)
	}
	return s.deliver(w, r, reply.Message, reply.Ticket)
}

// discardReply takes a reply back that has not gone.
func (s *server) discardReply(w http.ResponseWriter, r *http.Request) error {
	reply, err := namedReply(r)
	if err != nil {
		return err
	}
	if err := s.Store.DiscardReply(r.Context(), reply); err != nil {
		return fmt.Errorf("discard reply: %w", err)
	}
	s.Outbox.Wake() // what waited behind it may go
	httpx.WriteJSON(w, http.StatusOK, wire.ReplySent{Status: "Descartado", TicketID: reply.Ticket})
	return nil
}

func namedReply(r *http.Request) (store.Named, error) {
	number, err := numberOf(r)
	if err != nil {
		return store.Named{}, err
	}
	message, err := strconv.ParseInt(chi.URLParam(r, "mensaje"), 10, 64)
	if err != nil || message <= 0 {
		return store.Named{}, ticket.NewError(ticket.CodeNotFound, "Respuesta no encontrada")
	}
	id := auth.From(r.Context())
	return store.Named{Business: id.Business, Ticket: number, Message: message, User: id.User}, nil
}

// undelivered tells the panel whether the reply still goes out by itself.
func undelivered(err error) error {
	err = fmt.Errorf("deliver reply: %w", err)
	if code := ticket.CodeOf(err); code == ticket.CodeUnavailable || code == ticket.CodeTimeout {
		return httpx.With(err, "en_cola", true)
	}
	return err
}

// newMessageID makes a WhatsApp message id like whatsmeow's own: 3EB0 and 18
// upper-case hexadecimal digits (send.go, GenerateMessageID).
func newMessageID() string {
	var id [9]byte
	_, _ = rand.Read(id[:]) // never fails since Go 1.24
	return "3EB0" + strings.ToUpper(hex.EncodeToString(id[:]))
}
