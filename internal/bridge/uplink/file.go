package uplink

import (
	"context"
	"time"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
)

const (
	// fetchTime is what one download may take.
	fetchTime = 5 * time.Minute
	// firstRetry doubles up to lastRetry between tries for one file.
	firstRetry = 5 * time.Second
	lastRetry  = 10 * time.Minute
	// fetchFor is how long a file is asked for. WhatsApp's servers forget files
	// after some weeks, and the sender's phone sends them anew while it has them.
	fetchFor = 7 * 24 * time.Hour
	// fetchAtLeast tries are made of a file whose time passed while the server or
	// this program was away.
	fetchAtLeast = 8
)

// deliverFile completes one message whose text the server already has.
func (u *Uplink) deliverFile(ctx context.Context, item *queue.Item) {
	retry := u.backoff(item.Attempts)
	if u.status.down() {
		u.queue.Return(item, u.now().Add(sweep))
		return
	}
	message := item.Entry.Message
	limited, cancel := context.WithTimeout(ctx, fetchTime)
	file, err := u.download(limited, item.Entry.Media)
	cancel()
	switch {
	case err == nil:
		enclose(&message, file)
	case final(err):
		withhold(&message, httpx.Message(err))
	case ticket.CodeOf(err) == ticket.CodeUnavailable:
		// No try of this file's: WhatsApp is away, which can last longer than a week.
		u.queue.Return(item, u.now().Add(sweep))
		return
	case u.now().Sub(item.Entry.ReceivedAt) > fetchFor && item.Attempts >= fetchAtLeast:
		withhold(&message, "No se pudo descargar el archivo durante una semana.")
	default:
		u.log.Debug().Err(err).Int("attempts", item.Attempts).Msg("file is not here yet")
		u.queue.Defer(item, u.now().Add(retry))
		return
	}
	out := u.server.post(traced(ctx, item), message, true)
	if lighten(&message, out, false) { // it is later already
		out = u.server.post(traced(ctx, item), message, true)
	}
	if !tooSlow(out, message) { // or a server that is there would be looked for, found, and all be woken, without a pause
		u.status.note(ctx, out)
	}
	u.settle(ctx, item, out, u.queue.Done, retry)
}

// backoff is the wait after so many tries, less up to a quarter.
func (u *Uplink) backoff(attempts int) time.Duration {
	wait := lastRetry
	if attempts < 8 { // beyond it the doubling passes lastRetry anyway
		wait = min(lastRetry, firstRetry<<attempts)
	}
	return wait - time.Duration(u.random()*float64(wait/4))
}
