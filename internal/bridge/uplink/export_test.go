package uplink

// Detail is what is kept of a refusal's body.
var Detail = detail

// Deliverers is how many messages are worked on at a time.
const Deliverers = deliverers

// Taken is how many messages the server has taken.
func (u *Uplink) Taken() int64 { return u.taken.Load() }
