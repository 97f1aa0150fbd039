package rest

import (
	"context"
	"fmt"
	"net/http"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/wire"
)

func (s *service) replies() {
	register(s, operation(http.MethodPost, "/tickets/{numero}/mensajes", "responder", "respuestas", "Responde al cliente por WhatsApp"), auth.RoleAgent, s.sendReply)
	register(s, operation(http.MethodPost, "/tickets/{numero}/aviso", "notificar-recibido", "respuestas", "Manda «Notificar recibido»"), auth.RoleAgent, s.notifyReceived)
	register(s, operation(http.MethodPost, "/tickets/{numero}/mensajes/{mensaje}/reintentar", "reintentar-respuesta", "respuestas", "Manda una respuesta que falló o está detenida"), auth.RoleAgent, s.retryReply)
	register(s, operation(http.MethodPost, "/tickets/{numero}/mensajes/{mensaje}/descartar", "descartar-respuesta", "respuestas", "Retira una respuesta que no ha salido"), auth.RoleAgent, s.discardReply)
}

// newReply is a text for the customer.
type newReply struct {
	TicketRef
	Body replyText
}

// replyText is what somebody writes to a customer.
type replyText struct {
	Text    string `json:"mensaje" maxLength:"65536" doc:"Lo más largo que WhatsApp admite: 65536 caracteres."`
	First   bool   `json:"escribir_primero,omitempty" doc:"A quien no ha escrito antes; solo administradores."`
	Key     string `json:"clave,omitempty" maxLength:"100" doc:"Nombre que usted da a este envío: repetirlo con la misma clave no manda otro mensaje."`
	ReplyTo string `json:"responde_a,omitempty" maxLength:"100" doc:"El wa_id del mensaje que se cita."`
}

func (s *service) sendReply(ctx context.Context, in *newReply) (*body[wire.ReplySent], error) {
	reply, err := replyOf(auth.From(ctx), in.Number, in.Body)
	if err != nil {
		return nil, err
	}
	return sent(in.Number, s.Outbox.Send(ctx, reply))
}

func (s *service) notifyReceived(ctx context.Context, in *TicketRef) (*body[wire.ReplySent], error) {
	id := auth.From(ctx)
	return sent(in.Number, s.Outbox.Notify(ctx, id.Business, id.User, in.Number))
}

// ReplyRef names a reply.
type ReplyRef struct {
	TicketRef
	Message int64 `path:"mensaje" minimum:"1"`
}

func (n *ReplyRef) of(id auth.Identity) store.Named {
	return store.Named{Business: id.Business, Ticket: n.Number, Message: n.Message, User: id.User}
}

func (s *service) retryReply(ctx context.Context, in *ReplyRef) (*body[wire.ReplySent], error) {
	return sent(in.Number, s.Outbox.Retry(ctx, in.of(auth.From(ctx))))
}

func (s *service) discardReply(ctx context.Context, in *ReplyRef) (*body[wire.ReplySent], error) {
	if err := s.Store.DiscardReply(ctx, in.of(auth.From(ctx))); err != nil {
		return nil, fmt.Errorf("discard reply: %w", err)
	}
	s.Outbox.Wake() // what waited behind it may go
	return answer(wire.ReplySent{Status: "Descartado", TicketID: in.Number}), nil
}

func sent(number int64, err error) (*body[wire.ReplySent], error) {
	if err != nil {
		return nil, err
	}
	return answer(wire.ReplySent{Status: "Enviado", TicketID: number}), nil
}
