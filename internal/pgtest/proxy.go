package pgtest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Proxy stands between programs and their PostgreSQL, and fails as networks do
// when it is told to. Safe for concurrent use.
type Proxy struct {
	// URL is the database's through the proxy.
	URL string

	network, address string // of the PostgreSQL
	listener         net.Listener
	pumps            sync.WaitGroup

	mu     sync.Mutex
	open   map[*through]bool
	hold   *heldCommit // for the next COMMIT
	closed bool
}

// through is one connection and its other half.
type through struct {
	client, server net.Conn
	silent         bool // guarded by Proxy.mu
}

// heldCommit is a COMMIT on its way.
type heldCommit struct{ let, done chan struct{} }

// NewProxy starts a Proxy before the database with a URL. It ends with t.
func NewProxy(t testing.TB, database string) *Proxy {
	t.Helper()
	config, err := pgx.ParseConfig(database)
	if err != nil {
		t.Fatalf("read URL: %v", err)
	}
	dir, err := os.MkdirTemp("", "pg") // short, as in start
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{open: map[*through]bool{}}
	p.network, p.address = pgconn.NetworkAddress(config.Host, config.Port)
	if p.listener, err = (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(dir, ".s.PGSQL.5432")); err != nil {
		t.Fatal(err)
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(config.User, config.Password), Path: "/" + config.Database}
	u.RawQuery = url.Values{"host": {dir}, "port": {"5432"}}.Encode()
	p.URL = u.String()
	p.pumps.Go(p.accept)
	t.Cleanup(func() {
		p.close()
		_ = os.RemoveAll(dir)
	})
	return p
}

// HoldCommit cuts the connection on which the next COMMIT comes. PostgreSQL gets
// that COMMIT when release is called, which returns once it was carried out.
func (p *Proxy) HoldCommit() (release func()) {
	h := &heldCommit{let: make(chan struct{}), done: make(chan struct{})}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hold = h
	return func() {
		close(h.let)
		<-h.done
	}
}

// Silence lets nothing pass on the connections that are open now, in neither
// direction, and closes none of them: so looks a peer that vanished.
func (p *Proxy) Silence() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		c.silent = true
	}
}

func (p *Proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	p.closed = true
	for c := range p.open {
		c.close()
	}
	p.mu.Unlock()
	p.pumps.Wait()
}

func (c *through) close() { _, _ = c.client.Close(), c.server.Close() }

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(p.network, p.address)
		if err != nil {
			_ = client.Close()
			continue
		}
		c := &through{client: client, server: server}
		p.mu.Lock()
		p.open[c] = true
		if p.closed {
			c.close()
		}
		p.mu.Unlock()
		ended := make(chan struct{})
		p.pumps.Go(func() { p.pump(c, client, server, ended) })
		p.pumps.Go(func() {
			defer close(ended)
			p.pump(c, server, client, nil)
		})
	}
}

// pump copies until one side closes. ended, on the way to the server, says when
// the way back is over.
func (p *Proxy) pump(c *through, from io.Reader, to io.Writer, ended chan struct{}) {
	defer func() {
		c.close()
		p.mu.Lock()
		delete(p.open, c)
		p.mu.Unlock()
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err == nil {
			err = p.pass(c, to, buffer[:n], ended)
		}
		if err != nil {
			return
		}
	}
}

var errHeld = errors.New("the COMMIT was held")

func (p *Proxy) pass(c *through, to io.Writer, data []byte, ended chan struct{}) error {
	p.mu.Lock()
	silent, h := c.silent, p.hold
	if held := ended != nil && h != nil && bytes.Contains(data, []byte("commit\x00")); held {
		p.hold = nil
	} else {
		h = nil
	}
	p.mu.Unlock()
	if silent {
		return nil
	}
	if h == nil {
		_, err := to.Write(data)
		return err
	}
	defer close(h.done)
	_ = c.client.Close()
	<-h.let
	if _, err := to.Write(data); err != nil {
		return err
	}
	<-ended // its answer came, and found nobody
	return errHeld
}
