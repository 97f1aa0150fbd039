package outbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/outbox"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/wire"
)

// outcome is what becomes of one attempt to send.
type outcome struct {
	name    string
	arrives bool // at the customer's phone
	status  int  // of the bridge's answer; 0 without one
	body    string
	err     error // without an answer
}

var (
	fine         = outcome{name: "fine", arrives: true, status: 200, body: `{"ok":true}`}
	noWhatsApp   = outcome{name: "no WhatsApp", status: 422, body: `{"error":"Ese número no tiene WhatsApp.","codigo":"sin_whatsapp"}`}
	limited      = outcome{name: "limited", status: 503, body: `{"error":"WhatsApp limita.","codigo":"limitado"}`}
	disconnected = outcome{name: "disconnected", status: 503, body: `{"error":"WhatsApp desconectado"}`}
	unconfirmed  = outcome{name: "not confirmed and never sent", status: 504, body: `{"error":"Sin confirmar"}`}
	ackLost      = outcome{name: "confirmation lost", arrives: true, status: 504, body: `{"error":"Sin confirmar"}`}
	answerLost   = outcome{name: "answer lost", arrives: true, err: io.ErrUnexpectedEOF}
	cut          = outcome{name: "cut before it was sent", err: syscall.ECONNRESET}
	off          = outcome{name: "laptop off", err: &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}}
)

// phone is bridge, WhatsApp and every customer's phone in one: it does what it is
// told and shows each id once.
type phone struct {
	mu      sync.Mutex
	next    func() outcome  // fine without one
	asked   []wire.Send     // every attempt
	arrived []wire.Send     // the first copy of each id
	before  func(wire.Send) // runs before each attempt
}

func (p *phone) RoundTrip(r *http.Request) (*http.Response, error) {
	var m wire.Send
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.before != nil {
		p.before(m)
	}
	o := fine
	if p.next != nil {
		o = p.next()
	}
	p.asked = append(p.asked, m)
	if o.arrives {
		p.arrive(m)
	}
	if o.status == 0 {
		return nil, o.err
	}
	return &http.Response{StatusCode: o.status, Body: io.NopCloser(bytes.NewBufferString(o.body)), Header: http.Header{}}, nil
}

// arrive is called under mu.
func (p *phone) arrive(m wire.Send) {
	if !p.has(m.ID) {
		p.arrived = append(p.arrived, m)
	}
}

func (p *phone) has(id string) bool {
	return slices.ContainsFunc(p.arrived, func(m wire.Send) bool { return m.ID == id })
}

func (p *phone) behave(o outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = func() outcome { return o }
}

// attempts is how often the bridge was asked to send.
func (p *phone) attempts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.asked)
}

// inbox is what the customers see, in the order of arrival.
func (p *phone) inbox() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var texts []byte
	for _, m := range p.arrived {
		texts = append(append(texts, m.Text...), ' ')
	}
	return string(bytes.TrimSpace(texts))
}

// server is an outbox of its own on d's database, as another server's or after a
// restart.
func (d *desk) server(p *phone, perMinute int) *outbox.Outbox {
	return outbox.New(outbox.Options{
		Store: d.store, Bridge: outbox.NewBridge(p, "token"), Now: d.clock.Now, PerMinute: perMinute,
		Random: func() float64 { return 0 }, Log: zerolog.New(zerolog.SyncWriter(d.log)),
	})
}

// eachEngine runs body over an empty database of each engine.
func eachEngine(t *testing.T, body func(t *testing.T, d *desk, p *phone)) {
	t.Helper()
	storetest.Run(t, func(t *testing.T, url string) {
		d, p := openAt(t, url, "http://laptop.test", storetest.NewClock(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC))), &phone{}
		d.Outbox = d.server(p, 0)
		body(t, d, p)
	})
}

func (d *desk) named(number, message int64) store.Named {
	return store.Named{Business: d.origin.Business, Ticket: number, Message: message}
}
