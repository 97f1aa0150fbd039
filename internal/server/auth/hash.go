package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of one password hash: OWASP's password storage cheat sheet, argon2id
// with 19 MiB, two passes and one lane.
const (
	hashMemory  = 19 * 1024 // KiB
	hashTime    = 2
	hashThreads = 1
	hashSalt    = 16 // bytes
	hashKey     = 32 // bytes
)

// maxMemory and maxTime bound what a stored hash may ask for, so that a damaged
// row cannot exhaust the machine.
const (
	maxMemory = 256 * 1024 // KiB
	maxTime   = 16
)

// Hasher makes and checks password hashes, at most as many at once as the
// machine has cores, and no more than atOnce. Safe for concurrent use.
type Hasher struct{ slots chan struct{} }

// atOnce bounds how many hashes are made at once, each of which takes 19 MiB, so
// that wrong logins do not take the memory that a container may have.
const atOnce = 4

// NewHasher returns a Hasher for this machine.
func NewHasher() *Hasher {
	return &Hasher{slots: make(chan struct{}, min(runtime.GOMAXPROCS(0), atOnce))}
}

// Hash returns the argon2id hash of password in PHC form. It fails only when
// ctx ends while it waits for its turn.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	p := params{memory: hashMemory, time: hashTime, threads: hashThreads, salt: make([]byte, hashSalt)}
	_, _ = rand.Read(p.salt) // never fails since Go 1.24
	key, err := h.derive(ctx, password, p, hashKey)
	if err != nil {
		return "", err
	}
	p.key = key
	return p.String(), nil
}

// Verify reports whether password is the one hash was made of. An empty hash
// costs as much as a real one and matches nothing; a hash that cannot be read is
// an error.
func (h *Hasher) Verify(ctx context.Context, password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = params{memory: hashMemory, time: hashTime, threads: hashThreads, salt: make([]byte, hashSalt), key: make([]byte, hashKey)}.String()
	}
	p, err := parseHash(hash)
	if err != nil {
		return false, err
	}
	key, err := h.derive(ctx, password, p, len(p.key))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, p.key) == 1 && known, nil
}

func (h *Hasher) derive(ctx context.Context, password string, p params, length int) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("wait to hash: %w", err)
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash: %w", context.Cause(ctx))
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), p.salt, p.time, p.memory, p.threads, uint32(length)), nil //nolint:gosec // of a key in memory
}

// params is a hash taken apart.
type params struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

// String returns the PHC form, $argon2id$v=19$m=…,t=…,p=…$salt$key.
func (p params) String() string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.time, p.threads, encode(p.salt), encode(p.key))
}

func parseHash(hash string) (params, error) {
	var p params
	fields := strings.Split(hash, "$")
	if len(fields) != 6 || fields[1] != "argon2id" || fields[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return params{}, errors.New("read password hash: unknown form")
	}
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); err != nil {
		return params{}, fmt.Errorf("read password hash: %w", err)
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.DecodeString(fields[4]); err != nil {
		return params{}, fmt.Errorf("read password salt: %w", err)
	}
	if p.key, err = base64.RawStdEncoding.DecodeString(fields[5]); err != nil {
		return params{}, fmt.Errorf("read password key: %w", err)
	}
	if p.memory > maxMemory || p.time == 0 || p.time > maxTime || p.threads == 0 || len(p.key) < hashSalt {
		return params{}, errors.New("read password hash: cost out of range")
	}
	return p, nil
}
