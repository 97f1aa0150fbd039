package config

import (
	"crypto/rand"
	"strings"
)

// minToken is the shortest API_TOKEN taken: sixteen characters of a hexadecimal
// token are 64 bits, out of reach of guessing over a network.
const minToken = 16

// minVariety is how many different characters a token must have; a random one
// of minToken hexadecimal digits has fewer about once in fifty thousand.
const minVariety = 6

// examples are the tokens that documents and examples show; whoever uses one
// shares it with every reader.
var examples = []string{"abc123", "ejemplo", "example", "cambia", "change", "tu_token", "tu-token", "your_token", "secret", "token"}

// MakeToken returns a new random token that API_TOKEN accepts, 26 characters
// long.
func MakeToken() string { return strings.ToLower(rand.Text()) }

func (r *reader) token(name string) string {
	text := r.get(name)
	if hint := TokenWeakness(text); hint != "" {
		r.fail(name + " " + hint + " Haga uno con «server token» o «bridge token» y ponga el mismo en los dos programas.")
	}
	return text
}

// metricsToken is a token that may be missing, and must not be the other one:
// whoever measures need not be able to write to customers.
func (r *reader) metricsToken(name, other string) string {
	text := r.get(name)
	if text == "" {
		return ""
	}
	if hint := TokenWeakness(text); hint != "" {
		r.fail(name + " " + hint + " Haga uno con «server token» o «bridge token».")
	}
	if text == other {
		r.fail(name + " es igual a API_TOKEN: haga otro con «server token» o «bridge token».")
	}
	return text
}

// TokenWeakness says in Spanish, as the rest of a sentence that begins with its
// name, why no API_TOKEN may be like this; "" if it may.
func TokenWeakness(token string) string {
	if token == "" {
		return "falta."
	}
	if len(token) < minToken {
		return "es demasiado corto: hacen falta 16 caracteres o más."
	}
	if variety(token) < minVariety {
		return "es demasiado fácil de adivinar."
	}
	for _, example := range examples {
		if strings.HasPrefix(strings.ToLower(token), example) {
			return "es el de un ejemplo, que cualquiera puede leer."
		}
	}
	return ""
}

func variety(s string) int {
	seen := map[rune]bool{}
	for _, c := range s {
		seen[c] = true
	}
	return len(seen)
}
