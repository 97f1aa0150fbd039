package rest

import (
	"context"
	"fmt"
	"net/http"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
)

func (s *service) canned() {
	register(s, operation(http.MethodGet, "/respuestas", "listar-respuestas", "respuestas-guardadas", "Las respuestas guardadas, en su orden"), auth.RoleReader, s.listCanned)
	register(s, operation(http.MethodPost, "/respuestas", "crear-respuesta", "respuestas-guardadas", "Guarda una respuesta"), auth.RoleAdmin, s.addCanned)
	register(s, operation(http.MethodPut, "/respuestas/{respuesta}", "cambiar-respuesta", "respuestas-guardadas", "Cambia una respuesta guardada"), auth.RoleAdmin, s.changeCanned)
	register(s, operation(http.MethodDelete, "/respuestas/{respuesta}", "quitar-respuesta", "respuestas-guardadas", "Quita una respuesta guardada"), auth.RoleAdmin, s.deleteCanned)
	register(s, operation(http.MethodPost, "/respuestas/orden", "ordenar-respuestas", "respuestas-guardadas", "Pone las respuestas guardadas en otro orden"), auth.RoleAdmin, s.orderCanned)
}

// Canned is a text that is written once and used often.
type Canned struct {
	ID int64 `json:"id"`
	CannedText
}

// CannedText is what a canned reply says.
type CannedText struct {
	Title    string `json:"titulo" maxLength:"80"`
	Text     string `json:"texto" maxLength:"4000" doc:"Puede nombrar {nombre}, {ticket} y {negocio}; los pone quien la usa."`
	Shortcut string `json:"atajo,omitempty" maxLength:"31" doc:"Lo que se teclea después de «/»."`
}

// CannedList is every canned reply of a business.
type CannedList struct {
	Replies []Canned `json:"respuestas"`
}

func (s *service) listCanned(ctx context.Context, _ *struct{}) (*body[CannedList], error) {
	all, err := s.Store.CannedReplies(ctx, businessOf(ctx))
	if err != nil {
		return nil, fmt.Errorf("list canned replies: %w", err)
	}
	list := CannedList{Replies: make([]Canned, 0, len(all))}
	for _, c := range all {
		list.Replies = append(list.Replies, Canned{ID: c.ID, CannedText: CannedText{Title: c.Title, Text: c.Text, Shortcut: c.Shortcut}})
	}
	return answer(list), nil
}

// of is a canned reply in the store's terms.
func (t CannedText) of(id int64) store.Canned {
	return store.Canned{ID: id, Title: t.Title, Text: t.Text, Shortcut: t.Shortcut}
}

func (s *service) addCanned(ctx context.Context, in *body[CannedText]) (*body[Made], error) {
	id, err := s.Store.AddCanned(ctx, businessOf(ctx), in.Body.of(0))
	if err != nil {
		return nil, fmt.Errorf("add canned reply: %w", err)
	}
	return answer(Made{ID: id}), nil
}

// CannedRef names a canned reply.
type CannedRef struct {
	ID int64 `path:"respuesta" minimum:"1"`
}

// cannedChange is what a canned reply is to say from now on.
type cannedChange struct {
	CannedRef
	Body CannedText
}

func (s *service) changeCanned(ctx context.Context, in *cannedChange) (*struct{}, error) {
	if err := s.Store.ChangeCanned(ctx, businessOf(ctx), in.Body.of(in.ID)); err != nil {
		return nil, fmt.Errorf("change canned reply: %w", err)
	}
	return nil, nil //nolint:nilnil // huma answers 204
}

func (s *service) deleteCanned(ctx context.Context, in *CannedRef) (*struct{}, error) {
	if err := s.Store.DeleteCanned(ctx, businessOf(ctx), in.ID); err != nil {
		return nil, fmt.Errorf("delete canned reply: %w", err)
	}
	return nil, nil //nolint:nilnil // huma answers 204
}

// cannedOrder is the order of canned replies.
type cannedOrder struct {
	Body struct {
		IDs []int64 `json:"ids" maxItems:"500"`
	}
}

func (s *service) orderCanned(ctx context.Context, in *cannedOrder) (*struct{}, error) {
	if err := s.Store.OrderCanned(ctx, businessOf(ctx), in.Body.IDs); err != nil {
		return nil, fmt.Errorf("order canned replies: %w", err)
	}
	return nil, nil //nolint:nilnil // huma answers 204
}
