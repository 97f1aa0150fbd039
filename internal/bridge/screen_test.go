package bridge_test

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"mostrador/internal/bridge"
	"mostrador/internal/bridge/whatsapp"
)

func TestEachCodeIsShownOnceAndThePhoneIsWelcomedOnce(t *testing.T) {
	var out bytes.Buffer
	pairing := whatsapp.State{Name: whatsapp.StatePairing, QR: "2@uno"}
	next, withCode := pairing, pairing
	next.QR, withCode.Code = "2@dos", "ABCD-1234"
	connected := whatsapp.State{Name: whatsapp.StateConnected}
	bridge.ShowAll(bridge.Options{Getenv: environment(nil), Stdout: &out},
		whatsapp.State{Name: whatsapp.StateStarting}, pairing, pairing, next, withCode, withCode,
		whatsapp.State{Name: whatsapp.StateConnecting}, connected, connected, whatsapp.State{Name: whatsapp.StateConnecting}, connected)
	for text, want := range map[string]int{"Dispositivos vinculados": 3, "ABCD-1234": 1, "Listo": 1, "http://127.0.0.1:9000/": 3} {
		if got := strings.Count(out.String(), text); got != want {
			t.Errorf("%q: got %d times, want %d", text, got, want)
		}
	}
}

func TestThePasskeySendsPeopleToThePage(t *testing.T) {
	var out bytes.Buffer
	asked := whatsapp.State{Name: whatsapp.StatePasskey, Passkey: &whatsapp.Passkey{}}
	bridge.ShowAll(bridge.Options{Getenv: environment(nil), Stdout: &out}, asked, asked)
	if got := strings.Count(out.String(), "http://127.0.0.1:9000/"); got != 1 {
		t.Errorf("got the page's address %d times, want once:\n%s", got, &out)
	}
}

func TestAConnectionWithoutPairingIsNotShown(t *testing.T) {
	var out bytes.Buffer
	bridge.ShowAll(bridge.Options{Getenv: environment(nil), Stdout: &out}, whatsapp.State{Name: whatsapp.StateConnecting}, whatsapp.State{Name: whatsapp.StateConnected})
	if out.Len() != 0 {
		t.Errorf("got %q, want nothing", &out)
	}
}

func TestTheCodeIsDrawnSquareInBothForms(t *testing.T) {
	text := "2@" + strings.Repeat("aB3/", 58)
	for simple, alphabet := range map[bool]string{true: "# ", false: "█▀▄ "} {
		var out bytes.Buffer
		bridge.DrawQR(&out, text, simple)
		plain := strings.NewReplacer("\x1b[97;40m", "", "\x1b[0m", "").Replace(out.String())
		lines := strings.Split(strings.TrimRight(plain, "\n"), "\n")
		if coloured := strings.Count(out.String(), "\x1b[97;40m"); !simple && coloured != len(lines) || simple && coloured != 0 {
			t.Errorf("simple %v: got %d of %d lines coloured, want all in a terminal and none elsewhere", simple, coloured, len(lines))
		}
		width := utf8.RuneCountInString(lines[0])
		for _, line := range lines {
			if strings.Trim(line, alphabet) != "" || utf8.RuneCountInString(line) != width {
				t.Fatalf("simple %v: got line %q of %d, want only %q and width %d", simple, line, utf8.RuneCountInString(line), alphabet, width)
			}
		}
		if simple {
			width /= 2
		} else {
			lines = append(lines, lines...)
		}
		if d := width - len(lines); d < -2 || d > 2 {
			t.Errorf("simple %v: got %d modules wide and %d high, want a square", simple, width, len(lines))
		}
	}
}

func TestThePageIsOnLoopback(t *testing.T) {
	for ip, want := range map[string]string{
		"0.0.0.0": "http://127.0.0.1:9000/", "::": "http://127.0.0.1:9000/", "192.0.2.1": "http://127.0.0.1:9000/",
		"127.0.0.2": "http://127.0.0.2:9000/", "::1": "http://[::1]:9000/",
	} {
		if got := bridge.PageURL(&net.TCPAddr{IP: net.ParseIP(ip), Port: 9000}); got != want {
			t.Errorf("%s: got %s, want %s", ip, got, want)
		}
	}
}

func TestABusyPortIsRecognisedOnEverySystem(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.EADDRINUSE, 10048} {
		err := bridge.ListenProblem(t.Context(), ":9000", &net.OpError{Op: "listen", Err: errno})
		if !strings.Contains(err.Error(), "El puerto 9000 ya está ocupado") || !errors.Is(err, errno) {
			t.Errorf("got %v, want the port and its cause", err)
		}
	}
}
