package bridge

import (
	"context"
	"path/filepath"

	"mostrador/internal/bridge/checkup"
	"mostrador/internal/config"
	"mostrador/internal/disk"
	"mostrador/internal/doctor"
	"mostrador/internal/version"
)

// examine does an order of «bridge doctor».
func examine(ctx context.Context, o Options, args []string) error {
	c, report := config.InspectBridge(o.Getenv, o.Environ, o.Dir)
	about := checkup.Options{
		Config: c, Report: report, Session: filepath.Join(c.Dir, sessionDir), Queue: filepath.Join(c.Dir, queueDir),
		Library: version.Of(library), Now: o.Now, Free: disk.Free, WhatsApp: o.Network.PreLogin,
	}
	return doctor.Examine(ctx, doctor.Patient{
		Program: "bridge", Version: version.String(), Dir: o.Dir, Now: o.Now, Config: report,
		Checks: checkup.Checks(about), Facts: checkup.Facts(about),
	}, args, o.Stdout)
}
