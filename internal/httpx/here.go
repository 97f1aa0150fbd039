package httpx

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// forwarded are the headers by which a proxy tells that it is one.
var forwarded = []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip"}

// FromHere reports whether r comes from this machine itself. It asks for a
// loopback connection, which a proxy's would be too, and for a loopback name,
// without which any web page could reach us by pointing a name of its own to
// 127.0.0.1.
func FromHere(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return false
	}
	for _, header := range forwarded {
		if r.Header.Get(header) != "" {
			return false
		}
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback()
}
