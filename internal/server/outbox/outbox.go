// Package outbox brings queued replies to the bridge, and from there to the
// customer.
//
// Its one rule: a reply leaves the queue only when the bridge took it, said that
// it never can, or a person discarded it; whatever else happens it is tried again
// under the same WhatsApp id, which makes repeating safe. Which reply may go when
// is the store's decision (store.ClaimReplies), so that it is the same for every
// server on a database and after every restart.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const (
	// lease is how long a claimed reply is ours: a send of sendTimeout and its
	// bookkeeping, with room to spare.
	lease = 30 * time.Second
	// fileLease is how much longer one with a file is ours.
	fileLease = fileTimeout
	// lanes is how many replies a sweep claims and sends at once; each begins its
	// way when its lease does.
	lanes = 4
	// pause is how often the queue is looked at when nothing wakes us; another
	// server may have put something in.
	pause = 5 * time.Second
	// signPause is how often a sign of life may bring waiting replies forward.
	signPause = 5 * time.Second

	// firstRetry and lastRetry bound the waiting time between tries.
	firstRetry = 5 * time.Second
	lastRetry  = 2 * time.Minute
	// jitterShare spreads retries by up to a fifth.
	jitterShare = 0.2
	// limitedRetry is when something that WhatsApp limits is tried again, unless
	// the customer or a person at the counter is faster. The limit lifts by
	// itself after hours or days, and every attempt may prolong it.
	limitedRetry = time.Hour
	// paceShare makes the distance between replies that leave by themselves up to
	// half longer than an even spread: nobody types like a clock, and what is
	// left of the minute is for those who click meanwhile.
	paceShare = 0.5
)

// errNoBridge is what replies wait for while nobody said where the laptop is.
var errNoBridge = ticket.NewError(ticket.CodeUnavailable, "Falta IP_LAPTOP en la configuración del servidor; la respuesta saldrá cuando se ponga.")

// straight is the way to a bridge by its address alone.
func straight(_ int64, url string) (string, error) {
	if url == "" {
		return "", errNoBridge
	}
	return url, nil
}

// Options says what an Outbox works with; all fields are required.
type Options struct {
	Store  *store.Store
	Bridge *Bridge
	// Open returns the stored file of a reply, which is closed again; CodeNotFound
	// when it is gone. Required for replies with files.
	Open func(name string) (*os.File, error)
	// Way returns where the bridge, whose configured address is url, is called now,
	// or why nowhere, as a ticket.Error of CodeUnavailable. nil: at its address.
	Way func(bridge int64, url string) (string, error)
	Now func() time.Time
	// Random returns a number from 0 to 1, for the jitter; called concurrently.
	Random func() float64
	// PerMinute is how many replies leave through one bridge in any minute, those
	// of all servers together; 0 for no limit. It is not required.
	PerMinute int
	// Tried, if set, is told of each attempt: its result, one of Results, how long
	// it took, and how long ago the reply was written.
	Tried func(result string, took, age time.Duration)
	Log   zerolog.Logger
}

// Outbox sends replies. Safe for concurrent use; several may share a database.
type Outbox struct {
	store  *store.Store
	bridge *Bridge
	open   func(name string) (*os.File, error)
	way    func(bridge int64, url string) (string, error)
	now    func() time.Time
	random func() float64
	pace   int
	tried  func(result string, took, age time.Duration)
	log    zerolog.Logger
	wake   chan struct{}

	mu       sync.Mutex
	inFlight map[int64]*flight    // by message
	signs    map[int64]time.Time  // last sign of life acted upon, by bridge
	decided  map[int64]remembered // settings, by business
	hurry    map[int64]bool       // bridges that showed one since the last sweep

	swept sweptFlights
}

// flight is one delivery that several callers may wait for.
type flight struct {
	done chan struct{}
	err  error
}

