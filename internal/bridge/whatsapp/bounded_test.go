package whatsapp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// pipes are connections to a server without a network, so that time can be made up.
type pipes struct {
	web   *http.Server
	dials atomic.Int32
	dead  atomic.Int32 // as many of the first connections are dead
}

// single is a net.Listener of one connection.
type single struct{ conns chan net.Conn }

// Accept is net.Listener.
func (s single) Accept() (net.Conn, error) {
	if c, ok := <-s.conns; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

// Close is net.Listener.
func (s single) Close() error { return nil }

// Addr is net.Listener.
func (s single) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	conns := make(chan net.Conn, 1)
	conns <- far
	close(conns)
	go func() { _ = p.web.ServeTLS(single{conns}, "", "") }() // serves on after its listener's end
	return &mortal{near, p.dials.Add(1), &p.dead}, nil
}

// mortal is a connection that goes silent without being closed.
type mortal struct {
	net.Conn
	number int32
	dead   *atomic.Int32
}

// Write swallows what a dead connection is given: no answer ever comes.
func (c *mortal) Write(b []byte) (int, error) {
	if c.number <= c.dead.Load() {
		return len(b), nil
	}
	return c.Conn.Write(b)
}

// proto is the protocol in which the server is heard over way.
func (p *pipes) proto(ctx context.Context, way http.RoundTripper) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://example.com/", http.NoBody)
	if err != nil {
		return "", err
	}
	resp, err := way.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.Proto, err
}

func TestAMediaServerWhoseConnectionDiedWithoutAWordIsReachedOverANewOne(t *testing.T) {
	sample := httptest.NewTLSServer(http.NotFoundHandler())
	defer sample.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(sample.Certificate())
	synctest.Test(t, func(t *testing.T) {
		p := &pipes{web: &http.Server{
			ReadHeaderTimeout: time.Hour, TLSConfig: &tls.Config{Certificates: sample.TLS.Certificates}, Handler: http.NotFoundHandler(),
		}}
		way := attentive(&http.Transport{ForceAttemptHTTP2: true, DialContext: p.dial, TLSClientConfig: &tls.Config{RootCAs: trusted}})
		if got, err := p.proto(t.Context(), way); err != nil || got != "HTTP/2.0" {
			t.Errorf("got %q, %v, want HTTP/2.0 spoken", got, err)
		}
		before := p.dials.Load()
		p.dead.Store(before)
		for range 3 {
			_, _ = p.proto(t.Context(), way) // may fail until the loss is noticed
		}
		if _, err := p.proto(t.Context(), way); err != nil || p.dials.Load() == before {
			t.Errorf("a minute later: got %v and %d new connections, want one that works", err, p.dials.Load()-before)
		}
		way.CloseIdleConnections()
		_ = p.web.Close()
	})
}
