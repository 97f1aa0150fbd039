// Package notify tells people and programs outside the panel what happens: by
// mail, Telegram and the like, to browsers, and to webhooks.
//
// Its one rule: nobody who works waits for it. What is to be told is found in
// rows after they are committed, kept as rows of its own, and sent by background
// jobs; whatever cannot be told is shown in the settings.
package notify

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/hours"
	"mostrador/internal/server/jobs"
	"mostrador/internal/server/said"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

const (
	// agent is who we say we are.
	agent = "Mostrador"
	// rest lets changes gather before they are looked at.
	rest = time.Second
	// look is how often it looks without being told: for what is late, and for
	// what other servers did.
	look = 30 * time.Second
	// patience is how long what is not urgent waits for more to come with it, and
	// gather how long after a notice the next one does.
	patience = 10 * time.Second
	gather   = time.Minute
	// soon is how far ahead a job is queued; what is due later the sweep finds.
	soon = 2 * time.Minute
	// giveUpAfter is how long nothing may get through to a channel before it is
	// switched off.
	giveUpAfter = 5 * 24 * time.Hour
)

// Options says what a Notify works with; all fields without a remark are
// required.
type Options struct {
	Store *store.Store
	Jobs  *jobs.Runner // not running yet
	Now   func() time.Time
	// Languages returns what people may be told in besides Spanish. It is asked when
	// somebody is.
	Languages func() (said.Languages, error)
	// Local lets it reach this machine and private networks.
	Local bool
	// Roots are whose certificates are believed; nil: those the system believes.
	Roots *x509.CertPool
	Log   zerolog.Logger
}

// Notify tells what happens. Safe for concurrent use; several may share a
// database.
type Notify struct {
	Options

	network *network
	wake    chan struct{}
}

// New returns a Notify and tells its Jobs what it does.
func New(o Options) *Notify {
	n := &Notify{Options: o, network: newNetwork(o.Local, o.Roots, o.Now), wake: make(chan struct{}, 1)}
	o.Jobs.Register(n.channelJobs(), n.deliveryJobs())
	return n
}

