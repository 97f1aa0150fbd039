package rest

import (
	"context"
	"fmt"
	"net/http"

	"mostrador/internal/server/auth"
)

func (s *service) notes() {
	register(s, operation(http.MethodPost, "/tickets/{numero}/notas", "anotar", "tickets", "Deja una nota interna, que el cliente no ve"), auth.RoleAgent, s.addNote)
}

// newNote is a text for the people at the counter.
type newNote struct {
	TicketRef
	Body struct {
		Text string `json:"texto" minLength:"1" maxLength:"10000"`
	}
}

// Made names what was made.
type Made struct {
	ID int64 `json:"id"`
}

func (s *service) addNote(ctx context.Context, in *newNote) (*body[Made], error) {
	who := auth.From(ctx)
	id, err := s.Store.AddNote(ctx, who.Business, in.Number, who.User, in.Body.Text)
	if err != nil {
		return nil, fmt.Errorf("add note: %w", err)
	}
	return answer(Made{ID: id}), nil
}
