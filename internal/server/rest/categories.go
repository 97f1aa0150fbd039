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

// CategoryView is a category as the panel reads it.
type CategoryView struct {
	ID          int64    `json:"id"`
	Name        string   `json:"nombre"`
	Description string   `json:"descripcion"`
	Keywords    []string `json:"palabras_clave"`
	Examples    []string `json:"ejemplos"`
	Color       string   `json:"color" enum:",gris,rojo,naranja,amarillo,verde,turquesa,azul,morado,rosa"`
	Priority    string   `json:"prioridad" enum:",urgente,alta,normal,baja" doc:"De sus tickets, si el texto no dice otra cosa."`
	Rest        bool     `json:"resto" doc:"Recibe lo que no cabe en otra; no se archiva."`
	Archived    bool     `json:"archivada"`
}

// CategoryList is a business's categories in their order.
type CategoryList struct {
	Categories []CategoryView `json:"categorias"`
}

// colorNames are the colours as the API calls them.
var colorNames = map[string]string{
	"gray": "gris", "red": "rojo", "orange": "naranja", "yellow": "amarillo", "green": "verde", "teal": "turquesa", "blue": "azul", "purple": "morado", "pink": "rosa",
}

func colorOf(name string) string {
	for color, n := range colorNames {
		if n == name {
			return color
		}
	}
	return ""
}

func viewCategory(c store.Category) CategoryView {
	return CategoryView{
		ID: c.ID, Name: c.Name, Description: c.Description, Keywords: emptyIfNil(c.Keywords), Examples: emptyIfNil(c.Examples),
		Color: colorNames[c.Color], Priority: wire.PriorityName(c.Priority), Rest: c.Rest, Archived: c.Archived,
	}
}

func (s *service) categories() {
	register(s, operation(http.MethodGet, "/categorias", "listar-categorias", "categorias", "Las categorías del negocio, también las archivadas"), auth.RoleReader, s.listCategories)
	register(s, operation(http.MethodPost, "/categorias", "crear-categoria", "categorias", "Crea una categoría"), auth.RoleAdmin, s.addCategory)
	register(s, operation(http.MethodPatch, "/categorias/{categoria}", "cambiar-categoria", "categorias", "Cambia, archiva o recupera una categoría"), auth.RoleAdmin, s.changeCategory)
	register(s, operation(http.MethodPut, "/categorias/orden", "ordenar-categorias", "categorias", "Pone las categorías en otro orden"), auth.RoleAdmin, s.orderCategories)
	register(s, operation(http.MethodPost, "/categorias/plantilla", "usar-plantilla", "categorias", "Cambia a las categorías de otra plantilla"), auth.RoleAdmin, s.useTemplate)
	register(s, operation(http.MethodPost, "/tickets/{numero}/categoria", "corregir-categoria", "categorias", "Dice de qué trata un ticket: corrige la categoría o la confirma"), auth.RoleAgent, s.setCategory)
	register(s, operation(http.MethodPost, "/tickets/{numero}/categoria/{correccion}/deshacer", "deshacer-correccion", "categorias", "Deshace una corrección"), auth.RoleAgent, s.undoCategory)
}

type categoryQuery struct {
	Brief bool `query:"breve" doc:"Sin descripción, palabras clave ni ejemplos, que solo sirven para cambiarlas."`
}

func (s *service) listCategories(ctx context.Context, in *categoryQuery) (*body[CategoryList], error) {
	all, err := s.Store.Categories(ctx, businessOf(ctx))
	if err != nil {
		return nil, fmt.Errorf("list categories: %w", err)
	}
	list := CategoryList{Categories: make([]CategoryView, 0, len(all))}
	for _, c := range all {
		if in.Brief {
			c.Description, c.Keywords, c.Examples = "", nil, nil
		}
		list.Categories = append(list.Categories, viewCategory(c))
	}
	return answer(list), nil
}

// categoryFields are what a person says of a category; what is not there stays.
type categoryFields struct {
	Name        *string   `json:"nombre,omitempty"`
	Description *string   `json:"descripcion,omitempty"`
	Keywords    *[]string `json:"palabras_clave,omitempty"`
	Examples    *[]string `json:"ejemplos,omitempty"`
	Color       *string   `json:"color,omitempty" enum:",gris,rojo,naranja,amarillo,verde,turquesa,azul,morado,rosa"`
	Priority    *string   `json:"prioridad,omitempty" enum:",urgente,alta,normal,baja"`
	Archived    *bool     `json:"archivada,omitempty"`
}

