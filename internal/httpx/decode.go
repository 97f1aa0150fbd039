package httpx

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"unicode/utf8"

	"mostrador/internal/ticket"
)

// Decode reads r's body, at most limit bytes of UTF-8 holding exactly one JSON
// value, into v. Unknown fields are accepted, so that the two programs may be
// upgraded one after the other. Its errors are ticket.Errors: CodeTooLarge,
// CodeTimeout, CodeMalformed, or CodeInvalid when a value has the wrong type.
func Decode(w http.ResponseWriter, r *http.Request, limit int64, v any) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		return BodyError(err)
	}
	return Unmarshal(body, v)
}

// ErrTooLarge is what Decode says of a body over its limit.
var ErrTooLarge = ticket.NewError(ticket.CodeTooLarge, "El mensaje es demasiado grande.")

// BodyError returns the ticket.Error that tells why a body could not be read.
func BodyError(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return ErrTooLarge
	}
	if errors.Is(err, os.ErrDeadlineExceeded) { // nothing is wrong with what it says
		return ticket.NewError(ticket.CodeTimeout, "El mensaje no llegó a tiempo.")
	}
	return ticket.NewError(ticket.CodeMalformed, "El mensaje llegó incompleto.")
}

// Unmarshal is Decode for a body that was read already.
func Unmarshal(body []byte, v any) error {
	if len(body) == 0 {
		return ticket.NewError(ticket.CodeMalformed, "El cuerpo está vacío; se espera JSON.")
	}
	if !utf8.Valid(body) {
		return ticket.NewError(ticket.CodeMalformed, "El texto no es UTF-8 válido.")
	}
	return decodeError(json.Unmarshal(body, v))
}

func decodeError(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[base64.CorruptInputError](err); ok {
		return ticket.NewError(ticket.CodeMalformed, "Imagen inválida")
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if e.Field == "" {
			return ticket.NewError(ticket.CodeInvalid, "Se espera un objeto JSON.")
		}
		return ticket.NewError(ticket.CodeInvalid, "El campo «"+e.Field+"» tiene un tipo equivocado.")
	}
	return ticket.NewError(ticket.CodeMalformed, "El cuerpo no es JSON válido.")
}
