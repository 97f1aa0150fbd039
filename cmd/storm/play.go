package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mostrador/internal/wasim"
)

// play makes the moves one after the other, and returns when everything has
// become quiet again.
func (w *world) play(ctx context.Context, moves []move) error {
	orders := make(chan func(), len(moves))
	for range people {
		w.working.Go(func() {
			for do := range orders {
				if ctx.Err() == nil {
					do()
				}
			}
		})
	}
	err := w.act(ctx, moves, orders)
	close(orders) // or the people would never go home
	if err != nil {
		return err
	}
	w.played = time.Now()
	return w.calm(ctx)
}

// act makes the moves and gives the people their orders.
func (w *world) act(ctx context.Context, moves []move, orders chan<- func()) error {
	for i, m := range moves {
		if err := errors.Join(ctx.Err(), w.failed()); err != nil {
			return err
		}
		w.count[m.kind]++
		switch m.kind {
		case moveReply, moveNotice:
			orders <- func() { w.answer(ctx, m, i) }
		case moveKill:
			p := w.named(m.program)
			w.sendKiller(p, func() error { return w.kill(ctx, p, m) })
		case moveFull:
			if w.disk != nil {
				w.sendKiller(w.bridge, func() error { return w.fillDisk(ctx, m) })
			}
		case moveDay:
			owed, err := w.day(ctx, m, i)
			if err != nil {
				return err
			}
			orders <- func() { w.confirm(ctx, owed) }
		default:
			sleep(ctx, m.wait)
			w.do(ctx, m)
		}
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// answer makes a person at the panel reply; number makes the text unique.
func (w *world) answer(ctx context.Context, m move, number int) {
	name := nameOf(m.who)
	if m.kind == moveNotice {
		w.desk.notify(ctx, name)
		return
	}
	w.desk.write(ctx, name, fmt.Sprintf("Respuesta %d para %s", number, name))
}

// do makes every move that is neither a reply nor a kill.
func (w *world) do(ctx context.Context, m move) {
	switch m.kind {
	case moveUp:
		w.up.trouble(m.trouble, m.hold)
	case moveDown:
		w.down.trouble(m.trouble, m.hold)
	case moveLink:
		w.up.cutLinks(m.hold)
	case movePanel:
		w.panel.trouble(m.trouble, m.hold)
	case moveAway:
		who := w.crowd[m.who]
		who.SetOnline(false)
		w.away.Go(func() { sleep(ctx, m.hold); who.SetOnline(true) })
	case moveClock:
		w.named(m.program).setClock(m.hold)
	case moveText, movePhoto, moveQuote, moveEdit:
		w.latest.Store(w.crowd[m.who].say(m))
		w.spoken.Add(1)
		w.throttle(ctx)
	default:
		w.disturb(ctx, m)
	}
}

// disturb makes the moves that happen at WhatsApp, or on the way there.
func (w *world) disturb(ctx context.Context, m move) {
	switch m.kind {
	case moveLineCut:
		w.line.cut(m.hold / 2)
	case moveLineHalf:
		w.line.halveNext()
	case moveLineSlow:
		w.line.slowDown(20*time.Millisecond, m.hold)
	case moveLoseAcks:
		w.sim.LoseAcks(m.count)
	case moveCutAfter:
		w.sim.CutAfterProcessing(1)
	case moveCutBefore:
		w.sim.CutBeforeProcessing(1)
	case moveRestart:
		w.sim.StreamError("515")
	case moveMedia:
		w.sim.MediaFault(wasim.MediaFault{Status: 503})
		w.away.Go(func() { sleep(ctx, m.hold); w.sim.MediaFault(wasim.MediaFault{}) })
	default:
	}
}

// throttle pauses the customers while WhatsApp holds many of their messages, so
// that the programs are killed while they work, not before.
func (w *world) throttle(ctx context.Context) {
	for until := time.Now().Add(backlogWait); w.sim.Unacked() > backlog && time.Now().Before(until); {
		sleep(ctx, 20*time.Millisecond)
	}
}

func (w *world) named(name string) *program {
	if name == nameBridge {
		return w.bridge
	}
	return w.server
}

// sendKiller has something done to a program while the play goes on, once the
// one before has done it.
func (w *world) sendKiller(p *program, do func() error) {
	p.killer.Wait()
	p.killer.Go(func() { w.fail(do()) })
}

// kill ends a program at its moment and starts it again.
func (w *world) kill(ctx context.Context, p *program, m move) error {
	if m.moment != momentStarting {
		if err := p.ready(ctx); err != nil {
			return err
		}
	}
	if m.moment != momentStarting && m.moment != momentReady {
		w.lull(ctx, p, m)
	}
	sleep(ctx, m.wait)
	if err := p.kill(); err != nil {
		return err
	}
	sleep(ctx, m.hold)
	return p.start()
}

// lull waits until a program has something to do, but not for ever: the line may
// be down, and the customers silent.
func (w *world) lull(ctx context.Context, p *program, m move) {
	ctx, cancel := context.WithTimeout(ctx, lullTime)
	defer cancel()
	if p == w.bridge {
		_ = w.sim.WaitOnline(ctx)
	}
	switch m.moment {
	case momentBusy:
		w.up.await(ctx, m.count)
	case momentTaken:
		id, _ := w.latest.Load().(string)
		_ = w.sim.WaitAcked(ctx, id)
	case momentStarting, momentReady, momentWorking:
	}
}

// calm ends every trouble, lets the people finish, kills both programs once more
// and waits until nothing is on its way.
func (w *world) calm(ctx context.Context) error {
	for _, g := range []*gate{w.up, w.down, w.panel} {
		g.trouble(trouble{}, 0)
	}
	w.up.cutLinks(0)
	w.line.calm()
	w.away.Wait()
	w.bridge.killer.Wait()
	w.server.killer.Wait()
	if err := w.failed(); err != nil {
		return err
	}
	w.sim.LoseAcks(0)
	w.sim.CutAfterProcessing(0)
	w.sim.CutBeforeProcessing(0)
	w.sim.MediaFault(wasim.MediaFault{})
	done := make(chan struct{})
	go func() { w.working.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(patience):
		return errors.New("the people at the panel get no answer")
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := w.lastLives(ctx); err != nil {
		return err
	}
	return w.quiet(ctx)
}

// lastLives kills both programs and starts them with clocks that are ahead of
// where they ever were, so that the waits for a next try, and the lease of a
// reply whose server was killed, are over.
func (w *world) lastLives(ctx context.Context) error {
	both := []*program{w.server, w.bridge}
	for _, p := range both {
		p.laterClock(clockJump + clockEnd)
		if err := errors.Join(p.ready(ctx), p.kill()); err != nil {
			return err
		}
	}
	for _, p := range both {
		if err := errors.Join(p.start(), p.ready(ctx)); err != nil {
			return err
		}
	}
	if err := w.sim.WaitOnline(ctx); err != nil {
		return fmt.Errorf("wait for the bridge: %w", err)
	}
	return nil
}
