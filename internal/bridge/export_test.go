package bridge

import (
	"io"
	"net"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/metrics"
)

// A pause of a slow machine is no bridge that does not answer.
func init() { lookTime = time.Minute }

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

// InviteAll has a bridge that starts see states one after the other.
func InviteAll(o Options, states ...whatsapp.State) {
	i := newInvitation(o, "http://127.0.0.1:9000/", zerolog.Nop())
	for _, state := range states {
		i.consider(state)
	}
}

// FolderProblem explains a folder that cannot be used.
var FolderProblem = folderProblem