// Changed is told what a transaction changed; it takes no time.
func (n *Notify) Changed([]store.Hint) {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// Run finds what is to be told until ctx ends, and returns nil then.
func (n *Notify) Run(ctx context.Context) error {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for {
		if err := n.Look(ctx); err != nil && ctx.Err() == nil {
			n.Log.Warn().Err(err).Msg("notices not prepared")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-n.wake:
		case <-ticker.C:
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(rest):
		}
	}
}

// Look prepares what is to be told now, and queues it.
func (n *Notify) Look(ctx context.Context) error {
	businesses, err := n.Store.Businesses(ctx)
	if err != nil {
		return fmt.Errorf("list businesses: %w", err)
	}
	for _, business := range businesses {
		for more := true; more; {
			if more, err = n.lookAt(ctx, business); err != nil {
				return err
			}
		}
	}
	return nil
}

// desk is what a business has said about its notices.
type desk struct {
	business store.Business
	zone     *time.Location
	settings store.NoticeSettings
	channels []store.Channel // those that are on
	wishes   map[int64]store.NoticeWishes
}

// desk returns what a business has said; one without channels costs one look.
func (n *Notify) desk(ctx context.Context, business int64) (d desk, err error) {
	all, err := n.Store.Channels(ctx, business)
	if err != nil {
		return d, fmt.Errorf("list channels: %w", err)
	}
	if d.channels = slices.DeleteFunc(all, func(c store.Channel) bool { return !c.On() }); len(d.channels) == 0 {
		return d, nil
	}
	if d.business, err = n.Store.Business(ctx, business); err != nil {
		return d, fmt.Errorf("load business: %w", err)
	}
	if d.zone, err = hours.Zone(d.business.Zone); err != nil {
		return d, fmt.Errorf("load time zone: %w", err)
	}
	if d.settings, err = n.Store.NoticeSettings(ctx, business); err != nil {
		return d, fmt.Errorf("load notice settings: %w", err)
	}
	d.wishes = map[int64]store.NoticeWishes{}
	for _, c := range d.channels {
		if _, known := d.wishes[c.User]; known {
			continue
		}
		if d.wishes[c.User], err = n.Store.NoticeWishes(ctx, business, c.User); err != nil {
			return d, fmt.Errorf("load notice wishes: %w", err)
		}
	}
	return d, nil
}

// lookAt prepares the next notices of a business and reports whether there may
// be more.
func (n *Notify) lookAt(ctx context.Context, business int64) (more bool, err error) {
	d, err := n.desk(ctx, business)
	if err != nil || len(d.channels) == 0 {
		return false, err
	}
	query := store.NewsQuery{Messages: slices.ContainsFunc(d.channels, func(c store.Channel) bool { return slices.Contains(c.Events, store.NoticeMessage) })}
	if d.settings.Wait > 0 {
		query.Overdue = d.business.Hours.Ago(n.Now().In(d.zone), d.settings.Wait)
	}
	news, err := n.Store.News(ctx, business, query)
	if err != nil {
		return false, fmt.Errorf("find news: %w", err)
	}
	notices, err := d.plan(news.Items, n.Now())
	if err != nil {
		return false, err
	}
	planned, err := n.Store.PlanNotices(ctx, news, notices)
	if ticket.CodeOf(err) == ticket.CodeConflict {
		return false, nil // another server does it
	}
	if err != nil || !planned {
		return false, err
	}
	n.queue(d, notices)
	return true, nil
}

// plan makes the notices of what happened.
func (d desk) plan(items []store.NewsItem, now time.Time) (all []store.Notice, err error) {
	for _, item := range items {
		sent := ""
		for _, c := range d.channels {
			if !d.wanted(c, item) {
				continue
			}
			w := store.Notice{Channel: c.ID, Kind: item.Kind, Ticket: item.Ticket, Detail: item.Detail, At: item.At, DueAt: d.due(c, item, now)}
			if c.Kind == store.ChannelWebhook {
				if sent == "" {
					if sent, err = payload(item, d.settings.Detail); err != nil {
						return nil, err
					}
				}
				w.Detail, w.Code, w.DueAt = sent, newCode(), now
			}
			all = append(all, w)
		}
	}
	return all, nil
}

// wanted reports whether a channel is to hear of something.
func (d desk) wanted(c store.Channel, item store.NewsItem) bool {
	switch c.Kind {
	case store.ChannelWebhook:
		return slices.Contains(c.Events, item.Kind)
	case store.ChannelPush:
		if !d.settings.Push {
			return false
		}
	case store.ChannelAddress:
	}
	return slices.Contains(d.wishes[c.User].Events, item.Kind)
}

// due is when a person is to hear of something: not in their quiet hours, and
// together with what else comes.
func (d desk) due(c store.Channel, item store.NewsItem, now time.Time) time.Time {
	at, wishes := now, d.wishes[c.User]
	if !item.Urgent() {
		at = at.Add(patience)
		if c.NextAt.After(at) {
			at = c.NextAt
		}
	}
	if end, quiet := hours.Within(at.In(d.zone), wishes.QuietFrom, wishes.QuietTo); quiet && (!item.Urgent() || !wishes.Urgent) {
		at = end
	}
	return at
}

// queue queues what was planned and is due soon.
func (n *Notify) queue(d desk, notices []store.Notice) {
	for _, w := range notices {
		kind, item := channelKind, jobs.Item{Business: d.business.ID, ID: w.Channel}
		if w.Code != "" {
			kind, item.ID = deliveryKind, w.ID
		}
		if w.DueAt.Before(n.Now().Add(soon)) && item.ID != 0 {
			n.Jobs.Add(kind, item)
		}
	}
}
