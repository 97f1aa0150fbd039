package rest

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// TicketRef names a ticket.
type TicketRef struct {
	Number int64 `path:"numero" minimum:"1" doc:"Número del ticket."`
}

func (s *service) tickets() {
	register(s, operation(http.MethodGet, "/tickets", "listar-tickets", "tickets", "Lista de tickets, los más nuevos primero"), auth.RoleReader, s.listTickets)
	register(s, operation(http.MethodGet, "/tickets/resumen", "contar-tickets", "tickets", "Cuántos tickets hay en cada estado"), auth.RoleReader, s.countTickets)
	register(s, sheetOperation(), auth.RoleAdmin, s.downloadTickets)
	register(s, operation(http.MethodGet, "/tickets/{numero}", "ver-ticket", "tickets", "Un ticket"), auth.RoleReader, s.showTicket)
	register(s, operation(http.MethodGet, "/tickets/{numero}/conversacion", "ver-conversacion", "tickets", "Un ticket con sus mensajes, el más viejo primero"), auth.RoleReader, s.showConversation)
	register(s, operation(http.MethodPatch, "/tickets/{numero}", "cambiar-ticket", "tickets", "Cambia un ticket"), auth.RoleAgent, s.changeTicket)
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

func (s *service) countTickets(ctx context.Context, _ *struct{}) (*body[map[string]int64], error) {
	counts, err := s.Store.Counts(ctx, businessOf(ctx))
	if err != nil {
		return nil, fmt.Errorf("count tickets: %w", err)
	}
	named := map[string]int64{"total": totalOf(counts, nil)}
	for _, status := range ticket.Statuses() {
		named[wire.StatusName(status)] = counts[status]
	}
	return answer(named), nil
}

func (s *service) showTicket(ctx context.Context, in *TicketRef) (*body[Ticket], error) {
	t, err := s.Store.Ticket(ctx, businessOf(ctx), in.Number)
	if err != nil {
		return nil, fmt.Errorf("load ticket: %w", err)
	}
	return answer(TicketOf(t)), nil
}

func (s *service) showConversation(ctx context.Context, in *TicketRef) (*body[Conversation], error) {
	t, err := s.Store.Ticket(ctx, businessOf(ctx), in.Number)
	if err != nil {
		return nil, fmt.Errorf("load ticket: %w", err)
	}
	messages, err := s.Store.Conversation(ctx, businessOf(ctx), in.Number)
	if err != nil {
		return nil, fmt.Errorf("load conversation: %w", err)
	}
	return answer(ConversationOf(t, messages)), nil
}

// ticketChange is what to change of a ticket; what is not there stays.
type ticketChange struct {
	TicketRef
	Body struct {
		Status   string `json:"estado,omitempty" enum:"pendiente,en_proceso,esperando_cliente,resuelto"`
		Priority string `json:"prioridad,omitempty" enum:"urgente,alta,normal,baja"`
		Assignee *int64 `json:"asignado,omitempty" minimum:"0" doc:"Id de una persona; 0 para nadie."`
	}
}

func (s *service) changeTicket(ctx context.Context, in *ticketChange) (*body[Ticket], error) {
	id, change := auth.From(ctx), store.Change{Assignee: in.Body.Assignee}
	if status, ok := wire.ParseStatus(in.Body.Status); ok {
		change.Status = &status
	}
	if priority, ok := wire.ParsePriority(in.Body.Priority); ok {
		change.Priority = &priority
	}
	if _, err := s.Store.ChangeTickets(ctx, id.Business, id.User, []int64{in.Number}, change); err != nil {
		return nil, fmt.Errorf("change ticket: %w", err)
	}
	return s.showTicket(ctx, &in.TicketRef)
}
