package rest

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"mostrador/internal/address"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// CustomerRef names a customer.
type CustomerRef struct {
	ID int64 `path:"cliente" minimum:"1"`
}

func (s *service) customers() {
	register(s, operation(http.MethodGet, "/clientes", "listar-clientes", "clientes", "Los clientes, los más nuevos primero"), auth.RoleReader, s.listCustomers)
	register(s, operation(http.MethodGet, "/clientes/{cliente}", "ver-cliente", "clientes", "Un cliente con sus grupos y notas"), auth.RoleReader, s.showCustomer)
	register(s, operation(http.MethodGet, "/clientes/{cliente}/tickets", "tickets-del-cliente", "clientes", "Los tickets de un cliente, los más nuevos primero"), auth.RoleReader, s.customerTickets)
	register(s, operation(http.MethodPatch, "/clientes/{cliente}", "cambiar-cliente", "clientes", "Da nombre a un cliente, lo bloquea o lo desbloquea"), auth.RoleAgent, s.changeCustomer)
	register(s, operation(http.MethodPost, "/clientes/{cliente}/notas", "anotar-cliente", "clientes", "Agrega una nota sobre un cliente"), auth.RoleAgent, s.noteCustomer)
	register(s, operation(http.MethodDelete, "/clientes/{cliente}/notas/{nota}", "borrar-nota-cliente", "clientes", "Borra una nota sobre un cliente"), auth.RoleAgent, s.deleteCustomerNote)
	register(s, operation(http.MethodPost, "/clientes/{cliente}/unir", "unir-clientes", "clientes", "Une a este cliente con otro que es la misma persona; no se puede deshacer"), auth.RoleAdmin, s.mergeCustomers)
	register(s, operation(http.MethodDelete, "/clientes/{cliente}", "borrar-cliente", "clientes", "Borra para siempre todo lo de un cliente"), auth.RoleAdmin, s.eraseCustomer)
	register(s, exportOperation(), auth.RoleAdmin, s.exportCustomer)
}

// Customer is a customer as the panel reads it.
type Customer struct {
	ID      int64      `json:"id"`
	Name    string     `json:"nombre" doc:"Como se le llama en el panel."`
	Own     string     `json:"nombre_whatsapp"`
	Given   string     `json:"nombre_propio" doc:"El que le puso el negocio; vacío si ninguno."`
	Phone   string     `json:"telefono"`
	Hidden  bool       `json:"numero_oculto"`
	Group   bool       `json:"grupo"`
	Blocked *time.Time `json:"bloqueado" doc:"Desde cuándo."`
	First   time.Time  `json:"primera_vez"`
	Last    *time.Time `json:"ultima_vez"`
	Tickets int        `json:"tickets"`
}

// CustomerList is one page of customers.
type CustomerList struct {
	Customers []Customer `json:"clientes"`
	Next      string     `json:"siguiente,omitempty" doc:"Para «antes» de la página que sigue; falta en la última."`
}

// CustomerPage is a customer with what is known beside the tickets.
type CustomerPage struct {
	Customer
	Groups []CustomerGroup `json:"grupos" doc:"En los que ha escrito."`
	Notes  []CustomerNote  `json:"notas" doc:"La más nueva primero."`
}

// CustomerGroup is a group that a customer writes in.
type CustomerGroup struct {
	ID   int64  `json:"id"`
	Name string `json:"nombre"`
}

// CustomerNote is what somebody at the counter wrote about a customer.
type CustomerNote struct {
	ID     int64     `json:"id"`
	Author string    `json:"autor"`
	Body   string    `json:"texto"`
	At     time.Time `json:"fecha"`
}

func customerOf(c store.Customer) Customer {
	return Customer{
		ID: c.ID, Name: c.Shown(), Own: c.Name, Given: c.Given, Phone: address.Display(c.Phone), Hidden: c.Phone == "" && !c.Group,
		Group: c.Group, Blocked: moment(c.BlockedAt), First: c.FirstSeen.UTC(), Last: moment(c.LastChanged), Tickets: c.Tickets,
	}
}

// customerQuery is which customers are listed.
type customerQuery struct {
	Limit   int    `query:"limite" minimum:"1" maximum:"500" default:"50"`
	Before  string `query:"antes" doc:"El «siguiente» de la página anterior."`
	Search  string `query:"buscar" maxLength:"200" doc:"Partes del nombre o del número."`
	Blocked bool   `query:"bloqueados" doc:"Solo los bloqueados."`
}

func (s *service) listCustomers(ctx context.Context, in *customerQuery) (*body[CustomerList], error) {
	page, err := s.Store.Customers(ctx, businessOf(ctx), store.CustomerFilter{Limit: in.Limit, Before: in.Before, Search: in.Search, Blocked: in.Blocked})
	if err != nil {
		return nil, fmt.Errorf("list customers: %w", err)
	}
	view := CustomerList{Customers: make([]Customer, 0, len(page.Customers)), Next: page.Next}
	for _, c := range page.Customers {
		view.Customers = append(view.Customers, customerOf(c))
	}
	return answer(view), nil
}

