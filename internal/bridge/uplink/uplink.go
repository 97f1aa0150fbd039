// Package uplink brings the messages of the queue to the server.
//
// Its one rule: the text never waits for the file, and no answer of the server
// but acceptance ends a message's way. What the server refuses for good is
// parked, everything else is tried again without an end.
package uplink

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const (
	// deliverers and fetchers are how many messages and outstanding files are
	// worked on at a time; a slow one occupies one of them. A server stores what
	// comes together with one flush of its disk, so a backlog goes faster the more
	// of it is under way.
	deliverers = 16
	fetchers   = 2
	// carriers is how many of the deliverers may hold a file in memory.
	carriers = 4
	// sweep is how long a message waits after its tries failed.
	sweep = 2 * time.Minute
)

// File is what Fetch downloaded. Its name and type are the sender's claims.
type File struct {
	Data []byte
	MIME string
	Name string
}

// Options are what New needs; Describe, Client, Now and Random may be left out.
type Options struct {
	Queue *queue.Queue
	// Fetch downloads the file of an entry's Media. A ticket.Error with
	// CodeNotFound or CodeTooLarge means that it will never come, one with
	// CodeUnavailable that nobody can be asked for files now, any other error that
	// another try is worth while.
	Fetch func(ctx context.Context, media []byte) (File, error)
	// Describe is the sign of life but for what the uplink knows: Time, Delivered
	// and, unless Describe sees a Problem of its own, what is wrong with the server.
	// Without it the server gets no sign of life.
	Describe  func() wire.Beat
	ServerURL string           // without a slash at the end
	Token     string           // API_TOKEN
	Client    *http.Client     // default: straight to the server, not through a proxy
	Now       func() time.Time // default: time.Now
	Random    func() float64   // spreads retries of files, in [0, 1); default: math/rand
	Meters    Meters
	Log       zerolog.Logger
}

// Uplink delivers messages while Run runs. Safe for concurrent use.
type Uplink struct {
	queue    *queue.Queue
	fetch    func(ctx context.Context, media []byte) (File, error)
	describe func() wire.Beat
	server   server
	status   status
	pulse    pulse
	carriers chan struct{} // holds a value for each deliverer with a file
	taken    atomic.Int64  // messages, receipts left out, that the server has taken
	now      func() time.Time
	random   func() float64
	meters   Meters
	log      zerolog.Logger
}

// New returns an Uplink that does nothing before Run.
func New(o Options) *Uplink {
	u := &Uplink{queue: o.Queue, fetch: o.Fetch, describe: o.Describe, now: o.Now, random: o.Random, meters: o.Meters.complete(), log: o.Log}
	if u.now == nil {
		u.now = time.Now
	}
	if u.random == nil {
		u.random = rand.Float64
	}
	u.server = newServer(o.Client, o.ServerURL, o.Token)
	u.server.now, u.server.answered = u.now, u.meters.Answered
	u.server.heard = u.compareClocks
	u.status = status{now: u.now, log: o.Log, barred: map[string]bool{}}
	u.carriers = make(chan struct{}, carriers)
	u.pulse.news = make(chan struct{}, 1)
	return u
}

// State returns how things stand with the server.
func (u *Uplink) State() State {
	state := u.status.get()
	u.pulse.mu.Lock()
	defer u.pulse.mu.Unlock()
	// A wrong token shows before there is a message to try it with.
	if u.pulse.refused != "" && state.Error == "" {
		state.Reachable, state.Error = true, u.pulse.refused
	}
	if state.Error == "" {
		state.Clock = u.pulse.apart()
	}
	return state
}

// Wake ends the waiting of everything deferred; to be called when WhatsApp is
// connected again.
func (u *Uplink) Wake() { u.queue.WakeAll() }

// Run delivers until ctx ends, then returns nil once all is put down. What was
// under way stays in the queue.
func (u *Uplink) Run(ctx context.Context) error {
	var workers errgroup.Group
	for range deliverers {
		workers.Go(func() error { return work(ctx, u.queue.Next, u.deliver) })
	}
	for range fetchers {
		workers.Go(func() error { return work(ctx, u.queue.NextFile, u.deliverFile) })
	}
	workers.Go(func() error { u.watch(ctx); return nil })
	if u.describe != nil {
		workers.Go(func() error { u.beats(ctx); return nil })
	}
	return workers.Wait()
}

// work handles what next hands out until ctx ends.
func work(ctx context.Context, next func(context.Context) (*queue.Item, error), handle func(context.Context, *queue.Item)) error {
	for {
		item, err := next(ctx)
		if err != nil {
			return nil // ctx ended
		}
		handle(ctx, item)
	}
}

// settle puts item where out says it belongs; a failing disk leaves it waiting.
func (u *Uplink) settle(ctx context.Context, item *queue.Item, out outcome, accepted func(*queue.Item) error, retry time.Duration) {
	if ctx.Err() != nil {
		u.queue.Return(item, time.Time{})
		return
	}
	u.status.hold(item.Ref(), out.verdict)
	var err error
	outcome := OutcomeRetried
	switch out.verdict {
	case accept:
		outcome = u.delivered(item, out)
		err = accepted(item)
	case refuse, tooLarge:
		u.log.Warn().Str("trace", item.Ref()).Int("status", out.code).Str("reason", out.reason).Msg("server refused a message; parked it")
		outcome = OutcomeParked
		err = u.queue.Park(item, out.reason)
		u.Announce()
	default:
		u.queue.Defer(item, u.now().Add(retry))
	}
	if err != nil {
		outcome = OutcomeFailed
		u.log.Error().Err(err).Msg("cannot move message in queue")
		u.queue.Defer(item, u.now().Add(retry))
	}
	u.meters.Settled(outcome, u.now().Sub(item.Entry.ReceivedAt))
}

// delivered says what the server has of item now.
func (u *Uplink) delivered(item *queue.Item, out outcome) string {
	switch {
	case item.Entry.Receipt != nil:
		return OutcomeReceipt
	case out.pending:
		u.log.Info().Str("trace", item.Ref()).Msg("message delivered; its file follows")
		return OutcomeText
	case item.AwaitsFile():
		u.log.Info().Str("trace", item.Ref()).Msg("file delivered")
		return OutcomeFile
	}
	u.log.Info().Str("trace", item.Ref()).Msg("message delivered")
	return OutcomeDelivered
}

// final reports whether err of Fetch means that the file will never come.
func final(err error) bool {
	code := ticket.CodeOf(err)
	return code == ticket.CodeNotFound || code == ticket.CodeTooLarge
}

// pause waits for d or, returning false, for the end of ctx.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
