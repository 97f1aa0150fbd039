package uplink_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/uplink"
	"mostrador/internal/wire"
)

// certificate is one for the name example.com, and who vouches for it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	web := httptest.NewTLSServer(http.NotFoundHandler())
	defer web.Close()
	pool := x509.NewCertPool()
	pool.AddCert(web.Certificate())
	return web.TLS.Certificates[0], pool
}

// wires connects to a server without a network, so that time can be made up.
type wires struct {
	calls  chan net.Conn
	closed chan struct{}
	close  func()
	dials  atomic.Int32
	dead   atomic.Int32 // as many of the first connections are dead
}

func newWires() *wires {
	w := &wires{calls: make(chan net.Conn), closed: make(chan struct{})}
	w.close = sync.OnceFunc(func() { close(w.closed) })
	return w
}

func (w *wires) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	line := &mortal{near, w.dials.Add(1), &w.dead}
	select {
	case w.calls <- far:
		return line, nil
	case <-w.closed:
		return nil, errRefused
	}
}

// Accept is net.Listener.
func (w *wires) Accept() (net.Conn, error) {
	select {
	case c := <-w.calls:
		return c, nil
	case <-w.closed:
		return nil, net.ErrClosed
	}
}

// Close is net.Listener.
func (w *wires) Close() error { w.close(); return nil }

// Addr is net.Listener.
func (w *wires) Addr() net.Addr { return &net.TCPAddr{} }

// mortal is a connection that goes silent without being closed.
type mortal struct {
	net.Conn
	number int32
	dead   *atomic.Int32
}

// Write swallows what a dead connection is given: no answer ever comes.
func (c *mortal) Write(p []byte) (int, error) {
	if c.number <= c.dead.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// serve answers what comes over w with acceptance, in HTTP/2 to who wants it, and
// returns what ends that.
func (w *wires) serve(t *testing.T, own tls.Certificate) (end func()) {
	t.Helper()
	web := &http.Server{
		ReadHeaderTimeout: time.Hour, TLSConfig: &tls.Config{Certificates: []tls.Certificate{own}},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, accepted) }),
	}
	served := make(chan error)
	go func() { served <- web.ServeTLS(w, "", "") }()
	return func() {
		if err := web.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	}
}

// A proxy such as Caddy offers HTTP/2, which has all calls share one connection.
func TestAConnectionThatDiedWithoutAWordIsReplaced(t *testing.T) {
	own, trusted := certificate(t)
	synctest.Test(t, func(t *testing.T) {
		w, q := newWires(), mustOpen(t)
		defer w.serve(t, own)()
		way := uplink.Straight(w.dial)
		way.TLSClientConfig = &tls.Config{RootCAs: trusted}
		defer way.CloseIdleConnections()
		u := uplink.New(uplink.Options{Queue: q, ServerURL: "https://example.com", Token: "secreto", Client: &http.Client{Transport: way}, Log: zerolog.Nop()})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- u.Run(ctx) }()
		after(time.Second)
		if got := q.Stats().Waiting; got != 0 {
			t.Errorf("got %d messages waiting, want the first one delivered", got)
		}
		before := w.dials.Load()
		w.dead.Store(before)
		if err := q.Put(queue.Entry{Key: "2", Chat: "ana", Message: wire.Webhook{Sender: "ana", Content: "¿siguen ahí?"}}); err != nil {
			t.Fatal(err)
		}
		after(time.Minute)
		if got, dials := q.Stats().Waiting, w.dials.Load()-before; got != 0 || dials == 0 {
			t.Errorf("after a minute: got %d messages waiting and %d new connections, want it delivered over a new one", got, dials)
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}
