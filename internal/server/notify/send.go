package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mostrador/internal/server/jobs"
	"mostrador/internal/server/said"
	"mostrador/internal/server/store"
)

const (
	channelKind  = "aviso"
	deliveryKind = "webhook"
	// attempts is how often something is tried: with pauses that grow from a second
	// to two hours, about half a day.
	attempts = 12
	// workTimeout bounds one attempt with everything around it.
	workTimeout = 30 * time.Second
)

// errLater is why a job waits for what is due later.
var errLater = errors.New("more is due later")

// channelJobs tell one channel of people everything that is due, as one notice.
func (n *Notify) channelJobs() jobs.Kind {
	return jobs.Kind{
		Name: channelKind, Lazy: true, Timeout: workTimeout, Attempts: attempts, Work: n.tell,
		Wanted: func(ctx context.Context) ([]jobs.Item, error) { return items(n.Store.DueChannels(ctx)) },
		GiveUp: func(ctx context.Context, item jobs.Item, _ error) error {
			due, _, err := n.Store.DueNotices(ctx, item.ID)
			if err != nil {
				return fmt.Errorf("list due notices: %w", err)
			}
			return n.Store.DropNotices(ctx, due)
		},
	}
}

// deliveryJobs send one event to one webhook.
func (n *Notify) deliveryJobs() jobs.Kind {
	return jobs.Kind{
		Name: deliveryKind, Lazy: true, Timeout: workTimeout, Attempts: attempts, Work: n.send,
		Wanted: func(ctx context.Context) ([]jobs.Item, error) { return items(n.Store.DueDeliveries(ctx)) },
		GiveUp: func(ctx context.Context, item jobs.Item, _ error) error {
			return n.Store.DropNotices(ctx, []store.Notice{{ID: item.ID}})
		},
	}
}

func items(rows []store.Row, err error) ([]jobs.Item, error) {
	all := make([]jobs.Item, len(rows))
	for i, row := range rows {
		all[i] = jobs.Item(row)
	}
	return all, err
}

// open returns a channel that is on; ok is false for any other.
func (n *Notify) open(ctx context.Context, business, id int64) (c store.Channel, ok bool, err error) {
	all, err := n.Store.Channels(ctx, business)
	if err != nil {
		return c, false, fmt.Errorf("list channels: %w", err)
	}
	for _, c := range all {
		if c.ID == id {
			return c, c.On(), nil
		}
	}
	return c, false, nil
}

// tell is the work of a channelJob.
func (n *Notify) tell(ctx context.Context, item jobs.Item) error {
	c, ok, err := n.open(ctx, item.Business, item.ID)
	if err != nil {
		return err
	}
	due, next, err := n.Store.DueNotices(ctx, item.ID)
	if err != nil {
		return fmt.Errorf("list due notices: %w", err)
	}
	if len(due) == 0 {
		return n.again(next)
	}
	d, err := n.desk(ctx, item.Business)
	if err != nil {
		return err
	}
	news := fresh(due)
	if !ok || len(news) == 0 || c.Kind == store.ChannelPush && !d.settings.Push {
		return n.Store.DropNotices(ctx, due)
	}
	in, err := n.language(ctx, c)
	if err != nil {
		return err
	}
	m := compose(in, d.business.Name, news, d.settings.Detail)
	if err := n.reach(ctx, c, fmt.Sprintf("aviso-%d-%d", c.ID, due[0].ID), m); err != nil {
		return n.failed(ctx, c, err)
	}
	return n.told(ctx, c, due)
}

// told notes what a channel was told, and waits for what is due next.
func (n *Notify) told(ctx context.Context, c store.Channel, due []store.Notice) error {
	now := n.Now()
	if err := n.Store.NoticesTold(ctx, c.ID, due, now.Add(gather)); err != nil {
		return fmt.Errorf("note notices told: %w", err)
	}
	due, next, err := n.Store.DueNotices(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("list due notices: %w", err)
	}
	if len(due) > 0 {
		next = now.Add(gather)
	}
	return n.again(next)
}

// again has a job wait for what is due soon.
func (n *Notify) again(next time.Time) error {
	now := n.Now()
	if next.IsZero() || next.After(now.Add(soon)) {
		return nil
	}
	return jobs.Later(errLater, next.Sub(now))
}

