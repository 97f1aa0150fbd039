package httpx

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// Token is a shared secret held as its SHA-256, so that comparing takes the same
// time whatever the length of the guess. Safe for concurrent use.
type Token [sha256.Size]byte

// NewToken returns the Token of secret.
func NewToken(secret string) Token { return sha256.Sum256([]byte(secret)) }

// Authorizes reports whether r carries the secret as Authorization: Bearer.
func (t Token) Authorizes(r *http.Request) bool {
	secret, ok := Bearer(r)
	guess := NewToken(secret)
	return ok && subtle.ConstantTimeCompare(guess[:], t[:]) == 1
}

// Bearer returns the bearer secret of r; ok is false without one.
func Bearer(r *http.Request) (secret string, ok bool) {
	scheme, secret, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return "", false
	}
	return secret, true
}
