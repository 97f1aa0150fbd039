// Package server is the ticket server as one program: it reads the
// configuration, puts the parts together and runs them until told to stop.
//
// Its one rule: only this package constructs the parts; each gets all it needs
// when it is made, and every goroutine is waited for.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"mostrador/internal/config"
	"mostrador/internal/httpx"
	"mostrador/internal/server/api"
	"mostrador/internal/server/assist"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/backup"
	"mostrador/internal/server/jobs"
	"mostrador/internal/server/learn"
	"mostrador/internal/server/link"
	"mostrador/internal/server/live"
	"mostrador/internal/server/notify"
	"mostrador/internal/server/outbox"
	"mostrador/internal/server/photos"
	"mostrador/internal/server/retention"
	"mostrador/internal/server/store"
	"mostrador/internal/server/watch"
	"mostrador/internal/ticket"
	"mostrador/internal/version"
	"mostrador/web"
)

// Options is what the program gets from outside; all fields but Environ,
// Stdin, Now and Ready are required.
type Options struct {
	Args           []string                 // the command line without the program's name
	Getenv         func(name string) string // os.Getenv
	Environ        []string                 // os.Environ(), looked through for misspelt names
	Dir            string                   // working folder
	Stdin          io.Reader                // «classify» and «user» read it
	Stdout, Stderr io.Writer
	// Ready, if set, is called with the address once the server listens on it and
	// somebody can log in.
	Ready func(addr string)
	Now   func() time.Time // nil: time.Now
}

// serve runs the server until ctx ends.
func serve(ctx context.Context, o Options) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	c, report := config.InspectServer(o.Getenv, o.Environ, o.Dir)
	if err := report.Err(); err != nil {
		return err
	}
	log := newLogger(o.Stdout, c.LogLevel)
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Address)
	if err != nil {
		return listenProblem(c.Address, err)
	}
	log.Info().Str("version", version.String()).Stringer("address", ln.Addr()).Str("database", engine(c.DatabaseURL)).
		Str("bridge_url", c.BridgeURL).Msg("server starting")
	p, err := build(ctx, o, c, setup(c, false), log)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	defer p.close(log)
	handler, err := p.handler(c, log)
	if err != nil {
		return errors.Join(fmt.Errorf("build api: %w", err), ln.Close())
	}
	if err := p.firstLogin(ctx, c, o.Stdout); err != nil {
		return errors.Join(fmt.Errorf("make first login: %w", err), ln.Close())
	}
	warn(c, report.Warnings, log)
	if o.Ready != nil {
		o.Ready(ln.Addr().String())
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return httpx.Serve(ctx, ln, handler, log) })
	g.Go(func() error { return p.learn.Run(ctx) })
	g.Go(func() error { return p.outbox.Run(ctx) })
	g.Go(func() error { return p.watch.Run(ctx) })
	g.Go(func() error { return p.jobs.Run(ctx) })
	g.Go(func() error { return p.notify.Run(ctx) })
	g.Go(func() error { return p.live.Run(ctx) })
	g.Go(func() error { return p.index.run(ctx, p.store, log) })
	g.Go(func() error { return p.store.Relay(ctx, p.live.Changed) })
	g.Go(func() error { return p.keepHouse(ctx, log) })
	g.Go(func() error { return p.keepCopies(ctx, log) })
	err = g.Wait()
	log.Info().Msg("server stopped")
	return err
}

// parts is everything that is made once.
type parts struct {
	now    func() time.Time
	store  *store.Store
	photos *photos.Folder
	origin store.Origin
	auth   *auth.Auth
	links  *link.Hub
	bridge *outbox.Bridge
	outbox *outbox.Outbox
	watch  *watch.Watch
	jobs   *jobs.Runner
	assist *assist.Assist
	notify *notify.Notify
	backup *backup.Backups // nil: nobody wants copies
	keeper *retention.Keeper
	live   *live.Hub
	index  *indexer
	learn  *learn.Learner
	meters *meters
}

// classify is the learner's, which is made after the store.
func (p *parts) classify(business int64, text string) ticket.Classification {
	decision := p.learn.Classify(business, text)
	p.meters.decided(decision)
	return decision
}

// build makes the parts; what it made before a failure it closes again.
func build(ctx context.Context, o Options, c config.Server, what store.Setup, log zerolog.Logger) (*parts, error) {
	p := &parts{now: o.Now, index: newIndexer(), meters: newMeters()}
	if err := p.open(ctx, o, c, what, log); err != nil {
		p.close(log)
		return nil, err
	}
	return p, nil
}

