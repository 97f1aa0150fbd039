// Package wasim is a simulated WhatsApp: a server on the loopback interface
// that an unmodified whatsmeow client pairs with, logs in to and exchanges
// encrypted messages and media with, and the people on the other side of it.
//
// Its one rule: the client under test must not be able to tell. Whatever a
// client sends, the simulator answers as WhatsApp would or not at all; it never
// panics on it and never looks into the client by any way but its connection.
//
// Tests and the demo use it; no shipped program links it.
package wasim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
)

// ErrClosed is returned by calls on a Server whose Close was called.
var ErrClosed = errors.New("simulator is closed")

// Options describe the business account a Server serves. The zero value is
// usable.
type Options struct {
	Phone string           // the business's own number, digits; default "5215550000001"
	LID   string           // its LID, digits; default made up
	Name  string           // its push name; default "Negocio de prueba"
	Now   func() time.Time // clock of all timestamps on the wire; default time.Now
	Log   zerolog.Logger   // zero value: silent

	// FewKeys makes pairing several times faster: the server claims to have a
	// one-time key of a new device already, which then uploads 50, not 812.
	FewKeys bool
}

// Server is one simulated WhatsApp with one business account. All methods are
// safe for concurrent use. Start makes one, Close ends it.
type Server struct {
	log    zerolog.Logger
	now    func() time.Time
	static *keys.KeyPair // the server's Noise key
	table  map[query]answer
	chain  []byte // certificate chain for static, as sent in the handshake
	few    bool   // Options.FewKeys

	listener net.Listener
	leaf     []byte // its TLS certificate, DER
	web      *http.Server
	client   *http.Client
	ctx      context.Context
	cancel   context.CancelFunc
	wg       sync.WaitGroup

	mu      sync.Mutex // guards all below and every Customer, Group, Phone and party
	closed  bool
	changed chan struct{} // closed and replaced whenever a waiter may want to look again

	conns   map[*conn]struct{}
	live    *conn // the linked device's connection, nil while it is offline
	logins  int
	version store.WAVersionContainer

	phone     *Phone
	customers []*Customer
	byUser    map[types.JID]*Customer // by phone and by LID address
	groups    map[types.JID]*Group

	pending    []*delivery // oldest first: not yet acknowledged by the device
	pumping    bool
	deliveries map[string]int
	strays     []string
	asked      map[string]int // retry receipts, by message id
	acked      map[string]bool
	read       map[string]bool
	senders    map[string]*outgoing // what a retry receipt asks for again, by message id

	blobs  map[string]*blob
	faults faults
}

// Start listens on 127.0.0.1, on a free port, and serves until Close. No device
// is linked yet.
func Start(opts Options) (*Server, error) {
	quiet()
	s, err := newServer(opts)
	if err != nil {
		return nil, err
	}
	cert, roots, err := newCertificate()
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s.client = newHTTPClient(s.listener.Addr().String(), roots)
	s.leaf = cert.Leaf.Raw
	s.web = s.newHTTPServer(cert)
	s.wg.Go(func() {
		// Always ends with an error; after Close it is http.ErrServerClosed.
		if err := s.web.ServeTLS(s.listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error().Err(err).Msg("simulator stopped serving")
		}
	})
	return s, nil
}

func newServer(opts Options) (*Server, error) {
	static := keys.NewKeyPair()
	chain, err := newNoiseChain(static)
	if err != nil {
		return nil, fmt.Errorf("make noise certificate: %w", err)
	}
	s := &Server{
		log: opts.Log, now: opts.Now, few: opts.FewKeys, static: static, chain: chain,
		table:      answers(),
		changed:    make(chan struct{}),
		conns:      map[*conn]struct{}{},
		byUser:     map[types.JID]*Customer{},
		groups:     map[types.JID]*Group{},
		deliveries: map[string]int{},
		asked:      map[string]int{},
		acked:      map[string]bool{},
		read:       map[string]bool{},
		senders:    map[string]*outgoing{},
		blobs:      map[string]*blob{},
		faults:     newFaults(),
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.phone, err = newPhone(s, opts)
	return s, err
}

// Close cuts all connections, ends every goroutine and waits for them. It must
// not be called from an OnMessage function. A second call does nothing.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	for c := range s.conns {
		c.cut()
	}
	s.broadcast()
	s.mu.Unlock()
	s.cancel()
	err := s.web.Close()
	s.client.CloseIdleConnections()
	s.wg.Wait()
	if err != nil {
		return fmt.Errorf("close simulator: %w", err)
	}
	return nil
}

// spawn runs f in a goroutine that Close waits for; false when already closed.
// The caller holds s.mu.
func (s *Server) spawn(f func()) bool {
	if s.closed {
		return false
	}
	s.wg.Go(f)
	return true
}

// broadcast wakes everyone in waitUntil. The caller holds s.mu.
func (s *Server) broadcast() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// waitUntil returns once cond, called with s.mu held, is true; ErrClosed after
// Close; or the context's error.
func (s *Server) waitUntil(ctx context.Context, cond func() bool) error {
	for {
		s.mu.Lock()
		if cond() {
			s.mu.Unlock()
			return nil
		}
		closed, changed := s.closed, s.changed
		s.mu.Unlock()
		if closed {
			return ErrClosed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
