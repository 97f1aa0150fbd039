package tunnel_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/hashicorp/yamux"

	"mostrador/internal/tunnel"
	"mostrador/internal/tunnel/tunneltest"
)

// patience bounds every wait of these tests; nothing should come near it.
const patience = 2 * time.Minute

// quick asks for life signs often, and takes no pause of a slow machine for silence;
// strict is for the tests about silence, which wait for it.
var (
	quick  = tunnel.Timing{Every: 50 * time.Millisecond, Within: 30 * time.Second}
	strict = tunnel.Timing{Every: 50 * time.Millisecond, Within: 5 * time.Second}
)

// host accepts WebSockets and makes the calling end of a tunnel of each.
type host struct {
	*httptest.Server

	ends chan *tunnel.Tunnel
}

func newHost(tb testing.TB, timing tunnel.Timing) *host {
	tb.Helper()
	h := &host{ends: make(chan *tunnel.Tunnel, 16)}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		end, err := tunnel.Open(ws, true, timing)
		if err != nil {
			tb.Error(err)
			return
		}
		h.ends <- end
	}))
	tb.Cleanup(h.Close)
	return h
}

func (h *host) address() string { return h.Listener.Addr().String() }

func dial(tb testing.TB, address string) *websocket.Conn {
	tb.Helper()
	ws, resp, err := websocket.Dial(tb.Context(), "http://"+address, nil)
	if err != nil {
		tb.Fatalf("dial: %v, %v", err, resp)
	}
	tb.Cleanup(func() { _ = ws.CloseNow() })
	return ws
}

// pair returns the calling and the called end.
func (h *host) pair(tb testing.TB, address string, timing tunnel.Timing) (caller, called *tunnel.Tunnel) {
	tb.Helper()
	called, err := tunnel.Open(dial(tb, address), false, timing)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(called.Cut)
	caller = <-h.ends
	tb.Cleanup(caller.Cut)
	return caller, called
}

// listener is a tunnel's end as a net.Listener.
type listener struct{ *tunnel.Tunnel }

func (l listener) Close() error   { l.Cut(); return nil }
func (l listener) Addr() net.Addr { return &net.IPAddr{} }

func serve(t *testing.T, end *tunnel.Tunnel, h http.HandlerFunc) {
	t.Helper()
	var work sync.WaitGroup
	work.Go(func() { _ = (&http.Server{Handler: h, ReadHeaderTimeout: patience}).Serve(listener{end}) })
	t.Cleanup(func() { end.Cut(); work.Wait() })
}

func through(end *tunnel.Tunnel) *http.Client {
	return &http.Client{Timeout: patience, Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return end.Dial() }}}
}

func over(t *testing.T, name string, end *tunnel.Tunnel) {
	t.Helper()
	select {
	case <-end.Done():
	case <-time.After(patience):
		t.Fatalf("the %s end did not notice", name)
	}
}

func TestCallsTravelAtTheSameTimeAndLargeOnesAreWhole(t *testing.T) {
	h := newHost(t, tunnel.DefaultTiming)
	caller, called := h.pair(t, h.address(), tunnel.DefaultTiming)
	serve(t, called, func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.New()
		_, _ = io.Copy(sum, r.Body)
		_, _ = io.WriteString(w, r.RemoteAddr+" "+string(sum.Sum(nil)))
	})
	client := through(caller)
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			body := bytes.Repeat([]byte{byte(i), 7, 9}, 700_000*(i%3+1))
			resp, err := client.Post("http://laptop/", "", bytes.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			got, err := io.ReadAll(resp.Body)
			want := sha256.Sum256(body)
			if err != nil || !bytes.HasSuffix(got, want[:]) {
				t.Errorf("call %d: got %d bytes, %v, want its sum", i, len(got), err)
			}
			if address, _, _ := strings.Cut(string(got), " "); strings.Contains(address, "127.0.0.1") {
				t.Errorf("got caller %q, want no address of a network", address)
			}
		})
	}
	all.Wait()
}

