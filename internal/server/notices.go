package server

import (
	"sync"

	"github.com/rs/zerolog"

	"mostrador/internal/config"
	"mostrador/internal/server/notify"
	"mostrador/internal/server/said"
	"mostrador/web"
)

// openNotify makes what tells people and programs outside the panel.
func (p *parts) openNotify(c config.Server, log zerolog.Logger) {
	languages := sync.OnceValues(func() (said.Languages, error) { return said.Load(web.FS()) })
	p.notify = notify.New(notify.Options{Store: p.store, Jobs: p.jobs, Now: p.now, Languages: languages, Local: c.NoticesLocal, Log: log})
}
