package rest

import (
	"context"
	"fmt"
	"net/http"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// View is a filter that somebody gave a name.
type View struct {
	ID     int64  `json:"id"`
	Name   string `json:"nombre"`
	Filter string `json:"filtro" doc:"Como lo tiene la dirección del panel."`
	Shared bool   `json:"compartida" doc:"De todo el negocio; si no, de quien pregunta."`
}

// ViewList is the views that whoever asks may use.
type ViewList struct {
	Views []View `json:"vistas"`
}

// newView is a view to keep.
type newView struct {
	Body struct {
		Name   string `json:"nombre" minLength:"1" maxLength:"60"`
		Filter string `json:"filtro" maxLength:"2000"`
		Shared bool   `json:"compartida,omitempty" doc:"Solo administradores."`
	}
}

// viewRef names a view.
type viewRef struct {
	ID int64 `path:"vista" minimum:"1"`
}

func (s *service) views() {
	register(s, operation(http.MethodGet, "/vistas", "listar-vistas", "vistas", "Los filtros guardados, propios y compartidos"), auth.RoleReader, s.listViews)
	register(s, operation(http.MethodPost, "/vistas", "guardar-vista", "vistas", "Guarda un filtro con un nombre"), auth.RoleReader, s.saveView)
	register(s, operation(http.MethodDelete, "/vistas/{vista}", "borrar-vista", "vistas", "Borra un filtro guardado"), auth.RoleReader, s.deleteView)
}

func (s *service) listViews(ctx context.Context, _ *struct{}) (*body[ViewList], error) {
	id := auth.From(ctx)
	views, err := s.Store.Views(ctx, id.Business, id.User)
	if err != nil {
		return nil, fmt.Errorf("list views: %w", err)
	}
	all := ViewList{Views: make([]View, 0, len(views))}
	for _, v := range views {
		all.Views = append(all.Views, viewOf(v))
	}
	return answer(all), nil
}

func viewOf(v store.View) View {
	return View{ID: v.ID, Name: v.Name, Filter: v.Filter, Shared: v.User == 0}
}

func (s *service) saveView(ctx context.Context, in *newView) (*body[View], error) {
	id := auth.From(ctx)
	v := store.View{Business: id.Business, User: id.User, Name: in.Body.Name, Filter: in.Body.Filter}
	if in.Body.Shared || id.User == 0 {
		v.User = 0
		if !id.Role.Covers(auth.RoleAdmin) {
			return nil, ticket.NewError(ticket.CodeForbidden, "Solo un administrador puede compartir una vista con todos.")
		}
	}
	var err error
	if v.ID, err = s.Store.SaveView(ctx, v); err != nil {
		return nil, fmt.Errorf("save view: %w", err)
	}
	return answer(viewOf(v)), nil
}

func (s *service) deleteView(ctx context.Context, in *viewRef) (*struct{}, error) {
	id := auth.From(ctx)
	if err := s.Store.DeleteView(ctx, id.Business, id.User, in.ID, id.Role.Covers(auth.RoleAdmin)); err != nil {
		return nil, fmt.Errorf("delete view: %w", err)
	}
	return nil, nil
}
