// Package queue keeps messages on disk until the server has them.
//
// Its one rule: what Put accepted is delivered, parked where a person can see
// it, or still here, whatever is killed, cut off or full in between.
//
// A message is one JSON file and the folder it lies in is its state. To change it,
// the message is written anew into the next folder before it leaves the old one; of
// two files of one message the one that got further counts:
//
//	espera     the server does not have it
//	fotos      the server has the text, the file is outstanding
//	apartados  the server refused it, with the reason inside
//	danados    not a message of ours, or no longer readable
//
// A file's name holds a sequence number, which is also the time of arrival, and
// hashes of chat and key. Memory holds the names only.
package queue

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"mostrador/internal/wire"
)

// Entry is one message on its way to the server. Its JSON form is what the
// files hold.
type Entry struct {
	Key        string        `json:"clave"`            // identity of the message: the queue drops an entry whose key already waits
	Chat       string        `json:"chat"`             // order is kept within one chat
	Message    wire.Webhook  `json:"mensaje"`          // without the bytes of its media; empty with a Receipt
	Media      []byte        `json:"medio,omitempty"`  // what is needed to download its file; empty without one
	Receipt    *wire.Receipt `json:"recibo,omitempty"` // news of our messages, instead of a message of a customer
	ReceivedAt time.Time     `json:"recibido"`         // when the bridge got it
	Reason     string        `json:"motivo,omitempty"` // Spanish sentence: why it was parked; kept by the queue
}

// ErrUnfit is what Put says of an entry that could not be read back; the disk is
// not to blame, and another try does not help.
var ErrUnfit = errors.New("entry that cannot be kept")

var errNoKey = fmt.Errorf("%w: no key", ErrUnfit)

func (e Entry) encode() ([]byte, error) {
	if e.Key == "" {
		return nil, errNoKey
	}
	// JSON would write other characters, which belong under another name.
	if !utf8.ValidString(e.Key) || !utf8.ValidString(e.Chat) {
		return nil, fmt.Errorf("%w: key or chat is not UTF-8", ErrUnfit)
	}
	data, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnfit, err)
	}
	return data, nil
}

// decode reads the content of the file called n; it is an error when the
// content belongs under another name.
func decode(data []byte, n name) (Entry, error) {
	var e Entry
	if err := json.Unmarshal(data, &e); err != nil {
		return Entry{}, fmt.Errorf("decode entry: %w", err)
	}
	if e.Key == "" {
		return Entry{}, errNoKey
	}
	if hashKey(e.Key) != n.key || hashChat(e.Chat) != n.chat {
		return Entry{}, errors.New("entry under the name of another one")
	}
	return e, nil
}
