package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"mostrador/internal/ticket"
)

const (
	// timeout bounds one attempt to tell, from the name of the machine to the last
	// byte of its answer.
	timeout = 10 * time.Second
	// maxAnswer and maxHeader bound what is read of an answer, in bytes.
	maxAnswer = 4 << 10
	maxHeader = 16 << 10
	// maxConversation bounds all that a mail server says, in bytes.
	maxConversation = 64 << 10
)

// errLocal is what a message into the network of the server ends with.
var errLocal = ticket.NewError(ticket.CodeForbidden, "La dirección está en esta máquina o en una red privada. Si es a propósito, ponga AVISOS_RED_LOCAL=on.")

// reserved are networks that netip has no word for and that are nobody's on the
// Internet, or lead to such.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

// public reports whether an address is one of the open Internet.
func public(address netip.Addr) bool {
	address = address.Unmap()
	if !address.IsGlobalUnicast() || address.IsPrivate() {
		return false
	}
	for _, network := range reserved {
		if network.Contains(address) {
			return false
		}
	}
	return true
}

// dialer looks at the address that a name has become, just before it is reached:
// a name may be another one at each look.
func dialer(local bool) *net.Dialer {
	d := &net.Dialer{Timeout: timeout}
	if !local {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			reached, err := netip.ParseAddrPort(address)
			if err != nil || !public(reached.Addr().WithZone("")) {
				return errLocal
			}
			return nil
		}
	}
	return d
}

// network is how other machines are reached.
type network struct {
	dialer *net.Dialer
	client *http.Client
	roots  *x509.CertPool // nil: the system's
	now    func() time.Time
}

func newNetwork(local bool, roots *x509.CertPool, now func() time.Time) *network {
	d := dialer(local)
	return &network{dialer: d, client: client(d, roots), roots: roots, now: now}
}

// do sends a request and says whether it was a success.
func (n *network) do(r *http.Request) error {
	w, err := n.client.Do(r)
	if err != nil {
		return fmt.Errorf("send request: %w", err)
	}
	return settle(w)
}

// Do implements webpush.HTTPClient.
func (n *network) Do(r *http.Request) (*http.Response, error) {
	r.Header.Set("User-Agent", agent)
	return n.client.Do(r) //nolint:gosec // the dialer looks where it leads
}

// client follows no redirect, keeps no connection and knows no proxy: that would
// be a way around the dialer.
func client(d *net.Dialer, roots *x509.CertPool) *http.Client {
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			DialContext: d.DialContext, DisableKeepAlives: true, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: maxHeader, TLSHandshakeTimeout: timeout,
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// refusal is an answer that is no success: a status of HTTP, or a mail server's
// code.
type refusal struct{ status int }

// Error implements error.
func (r *refusal) Error() string {
	return fmt.Sprintf("El otro lado contestó con el código %d.", r.status)
}

// settle closes an answer and says whether it is a success.
func settle(w *http.Response) error {
	_, _ = io.CopyN(io.Discard, w.Body, maxAnswer) // what it says does not matter
	_ = w.Body.Close()
	if w.StatusCode/100 != 2 {
		return &refusal{w.StatusCode}
	}
	return nil
}

// reason is a sentence for people about err, which may hold addresses and with
// them passwords.
func reason(err error) string {
	var r *refusal
	var dns *net.DNSError
	var network net.Error
	switch {
	case errors.As(err, &r):
		return r.Error()
	case errors.As(err, &dns):
		return "No se encontró esa máquina: revise la dirección."
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "No hubo respuesta a tiempo."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "La otra máquina no acepta la conexión."
	}
	if t, ok := errors.AsType[*ticket.Error](err); ok {
		return t.Message
	}
	return "No se pudo entregar."
}
