package link

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mostrador/internal/ticket"
)

// suffix ends the hosts that are links, each named by its serial number so that
// no call meant for one reaches its successor. Names under .invalid are nobody's
// (RFC 2606).
const suffix = ".enlace.invalid"

const (
	// idleTime closes connections in a link that nobody uses.
	idleTime = time.Minute
	// idleConns is how many of them wait for the next call.
	idleConns = 4
	// maxHeader bounds the head of a bridge's answer, in bytes.
	maxHeader = 64 << 10
)

var errGone = errors.New("link is gone")

// Way returns where a bridge is called: at its link while it has one, else at
// url, the address that somebody configured, which may be empty. Without a way
// it returns CodeUnavailable.
func (h *Hub) Way(bridge int64, url string) (string, error) {
	h.mu.Lock()
	l := h.present[bridge]
	h.mu.Unlock()
	if l != nil {
		return "http://" + strconv.FormatInt(l.serial, 10) + suffix, nil
	}
	if url != "" && !h.Only {
		return url, nil
	}
	reason, solution := h.Missing()
	return "", ticket.NewError(ticket.CodeUnavailable, reason+" "+solution)
}

// Missing says, in Spanish, why there is no way to a bridge and what to do.
func (h *Hub) Missing() (reason, solution string) {
	switch {
	case h.Refuse:
		return "El servidor no sabe dónde está la laptop.", "Ponga IP_LAPTOP en la configuración del servidor y reinícielo."
	case h.Only:
		return "La laptop no está enlazada con este servidor.", "Revise que esté encendida, con red y con el puente abierto, y que no tenga ENLACE=directo."
	}
	return "La laptop no está enlazada con este servidor.", "Revise que esté encendida, con red y con el puente abierto; si el puente es de una versión anterior, ponga IP_LAPTOP en la configuración del servidor."
}

// Transport carries requests to the addresses of Way: those to links through
// them, all others with direct.
func (h *Hub) Transport(direct http.RoundTripper) http.RoundTripper {
	return transport{direct: direct, links: &http.Transport{
		DialContext: h.dial, MaxIdleConnsPerHost: idleConns, IdleConnTimeout: idleTime, MaxResponseHeaderBytes: maxHeader,
	}}
}

type transport struct{ direct, links http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Host, suffix) {
		return t.links.RoundTrip(r)
	}
	return t.direct.RoundTrip(r)
}

// dial opens a connection in the link that address names. Its errors are those of
// a laptop that cannot be reached: nothing was sent.
func (h *Hub) dial(_ context.Context, _, address string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(address)
	serial, err := strconv.ParseInt(strings.TrimSuffix(host, suffix), 10, 64)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "link", Err: err}
	}
	h.mu.Lock()
	l := h.known[serial]
	h.mu.Unlock()
	if l == nil {
		return nil, &net.OpError{Op: "dial", Net: "link", Err: errGone}
	}
	conn, err := l.tunnel.Dial()
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "link", Err: err}
	}
	return conn, nil
}
