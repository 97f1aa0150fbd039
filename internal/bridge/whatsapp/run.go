package whatsapp

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
)

// Run connects, pairs when needed, and stays connected until ctx ends; it then
// waits for the messages being stored and leaves. It returns nil.
func (c *Client) Run(ctx context.Context) error {
	var beside sync.WaitGroup
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	s := &supervisor{
		around: &surrounding{c: c, ctx: life, beside: &beside}, life: life,
		board: c.board, mail: c.mail, tempo: c.opts.tempo, now: c.opts.Now, log: c.log,
	}
	c.intake.settle() // what an earlier life could not store
	s.run(ctx)
	c.shut()
	end()
	beside.Wait()
	return nil
}

// shut refuses further events after waiting for those being handled.
func (c *Client) shut() {
	c.gate.Lock()
	defer c.gate.Unlock()
	c.closed = true
}

// surrounding is the Client as its supervisor sees it.
type surrounding struct {
	c      *Client
	ctx    context.Context //nolint:containedctx // lives exactly as long as Run
	beside *sync.WaitGroup
}

var _ surroundings = (*surrounding)(nil)

func (r *surrounding) link(number int, fresh bool) link {
	device := r.c.store.device
	if fresh {
		device = r.c.store.container.NewDevice()
	}
	cli := r.c.client(r.ctx, device)
	cli.AddEventHandlerWithSuccessStatus(func(evt any) bool { return r.c.handle(number, evt) })
	r.c.current.Store(cli)
	return tether{cli, &r.c.line}
}

// client makes a whatsmeow client that loses nothing: a decrypted message is
// on disk before the keys that opened it are gone, its receipt is sent after
// our handler stored it, and what we sent can be encrypted again after a
// restart. A message that cannot be decrypted is also asked for from the
// business's phone; with SynchronousAck that request is made at once and holds
// up what follows until WhatsApp confirms it, which is the price of its order.
func (c *Client) client(ctx context.Context, device *store.Device) *whatsmeow.Client {
	c.guard.cover(device)
	cli := whatsmeow.NewClient(device, libraryLog{c.log})
	cli.EnableDecryptedEventBuffer = true
	cli.SynchronousAck = true
	cli.UseRetryMessageStore = true
	cli.AutoTrustIdentity = true
	cli.AutomaticMessageRerequestFromPhone = true
	cli.ManualHistorySyncDownload = true // what was said before pairing is not ours
	cli.EnableAutoReconnect = false      // the supervisor does it
	cli.BackgroundEventCtx = ctx
	cli.SetMediaHTTPClient(c.media)
	if hc := c.opts.Network.WebSocket; hc != nil {
		cli.SetWebsocketHTTPClient(hc)
	}
	if hc := c.opts.Network.PreLogin; hc != nil {
		cli.SetPreLoginHTTPClient(hc)
	}
	return cli
}

func (r *surrounding) paired(phone, lid string) { r.c.remember(phone, lid) }

func (r *surrounding) aside(work func()) { r.beside.Go(work) }

func (r *surrounding) settle() bool {
	// The intake last: it takes messages again, which the session has to keep too.
	if err := r.c.missing.settle(); err != nil {
		r.c.log.Error().Err(err).Msg("session cannot be written")
		return false
	}
	return r.c.intake.settle()
}

func (r *surrounding) request() { r.aside(func() { r.c.request(r.ctx) }) }

// online notes how far the clocks are apart, says that nobody sits in front of this device, so that the business's
// phone goes on ringing, and learns the names of groups if those are wanted.
func (r *surrounding) online() {
	cli := r.c.current.Load()
	r.c.ahead.Store(int64(clockAhead(cli)))
	r.aside(func() {
		if err := cli.SendPresence(r.ctx, types.PresenceUnavailable); err != nil {
			r.c.log.Debug().Err(err).Msg("presence not sent")
		}
		if !r.c.opts.Groups {
			return
		}
		groups, err := cli.GetJoinedGroups(r.ctx)
		if err != nil {
			r.c.log.Debug().Err(err).Msg("group names not loaded")
		}
		for _, group := range groups {
			r.c.groups.learn(group.JID, group.Name)
		}
	})
}