// New returns an Outbox; Run makes it work by itself.
func New(o Options) *Outbox {
	if o.Way == nil {
		o.Way = straight
	}
	if o.Tried == nil {
		o.Tried = func(string, time.Duration, time.Duration) {}
	}
	return &Outbox{
		store: o.Store, bridge: o.Bridge, open: o.Open, way: o.Way, tried: o.Tried, now: o.Now, random: o.Random, pace: o.PerMinute, log: o.Log,
		wake: make(chan struct{}, 1), inFlight: map[int64]*flight{}, signs: map[int64]time.Time{}, hurry: map[int64]bool{}, decided: map[int64]remembered{},
		swept: sweptFlights{under: map[int64]*flight{}},
	}
}

// Run sends what is due until ctx ends, and returns nil when what was under way
// then is back in the queue. A file takes minutes on a bad line, and only the same
// customer's later replies wait for it: it goes beside the sweeps, which claim
// nothing but texts for its bridge meanwhile. So at the pace a bridge gets one
// file at a time: on a slow line several together would all be late.
func (o *Outbox) Run(ctx context.Context) error {
	w := newWork()
	defer w.files.Wait()
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for {
		claimed, err := o.sweep(ctx, w)
		if err != nil && ctx.Err() == nil {
			o.log.Error().Err(err).Msg("sweep of queued replies broke off")
		}
		timer.Reset(o.rest(claimed))
		select {
		case <-ctx.Done():
			return nil
		case <-o.wake:
		case <-timer.C:
		}
	}
}

// rest is how long Run waits after a sweep: when it found something, the pace is
// likely all that keeps the next one back.
func (o *Outbox) rest(claimed int) time.Duration {
	if claimed == 0 || o.pace == 0 {
		return pause
	}
	return min(pause, Gap(o.pace, 1))
}

// Gap returns the distance between replies that leave by themselves: perMinute
// evenly spread over a minute, and up to half more as random goes from 0 to 1.
func Gap(perMinute int, random float64) time.Duration {
	even := float64(time.Minute) / float64(perMinute)
	return max(time.Millisecond, time.Duration(even*(1+paceShare*random)))
}

func (o *Outbox) terms() store.Terms {
	terms := store.Terms{Lease: lease, FileLease: fileLease, PerMinute: o.pace, NoWay: o.noWay}
	if o.pace > 0 {
		terms.Gap = Gap(o.pace, o.random())
	}
	return terms
}

// noWay says why a bridge cannot be called from here, or "" when it can: another
// server on the database may have its link.
func (o *Outbox) noWay(bridge int64, url string) string {
	if _, err := o.way(bridge, url); err != nil {
		return sentence(err)
	}
	return ""
}

// Wake makes Run look at the queue at once.
func (o *Outbox) Wake() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// Alive notes that the bridge showed a sign of life, so that what waits for it
// is tried again at once, or at the next look of the server that has its link, and
// returns without waiting for that.
func (o *Outbox) Alive(bridge int64) {
	now := o.now()
	o.mu.Lock()
	defer o.mu.Unlock()
	// A sign from the future was noted before the clock was set back.
	if since := now.Sub(o.signs[bridge]); since >= 0 && since < signPause {
		return
	}
	o.signs[bridge], o.hurry[bridge] = now, true
	o.Wake()
}

// Reached is Alive for a bridge to which there is a new way: what was tried just
// before cannot have taken it.
func (o *Outbox) Reached(bridge int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hurry[bridge] = true
	o.Wake()
}

// bringForward makes what waits for the bridges that came back due.
func (o *Outbox) bringForward(ctx context.Context) error {
	o.mu.Lock()
	back := slices.Collect(maps.Keys(o.hurry))
	clear(o.hurry)
	o.mu.Unlock()
	for _, bridge := range back {
		if err := o.store.RetryRepliesNow(ctx, bridge); err != nil {
			return fmt.Errorf("bring replies forward: %w", err)
		}
	}
	return nil
}

// Sweep tries every reply that is due, waits for them all and returns how many
// were sent. Sending one may make the contact's next one due, so it goes on until
// nothing is.
func (o *Outbox) Sweep(ctx context.Context) (sent int, err error) {
	w := newWork()
	for {
		claimed, err := o.sweep(ctx, w)
		w.files.Wait()
		if err != nil || claimed == 0 {
			return int(w.sent.Load()), err
		}
	}
}

