package uplink_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/uplink"
	"mostrador/internal/wire"
)

// deliverTo sends one message over a real network until the uplink knows
// something new, and returns that.
func deliverTo(t *testing.T, url string) (uplink.State, *queue.Queue) {
	t.Helper()
	q := mustOpen(t)
	u := uplink.New(uplink.Options{Queue: q, ServerURL: url, Token: "secreto", Log: zerolog.Nop()})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	done := make(chan error)
	go func() { done <- u.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		if s := u.State(); s.Error != "" || !s.LastSuccess.IsZero() && q.Stats().Waiting == 0 {
			return s, q
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatal("the uplink learns nothing")
		}
	}
}

func TestAMessageTravelsOverARealConnection(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.Header.Get("Content-Type") != "application/json" {
			w.WriteHeader(http.StatusUnsupportedMediaType)
			return
		}
		_, _ = w.Write([]byte(accepted))
	}))
	defer web.Close()
	if s, q := deliverTo(t, web.URL); !s.Reachable || s.Error != "" || q.Stats() != (queue.Stats{Stored: 1}) {
		t.Errorf("got %+v and %+v, want the message delivered", s, q.Stats())
	}
}

func TestTheTokenFollowsNoRedirect(t *testing.T) {
	var stolen atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stolen.Add(1) }))
	defer thief.Close()
	web := httptest.NewServer(http.RedirectHandler(thief.URL, http.StatusTemporaryRedirect))
	defer web.Close()
	if s, q := deliverTo(t, web.URL); s.Error == "" || q.Stats().Waiting != 1 {
		t.Errorf("got %+v and %+v, want the message kept", s, q.Stats())
	}
	if got := stolen.Load(); got != 0 {
		t.Errorf("got %d requests at the other place, want none", got)
	}
}

func TestAClosedPortKeepsTheMessage(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	s, q := deliverTo(t, "http://"+ln.Addr().String())
	if s.Reachable || !strings.Contains(s.Error, "El servidor no contesta") || q.Stats().Waiting != 1 {
		t.Errorf("got %+v and %+v, want the message kept and the reason", s, q.Stats())
	}
}

// broken is a network that fails with one error.
type broken struct{ err error }

func (b broken) RoundTrip(*http.Request) (*http.Response, error) { return nil, b.err }

func TestWhyTheServerIsOutOfReachIsSaidPlainly(t *testing.T) {
	expired := x509.CertificateInvalidError{Reason: x509.Expired}
	for want, err := range map[string]error{
		"El servidor no contesta: está apagado":    errors.New("EOF"),
		"no contesta en el puerto":                 &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED},
		"en el puerto de SERVER_URL":               &net.OpError{Op: "dial", Err: syscall.Errno(10061)},
		"No hay camino hasta el servidor":          &net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH},
		"No hay camino":                            &net.OpError{Op: "dial", Err: syscall.Errno(10051)},
		"no vale en la fecha de esta computadora":  &tls.CertificateVerificationError{Err: expired},
		"El certificado del servidor es de otro":   x509.HostnameError{Certificate: &x509.Certificate{}, Host: "servidor"},
		"No se puede confiar en el certificado":    x509.UnknownAuthorityError{},
		"El certificado del servidor no es válido": x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign},
		"el nombre en SERVER_URL":                  &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "servidor", IsNotFound: true}},
		"no contestó a tiempo":                     &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded},
	} {
		synctest.Test(t, func(t *testing.T) {
			u := uplink.New(uplink.Options{
				Queue: mustOpen(t), ServerURL: "http://servidor", Token: "secreto", Client: &http.Client{Transport: broken{err}}, Log: zerolog.Nop(),
			})
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- u.Run(ctx) }()
			after(time.Minute)
			if s := u.State(); s.Reachable || !strings.Contains(s.Error, want) {
				t.Errorf("%v: got %+v, want %q", err, s, want)
			}
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Run: %v", err)
			}
		})
	}
}

// mustOpen opens a queue with one message in it.
func mustOpen(t *testing.T) *queue.Queue {
	t.Helper()
	q, err := queue.Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Put(queue.Entry{Key: "1", Chat: "ana", Message: wire.Webhook{Sender: "ana", Content: "hola"}}); err != nil {
		t.Fatal(err)
	}
	return q
}

func TestHTTPAndHTTPSThatMeetAreToldApart(t *testing.T) {
	plain, secure := httptest.NewServer(http.NotFoundHandler()), httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer plain.Close()
	defer secure.Close()
	for url, want := range map[string]string{
		strings.Replace(plain.URL, "http:", "https:", 1):  "ponga http:// en SERVER_URL",
		strings.Replace(secure.URL, "https:", "http:", 1): "ponga https:// en SERVER_URL",
		secure.URL: "No se puede confiar en el certificado",
	} {
		if s, q := deliverTo(t, url); !strings.Contains(s.Error, want) || q.Stats().Waiting != 1 {
			t.Errorf("%s: got %+v and %+v, want %q and the message kept", url, s, q.Stats(), want)
		}
	}
}

func TestAnyAnswerTellsThatTheClockIsWrong(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(8*time.Hour).UTC().Format(http.TimeFormat))
		_, _ = io.WriteString(w, accepted)
	}))
	defer web.Close()
	if s, _ := deliverTo(t, web.URL); s.Error != "" || !strings.Contains(s.Clock, "El reloj de la laptop está 480 minutos atrasado") {
		t.Errorf("got %+v, want the message delivered and the clock named", s)
	}
}
