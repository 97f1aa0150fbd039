package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// authToken is the one that the servers under measurement share with the callers.
const authToken = "kq3v7zt2m5x8n4w6"

// binaries are the programs that are compared.
type binaries struct {
	server    string // the product
	noStorage string // the product whose store answers at once and keeps nothing
	pocket    string // PocketBase, flushing every commit
	self      string // this program, which is the plain decoder and the floor too
	root      string // the folder of the product's source
}

// build compiles the product from root, twice, and PocketBase into dir. The
// second time the compiler is shown a store that keeps nothing; the product has
// no such switch.
func build(ctx context.Context, root, dir string) (binaries, error) {
	self, err := os.Executable()
	if err != nil {
		return binaries{}, err
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	b := binaries{server: in("server"), noStorage: in("server-no-storage"), pocket: in("pocketbase"), self: self, root: root}
	overlay, err := withoutStorage(root, dir)
	if err != nil {
		return binaries{}, err
	}
	pocketBase := filepath.Join(root, "bench", "pocketbase")
	return b, errors.Join(
		compile(ctx, root, b.server, "./cmd/server"),
		compile(ctx, root, b.noStorage, "-overlay="+overlay, "./cmd/server"),
		compile(ctx, pocketBase, b.pocket, "."),
	)
}

func compile(ctx context.Context, dir, target string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-trimpath", "-ldflags=-s", "-o", target}, args...)...)
	cmd.Dir, cmd.Stderr, cmd.Env = dir, os.Stderr, append(os.Environ(), "CGO_ENABLED=0")
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build %s: %w", filepath.Base(target), err)
	}
	return nil
}

// The line of the store where a message is about to be written, and what
// answers at once instead.
const (
	writeLine  = "\tvar stored Stored\n"
	answerLine = "\tif s != nil {\n\t\treturn Stored{Ticket: 1, Message: 1, Opened: true, UsedFiles: true}, nil\n\t}\n"
)

// withoutStorage writes the overlay that leaves storing out.
func withoutStorage(root, dir string) (string, error) {
	file := filepath.Join(root, "internal/server/store/incoming.go")
	source, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if strings.Count(string(source), writeLine) != 1 {
		return "", fmt.Errorf("%s has changed: where does it start to store?", file)
	}
	changed, overlay := filepath.Join(dir, "incoming.go"), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(changed, []byte(strings.Replace(string(source), writeLine, answerLine+writeLine, 1)), 0o600); err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": {file: changed}})
	if err != nil {
		return "", err
	}
	return overlay, os.WriteFile(overlay, text, 0o600)
}

// ours is the command line and the environment of the product.
func ours(binary string) func(string) (args, env []string) {
	return func(address string) ([]string, []string) {
		host, port, _ := strings.Cut(address, ":")
		return []string{binary}, []string{"API_TOKEN=" + authToken, "DIRECCION=" + host, "PUERTO=" + port}
	}
}

// pocketBase is the command line of PocketBase.
func (b binaries) pocketBase(address string) (args, env []string) {
	return []string{b.pocket, "serve", "--http", address}, nil
}

// floor is the command line of this program as the floor.
func (b binaries) floor(address string) (args, env []string) {
	return []string{b.self, roleFloor, address}, nil
}

// decoder is the command line of this program as the plain decoder.
func (b binaries) decoder(address string) (args, env []string) {
	return []string{b.self, roleDecoder, address}, nil
}

// webhook is a text message as the bridge sends it; customers write in bursts of
// three.
func webhook(n int64) []byte {
	return fmt.Appendf(nil, `{"remitente":"52477%07d@s.whatsapp.net","contenido":"Buenas tardes, mi laptop no prende desde ayer y la necesito para el lunes","imagen":null,"id":"3EB0%018X","nombre":"Ana López","fecha":"2026-11-23T10:00:00Z","tipo":"texto"}`, n/3, n)
}

// record is the same for PocketBase, where the name id is taken.
func record(n int64) []byte {
	return []byte(strings.Replace(string(webhook(n)), `"id":`, `"wa":`, 1))
}
