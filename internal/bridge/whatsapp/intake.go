package whatsapp

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/rs/zerolog"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"mostrador/internal/bridge/queue"
)

// maxFailing bounds the memory of messages that could not be processed, and
// maxOwed that of what could not be stored and WhatsApp does not repeat.
const (
	maxFailing = 10_000
	maxOwed    = 1_000
)

// panicError is a panic while a message was converted or stored. Its text does
// not hold the value, in which there may be some of the message.
type panicError struct{ value any }

// Error is error.
func (e *panicError) Error() string { return fmt.Sprintf("panic of type %T", e.value) }

// poisoned reports whether err is the message's own fault.
func poisoned(err error) bool {
	_, panicked := errors.AsType[*panicError](err)
	return panicked || errors.Is(err, queue.ErrUnfit)
}

// intake stores messages. It is safe for concurrent use.
type intake struct {
	put     func(queue.Entry) error
	convert *converter
	mail    *mailbox
	log     zerolog.Logger
	limit   int          // tries before a dead letter
	failing atomic.Bool  // the last Put did not succeed
	closed  atomic.Bool  // what comes is refused until settle: it would overtake what was not stored
	givenUp atomic.Int64 // messages since the start that only a note is left of

	missed func(*events.UndecryptableMessage, queue.Entry) // told of every message that cannot be read, before its placeholder is stored
	shown  func(key string)                                // told of every placeholder that is stored

	mu    sync.Mutex
	tries map[string]int
	owed  []debt // what is to be stored when that works again
}

// debt is something that WhatsApp does not repeat: a placeholder, a call, or a
// message that the business's phone sent on request.
type debt struct {
	entry queue.Entry
	then  func() // called once it is stored; nil: nothing more to do
}

func newIntake(put func(queue.Entry) error, convert *converter, mail *mailbox, limit int, log zerolog.Logger) *intake {
	return &intake{put: put, convert: convert, mail: mail, log: log, limit: limit, tries: map[string]int{}, missed: func(*events.UndecryptableMessage, queue.Entry) {}, shown: func(string) {}}
}

// message stores evt; false makes WhatsApp deliver it again.
func (in *intake) message(evt *events.Message) bool {
	return in.accept(evt.Info, keyMessage, func() (queue.Entry, bool) { return in.convert.message(evt) })
}

// call stores that somebody called.
func (in *intake) call(evt *events.CallOffer) {
	_ = in.keep(func() (queue.Entry, bool) { return in.convert.call(evt.BasicCallMeta) }, nil)
}

// answer stores a message that the business's phone sent on request, and then
// calls then.
func (in *intake) answer(evt *events.Message, then func()) {
	cause := in.keep(func() (queue.Entry, bool) { return in.convert.message(evt) }, then)
	if !in.hopeless(keyFor(evt.Info, keyMessage), cause) {
		return
	}
	if err := in.bury(evt.Info, cause); err != nil {
		in.failed(err)
		return
	}
	then()
}

// receipt stores how far messages of ours have come; false makes WhatsApp tell
// it again.
func (in *intake) receipt(evt *events.Receipt) bool {
	if in.closed.Load() {
		return false
	}
	err := in.store(func() (queue.Entry, bool) { return in.convert.receipt(evt) })
	if poisoned(err) {
		return true // a receipt is not worth repeating for ever
	}
	if err != nil {
		in.failed(err)
		return false
	}
	in.succeeded("")
	return true
}

// placeholder stores that a message could not be read.
func (in *intake) placeholder(evt *events.UndecryptableMessage) {
	in.log.Warn().Bool("unavailable", evt.IsUnavailable).Msg("message cannot be decrypted yet")
	_ = in.keep(func() (queue.Entry, bool) {
		entry, wanted := in.convert.placeholder(evt)
		if wanted {
			in.missed(evt, entry)
		}
		return entry, wanted
	}, nil)
}

