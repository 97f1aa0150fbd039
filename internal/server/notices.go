package server

import (
	"github.com/rs/zerolog"

	"mostrador/internal/config"
	"mostrador/internal/server/notify"
)

// openNotify makes what tells people and programs outside the panel.
func (p *parts) openNotify(c config.Server, log zerolog.Logger) {
	p.notify = notify.New(notify.Options{Store: p.store, Jobs: p.jobs, Now: p.now, Local: c.NoticesLocal, Log: log})
}
