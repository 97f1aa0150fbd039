package uplink

// Detail is what is kept of a refusal's body.
var Detail = detail
