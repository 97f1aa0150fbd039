package httpx

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"mostrador/internal/ticket"
)

// probeTimeout is how long Probe waits: less than a container's check.
const probeTimeout = 5 * time.Second

// Probe asks the program that listens on address, a host:port whose host may be
// empty or unspecified, how it is. Its errors are ticket.Errors of
// CodeUnavailable that begin with name: nobody answers, or the answer is not 200.
func Probe(ctx context.Context, name, address, path string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("read address: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, nil)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy towards ourselves
	resp, err := client.Do(r)
	if err != nil {
		return ticket.NewError(ticket.CodeUnavailable, fmt.Sprintf("%s no contesta en %s.", name, net.JoinHostPort(host, port)))
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return ticket.NewError(ticket.CodeUnavailable, fmt.Sprintf("%s contesta, pero no está bien (%d).", name, resp.StatusCode))
	}
	return nil
}