// apply changes c as f says.
func (f categoryFields) apply(c *store.Category) {
	put(&c.Name, f.Name)
	put(&c.Description, f.Description)
	put(&c.Keywords, f.Keywords)
	put(&c.Examples, f.Examples)
	put(&c.Archived, f.Archived)
	if f.Color != nil {
		c.Color = colorOf(*f.Color)
	}
	if f.Priority != nil {
		c.Priority, _ = wire.ParsePriority(*f.Priority)
	}
}

type newCategory struct {
	Body categoryFields
}

func (s *service) addCategory(ctx context.Context, in *newCategory) (*body[CategoryView], error) {
	var c store.Category
	in.Body.apply(&c)
	c, err := s.Store.AddCategory(ctx, businessOf(ctx), c)
	if err != nil {
		return nil, fmt.Errorf("add category: %w", err)
	}
	s.Learn.Wake()
	return answer(viewCategory(c)), nil
}

type categoryChange struct {
	ID   int64 `path:"categoria" minimum:"1"`
	Body categoryFields
}

func (s *service) changeCategory(ctx context.Context, in *categoryChange) (*body[CategoryView], error) {
	c, err := s.Store.ChangeCategory(ctx, businessOf(ctx), in.ID, in.Body.apply)
	if err != nil {
		return nil, fmt.Errorf("change category: %w", err)
	}
	s.Learn.Wake()
	return answer(viewCategory(c)), nil
}

type categoryOrder struct {
	Body struct {
		IDs []int64 `json:"ids" maxItems:"1000" doc:"Todas, también las archivadas."`
	}
}

func (s *service) orderCategories(ctx context.Context, in *categoryOrder) (*body[CategoryList], error) {
	if err := s.Store.OrderCategories(ctx, businessOf(ctx), slices.Clone(in.Body.IDs)); err != nil {
		return nil, fmt.Errorf("order categories: %w", err)
	}
	s.Learn.Wake()
	return s.listCategories(ctx, &categoryQuery{})
}

type templateChoice struct {
	Body struct {
		Template string `json:"plantilla" enum:"mesa,comercio"`
	}
}

func (s *service) useTemplate(ctx context.Context, in *templateChoice) (*body[CategoryList], error) {
	if err := s.Learn.UseTemplate(ctx, businessOf(ctx), in.Body.Template); err != nil {
		return nil, fmt.Errorf("use template: %w", err)
	}
	return s.listCategories(ctx, &categoryQuery{})
}

type categoryWord struct {
	TicketRef
	Body struct {
		Category string `json:"categoria" minLength:"1" doc:"El nombre de una categoría en uso. La que el ticket ya tiene queda confirmada."`
	}
}

// Corrected is a ticket whose category a person set.
type Corrected struct {
	Ticket     Ticket `json:"ticket"`
	Correction int64  `json:"correccion" doc:"Para deshacerla; 0 si no hay nada que deshacer."`
	Before     string `json:"antes"`
	Changed    bool   `json:"cambio" doc:"Falso: la persona confirmó la categoría que había."`
}

func (s *service) setCategory(ctx context.Context, in *categoryWord) (*body[Corrected], error) {
	id := auth.From(ctx)
	c, err := s.Store.SetCategory(ctx, id.Business, in.Number, id.User, in.Body.Category)
	if ticket.CodeOf(err) == ticket.CodeNotFound {
		if _, lookup := s.Store.Ticket(ctx, id.Business, in.Number); lookup == nil {
			return nil, ticket.NewError(ticket.CodeInvalid, "Esa categoría no existe.")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("set category: %w", err)
	}
	s.Learn.Wake()
	t, err := s.showTicket(ctx, &in.TicketRef)
	if err != nil {
		return nil, err
	}
	return answer(Corrected{Ticket: t.Body, Correction: c.ID, Before: c.Before, Changed: c.Changed}), nil
}

type correctionRef struct {
	TicketRef
	Correction int64 `path:"correccion" minimum:"1"`
}

func (s *service) undoCategory(ctx context.Context, in *correctionRef) (*body[Ticket], error) {
	id := auth.From(ctx)
	if err := s.Store.UndoCategory(ctx, id.Business, in.Number, id.User, in.Correction); err != nil {
		return nil, fmt.Errorf("undo category: %w", err)
	}
	s.Learn.Wake()
	return s.showTicket(ctx, &in.TicketRef)
}
