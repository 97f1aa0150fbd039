package queue

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Found is one file of a queue's folder.
type Found struct {
	State string    // its folder: StateWaiting, StateFile, StateParked or StateDamaged
	File  string    // its name
	At    time.Time // when the message arrived; zero if the name does not tell
	Data  []byte    // what it holds
	Entry Entry     // the message; zero if Readable is false
	// Readable says that it is a message of ours in good order. Those in
	// StateDamaged are not looked at.
	Readable bool
}

// Ref is a short name of the message among those of its queue.
func (f Found) Ref() string {
	if n, ok := parseName(f.File); ok {
		return n.ref()
	}
	return f.File
}

// Is reports whether a person means f by ref: its short name, the name of its
// file, its key or WhatsApp's id of it.
func (f Found) Is(ref string) bool {
	if ref == "" {
		return false
	}
	return ref == f.Ref() || ref == f.File || ref == strings.TrimSuffix(f.File, suffix) || ref == f.Entry.Key || ref == f.Entry.Message.ID
}

// Inspect goes through the files of the queue in dir, state by state and the
// oldest first. It changes nothing and may be used while a bridge runs there: what
// changes its state meanwhile may be left out or come twice.
func Inspect(dir string) iter.Seq2[Found, error] {
	return func(yield func(Found, error) bool) {
		for _, state := range []string{StateWaiting, StateFile, StateParked, StateDamaged} {
			names, err := disk{}.List(filepath.Join(dir, state))
			if err != nil {
				yield(Found{}, err)
				return
			}
			for _, text := range names {
				found, err := inspect(dir, state, text)
				if strings.HasSuffix(text, tempSuffix) || errors.Is(err, fs.ErrNotExist) {
					continue
				}
				if !yield(found, err) || err != nil {
					return
				}
			}
		}
	}
}

func inspect(dir, state, text string) (Found, error) {
	f := Found{State: state, File: text}
	data, err := os.ReadFile(filepath.Join(dir, state, text))
	if err != nil {
		return f, fmt.Errorf("read queued file: %w", err)
	}
	f.Data = data
	n, ok := parseName(text)
	if !ok {
		return f, nil
	}
	f.At = time.Unix(0, int64(n.seq)) //nolint:gosec // parseName takes no later time
	if state != StateDamaged {
		f.Entry, err = decode(data, n)
		f.Readable = err == nil
	}
	return f, nil
}