// sweep claims what is due until nothing is and returns how many that were. It
// waits for the texts among them; files stay under way in w and wake Run.
func (o *Outbox) sweep(ctx context.Context, w *work) (claimed int, err error) {
	if err := o.bringForward(ctx); err != nil {
		return 0, err
	}
	for ctx.Err() == nil {
		terms := o.terms()
		terms.TextsOnly = w.uploading()
		due, err := o.swept.begin(func() ([]store.Outgoing, error) { return o.store.ClaimReplies(ctx, lanes, terms) })
		if err != nil {
			return claimed, fmt.Errorf("claim replies: %w", err)
		}
		if len(due) == 0 {
			return claimed, nil
		}
		claimed += len(due)
		o.sendAll(ctx, due, w)
	}
	return claimed, nil
}

// Deliver tries to send one queued reply now. Its errors are those of
// Bridge.Send, and CodeConflict for a reply that waits for a person's word or was
// discarded; after CodeUnavailable and CodeTimeout it stays queued and goes out by
// itself later. What a sweep was faster with has the outcome that it had there.
// Callers that want the same reply at the same time share one try.
func (o *Outbox) Deliver(ctx context.Context, message int64) error {
	o.mu.Lock()
	f, waiting := o.inFlight[message]
	if !waiting {
		f = &flight{done: make(chan struct{})}
		o.inFlight[message] = f
	}
	o.mu.Unlock()
	if waiting {
		select {
		case <-f.done:
			return f.err
		case <-ctx.Done():
			return fmt.Errorf("wait for delivery: %w", context.Cause(ctx))
		}
	}
	defer func() {
		o.mu.Lock()
		delete(o.inFlight, message)
		o.mu.Unlock()
		close(f.done)
	}()
	f.err = o.deliver(context.WithoutCancel(ctx), message)
	return f.err
}

func (o *Outbox) deliver(ctx context.Context, message int64) error {
	out, wait, err := o.store.ClaimReply(ctx, message, o.terms())
	if err != nil {
		return fmt.Errorf("claim reply: %w", err)
	}
	switch wait {
	case store.WaitNone:
	case store.WaitOver:
		return o.over(ctx, message)
	case store.WaitBusy:
		if f := o.swept.of(message); f != nil {
			<-f.done // which takes no longer than a try of our own
			return f.err
		}
		return waiting(wait) // another server sends it
	default:
		o.Wake()
		return waiting(wait)
	}
	err = o.send(ctx, out)
	if err == nil {
		o.Wake()
	}
	return err
}

// over is what Deliver says of a reply that has left the queue.
func (o *Outbox) over(ctx context.Context, message int64) error {
	delivery, failure, err := o.store.ReplyOutcome(ctx, message)
	switch {
	case err != nil:
		return fmt.Errorf("read outcome: %w", err)
	case delivery == ticket.DeliveryFailed:
		return ticket.NewError(ticket.CodeInvalid, failure)
	case delivery == ticket.DeliveryDiscarded:
		return ticket.NewError(ticket.CodeConflict, failure)
	case delivery.Waits(): // again: somebody has just asked for that
		return waiting(store.WaitBusy)
	}
	return nil
}

// waiting tells the people at the counter what a reply waits for.
func waiting(why store.Wait) error {
	switch why {
	case store.WaitConfirm:
		return ticket.NewError(ticket.CodeConflict, "El mensaje lleva más de un día sin salir: confirme si todavía debe enviarse o descártelo.")
	case store.WaitTurnConfirm:
		return ticket.NewError(ticket.CodeUnavailable, "Antes hay un mensaje a esta persona por confirmar: envíelo o descártelo.")
	case store.WaitLimited, store.WaitTurnLimited:
		return ticket.NewError(ticket.CodeUnavailable, "WhatsApp limita por ahora los mensajes a esta persona; se intenta cada hora y en cuanto ella escriba.")
	case store.WaitPace:
		return ticket.NewError(ticket.CodeUnavailable, "Han salido muchas respuestas en el último minuto; esta sale enseguida.")
	}
	return ticket.NewError(ticket.CodeUnavailable, "La respuesta está en cola y sale en cuanto salga lo anterior a esta persona.")
}

