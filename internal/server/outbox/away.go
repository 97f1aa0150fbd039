package outbox

import (
	"context"
	"fmt"
	"time"

	"mostrador/internal/server/hours"
	"mostrador/internal/server/store"
)

// settingsFor is how long a change of settings may go unnoticed here. Every
// message of a customer asks for them, and none shall wait for a query.
const settingsFor = 10 * time.Second

// remembered are settings as they were at some time.
type remembered struct {
	store.Settings

	at time.Time
}

// settings returns what a business decided not long ago.
func (o *Outbox) settings(ctx context.Context, business int64) (store.Settings, error) {
	now := o.now()
	o.mu.Lock()
	known, ok := o.decided[business]
	o.mu.Unlock()
	if ok && now.Sub(known.at).Abs() < settingsFor {
		return known.Settings, nil
	}
	b, err := o.store.Business(ctx, business)
	if err != nil {
		return store.Settings{}, fmt.Errorf("load business: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.decided[business] = remembered{Settings: b.Settings, at: now}
	return b.Settings, nil
}

// Away answers a customer's message to a ticket automatically when the business
// is closed and wants that, once per person until it opens again. The answer is
// a reply like any other: it waits its turn and is retried. What was written
// before the business closed, and only arrives now, is left to people.
func (o *Outbox) Away(ctx context.Context, business, number int64) error {
	b, err := o.settings(ctx, business)
	if err != nil || !b.Away {
		return err
	}
	zone, err := hours.Zone(b.Zone)
	if err != nil {
		return fmt.Errorf("find time zone: %w", err)
	}
	since, closed := b.Hours.Closed(o.now().In(zone))
	if !closed {
		return nil
	}
	queued, err := o.store.QueueAway(ctx, store.Reply{Business: business, Ticket: number, Text: b.AwayText, WhatsAppID: newMessageID()}, since)
	if err != nil {
		return fmt.Errorf("queue automatic answer: %w", err)
	}
	if queued {
		o.Wake()
	}
	return nil
}
