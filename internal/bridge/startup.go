package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/bridge/api"
	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// newLogger writes for people on a terminal and JSON for programs elsewhere.
func newLogger(w io.Writer, level string) zerolog.Logger {
	if isTerminal(w) {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly}
	}
	parsed, err := zerolog.ParseLevel(level)
	if err != nil {
		parsed = zerolog.InfoLevel
	}
	return zerolog.New(zerolog.SyncWriter(w)).Level(parsed).With().Timestamp().Logger()
}

// errWindowsAddressInUse is Windows' WSAEADDRINUSE (winsock2.h), which syscall does
// not count as EADDRINUSE.
const errWindowsAddressInUse = syscall.Errno(10048)

// errWindowsAccess is WSAEACCES: Windows keeps some ports for itself.
const errWindowsAccess = syscall.Errno(10013)

// listenProblem says in plain words why address cannot be listened on.
func listenProblem(ctx context.Context, address string, err error) error {
	_, port, _ := net.SplitHostPort(address)
	sentence := fmt.Sprintf("No se puede escuchar en %s: revise DIRECCION y PUERTO_LOCAL.", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, errWindowsAddressInUse):
		sentence = fmt.Sprintf("El puerto %s ya está ocupado%s", port, occupant(ctx, address))
	case errors.Is(err, os.ErrPermission) || errors.Is(err, errWindowsAccess):
		sentence = fmt.Sprintf("El sistema no deja usar el puerto %s: ponga otro en PUERTO_LOCAL, y el mismo en PUERTO_LAPTOP del servidor.", port)
	}
	return explain(sentence, err)
}

// occupant ends the sentence that says that a port is taken: by whom, if it is a
// program of ours, and what to do.
func occupant(ctx context.Context, address string) string {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	const other = " por otro programa: ciérrelo, o ponga otro puerto en PUERTO_LOCAL y el mismo en PUERTO_LAPTOP del servidor."
	resp, err := neighbour{address: address}.call(ctx, http.MethodGet, wire.PathHealth)
	if err != nil {
		return other
	}
	defer resp.Body.Close()
	var health struct {
		WhatsApp string   `json:"whatsapp"`
		Uptime   float64  `json:"uptime"`
		Tickets  *float64 `json:"total_tickets"`
	}
	if json.NewDecoder(io.LimitReader(resp.Body, maxHealth)).Decode(&health) != nil {
		return other
	}
	switch {
	case health.WhatsApp != "":
		return fmt.Sprintf(" por otro puente de esta computadora, abierto desde hace %s. Use ese, o ciérrelo con «bridge stop» en su carpeta.",
			api.Span(time.Duration(health.Uptime*float64(time.Second))))
	case health.Tickets != nil:
		return " por el servidor de Mostrador, que está en esta misma computadora: ponga otro puerto en PUERTO_LOCAL y en PUERTO_LAPTOP."
	}
	return other
}

// Windows' errors for a disk that is full or write-protected (winerror.h), which
// have no name in syscall.
const (
	errWindowsProtected = syscall.Errno(19)
	errWindowsFull      = syscall.Errno(112)
)

// folderProblem says in plain words why dir cannot be used, where the system says
// why; otherwise it returns err as it is.
func folderProblem(dir string, err error) error {
	windows := func(errno syscall.Errno) bool { return runtime.GOOS == "windows" && errors.Is(err, errno) }
	switch {
	case errors.Is(err, syscall.ENOSPC) || windows(errWindowsFull):
		return explain(fmt.Sprintf("El disco de %s está lleno: libere espacio y abra el puente de nuevo.", dir), err)
	case errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EROFS) || windows(errWindowsProtected):
		return explain(fmt.Sprintf("En la carpeta %s no se puede escribir. Mueva el puente con su .env a una carpeta suya, como Documentos, y ábralo ahí; si está dentro de un zip, descomprímalo antes.", dir), err)
	}
	return err
}

// queueProblem says in plain words that messages could not be stored.
func queueProblem(dir string, err error) error {
	if plain := folderProblem(dir, err); ticket.CodeOf(plain) != ticket.CodeInternal {
		return plain
	}
	return explain(fmt.Sprintf("No se puede usar la carpeta de la cola %s: revise que exista espacio y permiso de escritura.", dir), err)
}

// withoutFile adds to what is wrong with the settings why their file was not read,
// if dir has none; Windows' editor likes to add to its name.
func withoutFile(err error, dir string) error {
	if _, missing := os.Stat(filepath.Join(dir, ".env")); missing == nil {
		return err
	}
	hint := "En esta carpeta no hay archivo .env: copie .env.laptop.example con ese nombre y llénelo."
	if _, missing := os.Stat(filepath.Join(dir, ".env.txt")); missing == nil {
		hint = "El archivo se llama .env.txt y debe llamarse .env: en el Explorador, Vista › Mostrar › Extensiones de nombre de archivo, y quite «.txt»."
	}
	return ticket.NewError(ticket.CodeInvalid, httpx.Message(err)+"\n"+hint)
}

// explain is an error that people read as sentence and programs as cause.
func explain(sentence string, cause error) error {
	return fmt.Errorf("%w (%w)", ticket.NewError(ticket.CodeUnavailable, sentence), cause)
}

// pageURL is where this machine's browser finds the local page of an API that
// listens on addr.
func pageURL(addr net.Addr) string {
	host, port := "127.0.0.1", 0
	if tcp, ok := addr.(*net.TCPAddr); ok {
		port = tcp.Port
		if tcp.IP.IsLoopback() {
			host = tcp.IP.String()
		}
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(port)) + "/"
}
