package bridge

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/mdp/qrterminal/v3"
	"golang.org/x/term"

	"mostrador/internal/bridge/whatsapp"
)

// screen is what the person at the terminal is shown, apart from the log:
// only what pairing needs. Not safe for concurrent use.
type screen struct {
	out    io.Writer
	page   string // address of the local page
	simple bool   // the terminal may not know block characters

	qr, code string // shown last
	asked    bool   // the passkey's hint was shown
	pairing  bool   // something was shown and no phone is linked yet
}

func newScreen(o Options, page string, plain bool) *screen {
	if o.screen == nil {
		o.screen = o.Stdout
	}
	return &screen{out: o.screen, page: page, simple: plain || !showsBlocks(o.screen, o.Getenv)}
}

// showsBlocks reports whether out is a terminal that draws U+2580 to U+2588.
func showsBlocks(out io.Writer, getenv func(string) string) bool {
	if !isTerminal(out) {
		return false
	}
	// On Windows text reaches the console as UTF-16, and its fonts have had
	// these characters since code page 437.
	if runtime.GOOS == "windows" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := getenv(name); locale != "" {
			locale = strings.ToLower(locale)
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return false
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// show writes what is new in state. An unwritable terminal is nobody's concern.
func (s *screen) show(state whatsapp.State) {
	if state.Passkey != nil && !s.asked {
		s.say("WhatsApp pide la llave de acceso (passkey) de la cuenta. Siga los pasos en %s (solo en esta computadora).", s.page)
	}
	if state.QR != "" && state.QR != s.qr {
		s.say("En el teléfono: WhatsApp → Dispositivos vinculados → Vincular un dispositivo, y escanee:")
		drawQR(s.out, state.QR, s.simple)
		s.say("¿No se lee? Abra %s en esta computadora: ahí está grande y con ayuda.", s.page)
	}
	if state.Code != "" && state.Code != s.code {
		s.say("Código para escribir en el teléfono: %s", state.Code)
	}
	if state.Name == whatsapp.StateConnected && s.pairing {
		s.say("Listo: WhatsApp está vinculado y conectado.")
	}
	s.qr, s.code, s.asked = state.QR, state.Code, state.Passkey != nil
	s.pairing = state.Name != whatsapp.StateConnected && (s.pairing || s.qr != "" || s.code != "" || s.asked)
}

func (s *screen) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, "\n"+format+"\n\n", args...)
}

// quietZone is the margin in modules. The standard asks for four; phones are
// content with two, and windows are small.
const quietZone = 2

// Colours of a terminal: without them a light window would show the code's
// negative, which not every phone reads.
const (
	whiteOnBlack = "\x1b[97;40m"
	asBefore     = "\x1b[0m"
)

func drawQR(out io.Writer, text string, simple bool) {
	if !simple {
		var plain bytes.Buffer
		drawBlocks(&plain, text)
		for line := range strings.Lines(plain.String()) {
			_, _ = io.WriteString(out, whiteOnBlack+strings.TrimSuffix(line, "\n")+asBefore+"\n")
		}
		return
	}
	qrterminal.GenerateWithConfig(text, qrterminal.Config{Level: qrterminal.L, Writer: out, QuietZone: quietZone, WhiteChar: "##", BlackChar: "  "})
}

// drawBlocks draws two modules with each character.
func drawBlocks(out io.Writer, text string) {
	qrterminal.GenerateWithConfig(text, qrterminal.Config{
		Level: qrterminal.L, Writer: out, QuietZone: quietZone, HalfBlocks: true,
		WhiteChar: qrterminal.WHITE_WHITE, BlackChar: qrterminal.BLACK_BLACK,
		WhiteBlackChar: qrterminal.WHITE_BLACK, BlackWhiteChar: qrterminal.BLACK_WHITE,
	})
}
