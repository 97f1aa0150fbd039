package bridge

import (
	"io"
	"net"

	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/metrics"
)

// DrawQR draws a code as the terminal gets it.
func DrawQR(out io.Writer, text string, simple bool) { drawQR(out, text, simple) }

// PageURL is the address of the local page.
func PageURL(addr net.Addr) string { return pageURL(addr) }

// ListenProblem explains an address that cannot be listened on.
var ListenProblem = listenProblem

// ShowAll shows states one after the other on a terminal that is none.
func ShowAll(o Options, states ...whatsapp.State) {
	s := newScreen(o, "http://127.0.0.1:9000/", false)
	for _, state := range states {
		s.show(state)
	}
}

// Families are what the bridge counts.
func Families() []metrics.Desc { return newMeters().registry.Describe() }
