package api

import (
	"net/http"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

func (s *server) notifyReceived(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	id := auth.From(r.Context())
	if err := s.Outbox.Notify(r.Context(), id.Business, id.User, number); err != nil {
		return err
	}
	httpx.WriteJSON(w, http.StatusOK, wire.ReplySent{Status: "Enviado", TicketID: number})
	return nil
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
	id := auth.From(r.Context())
	if form.First && id.Role != auth.RoleAdmin {
		return ticket.NewError(ticket.CodeForbidden, "Solo un administrador puede escribir a quien no ha escrito antes.")
	}
	if err := s.Outbox.Send(r.Context(), store.Reply{Business: id.Business, User: id.User, Ticket: number, Text: form.Text, First: form.First}); err != nil {
		return err
	}
	httpx.WriteJSON(w, http.StatusOK, wire.ReplySent{Status: "Enviado", TicketID: number})
	return nil
}
