package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/go-chi/chi/v5"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const (
	// defaultPage and maxPage are how many tickets a list holds.
	defaultPage = 50
	maxPage     = 500
)

func (s *server) listTickets(w http.ResponseWriter, r *http.Request) error {
	filter, err := filterOf(r)
	if err != nil {
		return err
	}
	page, err := s.Store.Tickets(r.Context(), businessOf(r), filter)
	if err != nil {
		return fmt.Errorf("list tickets: %w", err)
	}
	counts, err := s.Store.Counts(r.Context(), businessOf(r))
	if err != nil {
		return fmt.Errorf("count tickets: %w", err)
	}
	list := ticketList{Tickets: make([]ticketView, 0, len(page.Tickets)), Next: page.Next, Total: totalOf(counts, filter.Statuses)}
	for _, t := range page.Tickets {
		list.Tickets = append(list.Tickets, viewTicket(t))
	}
	httpx.WriteJSON(w, http.StatusOK, list)
	return nil
}

func filterOf(r *http.Request) (store.Filter, error) {
	query := r.URL.Query()
	filter := store.Filter{Limit: defaultPage, Before: query.Get("antes")}
	if text := query.Get("limit"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil || limit < 1 {
			return store.Filter{}, ticket.NewError(ticket.CodeInvalid, "El parámetro «limit» debe ser un número mayor que cero.")
		}
		filter.Limit = min(limit, maxPage)
	}
	if text := query.Get("estado"); text != "" {
		status, ok := wire.ParseStatus(text)
		if !ok {
			return store.Filter{}, unknownStatus()
		}
		filter.Statuses = []ticket.Status{status}
	}
	return filter, nil
}

func unknownStatus() error {
	return ticket.NewError(ticket.CodeInvalid, "El estado debe ser pendiente, en_proceso, esperando_cliente o resuelto.")
}

// totalOf counts the tickets of some statuses, or all of them.
func totalOf(counts map[ticket.Status]int64, statuses []ticket.Status) int64 {
	var total int64
	for status, n := range counts {
		if len(statuses) == 0 || slices.Contains(statuses, status) {
			total += n
		}
	}
	return total
}

func (s *server) countTickets(w http.ResponseWriter, r *http.Request) error {
	counts, err := s.Store.Counts(r.Context(), businessOf(r))
	if err != nil {
		return fmt.Errorf("count tickets: %w", err)
	}
	answer := map[string]int64{"total": totalOf(counts, nil)}
	for _, status := range ticket.Statuses() {
		answer[wire.StatusName(status)] = counts[status]
	}
	httpx.WriteJSON(w, http.StatusOK, answer)
	return nil
}

func (s *server) showTicket(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	return s.answerTicket(w, r, number)
}

func (s *server) answerTicket(w http.ResponseWriter, r *http.Request, number int64) error {
	t, err := s.Store.Ticket(r.Context(), businessOf(r), number)
	if err != nil {
		return fmt.Errorf("load ticket: %w", err)
	}
	httpx.WriteJSON(w, http.StatusOK, viewTicket(t))
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
	answer := conversationView{Ticket: viewTicket(t), Messages: make([]messageView, 0, len(messages))}
	for _, m := range messages {
		answer.Messages = append(answer.Messages, viewMessage(m))
	}
	httpx.WriteJSON(w, http.StatusOK, answer)
	return nil
}

func (s *server) setStatus(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	var form struct {
		Status string `json:"estado"`
	}
	if err := decodeForm(w, r, maxForm, &form); err != nil {
		return err
	}
	status, ok := wire.ParseStatus(form.Status)
	if !ok {
		return unknownStatus()
	}
	id := auth.From(r.Context())
	if err := s.Store.SetStatus(r.Context(), id.Business, number, id.User, status); err != nil {
		return fmt.Errorf("set status: %w", err)
	}
	return s.answerTicket(w, r, number)
}

// showFile serves a stored file to those who may see its ticket.
func (s *server) showFile(w http.ResponseWriter, r *http.Request) error {
	file, err := s.Store.File(r.Context(), businessOf(r), chi.URLParam(r, "name"))
	if err != nil {
		return fmt.Errorf("find file: %w", err)
	}
	return s.Photos.Serve(w, r, file)
}
