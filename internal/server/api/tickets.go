package api

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"mostrador/internal/httpx"
	"mostrador/internal/server/rest"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

const (
	// defaultPage and maxPage are how many tickets the original's list holds.
	defaultPage = 50
	maxPage     = 500
)

// listTickets answers as the original did: the newest tickets, and no more.
func (s *server) listTickets(w http.ResponseWriter, r *http.Request) error {
	limit := defaultPage
	if text := r.URL.Query().Get("limit"); text != "" {
		var err error
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 {
			return ticket.NewError(ticket.CodeInvalid, "El parámetro «limit» debe ser un número mayor que cero.")
		}
	}
	page, err := s.Store.Tickets(r.Context(), businessOf(r), store.Filter{Limit: min(limit, maxPage)})
	if err != nil {
		return fmt.Errorf("list tickets: %w", err)
	}
	counts, err := s.Store.Counts(r.Context(), businessOf(r))
	if err != nil {
		return fmt.Errorf("count tickets: %w", err)
	}
	var total int64
	for _, n := range counts {
		total += n
	}
	httpx.WriteJSON(w, http.StatusOK, rest.TicketListOf(page, total))
	return nil
}

func (s *server) showConversation(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	t, err := s.Store.Ticket(r.Context(), businessOf(r), number)
	if err != nil {
		return fmt.Errorf("load ticket: %w", err)
	}
	messages, err := s.Store.Conversation(r.Context(), businessOf(r), number)
	if err != nil {
		return fmt.Errorf("load conversation: %w", err)
	}
	httpx.WriteJSON(w, http.StatusOK, rest.ConversationOf(t, messages))
	return nil
}

// showFile serves a stored file to those who may see its ticket.
func (s *server) showFile(w http.ResponseWriter, r *http.Request) error {
	file, err := s.Store.File(r.Context(), businessOf(r), chi.URLParam(r, "name"))
	if err != nil {
		return fmt.Errorf("find file: %w", err)
	}
	return s.Photos.Serve(w, r, file)
}
