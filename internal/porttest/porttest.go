// Package porttest is freeport for tests.
package porttest

import (
	"testing"

	"mostrador/internal/freeport"
)

// Free returns a port of this machine on which nobody listens now, and which no
// system hands out by itself.
func Free(tb testing.TB) string {
	tb.Helper()
	port, err := freeport.Find(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return port
}
