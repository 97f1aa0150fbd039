package auth

import (
	_ "embed"
	"strings"
	"unicode/utf8"

	"mostrador/internal/ticket"
)

const (
	// minPassword is in characters. What makes a password strong is its length;
	// rules about its composition make people write it down (NIST SP 800-63B).
	minPassword = 10
	// maxPassword bounds what is hashed, in bytes.
	maxPassword = 1024
	// minVariety is how many different characters a password has at least.
	minVariety = 4
	// maxName bounds a user's name, in characters.
	maxName = 60
)

// common are the commonest passwords that are long enough, one on a line.
//
//go:embed common.txt
var common string

// checkNewPassword returns CodeInvalid with the reason for a password that name
// should not choose.
func checkNewPassword(name, password string) error {
	if sentence := weakness(name, password); sentence != "" {
		return ticket.NewError(ticket.CodeInvalid, sentence)
	}
	return nil
}

func weakness(name, password string) string {
	plain, user := strings.ToLower(strings.TrimSpace(password)), strings.ToLower(strings.TrimSpace(name))
	variety := map[rune]bool{}
	for _, r := range plain {
		variety[r] = true
	}
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return "La contraseña debe tener al menos 10 caracteres; una frase de varias palabras es fácil de recordar."
	case len(password) > maxPassword:
		return "La contraseña es demasiado larga: no puede pasar de 1024 bytes."
	case !utf8.ValidString(password):
		return "La contraseña tiene caracteres que no son texto."
	case user != "" && strings.Trim(strings.ReplaceAll(plain, user, ""), "0123456789.-_!*") == "":
		return "La contraseña no puede ser el nombre de usuario."
	case len(variety) < minVariety || strings.Contains("\n"+common, "\n"+plain+"\n"):
		return "Esa contraseña es de las primeras que se prueban; elija otra, por ejemplo una frase de varias palabras."
	}
	return ""
}

// checkName returns CodeInvalid for what is no name of a user.
func checkName(name string) error {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > maxName || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return ticket.NewError(ticket.CodeInvalid, "El usuario necesita un nombre de hasta 60 caracteres.")
	}
	return nil
}
