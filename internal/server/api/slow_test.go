package api_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/httpx"
)

// oneCall is a listener with one connection, in memory, so that its time-outs are
// those of the test's clock.
type oneCall struct {
	conn chan net.Conn
	done chan struct{}
}

func (l *oneCall) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conn:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *oneCall) Close() error   { close(l.done); return nil }
func (l *oneCall) Addr() net.Addr { return &net.TCPAddr{} }

// trickle posts a message to the webhook, a piece of it every 20 seconds, and
// returns the status, 0 without an answer, and when the server hung up or answered.
func (s *shop) trickle(t *testing.T, token, message string, pieces, sent int) (status int, after time.Duration) {
	t.Helper()
	client, server := net.Pipe()
	ln := &oneCall{conn: make(chan net.Conn, 1), done: make(chan struct{})}
	ln.conn <- server
	served := make(chan error, 1)
	go func() { served <- httpx.Serve(t.Context(), ln, s.router, zerolog.Nop()) }()
	t.Cleanup(func() {
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	start, quiet := time.Now(), make(chan struct{})
	defer func() { _ = client.Close(); <-quiet }()
	go func() {
		defer close(quiet)
		_, _ = fmt.Fprintf(client, "POST /webhook HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", token, len(message))
		for i := range sent {
			time.Sleep(20 * time.Second)
			if _, err := io.WriteString(client, message[i*len(message)/pieces:(i+1)*len(message)/pieces]); err != nil {
				return
			}
		}
	}()
	answer, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil {
		return 0, time.Since(start)
	}
	defer answer.Body.Close()
	return answer.StatusCode, time.Since(start)
}

func TestAMessageMayTakeTenMinutesOnASlowLineButNotAStrangers(t *testing.T) {
	body, err := json.Marshal(original("no prende", jpeg))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		token        string
		pieces, sent int
		statuses     []int
		after        time.Duration
		stored       string
	}{
		"steadily":  {token, 30, 30, []int{http.StatusOK}, 10 * time.Minute, "contacts 1, tickets 1, messages 1, attachments 1, files 1"},
		"it stalls": {token, 30, 10, []int{http.StatusGatewayTimeout}, 11 * time.Minute, "contacts 0, tickets 0, messages 0, attachments 0, files 0"},
		// The answer has the same minute as the question.
		"of a stranger": {"zz99xx88cc77vv66", 30, 30, []int{http.StatusUnauthorized, 0}, time.Minute, "contacts 0, tickets 0, messages 0, attachments 0, files 0"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := openShop(t)
				s.laptop.Close() // time does not pass while somebody listens to the network
				status, after := s.trickle(t, test.token, string(body), test.pieces, test.sent)
				if !slices.Contains(test.statuses, status) || after != test.after {
					t.Errorf("got %d after %v, want one of %d after %v", status, after, test.statuses, test.after)
				}
				if got := s.stored(); got != test.stored {
					t.Errorf("got %s, want %s", got, test.stored)
				}
			})
		})
	}
}