func TestASilentOtherEndIsNoticedByBoth(t *testing.T) {
	h := newHost(t, strict)
	relay := tunneltest.NewRelay(t, h.address())
	caller, called := h.pair(t, relay.Address(), strict)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if !caller.Alive(ctx) || !called.Alive(ctx) {
		t.Fatal("got no answer to a ping, want one")
	}
	relay.Freeze()
	over(t, "calling", caller)
	over(t, "called", called)
	if conn, err := caller.Dial(); err == nil {
		t.Error("got a connection in a dead tunnel, want an error", conn.Close())
	}
}

func TestTheOtherEndLearnsWhyATunnelEnds(t *testing.T) {
	h := newHost(t, quick)
	caller, called := h.pair(t, h.address(), quick)
	caller.End(4001, "otra laptop", patience)
	over(t, "called", called)
	if got := called.Cause(); got != 4001 {
		t.Errorf("got %d, want 4001", got)
	}
	over(t, "calling", caller)
	if _, err := called.Accept(); err == nil {
		t.Error("got a connection of a tunnel that is over, want an error")
	}
	caller, called = h.pair(t, h.address(), quick)
	caller.Cut()
	over(t, "called", called)
	if got := called.Cause(); got != -1 {
		t.Errorf("cut without a word: got %d, want -1", got)
	}
}

func TestWhatIsNoTunnelEndsIt(t *testing.T) {
	h := newHost(t, quick)
	for name, send := range map[string]func(ctx context.Context, ws *websocket.Conn) error{
		"text": func(ctx context.Context, ws *websocket.Conn) error {
			return ws.Write(ctx, websocket.MessageText, []byte("hola"))
		},
		"another version": func(ctx context.Context, ws *websocket.Conn) error {
			return ws.Write(ctx, websocket.MessageBinary, []byte("hola, ¿qué tal?"))
		},
		"a huge frame": func(ctx context.Context, ws *websocket.Conn) error {
			return ws.Write(ctx, websocket.MessageBinary, make([]byte, 300<<10))
		},
	} {
		ws := dial(t, h.address())
		caller := <-h.ends
		if err := send(t.Context(), ws); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		over(t, name, caller)
		_ = ws.CloseNow()
	}
}

// stream is a WebSocket as yamux takes it.
func stream(t *testing.T, ws *websocket.Conn) io.ReadWriteCloser {
	t.Helper()
	return websocket.NetConn(t.Context(), ws, websocket.MessageBinary)
}

func TestAnEndThatOpensConnectionsNobodyAcceptsGetsAFewOfThem(t *testing.T) {
	h := newHost(t, tunnel.DefaultTiming)
	config := yamux.DefaultConfig()
	config.AcceptBacklog, config.LogOutput = 1000, io.Discard
	hostile, err := yamux.Server(stream(t, dial(t, h.address())), config)
	if err != nil {
		t.Fatal(err)
	}
	caller := <-h.ends
	t.Cleanup(caller.Cut)
	t.Cleanup(func() { _ = hostile.Close() })
	var conns []net.Conn
	for range 100 {
		conn, err := hostile.Open()
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	for i, conn := range conns[32:] {
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, yamux.ErrConnectionReset) {
			t.Errorf("connection %d: got %v, want it refused", i+33, err)
		}
	}
	if got := hostile.NumStreams(); got != 32 {
		t.Errorf("got %d of 100 connections open, want 32", got)
	}
}

func FuzzWhatTheOtherEndSends(f *testing.F) {
	h := newHost(f, quick)
	f.Add([]byte("hola"))
	f.Add([]byte{0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1})                   // ping
	f.Add([]byte{0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})                   // go away
	f.Add([]byte{0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 'a', 'b', 'c'})    // data of a new stream
	f.Add([]byte{0, 1, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff, 0, 1}) // a window too large
	f.Add([]byte{0, 0, 0, 5, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff})       // data that never comes
	f.Fuzz(func(t *testing.T, frame []byte) {
		ws := dial(t, h.address())
		caller := <-h.ends
		_ = ws.Write(t.Context(), websocket.MessageBinary, frame) // it may be over already
		_ = ws.CloseNow()
		over(t, "calling", caller)
	})
}
