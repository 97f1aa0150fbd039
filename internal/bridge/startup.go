package bridge

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/ticket"
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

// listenProblem says in plain words why address cannot be listened on.
func listenProblem(address string, err error) error {
	sentence := fmt.Sprintf("No se puede escuchar en %s: revise DIRECCION y PUERTO_LOCAL.", address)
	if errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, errWindowsAddressInUse) {
		_, port, _ := net.SplitHostPort(address)
		sentence = fmt.Sprintf("El puerto %s ya está ocupado: ¿hay otro puente abierto? Ciérrelo o cambie PUERTO_LOCAL.", port)
	}
	return explain(sentence, err)
}

// queueProblem says in plain words that messages could not be stored.
func queueProblem(dir string, err error) error {
	return explain(fmt.Sprintf("No se puede usar la carpeta de la cola %s: revise que exista espacio y permiso de escritura.", dir), err)
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
