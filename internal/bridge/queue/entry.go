// Package queue keeps messages on disk until the server has them.
//
// Its one rule: what Put accepted is delivered, parked where a person can see
// it, or still here, whatever is killed, cut off or full in between.
package queue

import (
	"time"

	"mostrador/internal/wire"
)

// Entry is one message on its way to the server.
type Entry struct {
	Key        string       // identity of the message: the queue drops an entry whose key already waits
	Chat       string       // order is kept within one chat
	Message    wire.Webhook // without the bytes of its media
	Media      []byte       // what is needed to download its file; empty without one
	ReceivedAt time.Time    // when the bridge got it

	Attempts int    // deliveries that were tried and did not succeed; kept by the queue
	Reason   string // Spanish sentence on the last of them; kept by the queue
}
