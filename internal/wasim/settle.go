package wasim

import (
	"context"
	"runtime"
	"strings"
	"time"
)

// quietPoll is how often WaitQuiet looks again.
const quietPoll = time.Millisecond

// stackSize holds the stacks of some thousand goroutines, in bytes.
const stackSize = 4 << 20

// WaitQuiet waits until no whatsmeow client of this process is working on a
// message, or returns ctx's error. A test calls it before it unlinks a device:
// whatsmeow clears a deleted device's stores without waiting for the goroutines
// it started for earlier messages (store.go SetAllStores, version 20260821),
// which the race detector reports.
func WaitQuiet(ctx context.Context) error {
	buf := make([]byte, stackSize)
	for {
		stacks := string(buf[:runtime.Stack(buf, true)])
		if !strings.Contains(stacks, "whatsmeow.(*Client).handleEncryptedMessage") && !strings.Contains(stacks, "whatsmeow.(*Client).decryptMessages") {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(quietPoll):
		}
	}
}
