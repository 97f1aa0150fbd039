package rest

import (
	"context"
	"fmt"
	"net/http"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
)

func (s *service) moves() {
	register(s, operation(http.MethodPost, "/tickets/{numero}/unir", "unir-ticket", "tickets", "Pasa todo lo de un ticket a otro del mismo cliente"), auth.RoleAgent, s.mergeTicket)
	register(s, operation(http.MethodPost, "/uniones/{union}/deshacer", "deshacer-union", "tickets", "Separa de nuevo dos tickets que se acaban de unir"), auth.RoleAgent, s.undoMerge)
	register(s, operation(http.MethodPost, "/tickets/{numero}/separar", "separar-ticket", "tickets", "Pasa lo que sigue a un mensaje a un ticket nuevo"), auth.RoleAgent, s.splitTicket)
}

// Move says where messages went.
type Move struct {
	ID     int64 `json:"id" doc:"Para deshacer una unión."`
	Source int64 `json:"origen" doc:"Número del ticket que dejaron."`
	Target int64 `json:"destino" doc:"Número del ticket donde están ahora."`
}

func moved(m store.Move, err error) (*body[Move], error) {
	if err != nil {
		return nil, fmt.Errorf("move messages: %w", err)
	}
	return answer(Move{ID: m.ID, Source: m.Source, Target: m.Target}), nil
}

// merging is which ticket goes into which.
type merging struct {
	TicketRef
	Body struct {
		Into int64 `json:"con" minimum:"1" doc:"Número del ticket que se queda con todo."`
	}
}

func (s *service) mergeTicket(ctx context.Context, in *merging) (*body[Move], error) {
	who := auth.From(ctx)
	return moved(s.Store.MergeTickets(ctx, who.Business, who.User, in.Number, in.Body.Into))
}

// mergeRef names tickets that were joined.
type mergeRef struct {
	ID int64 `path:"union" minimum:"1"`
}

func (s *service) undoMerge(ctx context.Context, in *mergeRef) (*body[Move], error) {
	who := auth.From(ctx)
	return moved(s.Store.UndoMerge(ctx, who.Business, who.User, in.ID))
}

// splitting is where a ticket is split.
type splitting struct {
	TicketRef
	Body struct {
		From int64 `json:"desde" minimum:"1" doc:"El primer mensaje que se va."`
	}
}

func (s *service) splitTicket(ctx context.Context, in *splitting) (*body[Move], error) {
	who := auth.From(ctx)
	return moved(s.Store.SplitTicket(ctx, who.Business, who.User, in.Number, in.Body.From))
}
