// Package link keeps a link open to the server: a WebSocket in which the
// server's calls come to a laptop that nobody can call from outside.
//
// Its one rule: it only carries. What comes through it is served by the same
// handler as what comes to the port, and whoever lost the link to another laptop
// asks for it again, but does not take it back.
package link

import (
	"context"
	"crypto/rand"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"

	"mostrador/internal/tunnel"
	"mostrador/internal/wire"
)

const (
	// dialTime bounds one try to open the link.
	dialTime = 20 * time.Second
	// closeTime is what the server has to say good-bye.
	closeTime = 2 * time.Second
)

// Pace is how long the link waits before it is tried again; up to half as much
// is added or taken away by chance.
type Pace struct {
	First, Last time.Duration // after a failure, doubling
	Slow        time.Duration // when a person has to change something
	Rare        time.Duration // when the server has no links: it is older, or told so
}

// DefaultPace is what a server bears from many laptops.
var DefaultPace = Pace{First: 500 * time.Millisecond, Last: 15 * time.Second, Slow: time.Minute, Rare: 10 * time.Minute}

// Options are what New needs; all but the first two and Log may be left out.
type Options struct {
	ServerURL string // without a slash at the end
	Token     string // API_TOKEN
	// Proxy says through which proxy a request goes; nil: what the environment
	// says. When that fails, the next try goes straight to the server.
	Proxy   func(*http.Request) (*url.URL, error)
	Timing  tunnel.Timing
	Pace    Pace
	Random  func() float64   // in [0, 1)
	Now     func() time.Time // time.Now
	Changed func()           // the State changed; called from Run's goroutine
	Log     zerolog.Logger
}

// State is how things stand with the link.
type State struct {
	Since    time.Time // when it was opened; zero without one
	Reason   string    // Spanish sentence on why there is none; empty with one, and before the first try
	Replaced bool      // another laptop has it
}

// Link is a link that Run keeps open. Safe for concurrent use.
type Link struct {
	Options
	client   *http.Client
	instance string
	calls    listener
	straight bool          // the next try leaves the proxy out; Run's alone
	polite   bool          // the next try takes only a free place; Run's alone
	wait     time.Duration // after the next failure; Run's alone

	mu    sync.Mutex
	state State
}

// New returns a Link that is not open before Run.
func New(o Options) *Link {
	o.setDefaults()
	l := &Link{Options: o, instance: rand.Text(), calls: listener{conns: make(chan net.Conn), closed: make(chan struct{})}}
	l.client = &http.Client{
		Transport: &http.Transport{
			Proxy: l.proxy, DialContext: (&net.Dialer{Timeout: dialTime}).DialContext, TLSHandshakeTimeout: dialTime,
		},
		// The token stays where it was sent.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return l
}

func (o *Options) setDefaults() {
	if o.Proxy == nil {
		o.Proxy = http.ProxyFromEnvironment
	}
	if o.Timing == (tunnel.Timing{}) {
		o.Timing = tunnel.DefaultTiming
	}
	if o.Pace == (Pace{}) {
		o.Pace = DefaultPace
	}
	if o.Random == nil {
		o.Random = mathrand.Float64
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
}

func (l *Link) proxy(r *http.Request) (*url.URL, error) {
	if l.straight {
		return nil, nil //nolint:nilnil // net/http's word for no proxy
	}
	return l.Proxy(r)
}

// State returns how things stand.
func (l *Link) State() State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

func (l *Link) set(s State) {
	l.mu.Lock()
	changed := l.state != s
	l.state = s
	l.mu.Unlock()
	if changed {
		l.Changed()
	}
}

// Run keeps the link open until ctx ends and returns nil then. It is to outlive
// whoever serves Listener, so that calls under way get their answer.
func (l *Link) Run(ctx context.Context) error {
	l.wait = l.Pace.First
	for ctx.Err() == nil {
		rest := l.once(ctx)
		timer := time.NewTimer(max(1, time.Duration(float64(rest)*(0.5+l.Random()))))
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// once opens the link and carries calls until it is over, and says how long to
// leave it then.
func (l *Link) once(ctx context.Context) (rest time.Duration) {
	t, fault := l.open(ctx)
	if ctx.Err() != nil {
		if t != nil {
			t.Cut()
		}
		return 0
	}
	if fault != nil {
		return l.fail(fault)
	}
	opened := l.Now()
	l.polite = false
	l.set(State{Since: opened})
	l.Log.Info().Msg("link opened")
	l.carry(ctx, t)
	if ctx.Err() != nil {
		return 0
	}
	if t.Cause() == wire.LinkReplaced {
		return l.fail(faultReplaced)
	}
	l.Log.Info().Int("status", int(t.Cause())).Msg("link lost")
	l.set(State{Reason: "El enlace se cortó; se abre de nuevo."})
	// One that does not last is a failure too.
	if l.Now().Sub(opened).Abs() > 2*l.Pace.First {
		l.wait = l.Pace.First
	}
	return l.backOff()
}

// fail notes why there is no link, in the log when that is news, and says how
// long to leave it.
func (l *Link) fail(f *fault) time.Duration {
	before := l.State()
	now := State{Reason: f.reason, Replaced: f.occupied}
	l.set(now)
	if before.Reason != now.Reason {
		level := zerolog.WarnLevel
		if f.rest == restRare {
			level = zerolog.InfoLevel // that is as it should be: the server calls us
		}
		l.Log.WithLevel(level).Err(f.cause).Int("status", f.status).Str("reason", f.reason).Msg("no link to the server")
	}
	l.polite = l.polite || f.occupied
	if f.proxy {
		l.straight = !l.straight
	}
	switch f.rest {
	case restRare:
		return l.Pace.Rare
	case restSlow:
		return l.Pace.Slow
	}
	return l.backOff()
}

func (l *Link) backOff() time.Duration {
	rest := l.wait
	l.wait = min(2*l.wait, l.Pace.Last)
	return rest
}

// open makes the WebSocket and the tunnel in it.
func (l *Link) open(ctx context.Context) (*tunnel.Tunnel, *fault) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	header := http.Header{"Authorization": {"Bearer " + l.Token}, wire.HeaderLinkBridge: {l.instance}}
	if l.polite {
		header.Set(wire.HeaderLinkPolite, "1")
	}
	ws, resp, err := websocket.Dial(ctx, l.ServerURL+wire.PathLink, &websocket.DialOptions{HTTPClient: l.client, HTTPHeader: header})
	if err != nil {
		return nil, judge(resp, err)
	}
	t, err := tunnel.Open(ws, false, l.Timing)
	if err != nil {
		return nil, &fault{reason: "No se pudo abrir el enlace.", cause: err}
	}
	return t, nil
}

// carry hands what comes through t to whoever serves Listener, until t is over.
// When ctx ends it ends t.
func (l *Link) carry(ctx context.Context, t *tunnel.Tunnel) {
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() {
		for {
			conn, err := t.Accept()
			if err != nil {
				return
			}
			l.calls.hand(conn, t.Done())
		}
	})
	select {
	case <-t.Done():
	case <-ctx.Done():
		t.End(websocket.StatusGoingAway, "el puente se detiene", closeTime)
	}
}

// Listener returns where the server's calls arrive. Closing it leaves the link
// open, for the answers to calls under way.
func (l *Link) Listener() net.Listener { return &l.calls }
