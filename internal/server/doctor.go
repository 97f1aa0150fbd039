package server

import (
	"context"
	"time"

	"mostrador/internal/config"
	"mostrador/internal/disk"
	"mostrador/internal/doctor"
	"mostrador/internal/server/backup"
	"mostrador/internal/server/checkup"
	"mostrador/internal/version"
)

// ExitCode is what the program exits with when Run returned err.
func ExitCode(err error) int { return doctor.ExitCode(err) }

// examine does an order of «server doctor».
func examine(ctx context.Context, o Options, args []string) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	c, report := config.InspectServer(o.Getenv, o.Environ, o.Dir)
	about := checkup.Options{Config: c, Report: report, Now: o.Now, Free: disk.Free}
	if shelf, err := shelfOf(c.Backup); err == nil && shelf != nil && engine(c.DatabaseURL) == "sqlite" {
		about.Newest = func(ctx context.Context) (time.Time, error) {
			made, err := backup.Newest(ctx, shelf, o.Now())
			return made.At, err
		}
	}
	return doctor.Examine(ctx, doctor.Patient{
		Program: "server", Version: version.String(), Dir: o.Dir, Now: o.Now, Config: report,
		Checks: checkup.Checks(about), Facts: checkup.Facts(about),
	}, args, o.Stdout)
}