func (s *service) showCustomer(ctx context.Context, in *CustomerRef) (*body[CustomerPage], error) {
	view, err := s.customerPage(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return answer(view), nil
}

func (s *service) customerPage(ctx context.Context, id int64) (CustomerPage, error) {
	business := businessOf(ctx)
	c, err := s.Store.Customer(ctx, business, id)
	if err != nil {
		return CustomerPage{}, fmt.Errorf("load customer: %w", err)
	}
	groups, err := s.Store.CustomerGroups(ctx, business, id)
	if err != nil {
		return CustomerPage{}, fmt.Errorf("load groups: %w", err)
	}
	notes, err := s.Store.CustomerNotes(ctx, business, id)
	if err != nil {
		return CustomerPage{}, fmt.Errorf("load notes: %w", err)
	}
	view := CustomerPage{Customer: customerOf(c), Groups: make([]CustomerGroup, 0, len(groups)), Notes: make([]CustomerNote, 0, len(notes))}
	for _, g := range groups {
		view.Groups = append(view.Groups, CustomerGroup{ID: g.ID, Name: g.Name})
	}
	for _, n := range notes {
		view.Notes = append(view.Notes, CustomerNote{ID: n.ID, Author: n.Author, Body: n.Body, At: n.At.UTC()})
	}
	return view, nil
}

// customerTicketQuery is which of a customer's tickets are listed.
type customerTicketQuery struct {
	CustomerRef
	Limit  int    `query:"limite" minimum:"1" maximum:"500" default:"20"`
	Before string `query:"antes" doc:"El «siguiente» de la página anterior."`
}

func (s *service) customerTickets(ctx context.Context, in *customerTicketQuery) (*body[TicketList], error) {
	c, err := s.Store.Customer(ctx, businessOf(ctx), in.ID)
	if err != nil {
		return nil, fmt.Errorf("load customer: %w", err)
	}
	page, err := s.Store.CustomerTickets(ctx, businessOf(ctx), in.ID, store.Filter{Limit: in.Limit, Before: in.Before})
	if err != nil {
		return nil, fmt.Errorf("list tickets: %w", err)
	}
	return answer(TicketListOf(page, int64(c.Tickets))), nil
}

// customerChange is what to change of a customer; what is not there stays.
type customerChange struct {
	CustomerRef
	Body struct {
		Given   *string `json:"nombre_propio,omitempty" maxLength:"100" doc:"Vacío: otra vez el de WhatsApp."`
		Blocked *bool   `json:"bloqueado,omitempty" doc:"Lo que escriba se guarda y no avisa a nadie; no se le puede responder."`
	}
}

func (s *service) changeCustomer(ctx context.Context, in *customerChange) (*body[CustomerPage], error) {
	id := auth.From(ctx)
	err := s.Store.ChangeCustomer(ctx, id.Business, id.User, in.ID, store.CustomerChange{Given: in.Body.Given, Blocked: in.Body.Blocked})
	if err != nil {
		return nil, fmt.Errorf("change customer: %w", err)
	}
	return s.showCustomer(ctx, &in.CustomerRef)
}

// newCustomerNote is a note to add.
type newCustomerNote struct {
	CustomerRef
	Body struct {
		Text string `json:"texto" maxLength:"4000"`
	}
}

func (s *service) noteCustomer(ctx context.Context, in *newCustomerNote) (*body[CustomerPage], error) {
	id := auth.From(ctx)
	if err := s.Store.AddCustomerNote(ctx, id.Business, id.User, in.ID, in.Body.Text); err != nil {
		return nil, fmt.Errorf("add note: %w", err)
	}
	return s.showCustomer(ctx, &in.CustomerRef)
}

// customerNoteRef names a note.
type customerNoteRef struct {
	CustomerRef
	Note int64 `path:"nota" minimum:"1"`
}

func (s *service) deleteCustomerNote(ctx context.Context, in *customerNoteRef) (*body[CustomerPage], error) {
	if err := s.Store.DeleteCustomerNote(ctx, businessOf(ctx), in.ID, in.Note); err != nil {
		return nil, fmt.Errorf("delete note: %w", err)
	}
	return s.showCustomer(ctx, &in.CustomerRef)
}

// customerMerge names the other one, who is gone afterwards.
type customerMerge struct {
	CustomerRef
	Body struct {
		With int64 `json:"con" minimum:"1" doc:"Quien se une a este cliente y deja de existir aparte."`
	}
}

func (s *service) mergeCustomers(ctx context.Context, in *customerMerge) (*body[CustomerPage], error) {
	id := auth.From(ctx)
	if err := s.Store.MergeCustomers(ctx, id.Business, id.User, in.ID, in.Body.With); err != nil {
		return nil, fmt.Errorf("merge customers: %w", err)
	}
	return s.showCustomer(ctx, &in.CustomerRef)
}

// Erased says that a customer is gone.
type Erased struct {
	Status string `json:"status"`
}

// eraseCustomer goes on when the client hangs up: half a customer helps nobody.
func (s *service) eraseCustomer(ctx context.Context, in *CustomerRef) (*body[Erased], error) {
	id := auth.From(ctx)
	ctx = context.WithoutCancel(ctx)
	if err := s.Store.EraseCustomer(ctx, id.Business, id.User, in.ID); err != nil {
		return nil, fmt.Errorf("erase customer: %w", err)
	}
	if err := s.Clean(ctx); err != nil {
		s.Log.Warn().Err(err).Msg("files of an erased customer are left to the next house-keeping")
		return nil, ticket.NewError(ticket.CodeUnavailable, "Se borró al cliente; algunos de sus archivos no se pudieron borrar todavía y se vuelve a intentar cada hora.")
	}
	return answer(Erased{Status: "Borrado"}), nil
}