// versions guards the version number that whatsmeow keeps per process.
var versions sync.Mutex

// maxVersionPage bounds the page that tells the version; it has about 1 MB.
const (
	maxVersionPage = 16 << 20
	versionTimeout = 30 * time.Second
)

func (r *surrounding) update(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(withLimit(ctx, maxVersionPage), versionTimeout)
	defer cancel()
	latest, err := whatsmeow.GetLatestVersion(ctx, boundedClient(r.c.opts.Network.PreLogin))
	if err != nil {
		return false, fmt.Errorf("get latest version: %w", err)
	}
	versions.Lock()
	defer versions.Unlock()
	if !store.GetWAVersion().LessThan(*latest) {
		return false, nil
	}
	store.SetWAVersion(*latest)
	r.c.log.Info().Str("version", latest.String()).Msg("using whatsapp's current version number")
	return true, nil
}

// handle is the event handler: it stores, and tells the supervisor. What it
// returns decides whether WhatsApp delivers the event again. whatsmeow calls
// it from several goroutines, and takes a panic for success.
func (c *Client) handle(number int, evt any) (ok bool) {
	c.gate.RLock()
	defer c.gate.RUnlock()
	if c.closed {
		return false
	}
	defer func() {
		if value := recover(); value != nil {
			c.log.Error().Str("event", fmt.Sprintf("%T", evt)).Str("stack", string(debug.Stack())).Msg("panic while handling an event")
			ok = false
		}
	}()
	c.opts.Seen(eventName(evt))
	return c.dispatch(number, evt)
}

func (c *Client) dispatch(number int, evt any) bool {
	switch e := evt.(type) {
	case *events.Message:
		return c.message(e)
	case *events.UndecryptableMessage:
		c.intake.placeholder(e)
	case *events.CallOffer:
		c.intake.call(e)
	case *events.Receipt:
		return c.intake.receipt(e)
	case *events.MediaRetry:
		c.answers.deliver(e)
	case *events.JoinedGroup:
		c.groups.learn(e.JID, e.Name)
	case *events.GroupInfo:
		c.groups.rename(e)
	default:
		if s, ok := meaning(evt); ok {
			c.mail.post(letter{number, s})
		}
	}
	return true
}

func (c *Client) message(evt *events.Message) bool {
	if c.sends.holding() && !evt.Info.IsFromMe {
		c.sends.release(c.store.lasting(evt.Info.Chat), plain(evt.Info.SenderAlt))
	}
	if evt.UnavailableRequestID != "" { // WhatsApp does not repeat what the phone sends on request
		c.intake.answer(evt, func() { c.notice(evt) })
		return true
	}
	if !c.intake.message(evt) {
		return false
	}
	c.notice(evt)
	return true
}

func (c *Client) decryptEdit(evt *events.Message) (*waE2E.Message, error) {
	return c.current.Load().DecryptSecretEncryptedMessage(context.Background(), evt)
}

// maxSubjects bounds how many names of groups are kept.
const maxSubjects = 10_000

// subjects are the names of groups, as far as they came along by themselves.
type subjects struct {
	mu    sync.Mutex
	names map[types.JID]string
}

func newSubjects() *subjects { return &subjects{names: map[types.JID]string{}} }

func (s *subjects) learn(group types.JID, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.names) >= maxSubjects {
		clear(s.names)
	}
	s.names[group.ToNonAD()] = name
}

func (s *subjects) rename(evt *events.GroupInfo) {
	if evt.Name != nil {
		s.learn(evt.JID, evt.Name.Name)
	}
}

func (s *subjects) name(group types.JID) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.names[group]
}
