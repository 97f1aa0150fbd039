package main

import (
	"fmt"
	"net"
	"sync"
	"time"
)

// line is the way from the bridge to WhatsApp: bytes go through as they are
// until it is cut. Its methods are safe for concurrent use.
type line struct {
	address string // own, host:port
	target  string
	ln      net.Listener
	running sync.WaitGroup

	mu    sync.Mutex
	open  map[net.Conn]struct{}
	down  time.Time     // nobody gets through until then
	slow  time.Time     // delay applies until then
	delay time.Duration // of every piece of data
	halve bool          // the next piece is cut in the middle, and the line with it
	cuts  int
	shut  bool
}

func newLine(target string) (*line, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	l := &line{address: ln.Addr().String(), target: target, ln: ln, open: map[net.Conn]struct{}{}}
	l.running.Go(l.accept)
	return l, nil
}

func (l *line) accept() {
	for {
		from, err := l.ln.Accept()
		if err != nil {
			return // closed
		}
		l.running.Go(func() { l.connect(from) })
	}
}

// connect passes data between from and the target until either ends.
func (l *line) connect(from net.Conn) {
	defer from.Close()
	if !l.enter(from) {
		return
	}
	defer l.leave(from)
	to, err := net.Dial("tcp", l.target)
	if err != nil {
		return
	}
	defer to.Close()
	if !l.enter(to) {
		return
	}
	defer l.leave(to)
	var both sync.WaitGroup
	both.Go(func() { l.pass(from, to) })
	both.Go(func() { l.pass(to, from) })
	both.Wait()
}

// pass copies one direction and ends both when it ends.
func (l *line) pass(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && !l.put(to, buf[:n]) || err != nil {
			return
		}
	}
}

// put passes one piece of data on; false when the line is cut.
func (l *line) put(to net.Conn, data []byte) bool {
	delay, half := l.weather()
	time.Sleep(delay)
	if half {
		_, _ = to.Write(data[:len(data)/2])
		return false
	}
	_, err := to.Write(data)
	return err == nil
}

// weather returns what happens to a piece of data.
func (l *line) weather() (delay time.Duration, half bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Now().Before(l.slow) {
		delay = l.delay
	}
	half, l.halve = l.halve, false
	if half {
		l.cuts++
	}
	return delay, half
}

func (l *line) enter(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shut || time.Now().Before(l.down) {
		return false
	}
	l.open[c] = struct{}{}
	return true
}

func (l *line) leave(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
}

// cut ends every connection and lets none in for a while.
func (l *line) cut(down time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = time.Now().Add(down)
	l.cuts += len(l.open) / 2
	for c := range l.open {
		_ = c.Close()
	}
}

// slowDown delays every piece of data for a while.
func (l *line) slowDown(delay, hold time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay, l.slow = delay, time.Now().Add(hold)
}

// halveNext cuts the line in the middle of the next piece of data.
func (l *line) halveNext() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.halve = true
}

// calm ends every trouble.
func (l *line) calm() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down, l.slow, l.halve = time.Time{}, time.Time{}, false
}

func (l *line) totalCuts() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cuts
}

// close ends the line and waits for it.
func (l *line) close() {
	_ = l.ln.Close()
	l.mu.Lock()
	l.shut = true
	for c := range l.open {
		_ = c.Close()
	}
	l.mu.Unlock()
	l.running.Wait()
}