func (p *parts) open(ctx context.Context, o Options, c config.Server, what store.Setup, log zerolog.Logger) (err error) {
	presence := live.NewPresence(func(business int64, e live.Event) { p.live.Publish(business, e) }, o.Now)
	p.live = live.New(live.Options{
		Identify: func(r *http.Request) (auth.Identity, error) { return p.auth.Identify(r) }, Origins: c.Origins,
		Receive: presence.Receive, Left: presence.Left, Log: log,
	})
	p.store, err = store.Open(ctx, store.Options{URL: c.DatabaseURL, Now: o.Now, Log: log, Classify: p.classify, Changed: p.changed, Wishes: wishes(c), Meters: p.meters.store()})
	if err != nil {
		return err
	}
	if p.photos, err = photos.Open(c.PhotoDir); err != nil {
		return err
	}
	p.keeper = &retention.Keeper{Store: p.store, Photos: p.photos, Log: log}
	p.origin, err = p.store.Setup(ctx, what)
	if err != nil {
		return fmt.Errorf("set up business: %w", err)
	}
	p.learn = learn.New(learn.Options{Store: p.store, Log: log})
	if err = p.learn.Prepare(ctx, p.origin.Business); err != nil {
		return fmt.Errorf("prepare categories: %w", err)
	}
	p.auth = auth.New(auth.Options{Store: p.store, Default: p.origin, Open: c.PanelOpen, Now: o.Now})
	p.links = link.New(link.Options{Refuse: c.Link == config.LinkDirect, Only: c.Link == config.LinkReverse, Now: p.now, Changed: p.linked, Log: log})
	p.bridge = outbox.NewBridge(p.links.Transport(outbox.Direct()), c.Token)
	p.outbox = outbox.New(outbox.Options{Store: p.store, Bridge: p.bridge, Way: p.links.Way, Open: p.photos.Open, Now: p.now, Random: rand.Float64, PerMinute: c.SendsPerMinute, Tried: p.meters.tried, Log: log})
	p.watch = watch.New(watch.Options{Store: p.store, After: c.SilenceAfter, Now: p.now, Log: log})
	p.openAssist(c, log)
	p.openNotify(c, log)
	if p.store.Path() != "" {
		p.backup, err = p.backups(c, log)
	}
	p.measure(c.PhotoDir, log)
	return err
}

// changed hands on what a transaction changed, at once.
func (p *parts) changed(hints []store.Hint) {
	p.live.Changed(hints)
	p.index.changed(hints)
	if p.notify != nil { // the store changes things before it is made
		p.notify.Changed(hints)
	}
}

// linked shows panels that a bridge has a link or lost it, and sends what waits
// through a new one.
func (p *parts) linked(o store.Origin, up bool) {
	p.changed([]store.Hint{{Business: o.Business, Kind: store.HintBridge}})
	if up {
		p.outbox.Reached(o.Bridge)
	}
}

func (p *parts) close(log zerolog.Logger) {
	var errs []error
	if p.links != nil {
		p.links.Close() // after the requests that went through them
	}
	if p.photos != nil {
		errs = append(errs, p.photos.Close())
	}
	if p.store != nil {
		errs = append(errs, p.store.Close())
	}
	if err := errors.Join(errs...); err != nil {
		log.Error().Err(err).Msg("closing was not clean")
	}
}

func (p *parts) handler(c config.Server, log zerolog.Logger) (http.Handler, error) {
	files := web.FS()
	if c.PanelDir != "" {
		files = os.DirFS(c.PanelDir)
	}
	return api.New(api.Options{
		Store: p.store, Photos: p.photos, Auth: p.auth, Outbox: p.outbox, Watch: p.watch, Assist: p.assist, Notify: p.notify, Learn: p.learn, Live: p.live, Backups: p.backup, Clean: p.keeper.RemoveFiles, Health: p.bridge.Health, Retry: p.bridge.Retry, Bridge: p.bridge, Links: p.links,
		BridgeURL: c.BridgeURL, BridgeID: p.origin.Bridge, Panel: files, PanelLive: c.PanelDir != "",
		Origins: c.Origins, Proxies: c.Proxies, MaxImage: c.MaxImage, TicketPerMessage: c.TicketPerMessage, Version: version.String(), Meters: p.meters.api(c.MetricsToken), Now: p.now, Log: log,
	})
}
