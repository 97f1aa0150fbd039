package config

import (
	"fmt"
	"strings"

	"filippo.io/age"

	"mostrador/internal/ticket"
)

// Backup is where and when the server copies its data.
type Backup struct {
	// Place is RESPALDO: a folder, absolute, or s3://CLAVE:SECRETO@host/…; empty for
	// no copies. It may hold a secret.
	Place string
	Hour  int // RESPALDO_HORA, 0 to 23, in the machine's time zone
	// Recipient is RESPALDO_AGE: whom copies are encrypted for; nil for nobody.
	Recipient age.Recipient
}

func (r *reader) backup() Backup {
	b := Backup{Hour: r.hour("RESPALDO_HORA")}
	switch place := r.get("RESPALDO"); {
	case strings.EqualFold(place, "off"):
	case strings.HasPrefix(place, "s3://"):
		b.Place = place
	case strings.Contains(place, "://"):
		r.fail("RESPALDO debe ser una carpeta, s3://CLAVE:SECRETO@servidor/cubeta/carpeta u off.")
	default:
		b.Place = r.path("RESPALDO")
	}
	if text := r.get("RESPALDO_AGE"); text != "" {
		recipient, err := age.ParseX25519Recipient(text)
		if err != nil {
			r.fail("RESPALDO_AGE debe ser una clave pública de age: empieza por age1.")
			return b
		}
		b.Recipient = recipient
	}
	return b
}

func (r *reader) hour(name string) int {
	n := r.count(name)
	if n > 23 {
		r.fail(fmt.Sprintf("%s debe ser una hora de 0 a 23, no %d.", name, n))
	}
	return n
}

// ParseIdentities reads the identities of an age key file, or says in Spanish
// that they are none.
func ParseIdentities(text string) ([]age.Identity, error) {
	identities, err := age.ParseIdentities(strings.NewReader(text))
	if err != nil {
		return nil, ticket.NewError(ticket.CodeInvalid, "El archivo de --identidad no tiene claves de age.")
	}
	return identities, nil
}
