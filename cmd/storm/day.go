package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// dayLength is more than a reply may wait without a person's word, even when
	// a clock jumps back meanwhile.
	dayLength = 25 * time.Hour
	// nightTalk is how much customers say while the server is down.
	nightTalk = 25
	// nightTime is how long customers may take for what they say then: the play
	// may wait for the morning.
	nightTime = 3 * time.Second
)

// overnight is a reply that the panel took before a day without the server.
type overnight struct{ customer, text string }

// day is a day without the server. It returns when the server is down; the play
// goes on until morning comes. number makes the replies unique.
func (w *world) day(ctx context.Context, m move, number int) ([]overnight, error) {
	w.server.killer.Wait()
	replies, err := w.evening(ctx, m, number)
	if err != nil {
		return nil, err
	}
	w.owed = append(w.owed, replies...)
	w.sendKiller(w.server, func() error { return w.night(ctx) })
	return replies, nil
}

// evening has replies written that cannot leave, and kills the server with them.
// Then it is a day later.
func (w *world) evening(ctx context.Context, m move, number int) ([]overnight, error) {
	w.down.trouble(trouble{kind: troubleRefuse, share: 1}, time.Hour)
	w.up.cutLinks(time.Hour)
	var replies []overnight
	var written sync.WaitGroup
	for i := range m.count {
		who := (m.who + i) % w.customers
		if len(w.crowd[who].said) == 0 {
			continue // nobody is written to who has not written first
		}
		name := nameOf(who)
		reply := overnight{name, fmt.Sprintf("Respuesta %d para %s, de ayer", number, name)}
		replies = append(replies, reply)
		written.Go(func() { w.desk.write(ctx, reply.customer, reply.text) })
	}
	written.Wait()
	if err := w.server.ready(ctx); err != nil {
		return nil, err
	}
	if err := w.server.kill(); err != nil {
		return nil, err
	}
	w.down.trouble(trouble{}, 0)
	w.up.cutLinks(0)
	for _, p := range []*program{w.bridge, w.server} {
		p.passDay()
	}
	return replies, nil
}

// confirm makes a person at the panel look after replies that are a day late.
func (w *world) confirm(ctx context.Context, owed []overnight) {
	for _, reply := range owed {
		w.desk.confirm(ctx, reply.customer, reply.text)
	}
}

// night starts the server again when customers have written enough to find.
func (w *world) night(ctx context.Context) error {
	enough := w.spoken.Load() + nightTalk
	for until := time.Now().Add(nightTime); w.spoken.Load() < enough && time.Now().Before(until); {
		sleep(ctx, 20*time.Millisecond)
	}
	return w.server.start()
}
