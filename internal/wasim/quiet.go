package wasim

import (
	"sync"

	"go.mau.fi/libsignal/logger"
)

// quietOnce guards libsignal's logger, which is one per process, made on first
// use without a lock, and writes to standard output.
var quietOnce sync.Once

// quiet silences libsignal unless the program has given it a logger. A program
// that wants its own must set it before Trust and the first Start.
func quiet() {
	quietOnce.Do(func() {
		if logger.Logger == nil {
			var silent logger.Loggable = noLog{}
			logger.Setup(&silent)
		}
	})
}

// noLog drops everything: what matters comes back as an error as well.
type noLog struct{}

// Debug drops a message.
func (noLog) Debug(string, string) {}

// Info drops a message.
func (noLog) Info(string, string) {}

// Warning drops a message.
func (noLog) Warning(string, string) {}

// Error drops a message.
func (noLog) Error(string, string) {}

// Configure does nothing.
func (noLog) Configure(string) {}
