package rest

import (
	"context"
	"fmt"
	"net/http"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/server/words"
)

// searchQuery is what is looked for, and in which tickets.
type searchQuery struct {
	TicketQuery
	Text string `query:"q" required:"true" maxLength:"200" doc:"Palabras del mensaje, nombre, número de teléfono o de ticket. Los acentos no cuentan; la ñ sí."`
}

// Piece is a stretch of text.
type Piece struct {
	Text string `json:"texto"`
	Hit  bool   `json:"hallado" doc:"Es una palabra que se buscaba."`
}

// FoundTicket is a ticket that a search brought.
type FoundTicket struct {
	Ticket
	By      string  `json:"hallado_en" enum:"numero,mensaje,cliente"`
	Message int64   `json:"mensaje,omitempty" doc:"Id del mensaje más nuevo que tiene las palabras."`
	Snippet []Piece `json:"fragmento"`
}

// FoundList is one page of what a search brought.
type FoundList struct {
	Tickets  []FoundTicket `json:"tickets"`
	Next     string        `json:"siguiente,omitempty" doc:"Para «antes» de la página que sigue; falta en la última."`
	Complete bool          `json:"completo" doc:"Falso mientras se preparan los mensajes de antes de esta versión."`
}

// foundIn are the places where words are found, as the panel reads them.
var foundIn = map[store.FoundBy]string{store.FoundByNumber: "numero", store.FoundByMessage: "mensaje", store.FoundByContact: "cliente"}

func (s *service) search() {
	register(s, operation(http.MethodGet, "/buscar", "buscar", "tickets", "Busca en mensajes, clientes y números de ticket, lo más nuevo primero"), auth.RoleReader, s.findTickets)
}

func (s *service) findTickets(ctx context.Context, in *searchQuery) (*body[FoundList], error) {
	filter, err := in.filter(ctx)
	if err != nil {
		return nil, err
	}
	page, err := s.Store.Search(ctx, businessOf(ctx), words.Parse(in.Text), filter)
	if err != nil {
		return nil, fmt.Errorf("search tickets: %w", err)
	}
	found := FoundList{Tickets: make([]FoundTicket, 0, len(page.Tickets)), Next: page.Next}
	if found.Complete, err = s.Store.Indexed(ctx); err != nil {
		return nil, err
	}
	for _, f := range page.Tickets {
		t := FoundTicket{Ticket: TicketOf(f.Listed), By: foundIn[f.By], Message: f.Message, Snippet: make([]Piece, 0, len(f.Snippet))}
		for _, p := range f.Snippet {
			t.Snippet = append(t.Snippet, Piece{Text: p.Text, Hit: p.Hit})
		}
		found.Tickets = append(found.Tickets, t)
	}
	return answer(found), nil
}
