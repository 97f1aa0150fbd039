package bridge

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/DeRuina/timberjack"

	"mostrador/internal/httpx"
)

// The log of a bridge that nobody watches, below the working folder. With its
// older files it takes logSize times logFiles plus one megabytes at most.
const (
	logDir    = "registro"
	logFile   = "puente.log"
	crashFile = "caidas.log"
	logSize   = 10
	logFiles  = 4
	// maxCrashes is the size in bytes from which the file of crashes is begun anew.
	maxCrashes = 1 << 20
)

// serveInBackground is serve without a terminal: it logs to a file, also why it
// could not start, and draws nothing.
func serveInBackground(ctx context.Context, o Options) error {
	dir := filepath.Join(o.Dir, logDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return folderProblem(dir, err)
	}
	file := &timberjack.Logger{
		Filename: filepath.Join(dir, logFile), MaxSize: logSize, MaxBackups: logFiles, LocalTime: true, FileMode: 0o600,
	}
	end := keepCrashes(filepath.Join(dir, crashFile))
	o.Stdout, o.screen = file, io.Discard
	err := serve(ctx, o)
	if err != nil {
		log := newLogger(file, "info")
		log.Error().Str("reason", httpx.Message(err)).Err(err).Msg("bridge ended")
	}
	end()
	return errors.Join(err, file.Close())
}

// keepCrashes has the runtime write the end of a program that panics to file as
// well, until end is called. Without such a file nothing is kept.
func keepCrashes(file string) (end func()) {
	mode := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if info, err := os.Stat(file); err == nil && info.Size() > maxCrashes {
		mode |= os.O_TRUNC
	}
	f, err := os.OpenFile(file, mode, 0o600)
	if err != nil {
		return func() {}
	}
	defer f.Close() // the runtime has a handle of its own
	_ = debug.SetCrashOutput(f, debug.CrashOptions{})
	return func() { _ = debug.SetCrashOutput(nil, debug.CrashOptions{}) }
}
