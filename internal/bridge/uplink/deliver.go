package uplink

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/httpx"
	"mostrador/internal/wire"
)

// grace is how long a message waits for its file, so that the two normally
// travel in one call: servers other than ours know of no second one.
const grace = 2 * time.Second

// pauses are the waits before the first, second and third try.
var pauses = [...]time.Duration{0, 2 * time.Second, 4 * time.Second}

// deliver takes one message, or one receipt, to the server.
func (u *Uplink) deliver(ctx context.Context, item *queue.Item) {
	if item.Entry.Receipt != nil {
		u.deliverReceipt(ctx, item)
		return
	}
	message, tries := item.Entry.Message, len(pauses)
	switch {
	case len(item.Entry.Media) == 0:
	case item.Attempts > 0 && u.status.down():
		// No download for a call that will hardly get through.
		postpone(&message)
	default:
		defer u.attach(ctx, &message, item.Entry.Media)()
	}
	if item.Attempts > 0 && u.status.down() {
		tries = 1
	}
	out := u.try(traced(ctx, item), &message, len(item.Entry.Media) > 0, tries)
	if out.verdict == accept {
		u.taken.Add(1)
	}
	accepted := u.queue.Done
	if isPending(message) {
		accepted, out.pending = u.queue.AwaitFile, true
	}
	u.settle(ctx, item, out, accepted, sweep)
}

// attach puts the file into message, or a note that it follows or never will. The
// caller calls done when it needs the file no more.
func (u *Uplink) attach(ctx context.Context, message *wire.Webhook, media []byte) (done func()) {
	soon, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	select {
	case u.carriers <- struct{}{}:
		done = func() { <-u.carriers }
	case <-soon.Done():
		postpone(message)
		return func() {}
	}
	file, err := u.download(soon, media)
	switch {
	case err == nil:
		enclose(message, file)
	case final(err):
		withhold(message, httpx.Message(err))
	default:
		postpone(message)
	}
	return done
}

// download is fetch, with a panic over a hostile file as an error like others: it
// would end the program each time it meets the file.
func (u *Uplink) download(ctx context.Context, media []byte) (file File, err error) {
	defer func() {
		if v := recover(); v != nil {
			file, err = File{}, fmt.Errorf("fetch file: panic: %v", v)
		}
	}()
	return u.fetch(ctx, media)
}

// try posts message up to tries times. It lightens the message on the way: a
// file that is too large for the server stays out, and one that can be fetched
// again goes later if a proxy turns it away or the call with it took too long.
func (u *Uplink) try(ctx context.Context, message *wire.Webhook, refetchable bool, tries int) outcome {
	var out outcome
	for _, wait := range pauses[:tries] {
		if !pause(ctx, wait) {
			return out
		}
		out = u.server.post(ctx, *message, false)
		if lighten(message, out, refetchable) {
			out = u.server.post(ctx, *message, false)
		}
		if refetchable && tooSlow(out, *message) {
			postpone(message)
			continue
		}
		u.status.note(ctx, out)
		if out.verdict != unreachable {
			return out
		}
	}
	return out
}

// lighten takes out of message the file with which out turned it away, if it goes
// without: for good, or for later where that is possible.
func lighten(message *wire.Webhook, out outcome, later bool) bool {
	switch {
	case !carriesFile(*message):
		return false
	case out.verdict == tooLarge:
		withhold(message, out.reason)
	case out.verdict == barred && later:
		postpone(message)
	default:
		return false
	}
	return true
}

// tooSlow reports whether out says that the line is too slow for the file of message.
// It says nothing of the server then.
func tooSlow(out outcome, message wire.Webhook) bool { return out.timedOut && carriesFile(message) }

func carriesFile(m wire.Webhook) bool {
	return len(m.Image) > 0 || m.File != nil && len(m.File.Data) > 0
}

func isPending(m wire.Webhook) bool { return m.File != nil && m.File.State == wire.FilePending }

// enclose puts a file into m: pictures, by their content, as the original does.
func enclose(m *wire.Webhook, file File) {
	if len(file.Data) == 0 {
		withhold(m, "El archivo está vacío.")
		return
	}
	switch http.DetectContentType(file.Data) {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		m.Image, m.File = file.Data, nil
	default:
		m.Image, m.File = nil, &wire.File{Name: file.Name, MIME: file.MIME, Data: file.Data}
	}
}

// postpone replaces the file of m by the news that it follows.
func postpone(m *wire.Webhook) { replaceFile(m, wire.FilePending, "") }

// withhold replaces the file of m by the reason why it will not come.
func withhold(m *wire.Webhook, note string) { replaceFile(m, wire.FileGone, note) }

func replaceFile(m *wire.Webhook, state, note string) {
	about := wire.File{State: state, Note: note}
	if m.File != nil {
		about.Name, about.MIME = m.File.Name, m.File.MIME
	}
	m.Image, m.File = nil, &about
}
