package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const (
	// sendTime bounds one send. Its caller may be gone by then; the message, and
	// the answer to whoever asks with the same id, are worth finishing.
	sendTime = 30 * time.Second
	// fileTime is the same for a file, which is uploaded first.
	fileTime = 2 * time.Minute
	// maxText is what WhatsApp's own programs let people type, in characters.
	maxText = 65536
	// maxID is generous: WhatsApp's ids have up to 32 characters.
	maxID = 64
)

// sendMessage writes to a customer.
func (a *api) sendMessage(w http.ResponseWriter, r *http.Request) error {
	var message wire.Send
	// Enough for a file to come here and go on to WhatsApp; who sends a text does
	// not wait that long anyway.
	httpx.MoreTime(w, fileTime, 2*fileTime)
	// Base64 makes four bytes of three; the rest of a message is short.
	if err := httpx.Decode(w, r, a.MaxFile/3*4+1<<20, &message); err != nil {
		return err
	}
	if err := validate(message); err != nil {
		return err
	}
	id, err := a.send(r.Context(), message)
	if status, body := a.refusal(err); status != 0 {
		httpx.WriteJSON(w, status, body)
		return nil
	}
	if err != nil {
		return err
	}
	httpx.WriteJSON(w, http.StatusOK, wire.SendReply{OK: true, Message: "Enviado correctamente", ID: id})
	return nil
}

// refusal is the answer to a send that says more than a status can, 0 for none.
// The statuses are the contract's: servers that do not know the codes yet go by
// them.
func (a *api) refusal(err error) (int, wire.BridgeError) {
	body := wire.BridgeError{Error: httpx.Message(err)}
	switch ticket.CodeOf(err) {
	case ticket.CodeRateLimited:
		body.Code = wire.ErrorLimited
		return http.StatusServiceUnavailable, body
	case ticket.CodeNotFound:
		body.Code = wire.ErrorNoWhatsApp
		return http.StatusUnprocessableEntity, body
	case ticket.CodeUnavailable:
		if s := a.Status(); !s.Connected {
			return http.StatusServiceUnavailable, wire.BridgeError{
				Error: "WhatsApp desconectado", Solution: cmp.Or(s.Solution, s.Reason, httpx.Message(err)),
			}
		}
	}
	return 0, body
}

func validate(m wire.Send) error {
	switch {
	case strings.TrimSpace(m.To) == "" || strings.TrimSpace(m.Text) == "" && (m.File == nil || len(m.File.Data) == 0):
		return ticket.NewError(ticket.CodeMalformed, "Faltan parámetros")
	case utf8.RuneCountInString(m.Text) > maxText:
		return ticket.NewError(ticket.CodeInvalid, "El texto es demasiado largo para WhatsApp.")
	case !isID(m.ID):
		return ticket.NewError(ticket.CodeInvalid, "El id solo puede tener letras, números, punto, guion y guion bajo.")
	case !wire.ValidID(m.ReplyTo):
		return ticket.NewError(ticket.CodeInvalid, "El id del mensaje al que responde no es de WhatsApp.")
	}
	return nil
}

// isID reports whether id is one for a message of ours, which our servers make; that
// of a customer's message may be odder.
func isID(id string) bool {
	return len(id) <= maxID && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

// send makes one send of calls with the same id that come while it lasts. Later
// ones are sent again: WhatsApp shows an id once.
func (a *api) send(ctx context.Context, message wire.Send) (string, error) {
	if message.ID == "" {
		return a.deliver(ctx, message)
	}
	done := a.sending.DoChan(message.ID, func() (any, error) { return a.deliver(ctx, message) })
	select {
	case result := <-done:
		return result.Val.(string), result.Err
	case <-ctx.Done():
		return "", ticket.NewError(ticket.CodeTimeout, "WhatsApp no confirmó a tiempo.")
	}
}

func (a *api) deliver(ctx context.Context, message wire.Send) (id string, err error) {
	limit := sendTime
	if message.File != nil {
		limit = fileTime
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	defer func() {
		// On singleflight's goroutine a panic would end the program.
		if v := recover(); v != nil {
			id, err = "", fmt.Errorf("send message: panic: %v", v)
		}
	}()
	return a.WhatsApp.Send(ctx, message)
}
