package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"mostrador/internal/config"
	"mostrador/internal/wasim"
)

// rehearse runs both programs with a simulated WhatsApp on which nobody writes
// by themselves.
func rehearse(t *testing.T) (*panel, *wasim.Server) {
	t.Helper()
	p, d := rehearseAt(t, "")
	return p, d.sim
}

// rehearseAt is rehearse with logs of this level.
func rehearseAt(t *testing.T, level string) (*panel, *demo) {
	t.Helper()
	sim, err := wasim.Start(wasim.Options{Phone: "5215555550100", Name: "Taller"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	wasim.Trust()
	d := &demo{options: options{out: io.Discard, level: level}, sim: sim, dir: t.TempDir(), token: config.MakeToken()}
	if err := d.choosePorts(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	d.serverUp, d.laptop = make(chan struct{}), make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.runServer(ctx) })
	g.Go(func() error { return d.runBridge(ctx) })
	t.Cleanup(func() {
		stop()
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
	})
	for _, up := range []chan struct{}{d.serverUp, d.laptop} {
		select {
		case <-up:
		case <-ctx.Done():
			t.Fatal("a program ended before it was up")
		}
	}
	if err := d.pair(ctx); err != nil {
		t.Fatal(err)
	}
	return logIn(t, "http://127.0.0.1:"+d.panelPort), d
}

// ticketOf waits for the ticket of a customer who wrote and returns its number.
func (p *panel) ticketOf(name string) (id int64) {
	p.t.Helper()
	eventually(p.t, "the ticket of "+name, func() bool {
		id = p.tickets()[name].ID
		return id != 0
	})
	return id
}

// late is the answer about a reply of which nothing was heard in the five seconds
// that the server gives the laptop. It goes out all the same: where a machine may
// pause for so long, say takes late too and reaches waits for the delivery.
const late = http.StatusGatewayTimeout

// say answers a ticket and checks that the status is one of want, and that the
// reply is queued unless sent.
func (p *panel) say(id int64, text string, want ...int) {
	p.t.Helper()
	status, body := p.call(http.MethodPost, fmt.Sprintf("/ticket/%d/enviar-mensaje", id), map[string]string{"mensaje": text})
	if !slices.Contains(want, status) || status != http.StatusOK && !strings.Contains(string(body), `"en_cola":true`) {
		p.t.Errorf("%s: got %d %s, want one of %v", text, status, body, want)
	}
}

// reaches waits until a reply has got as far as state.
func (p *panel) reaches(id int64, text, state string) {
	p.t.Helper()
	eventually(p.t, text+" is "+state, func() bool {
		for _, m := range p.conversation(id) {
			if m.Text == text && m.Delivery == state {
				return true
			}
		}
		return false
	})
}

func TestARepliesWayThroughRealProgramsIsShownAsWhatsAppTellsIt(t *testing.T) {
	p, sim := rehearse(t)
	ana, luis := sim.NewCustomer(wasim.Profile{Name: "Ana"}), sim.NewCustomer(wasim.Profile{Name: "Luis"})
	ana.SendText("hola")
	luis.SendText("buenas")
	a, l := p.ticketOf("Ana"), p.ticketOf("Luis")

	p.say(a, "uno", http.StatusOK, late)
	p.reaches(a, "uno", "entregado")
	ana.MarkRead(ana.Inbox()[0].ID)
	p.reaches(a, "uno", "leido")

	sim.RefuseMessages(463, 1)
	p.say(l, "tres", http.StatusServiceUnavailable, late)
	p.reaches(l, "tres", "limitado")
	p.say(l, "cuatro", http.StatusServiceUnavailable, late) // waits behind it, and WhatsApp is left alone
	luis.SendText("¿hola?")
	p.reaches(l, "tres", "entregado")
	p.reaches(l, "cuatro", "entregado")

	// Last, as the library sends nothing else while it waits for a confirmation.
	sim.LoseAcks(1)
	p.say(a, "dos", late)
	p.reaches(a, "dos", "entregado")

	for customer, want := range map[*wasim.Customer]string{ana: "uno dos", luis: "tres cuatro"} {
		var got []string
		for _, m := range customer.Inbox() {
			got = append(got, m.Text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %q, want %q", customer.Name(), got, want)
		}
	}
}
