package httpx_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/httpx"
)

// pipes is a listener of connections in memory, so that their time-outs are
// those of the test's clock.
type pipes struct {
	calls chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.calls:
		return conn, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// dial returns the client's end of a new connection and whether the server has
// taken it.
func (p *pipes) dial() (net.Conn, bool) {
	client, server := net.Pipe()
	taken := make(chan struct{})
	go func() {
		select {
		case p.calls <- server:
			close(taken)
		case <-p.done:
		}
	}()
	synctest.Wait()
	select {
	case <-taken:
		return client, true
	default:
		return client, false
	}
}

// serve runs a server that reads what it is sent and answers with nothing.
func serve(t *testing.T) *pipes {
	t.Helper()
	return serveWith(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
}

// serveWith runs a server with the handler h.
func serveWith(t *testing.T, h http.HandlerFunc) *pipes {
	t.Helper()
	ln := &pipes{calls: make(chan net.Conn), done: make(chan struct{})}
	served := make(chan error, 1)
	go func() {
		served <- httpx.Serve(t.Context(), ln, h, zerolog.Nop())
	}()
	t.Cleanup(func() {
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return ln
}

func TestAClientThatDawdlesIsCutOff(t *testing.T) {
	for what, test := range map[string]struct {
		sends string
		after time.Duration
	}{
		"over its headers":          {"GET / HTTP/1.1\r\nHost: a\r\n", 10 * time.Second},
		"over its body":             {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx", time.Minute},
		"before its next request":   {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 2 * time.Minute},
		"without saying any thing":  {"", 10 * time.Second},
		"over headers without ends": {"GET / HTTP/1.1\r\nHost: " + strings.Repeat("a", 1000), 10 * time.Second},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, _ := serve(t).dial()
				start := time.Now()
				go func() { _, _ = io.WriteString(client, test.sends) }()
				_, _ = io.Copy(io.Discard, client) // ends when the server hangs up
				if got := time.Since(start); got != test.after {
					t.Errorf("cut off after %v, want %v", got, test.after)
				}
			})
		})
	}
}

func TestWhoIsGivenMoreTimeMayBeSlowAndNoLonger(t *testing.T) {
	const more = 5 * time.Minute
	for what, test := range map[string]struct {
		pieces int // one every 20 seconds
		status int
		after  time.Duration
	}{
		"steadily":    {10, http.StatusOK, 200 * time.Second},
		"and stalled": {3, http.StatusGatewayTimeout, more},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, _ := serveWith(t, httpx.Handle(httpx.WriteProblem, func(w http.ResponseWriter, r *http.Request) error {
					httpx.MoreTime(w, more, more+time.Minute)
					var v any
					return httpx.Decode(w, r, 100, &v)
				})).dial()
				start := time.Now()
				go func() {
					_, _ = io.WriteString(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
					for range test.pieces {
						time.Sleep(20 * time.Second)
						_, _ = io.WriteString(client, "1")
					}
				}()
				answer, err := http.ReadResponse(bufio.NewReader(client), nil)
				if err != nil {
					t.Fatal(err)
				}
				defer answer.Body.Close()
				if got := time.Since(start); answer.StatusCode != test.status || got != test.after {
					t.Errorf("got %d after %v, want %d after %v", answer.StatusCode, got, test.status, test.after)
				}
			})
		})
	}
}

func TestHeadersHaveAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := serve(t).dial()
		go func() {
			_, _ = io.WriteString(client, "GET / HTTP/1.1\r\nHost: a\r\nX-Long: "+strings.Repeat("x", 70<<10)+"\r\n\r\n")
		}()
		answer, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("got status %d, want 431", answer.StatusCode)
		}
	})
}

func TestMoreConnectionsThanTheLimitWaitTheirTurn(t *testing.T) {
	const limit = 8192
	synctest.Test(t, func(t *testing.T) {
		ln := serve(t)
		first, _ := ln.dial()
		for range limit - 1 {
			_, server := net.Pipe()
			ln.calls <- server
		}
		last, taken := ln.dial()
		if taken {
			t.Errorf("connection %d was taken, want it to wait", limit+1)
		}
		_ = first.Close()
		go func() { _, _ = io.WriteString(last, "GET / HTTP/1.1\r\nHost: a\r\n\r\n") }()
		answer, err := http.ReadResponse(bufio.NewReader(last), nil)
		if err != nil {
			t.Fatalf("the one that waited: %v", err)
		}
		_ = answer.Body.Close()
	})
}
