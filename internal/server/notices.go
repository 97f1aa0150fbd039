package server

import (
	"github.com/rs/zerolog"

	"mostrador/internal/config"
	"mostrador/internal/server/notify"
	"mostrador/internal/server/said"
	"mostrador/web"
)

// openNotify makes what tells people and programs outside the panel.
func (p *parts) openNotify(c config.Server, log zerolog.Logger) error {
	languages, err := said.Load(web.FS())
	if err != nil {
		return err
	}
	p.notify = notify.New(notify.Options{Store: p.store, Jobs: p.jobs, Now: p.now, Languages: languages, Local: c.NoticesLocal, Log: log})
	return nil
}
