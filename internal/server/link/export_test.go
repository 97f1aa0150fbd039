package link

import "time"

// Patient gives a bridge a minute to show that it is there, unless Hasty said
// otherwise: a pause of a slow machine is no absence.
func Patient(o *Options) {
	if o.proof == 0 {
		o.proof = time.Minute
	}
}

// Hasty is for a bridge that is gone: nothing comes of waiting for it.
func Hasty(o Options) Options {
	o.proof = time.Second
	return o
}
