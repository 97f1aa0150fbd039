package rest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// Words of the filter by who has a ticket.
const (
	assignedToMe     = "yo"
	assignedToNobody = "nadie"
)

// unknownTotal stands for how many tickets a filter matches in all where finding
// out would mean looking at each.
const unknownTotal = -1

// TicketQuery is which tickets are listed, and which page of them.
type TicketQuery struct {
	Limit  int    `query:"limite" minimum:"1" maximum:"500" default:"50"`
	Before string `query:"antes" doc:"El «siguiente» de la página anterior."`
	TicketFilter
}

// TicketFilter is which tickets are meant. Of several values of one parameter any
// may be met, of several parameters each has to be.
type TicketFilter struct {
	Statuses   []string  `query:"estado" enum:"pendiente,en_proceso,esperando_cliente,resuelto" doc:"Uno o varios, separados por comas."`
	Categories []string  `query:"categoria,explode" maxItems:"50" doc:"Una o varias. Para varias se repite el dato (categoria=Redes&categoria=Cables) en vez de separarlas por comas, porque un nombre puede tener comas."`
	Priorities []string  `query:"prioridad" enum:"urgente,alta,normal,baja" doc:"Una o varias, separadas por comas."`
	Assignee   string    `query:"asignado" pattern:"^(yo|nadie|[1-9][0-9]{0,17})$" doc:"«yo», «nadie» o el id de una persona."`
	Contact    int64     `query:"cliente" minimum:"1" doc:"Id del cliente."`
	From       time.Time `query:"desde" doc:"Recibidos en este momento o después."`
	Until      time.Time `query:"hasta" doc:"Recibidos antes de este momento."`
	Photo      string    `query:"foto" enum:"con,sin" doc:"Los que tienen fotos, o los que no."`
	Unread     bool      `query:"sin_leer" doc:"Solo los que tienen mensajes sin responder."`
}

// filter is the query in the store's words.
func (q *TicketQuery) filter(ctx context.Context) (store.Filter, error) {
	f, err := q.TicketFilter.filter(ctx)
	f.Limit, f.Before = q.Limit, q.Before
	return f, err
}

// filter is what is meant in the store's words.
func (q *TicketFilter) filter(ctx context.Context) (store.Filter, error) {
	f := store.Filter{Categories: q.Categories, Contact: q.Contact, From: q.From, Until: q.Until, Unread: q.Unread}
	for _, name := range q.Statuses {
		status, _ := wire.ParseStatus(name)
		f.Statuses = append(f.Statuses, status)
	}
	for _, name := range q.Priorities {
		priority, _ := wire.ParsePriority(name)
		f.Priorities = append(f.Priorities, priority)
	}
	if q.Photo != "" {
		with := q.Photo == "con"
		f.Photo = &with
	}
	switch q.Assignee {
	case "":
	case assignedToNobody:
		f.Assignee = store.Nobody
	case assignedToMe:
		if f.Assignee = auth.From(ctx).User; f.Assignee == 0 {
			return store.Filter{}, ticket.NewError(ticket.CodeInvalid, "Solo quien entró con su usuario tiene tickets asignados.")
		}
	default:
		var err error
		if f.Assignee, err = strconv.ParseInt(q.Assignee, 10, 64); err != nil {
			return store.Filter{}, ticket.NewError(ticket.CodeInvalid, "El dato «asignado» no es válido.")
		}
	}
	return f, nil
}

func (s *service) listTickets(ctx context.Context, in *TicketQuery) (*body[TicketList], error) {
	filter, err := in.filter(ctx)
	if err != nil {
		return nil, err
	}
	page, err := s.Store.Tickets(ctx, businessOf(ctx), filter)
	if err != nil {
		return nil, fmt.Errorf("list tickets: %w", err)
	}
	total := int64(unknownTotal)
	if filter.OnlyStatuses() {
		counts, err := s.Store.Counts(ctx, businessOf(ctx))
		if err != nil {
			return nil, fmt.Errorf("count tickets: %w", err)
		}
		total = totalOf(counts, filter.Statuses)
	}
	return answer(TicketListOf(page, total)), nil
}