// send hands out to its bridge and writes down what became of it.
func (o *Outbox) send(ctx context.Context, out store.Outgoing) error {
	began := o.now()
	err := o.tryBridge(ctx, out)
	now := o.now()
	o.tried(result(err), now.Sub(began), now.Sub(out.QueuedAt))
	noted := o.note(context.WithoutCancel(ctx), out, err)
	log := o.log.With().Int64("ticket", out.Ticket).Int64("message", out.Message).Int("attempt", out.Attempts).Str("trace", out.WhatsAppID).Logger()
	if noted != nil {
		log.Error().Err(noted).Msg("outcome of a reply was not stored; it will be sent again under the same id")
	}
	if err != nil {
		log.Warn().Err(err).Msg("reply not sent")
		return err
	}
	log.Info().Msg("reply sent")
	return nil
}

func (o *Outbox) tryBridge(ctx context.Context, out store.Outgoing) error {
	url, err := o.way(out.Bridge, out.BridgeURL)
	if err != nil {
		return err
	}
	m := wire.Send{To: out.Chat, Text: out.Text, ID: out.WhatsAppID, ReplyTo: out.RefersTo}
	if out.File.File == "" {
		return o.bridge.Send(ctx, url, m)
	}
	m.File = &wire.File{Name: out.File.Name, MIME: out.File.MIME}
	return o.bridge.SendFile(ctx, url, m, out.File.Size, func() (io.ReadCloser, error) { return o.open(out.File.File) })
}

func (o *Outbox) note(ctx context.Context, out store.Outgoing, outcome error) error {
	back := store.Setback{Attempt: out.Attempts, Reason: sentence(outcome)}
	switch {
	case outcome == nil:
		return o.store.ReplySent(ctx, out.Message, out.WhatsAppID)
	case ticket.CodeOf(outcome) == ticket.CodeInvalid:
		return o.store.ReplyFailed(ctx, out.Message, out.WhatsAppID, sentence(outcome))
	case errors.Is(outcome, ErrLimited):
		back.Limited, back.At = true, o.now().Add(spread(limitedRetry, o.random()))
	default:
		back.Unsent = ticket.CodeOf(outcome) == ticket.CodeUnavailable
		back.At = o.now().Add(Backoff(out.Attempts, o.random()))
	}
	return o.store.ReplyRetry(ctx, out.Message, back)
}

// Results of an attempt to send a reply.
const (
	ResultSent    = "sent"
	resultRefused = "refused" // for good
	resultLimited = "limited" // by WhatsApp, for now
	resultAway    = "away"    // the laptop, or WhatsApp behind it; it was not sent
	resultUnsure  = "unsure"  // nobody knows whether it was sent
	resultError   = "error"   // of our own making
)

// Results returns the results that Options.Tried is told of.
func Results() []string {
	return []string{ResultSent, resultRefused, resultLimited, resultAway, resultUnsure, resultError}
}

func result(outcome error) string {
	switch {
	case outcome == nil:
		return ResultSent
	case errors.Is(outcome, ErrLimited):
		return resultLimited
	}
	switch ticket.CodeOf(outcome) {
	case ticket.CodeInvalid:
		return resultRefused
	case ticket.CodeUnavailable:
		return resultAway
	case ticket.CodeTimeout:
		return resultUnsure
	}
	return resultError
}

func sentence(err error) string {
	if e, ok := errors.AsType[*ticket.Error](err); ok {
		return e.Message
	}
	return "Falló el envío; se intentará de nuevo."
}

// Backoff returns how long to wait after that many failed attempts: 5 s, doubling
// to 2 min, and up to a fifth more as random goes from 0 to 1.
func Backoff(attempts int, random float64) time.Duration {
	wait := firstRetry
	for range attempts - 1 {
		wait = min(2*wait, lastRetry)
		if wait == lastRetry {
			break
		}
	}
	return spread(wait, random)
}

func spread(wait time.Duration, random float64) time.Duration {
	return wait + time.Duration(random*jitterShare*float64(wait))
}
