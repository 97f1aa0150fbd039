package bridge_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"

	"mostrador/internal/bridge"
)

func TestWhoHasThePortIsSaid(t *testing.T) {
	wa, server := simulator(t), newTicketServer(t)
	p := start(t, wa, t.TempDir(), server.url)
	answering := func(body string) string {
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
		t.Cleanup(web.Close)
		return web.URL
	}
	for want, url := range map[string]string{
		"por otro puente de esta computadora, abierto desde hace": p.url,
		"por el servidor de Mostrador":                            answering(`{"status":"ok","total_tickets":0}`),
		"por otro programa: ciérrelo":                             answering(`<html>`),
		"por otro programa":                                       answering(`{"status":"ok"}`),
	} {
		env := settings(server.url)
		_, env["PUERTO_LOCAL"], _ = net.SplitHostPort(strings.TrimPrefix(url, "http://"))
		wantText(t, run(t, bridge.Options{Dir: t.TempDir(), Getenv: environment(env)}), "El puerto "+env["PUERTO_LOCAL"]+" ya está ocupado "+want)
	}
}

func TestAPortThatTheSystemKeepsIsSaid(t *testing.T) {
	for _, cause := range []error{syscall.EACCES, syscall.Errno(10013)} {
		err := bridge.ListenProblem(t.Context(), ":80", &net.OpError{Op: "listen", Err: cause})
		wantText(t, err.Error(), "El sistema no deja usar el puerto 80", "PUERTO_LOCAL")
	}
}

func TestWhyAFolderCannotBeUsedIsSaid(t *testing.T) {
	for want, cause := range map[string]error{
		"no se puede escribir. Mueva el puente": &os.PathError{Op: "mkdir", Path: "x", Err: syscall.EACCES},
		"carpeta x no se puede escribir":        syscall.EROFS,
		"El disco de x está lleno":              &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC},
	} {
		err := bridge.FolderProblem("x", cause)
		if !strings.Contains(err.Error(), want) || !errors.Is(err, cause) {
			t.Errorf("got %v, want %q and its cause", err, want)
		}
	}
	if got := bridge.FolderProblem("x", errors.New("other")).Error(); got != "other" {
		t.Errorf("got %q, want the same error", got)
	}
}
