package doctor

import (
	"net/netip"
	"net/url"
	"strings"
)

// isPrivate reports whether an address is of the own network: an address that the
// internet does not carry, or a name without a domain or with one for houses.
func isPrivate(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || carrier.Contains(ip)
	}
	for _, domain := range []string{".local", ".lan", ".home", ".internal", ".intranet", ".home.arpa", ".localhost"} {
		if strings.HasSuffix(host, domain) {
			return true
		}
	}
	return !strings.Contains(host, ".")
}

// carrier is the range of networks that lie between a house and the internet, such
// as of Tailscale (RFC 6598).
var carrier = netip.MustParsePrefix("100.64.0.0/10")