// bulkChange is what to change of many tickets; what is not there stays.
type bulkChange struct {
	Body struct {
		Tickets  []int64 `json:"tickets" minItems:"1" maxItems:"500" doc:"Sus números."`
		Status   string  `json:"estado,omitempty" enum:"pendiente,en_proceso,esperando_cliente,resuelto"`
		Priority string  `json:"prioridad,omitempty" enum:"urgente,alta,normal,baja"`
		Category *string `json:"categoria,omitempty" maxLength:"80"`
		Assignee *int64  `json:"asignado,omitempty" minimum:"0" doc:"Id de una persona; 0 para nadie."`
	}
}

// TicketBefore is what a ticket was before a bulk change.
type TicketBefore struct {
	Number   int64  `json:"id"`
	Status   string `json:"estado"`
	Priority string `json:"prioridad"`
	Category string `json:"categoria"`
	Assignee int64  `json:"asignado" doc:"0 para nadie."`

	Correction int64 `json:"correccion" doc:"Lo aprendido de la categoría nueva, para deshacerlo; 0 si nada."`
}

// BulkChanged says what a bulk change changed.
type BulkChanged struct {
	Before []TicketBefore `json:"antes" doc:"Cómo estaban los que cambiaron, para poder deshacer."`
}

func (s *service) bulk() {
	register(s, operation(http.MethodPost, "/tickets/lote", "cambiar-tickets", "tickets", "Cambia muchos tickets a la vez, todos o ninguno"), auth.RoleAgent, s.changeTickets)
	register(s, operation(http.MethodPost, "/tickets/lote/deshacer", "deshacer-correcciones", "tickets", "Deshace las categorías que puso un cambio de muchos tickets"), auth.RoleAgent, s.undoCategories)
	register(s, operation(http.MethodGet, "/personas", "listar-personas", "tickets", "Quiénes pueden tener tickets"), auth.RoleReader, s.listPeople)
}

func (s *service) changeTickets(ctx context.Context, in *bulkChange) (*body[BulkChanged], error) {
	id := auth.From(ctx)
	change := store.Change{Category: in.Body.Category, Assignee: in.Body.Assignee}
	if status, ok := wire.ParseStatus(in.Body.Status); ok {
		change.Status = &status
	}
	if priority, ok := wire.ParsePriority(in.Body.Priority); ok {
		change.Priority = &priority
	}
	before, err := s.Store.ChangeTickets(ctx, id.Business, id.User, in.Body.Tickets, change)
	if err != nil {
		return nil, fmt.Errorf("change tickets: %w", err)
	}
	if change.Category != nil {
		s.Learn.Wake()
	}
	changed := BulkChanged{Before: make([]TicketBefore, 0, len(before))}
	for _, b := range before {
		changed.Before = append(changed.Before, TicketBefore{
			Number: b.Number, Status: wire.StatusName(b.Status), Priority: wire.PriorityName(b.Priority), Category: b.Category, Assignee: b.Assignee,
			Correction: b.Correction,
		})
	}
	return answer(changed), nil
}

// bulkUndo is which corrections to take back.
type bulkUndo struct {
	Body struct {
		Corrections []ticketCorrection `json:"correcciones" minItems:"1" maxItems:"500" doc:"Como las dio el cambio, en «antes»."`
	}
}

type ticketCorrection struct {
	Number     int64 `json:"id" minimum:"1"`
	Correction int64 `json:"correccion" minimum:"1"`
}

// Undone says how many tickets have their category of before again.
type Undone struct {
	Count int `json:"deshechos" doc:"Los demás los cambió otra persona después, y así quedan."`
}

func (s *service) undoCategories(ctx context.Context, in *bulkUndo) (*body[Undone], error) {
	id := auth.From(ctx)
	corrections := map[int64]int64{}
	for _, c := range in.Body.Corrections {
		corrections[c.Number] = c.Correction
	}
	undone, err := s.Store.UndoCategories(ctx, id.Business, id.User, corrections)
	if err != nil {
		return nil, fmt.Errorf("undo categories: %w", err)
	}
	s.Learn.Wake()
	return answer(Undone{Count: undone}), nil
}

// People are those who may have tickets, by name.
type People struct {
	People []Person `json:"personas"`
}

func (s *service) listPeople(ctx context.Context, _ *struct{}) (*body[People], error) {
	people, err := s.Store.People(ctx, businessOf(ctx))
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	all := People{People: make([]Person, 0, len(people))}
	for _, p := range people {
		all.People = append(all.People, Person{ID: p.ID, Name: p.Name})
	}
	return answer(all), nil
}
