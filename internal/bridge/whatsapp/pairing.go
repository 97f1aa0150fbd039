package whatsapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"

	"mostrador/internal/address"
	"mostrador/internal/ticket"
)

// companion is how the phone shows the device that a code links. WhatsApp only
// takes the name of a browser and of a system here (whatsmeow pair-code.go).
const companion = "Chrome (Linux)"

// RequestCode asks WhatsApp for a code that links the phone with this number
// when it is typed there, instead of scanning the QR, and returns it. State
// shows it too, for as long as it holds. Errors are ticket.Errors: CodeInvalid
// for a bad number, CodeConflict unless State is StatePairing,
// CodeRateLimited and CodeUnavailable when WhatsApp does not give one.
func (c *Client) RequestCode(ctx context.Context, phone string) (string, error) {
	to, err := address.Parse(phone)
	if err != nil {
		return "", fmt.Errorf("read number: %w", err)
	}
	if to.Phone() == "" {
		return "", ticket.NewError(ticket.CodeInvalid, "Escriba el número de teléfono con código de país.")
	}
	if c.State().Name != StatePairing {
		return "", ticket.NewError(ticket.CodeConflict, "En este momento no se está vinculando ningún teléfono.")
	}
	code, err := c.current.Load().PairPhone(ctx, to.Phone(), true, whatsmeow.PairClientChrome, companion)
	switch {
	case errors.Is(err, whatsmeow.ErrPhoneNumberIsNotInternational), errors.Is(err, whatsmeow.ErrPhoneNumberTooShort), errors.Is(err, whatsmeow.ErrIQBadRequest):
		return "", ticket.NewError(ticket.CodeInvalid, "WhatsApp no acepta ese número: escríbalo con código de país.")
	case errors.Is(err, whatsmeow.ErrIQRateOverLimit):
		return "", ticket.NewError(ticket.CodeRateLimited, "WhatsApp no da más códigos por ahora: espere unos minutos o use el código QR.")
	case err != nil:
		return "", fmt.Errorf("%w (%w)", ticket.NewError(ticket.CodeUnavailable, "WhatsApp no dio un código: inténtelo de nuevo o use el código QR."), err)
	}
	c.mail.post(letter{step: step{do: doShowCode, code: code}})
	return code, nil
}

var errNoPasskey = ticket.NewError(ticket.CodeConflict, "En este momento WhatsApp no pide ninguna llave de acceso.")

// AnswerPasskey passes on what navigator.credentials.get gave for
// Passkey.PublicKey: a PublicKeyCredential as JSON, binary values in base64url.
// Errors are ticket.Errors: CodeInvalid for something else, CodeConflict when
// no passkey is asked for, CodeUnavailable when WhatsApp does not take it.
func (c *Client) AnswerPasskey(ctx context.Context, answer []byte) error {
	if c.State().Name != StatePasskey {
		return errNoPasskey
	}
	var response types.WebAuthnResponse
	if err := json.Unmarshal(answer, &response); err != nil || len(response.RawID) == 0 || len(response.Response.Signature) == 0 {
		return ticket.NewError(ticket.CodeInvalid, "Eso no es la respuesta de una llave de acceso: copie el texto completo.")
	}
	if err := c.current.Load().SendPasskeyResponse(ctx, &response); err != nil {
		return fmt.Errorf("%w (%w)", ticket.NewError(ticket.CodeUnavailable, "WhatsApp no aceptó la respuesta de la llave de acceso."), err)
	}
	return nil
}

// ConfirmPasskey says that Passkey.Code is the one the phone shows. Errors are
// ticket.Errors: CodeConflict when there is no code to confirm,
// CodeUnavailable when WhatsApp does not take it.
func (c *Client) ConfirmPasskey(ctx context.Context) error {
	if s := c.State(); s.Name != StatePasskey || s.Passkey == nil || s.Passkey.Code == "" {
		return errNoPasskey
	}
	if err := c.current.Load().SendPasskeyConfirmation(ctx); err != nil {
		return fmt.Errorf("%w (%w)", ticket.NewError(ticket.CodeUnavailable, "WhatsApp no aceptó la confirmación."), err)
	}
	return nil
}

// Unpair ends the session with WhatsApp, as removing the device on the phone
// does; pairing starts over by itself. Errors are ticket.Errors: CodeConflict
// without a session, CodeUnavailable when WhatsApp cannot be told.
func (c *Client) Unpair(ctx context.Context) error {
	if !c.Connected() {
		return ticket.NewError(ticket.CodeConflict, "En este momento no hay una sesión de WhatsApp abierta que cerrar.")
	}
	if err := c.current.Load().Logout(ctx); err != nil {
		return fmt.Errorf("%w (%w)", ticket.NewError(ticket.CodeUnavailable, "WhatsApp no cerró la sesión: inténtelo de nuevo o quite el dispositivo en el teléfono."), err)
	}
	c.mail.post(letter{step: step{do: doLoggedOut, reason: "Se cerró la sesión desde el panel.", solution: "Escanee el código nuevo para volver a vincular."}})
	return nil
}