// language is the one that whoever reads a channel has said; nil for Spanish.
func (n *Notify) language(ctx context.Context, c store.Channel) (*said.Language, error) {
	code, err := n.Store.NoticeLanguage(ctx, c.Business, c.User)
	if err != nil {
		return nil, fmt.Errorf("find language: %w", err)
	}
	if code == store.Languages[0] {
		return nil, nil
	}
	languages, err := n.Languages()
	return languages[code], err
}

// reach tells a channel of people.
func (n *Notify) reach(ctx context.Context, c store.Channel, id string, m Message) error {
	if c.Kind == store.ChannelPush {
		return n.push(ctx, c, m)
	}
	t, err := parseAddress(c.Address)
	if err != nil {
		return err
	}
	return t.send(ctx, n.network, id, m)
}

// send is the work of a deliveryJob.
func (n *Notify) send(ctx context.Context, item jobs.Item) error {
	w, found, err := n.Store.Notice(ctx, store.Row(item))
	if err != nil || !found {
		return err
	}
	c, ok, err := n.open(ctx, item.Business, w.Channel)
	if err != nil {
		return err
	}
	if !ok {
		return n.Store.DropNotices(ctx, []store.Notice{w})
	}
	if err := n.deliver(ctx, c, w.Code, w.Detail); err != nil {
		return n.failed(ctx, c, err)
	}
	return n.Store.NoticesTold(ctx, c.ID, []store.Notice{w}, time.Time{})
}

// failed notes why a channel could not be reached and returns what its job does.
// Addresses, which errors hold, are kept out of the log.
func (n *Notify) failed(ctx context.Context, c store.Channel, cause error) error {
	if errors.Is(cause, errGone) {
		n.Log.Info().Int64("channel", c.ID).Msg("browser does not want notices any more")
		return n.Store.RemoveChannel(ctx, c.Business, 0, c.ID)
	}
	why := reason(cause)
	off, err := n.Store.ChannelFailed(context.WithoutCancel(ctx), c.ID, why, giveUpAfter)
	if err != nil {
		return fmt.Errorf("note failure: %w", err)
	}
	n.Log.Warn().Int64("channel", c.ID).Str("kind", string(c.Kind)).Str("reason", why).Bool("off", off).Msg("notice not delivered")
	if failure := errors.New(why); off || errors.Is(cause, errLocal) {
		return jobs.Never(failure)
	} else {
		return failure
	}
}

// Test tells a channel that it works, whatever it wants to hear of, and returns
// it as it is then: with what went wrong, if anything did. A channel that is
// unknown is CodeNotFound.
func (n *Notify) Test(ctx context.Context, business, id int64) (store.Channel, error) {
	c, err := n.Store.Channel(ctx, business, id)
	if err != nil {
		return c, fmt.Errorf("load channel: %w", err)
	}
	if err := n.try(ctx, c); errors.Is(err, errGone) {
		if err := n.Store.RemoveChannel(ctx, business, 0, id); err != nil {
			return c, fmt.Errorf("remove channel: %w", err)
		}
		c.LastError, c.LastErrorAt = goneSentence, n.Now()
		return c, nil
	} else if err != nil {
		if _, err := n.Store.ChannelFailed(ctx, id, reason(err), giveUpAfter); err != nil {
			return c, fmt.Errorf("note failure: %w", err)
		}
	} else if err := n.Store.ChannelWorked(ctx, id, c.NextAt); err != nil {
		return c, fmt.Errorf("note success: %w", err)
	}
	return n.Store.Channel(ctx, business, id)
}

func (n *Notify) try(ctx context.Context, c store.Channel) error {
	if c.Kind == store.ChannelWebhook {
		sent, err := payload(store.NewsItem{Kind: store.NoticeTest, At: n.Now()}, false)
		if err != nil {
			return err
		}
		return n.deliver(ctx, c, newCode(), sent)
	}
	in, err := n.language(ctx, c)
	if err != nil {
		return err
	}
	return n.reach(ctx, c, newCode(), Message{Title: in.Say(saidTest), Body: in.Say(saidWorks), Link: "/#/ajustes/avisos", Tag: "prueba"})
}
