// Package porttest finds ports for tests that must know one before they use it.
//
// Its one rule: a port is one that no system hands out by itself, so that nothing
// but another of these takes it in between.
package porttest

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// Where Linux, from 32768 on, and what registered services mostly use, leave room.
const (
	lowest  = 20000
	highest = 32000
)

// Free returns a port of this machine on which nobody listens now.
func Free(tb testing.TB) string {
	tb.Helper()
	for range 1000 {
		port := strconv.Itoa(lowest + rand.IntN(highest-lowest)) //nolint:gosec // no secret
		ln, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:"+port)
		if err != nil {
			continue
		}
		if err := ln.Close(); err != nil {
			tb.Fatal(err)
		}
		return port
	}
	tb.Fatal("no port is free")
	return ""
}
