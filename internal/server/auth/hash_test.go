package auth_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"mostrador/internal/server/auth"
)

func TestAPasswordMatchesItsOwnHashOnly(t *testing.T) {
	h := auth.NewHasher()
	hash, err := h.Hash(t.Context(), "contraseña correcta")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(hash, "correcta") {
		t.Errorf("got %q, want a PHC string of argon2id", hash)
	}
	again, err := h.Hash(t.Context(), "contraseña correcta")
	if err != nil || again == hash {
		t.Errorf("got the same hash twice, %v, want another salt", err)
	}
	for password, want := range map[string]bool{"contraseña correcta": true, "contraseña": false, "": false, "Contraseña correcta": false} {
		if got, err := h.Verify(t.Context(), password, hash); got != want || err != nil {
			t.Errorf("%q: got %v, %v, want %v", password, got, err, want)
		}
	}
}

func TestNoPasswordMatchesAMissingHash(t *testing.T) {
	h := auth.NewHasher()
	for _, password := range []string{"", "x", strings.Repeat("\x00", 32)} {
		if got, err := h.Verify(t.Context(), password, ""); got || err != nil {
			t.Errorf("%q: got %v, %v, want no match and no error", password, got, err)
		}
	}
}

func TestAHashOfTheReferenceImplementationIsRead(t *testing.T) {
	// From phc-winner-argon2, src/test.c.
	const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if got, err := auth.NewHasher().Verify(t.Context(), "password", hash); !got || err != nil {
		t.Errorf("got %v, %v, want a match", got, err)
	}
}

func TestADamagedOrExtravagantHashIsAnErrorNotAPanic(t *testing.T) {
	const salt, key = "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for _, hash := range []string{
		"x", "$argon2id$v=18$m=19456,t=2,p=1$" + salt + "$" + key, "$argon2id$v=19$m=a,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=4000000,t=2,p=1$" + salt + "$" + key, "$argon2id$v=19$m=19456,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=19456,t=2,p=0$" + salt + "$" + key, "$argon2id$v=19$m=19456,t=2,p=1$!$" + key,
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$AA",
	} {
		if ok, err := auth.NewHasher().Verify(t.Context(), "x", hash); ok || err == nil {
			t.Errorf("%q: got %v, %v, want an error", hash, ok, err)
		}
	}
}

func TestWhoeverGivesUpWaitingIsNotHashed(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := auth.NewHasher().Hash(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
