package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mostrador/internal/wasim"
)

// stage plays the cast's roles against the simulated WhatsApp and tells on out
// what happens.
type stage struct {
	sim   *wasim.Server
	out   io.Writer
	pause func(ctx context.Context, d time.Duration) error // waits, or returns ctx's error

	mu sync.Mutex // guards out
}

func (s *stage) tell(who, format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.out, "  %-9s %s\n", who, fmt.Sprintf(format, args...))
}

// play returns when every role has said its lines and ctx has ended, or at once
// when a picture cannot be drawn.
func (s *stage) play(ctx context.Context, roles []role) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, r := range roles {
		a := &actor{stage: s, role: r, customer: s.sim.NewCustomer(r.profile), received: make(chan wasim.Received, 64)}
		a.customer.OnMessage(func(m wasim.Received) {
			select {
			case a.received <- m:
			case <-ctx.Done():
			}
		})
		g.Go(func() error { return a.speak(ctx) })
		g.Go(func() error { return a.answer(ctx) })
	}
	return g.Wait()
}

// actor is one role on stage.
type actor struct {
	*stage
	role
	customer *wasim.Customer
	received chan wasim.Received

	mu       sync.Mutex
	lastSent string // id of the last text, for fix
	lastGot  string // id of the last message received, for react
}

func (a *actor) speak(ctx context.Context) error {
	for _, l := range a.lines {
		if a.pause(ctx, l.wait) != nil {
			return nil
		}
		if err := a.do(l); err != nil {
			return err
		}
	}
	return nil
}

func (a *actor) answer(ctx context.Context) error {
	answers := a.answers
	for {
		select {
		case <-ctx.Done():
			return nil
		case m := <-a.received:
			a.tell(a.profile.Name, "recibe: «%s»", m.Text)
			a.mu.Lock()
			a.lastGot = m.ID
			a.mu.Unlock()
			a.customer.MarkRead(m.ID)
		}
		if len(answers) == 0 {
			continue
		}
		if a.pause(ctx, answers[0].wait) != nil {
			return nil
		}
		if err := a.do(answers[0]); err != nil {
			return err
		}
		answers = answers[1:]
	}
}

func (a *actor) do(l line) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	name := a.profile.Name
	switch {
	case l.paint != nil:
		picture, err := photo(l.paint)
		if err != nil {
			return err
		}
		a.customer.SendImage(picture, l.text)
		a.tell(name, "manda una foto (%d KB) %s", len(picture)/1000, l.text)
	case l.place:
		a.customer.SendLocation(40.4168, -3.7038, "La oficina", "Puerta del Sol, Madrid")
		a.tell(name, "manda su ubicación")
	case l.react != "":
		a.customer.React(a.lastGot, l.react)
		a.tell(name, "reacciona %s", l.react)
	case l.fix != "":
		a.customer.Edit(a.lastSent, l.fix)
		a.tell(name, "corrige: %s", l.fix)
	default:
		a.lastSent = a.customer.SendText(l.text)
		a.tell(name, "escribe: %s", l.text)
	}
	return nil
}