// keep stores what WhatsApp takes as delivered whatever happens here, and then
// calls then, unless that is nil: what cannot be stored waits in memory until it
// can.
func (in *intake) keep(convert func() (queue.Entry, bool), then func()) error {
	d := debt{then: then}
	err := in.store(func() (entry queue.Entry, wanted bool) {
		d.entry, wanted = convert()
		return d.entry, wanted
	})
	if err == nil {
		in.paid(d)
		in.succeeded(d.entry.Key)
		return nil
	}
	in.mu.Lock()
	if d.entry.Key != "" && !poisoned(err) && len(in.owed) < maxOwed {
		in.owed = append(in.owed, d)
	}
	in.mu.Unlock()
	in.failed(err)
	return err
}

// paid tells of what is stored now.
func (in *intake) paid(d debt) {
	in.shown(d.entry.Key)
	if d.then != nil {
		d.then()
	}
}

// settle stores what is owed; false when that fails again. After true messages
// are taken again: the line on which they were refused must be gone.
func (in *intake) settle() bool {
	in.mu.Lock()
	owed := in.owed
	in.owed = nil
	in.mu.Unlock()
	for i, d := range owed {
		if err := in.store(func() (queue.Entry, bool) { return d.entry, true }); err != nil && !poisoned(err) {
			in.mu.Lock()
			in.owed = append(in.owed, owed[i:]...)
			in.mu.Unlock()
			in.failed(err)
			return false
		}
		in.paid(d)
	}
	if len(owed) > 0 {
		in.succeeded("")
	}
	in.closed.Store(false)
	return true
}

func (in *intake) accept(info types.MessageInfo, kind string, convert func() (queue.Entry, bool)) bool {
	if in.closed.Load() {
		return false
	}
	key := keyFor(info, kind)
	err := in.store(convert)
	if err == nil {
		in.succeeded(key)
		return true
	}
	if !in.hopeless(key, err) {
		in.failed(err)
		return false
	}
	if err := in.bury(info, err); err != nil {
		in.failed(err)
		return false
	}
	return true
}

// bury stores a note in place of a message that cannot be processed because of
// cause.
func (in *intake) bury(info types.MessageInfo, cause error) error {
	err := in.store(func() (queue.Entry, bool) { return in.convert.deadLetter(info), true })
	if poisoned(err) {
		err = in.store(func() (queue.Entry, bool) { return in.convert.bareDeadLetter(info), true })
	}
	if err != nil {
		return err
	}
	in.log.Error().Err(cause).Int("tries", in.limit).Int64("given_up", in.givenUp.Add(1)).Msg("message given up: a note takes its place")
	in.succeeded(keyFor(info, keyMessage))
	return nil
}

// store converts and puts one message, and turns a panic into an error:
// whatsmeow would take a panic for success.
func (in *intake) store(convert func() (queue.Entry, bool)) (err error) {
	defer func() {
		if value := recover(); value != nil {
			in.log.Error().Str("stack", string(debug.Stack())).Msg("panic while taking a message in")
			in.log.Debug().Interface("value", value).Msg("value of the panic")
			err = &panicError{value}
		}
	}()
	entry, wanted := convert()
	if !wanted {
		return nil
	}
	if err := in.put(entry); err != nil {
		return fmt.Errorf("queue message: %w", err)
	}
	return nil
}

// hopeless counts the tries of a poisoned message. A full disk is no fault
// of the message and is not counted.
func (in *intake) hopeless(key string, err error) bool {
	if !poisoned(err) {
		return false
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.tries) >= maxFailing {
		clear(in.tries)
	}
	in.tries[key]++
	return in.tries[key] >= in.limit
}

func (in *intake) succeeded(key string) {
	in.mu.Lock()
	delete(in.tries, key)
	in.mu.Unlock()
	if in.failing.Swap(false) {
		in.mail.post(letter{step: step{do: doStored}})
	}
}

func (in *intake) failed(err error) {
	in.failing.Store(true)
	if !poisoned(err) {
		in.closed.Store(true)
	}
	in.log.Error().Err(err).Msg("message not stored: it is tried again until it is")
	in.mail.post(letter{step: step{do: doNotStored, poisoned: poisoned(err), full: diskFull(err)}})
}
