package bridge

import (
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/bridge/whatsapp"
)

const (
	// invitedFile remembers, in the session's folder, that the page was opened.
	invitedFile = "pagina_abierta"
	// inviteAgain is after how long a bridge that starts anew opens it again.
	inviteAgain = time.Hour
)

// invitation opens the local page in the browser when the phone has to be linked:
// once, however many codes follow and, within an hour, however often the bridge is
// started. Not safe for concurrent use.
type invitation struct {
	open func(url string) error // nil: nobody sits here
	page string
	file string
	now  func() time.Time
	log  zerolog.Logger

	sent bool
}

func newInvitation(o Options, page string, log zerolog.Logger) *invitation {
	return &invitation{open: o.Open, page: page, file: filepath.Join(o.Dir, sessionDir, invitedFile), now: o.Now, log: log}
}

// consider opens the page if state is the first that needs a person at it.
func (i *invitation) consider(state whatsapp.State) {
	switch {
	case i.open == nil:
	case state.Name == whatsapp.StateConnected:
		i.sent = false
		_ = os.Remove(i.file)
	case (state.QR != "" || state.Passkey != nil) && !i.sent:
		i.sent = true
		i.send()
	}
}

func (i *invitation) send() {
	if info, err := os.Stat(i.file); err == nil && i.now().Sub(info.ModTime()).Abs() < inviteAgain {
		return
	}
	if err := i.open(i.page); err != nil {
		i.log.Info().Err(err).Msg("page not opened")
		return
	}
	if err := os.WriteFile(i.file, nil, 0o600); err != nil {
		i.log.Warn().Err(err).Msg("cannot note that the page was opened")
	}
}
