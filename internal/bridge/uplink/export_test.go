package uplink

import (
	"context"
	"net"
	"net/http"
)

// Straight is how the server is reached, but for the wire, which is dial's.
func Straight(dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Transport {
	t := straight()
	t.DialContext = dial
	return t
}

// Detail is what is kept of a refusal's body.
var Detail = detail

// Deliverers is how many messages are worked on at a time.
const Deliverers = deliverers

// Taken is how many messages the server has taken.
func (u *Uplink) Taken() int64 { return u.taken.Load() }
