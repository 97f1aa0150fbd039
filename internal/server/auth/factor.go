package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"strings"
	"unicode"

	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
	"rsc.io/qr"

	"mostrador/internal/httpx"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

const (
	// factorStep is how long a code is shown, in seconds (RFC 6238).
	factorStep = 30
	// factorSkew is how many steps a phone's clock may be off, either way.
	factorSkew = 1
	// factorSecret is the length of a secret, in bytes (RFC 4226, section 4).
	factorSecret = 20
	// recoveryCodes is how many recovery codes there are.
	recoveryCodes = 10
	// recoveryLength is that of a recovery code, in letters of 5 bits: 80 bits
	// cannot be guessed even by whoever has their hashes.
	recoveryLength = 16
)

// Factor is a second factor that is about to be set up.
type Factor struct {
	Secret  string // base32, for typing it in
	URL     string // otpauth://…
	Picture []byte // PNG of the URL as a QR code
}

// newFactor makes up a second factor for the user called name.
func newFactor(issuer, name string) (Factor, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: name, SecretSize: factorSecret, Rand: rand.Reader})
	if err != nil {
		return Factor{}, fmt.Errorf("make second factor: %w", err)
	}
	code, err := qr.Encode(key.URL(), qr.M)
	if err != nil {
		return Factor{}, fmt.Errorf("draw second factor: %w", err)
	}
	return Factor{Secret: key.Secret(), URL: key.URL(), Picture: code.PNG()}, nil
}

// used is what proving a second factor uses up.
type used struct {
	step     int64
	recovery [32]byte
}

// checkCode returns what code uses up, or CodeUnauthorized for a wrong one. The
// store then sees to it that it is used up only once.
func (a *Auth) checkCode(ctx context.Context, user store.User, code string) (used, error) {
	code = bare(code)
	if step := a.matchingStep(user.Secret, code, user.Step); step != 0 {
		return used{step: step}, nil
	}
	hash := recoveryHash(user.ID, code)
	known, err := a.store.HasRecoveryCode(ctx, user.ID, hash)
	if err != nil {
		return used{}, fmt.Errorf("find recovery code: %w", err)
	}
	if !known {
		return used{}, wrongCode()
	}
	return used{recovery: hash}, nil
}

// matchingStep returns the time step whose code it is, 0 for none after last.
func (a *Auth) matchingStep(secret, code string, last int64) int64 {
	now := a.now().Unix() / factorStep
	for step := now - factorSkew; step <= now+factorSkew; step++ {
		want, err := hotp.GenerateCode(secret, uint64(step)) //nolint:gosec // counted since 1970
		if err == nil && step > last && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step
		}
	}
	return 0
}

// bare is a code as it is compared: people put spaces and hyphens into it.
func bare(code string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return unicode.ToLower(r)
	}, code)
}

// makeRecoveryCodes returns new recovery codes, and their hashes for the store.
func makeRecoveryCodes(user int64) (codes []string, hashes [][32]byte) {
	for range recoveryCodes {
		code := strings.ToLower(rand.Text()[:recoveryLength])
		hashes = append(hashes, recoveryHash(user, code))
		codes = append(codes, code[:4]+"-"+code[4:8]+"-"+code[8:12]+"-"+code[12:])
	}
	return codes, hashes
}

func recoveryHash(user int64, code string) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%d %s", user, code))
}

func wrongCode() error {
	return httpx.With(ticket.NewError(ticket.CodeUnauthorized, "El código no es correcto, o ya se usó."), missingKey, missingCode)
}
