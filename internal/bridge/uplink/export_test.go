package uplink

// Detail is what is kept of a refusal's body.
var Detail = detail

// Deliverers is how many messages are worked on at a time.
const Deliverers = deliverers
