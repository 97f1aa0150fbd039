// Package freeport finds ports that must be known before they are used, or that
// lie free for a while between two uses.
//
// Its one rule: a port is one that no system hands out by itself, so that nothing
// but another of these takes it in between.
package freeport

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// Where Linux, from 32768 on, and what registered services mostly use, leave room.
const (
	lowest  = 20000
	highest = 32000
)

// given holds the ports that this process has got, none twice.
var given sync.Map

// Find returns a port of this machine on which nobody listens now, another one each
// time. It is safe for concurrent use.
func Find(ctx context.Context) (string, error) {
	for range 1000 {
		port := strconv.Itoa(lowest + rand.IntN(highest-lowest)) //nolint:gosec // no secret
		ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			continue
		}
		if err := ln.Close(); err != nil {
			return "", fmt.Errorf("give port %s back: %w", port, err)
		}
		if _, again := given.LoadOrStore(port, nil); !again {
			return port, nil
		}
	}
	return "", errors.New("no port is free")
}
