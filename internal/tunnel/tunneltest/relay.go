// Package tunneltest is a network for tests that can break in the ways networks
// do.
//
// Its one rule: only tests use it.
package tunneltest

import (
	"net"
	"sync"
	"testing"
)

// Relay passes TCP connections on to one address. Safe for concurrent use.
type Relay struct {
	ln     net.Listener
	target string

	mu     sync.Mutex
	frozen bool
	cutAt  int64 // bytes towards the caller until everything is cut; 0: never
	thaw   chan struct{}
	open   map[net.Conn]bool
	count  int
}

// NewRelay returns a Relay to target, a host:port, that ends with the test.
func NewRelay(tb testing.TB, target string) *Relay {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	r := &Relay{ln: ln, target: target, open: map[net.Conn]bool{}, thaw: make(chan struct{})}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			work.Go(func() { r.pass(conn) })
		}
	})
	tb.Cleanup(func() {
		_ = ln.Close()
		r.Thaw()
		r.Cut()
		work.Wait()
	})
	return r
}

// Address is where to call, as host:port.
func (r *Relay) Address() string { return r.ln.Addr().String() }

// Calls is how many connections were made so far.
func (r *Relay) Calls() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count
}

// Freeze passes nothing on any more and tells nobody: a laptop that was carried
// away.
func (r *Relay) Freeze() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.frozen = true
}

// Thaw ends Freeze.
func (r *Relay) Thaw() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.frozen {
		r.frozen = false
		close(r.thaw)
		r.thaw = make(chan struct{})
	}
}

// Cut cuts every connection.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for conn := range r.open {
		_ = conn.Close()
	}
}

// CutAfter cuts every connection once n more bytes went towards callers.
func (r *Relay) CutAfter(n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cutAt = n
}

func (r *Relay) pass(caller net.Conn) {
	defer caller.Close()
	called, err := net.Dial("tcp", r.target)
	if err != nil {
		return
	}
	defer called.Close()
	r.mu.Lock()
	r.open[caller], r.open[called] = true, true
	r.count++
	r.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { r.copy(called, caller, false) })
	both.Go(func() { r.copy(caller, called, true) })
	both.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, caller)
	delete(r.open, called)
}

// copy passes on in small pieces, so that a cut is in the middle of something.
func (r *Relay) copy(to, from net.Conn, towardsCaller bool) {
	defer to.Close()
	defer from.Close()
	piece := make([]byte, 4096)
	for {
		n, err := from.Read(piece)
		if err != nil || !r.allowed(n, towardsCaller) {
			return
		}
		if _, err := to.Write(piece[:n]); err != nil {
			return
		}
	}
}

// allowed waits while the relay is frozen, and counts.
func (r *Relay) allowed(n int, towardsCaller bool) bool {
	r.mu.Lock()
	for r.frozen {
		thaw := r.thaw
		r.mu.Unlock()
		<-thaw
		r.mu.Lock()
	}
	cut := false
	if towardsCaller && r.cutAt > 0 {
		r.cutAt -= int64(n)
		cut = r.cutAt <= 0
	}
	r.mu.Unlock()
	if cut {
		r.CutAfter(0)
		r.Cut()
	}
	return !cut
}
