package whatsapp

import (
	"fmt"
	"regexp"
	"sync"

	"github.com/rs/zerolog"
	"go.mau.fi/libsignal/logger"
	"go.mau.fi/whatsmeow/store"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"
)

// deviceName is what the phone's list of linked devices shows.
const deviceName = "Mostrador"

// once guards the two settings that libsignal and whatsmeow keep per process.
var once sync.Once

// setUpLibraries silences libsignal, which writes to standard output by
// default and says nothing that whatsmeow does not report as well, and names
// this device. A logger that somebody in the process has set already is left:
// libsignal reads it without a lock.
func setUpLibraries() {
	once.Do(func() {
		if logger.Logger == nil {
			var silent logger.Loggable = discard{}
			logger.Setup(&silent)
		}
		store.DeviceProps.Os = proto.String(deviceName)
	})
}

// discard is a logger.Loggable that is silent.
type discard struct{}

// Debug says nothing.
func (discard) Debug(string, string) {}

// Info says nothing.
func (discard) Info(string, string) {}

// Warning says nothing.
func (discard) Warning(string, string) {}

// Error says nothing.
func (discard) Error(string, string) {}

// Configure changes nothing.
func (discard) Configure(string) {}

// maxDetail bounds a line of the library: some of them dump whole stanzas.
const maxDetail = 300

// personal matches what a log line must not hold: numbers and hidden
// identifiers, which are at least seven digits long.
var personal = regexp.MustCompile(`\d{7,}`)

// libraryLog passes on what whatsmeow wants to say, without numbers. Its debug
// lines are dropped: they hold stanzas, pairing codes and access keys.
type libraryLog struct{ log zerolog.Logger }

var _ waLog.Logger = libraryLog{}

// Debugf says nothing.
func (l libraryLog) Debugf(string, ...any) {}

// Infof is waLog.Logger; whatsmeow tells what it does, which is for debugging here.
func (l libraryLog) Infof(format string, args ...any) {
	l.write(zerolog.DebugLevel, format, args)
}

// Warnf is waLog.Logger.
func (l libraryLog) Warnf(format string, args ...any) {
	l.write(zerolog.WarnLevel, format, args)
}

// Errorf is waLog.Logger. What whatsmeow calls an error it mostly recovers from.
func (l libraryLog) Errorf(format string, args ...any) {
	l.write(zerolog.WarnLevel, format, args)
}

// Sub is waLog.Logger; the two modules that dump every stanza are silent.
func (l libraryLog) Sub(module string) waLog.Logger {
	if module == "Recv" || module == "Send" {
		return waLog.Noop
	}
	return libraryLog{l.log.With().Str("module", module).Logger()}
}

func (l libraryLog) write(level zerolog.Level, format string, args []any) {
	event := l.log.WithLevel(level)
	if l.log.GetLevel() > level {
		return
	}
	detail := personal.ReplaceAllString(fmt.Sprintf(format, args...), "…")
	event.Str("detail", clip(detail, maxDetail)).Msg("whatsapp library")
}
