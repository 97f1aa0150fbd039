// Package resident keeps small what a system counts as a program's memory.
//
// Its one rule: what it gives back comes back by itself when it is used again.
package resident

import "runtime/debug"

// GiveBack returns to the system the memory that something large has left unused,
// and on Linux the pages of the program's own file besides. Most of those were read
// once: by starting, by training a model. The kernel keeps them for as long as it
// has room, so that reading one again takes it microseconds. Safe for concurrent
// use.
func GiveBack() error {
	debug.FreeOSMemory()
	return dropFile()
}
