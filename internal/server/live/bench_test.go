package live_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
)

// panels is how many are connected in the benchmarks.
const panels = 5000

// crowd is many connections that only read, each a goroutine on a raw socket: a
// WebSocket library on this side too would be measured more than the server.
type crowd struct {
	conns []net.Conn
	got   atomic.Int64
	all   chan struct{} // one for each event that everybody has
	size  int64
}

func join(b *testing.B, url string, n int) *crowd {
	b.Helper()
	c := &crowd{all: make(chan struct{}, 1), size: int64(n)}
	host := strings.TrimPrefix(url, "http://")
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range 50 {
		wg.Go(func() {
			for range n / 50 {
				conn, in, err := knock(host)
				if err != nil {
					b.Error(err)
					return
				}
				mu.Lock()
				c.conns = append(c.conns, conn)
				mu.Unlock()
				go c.read(in)
			}
		})
	}
	wg.Wait()
	return c
}

func knock(host string) (net.Conn, *bufio.Reader, error) {
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return nil, nil, err
	}
	key := base64.StdEncoding.EncodeToString(make([]byte, 16))
	if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\nCookie: sesion=ana\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n", host, key); err != nil {
		return nil, nil, err
	}
	in := bufio.NewReaderSize(conn, 512)
	resp, err := http.ReadResponse(in, nil)
	if err == nil && resp.StatusCode != http.StatusSwitchingProtocols {
		err = fmt.Errorf("got %s", resp.Status)
	}
	return conn, in, err
}

// read counts frames; none here is longer than 125 bytes.
func (c *crowd) read(in *bufio.Reader) {
	for {
		if _, err := in.ReadByte(); err != nil {
			return
		}
		length, err := in.ReadByte()
		if err != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, in, int64(length)); err != nil {
			return
		}
		if c.got.Add(1)%c.size == 0 {
			c.all <- struct{}{}
		}
	}
}

// leave hangs up.
func (c *crowd) leave() {
	for _, conn := range c.conns {
		_ = conn.Close()
	}
}

// events is how many changes are told to everybody in each round.
const events = 20

// times publishes one event after the other and returns how long each took to
// the last panel.
func (c *crowd) times(publish func()) (took []time.Duration) {
	for range events {
		begin := time.Now()
		publish()
		<-c.all
		took = append(took, time.Since(begin))
	}
	return took
}

// resident is what the process occupies, both ends of all connections.
func resident(b *testing.B) int {
	b.Helper()
	runtime.GC()
	var pages, used int
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Skip("no /proc on this system")
	}
	if _, err := fmt.Sscan(string(data), &pages, &used); err != nil {
		b.Fatal(err)
	}
	return used * os.Getpagesize()
}

// BenchmarkPanels tells 5,000 open panels of a change, in turns with plain
// coder/websocket that does nothing else, and reports how long until the last has
// it, the ratio, and what a panel costs: both ends of its connection.
func BenchmarkPanels(b *testing.B) {
	var product, plain []time.Duration
	each := 0
	for b.Loop() {
		took, cost := tellPanels(b)
		if each == 0 {
			each = cost // later rounds use the memory of earlier ones
		}
		product, plain = append(product, took...), append(plain, tellPlainly(b)...)
	}
	slices.Sort(product)
	slices.Sort(plain)
	mine, theirs := product[len(product)/2], plain[len(plain)/2]
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(mine)/1e6, "ms-to-last")
	b.ReportMetric(float64(theirs)/1e6, "ms-to-last-plain")
	b.ReportMetric(float64(mine)/float64(theirs), "×-plain")
	b.ReportMetric(float64(each)/1024, "KB/panel")
}

func tellPanels(b *testing.B) (took []time.Duration, each int) {
	b.Helper()
	d := open(b, nil)
	before := resident(b)
	c := join(b, d.url, panels)
	defer c.leave()
	<-c.all // everybody was greeted
	each = (resident(b) - before) / panels
	took = c.times(func() { d.Changed([]store.Hint{{Business: 1, Ticket: 7, Kind: store.HintTicket}}) })
	if got := len(d.Clients(1)); got != panels {
		b.Errorf("got %d panels at the end, want %d", got, panels)
	}
	return took, each
}

// tellPlainly does the same with coder/websocket as its examples have it, where
// every connection waits on a channel.
func tellPlainly(b *testing.B) []time.Duration {
	b.Helper()
	var mu sync.Mutex
	var all []chan []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.CloseNow() }()
		frames := make(chan []byte, 16)
		mu.Lock()
		all = append(all, frames)
		mu.Unlock()
		ctx := conn.CloseRead(context.Background())
		for {
			select {
			case <-ctx.Done():
				return
			case frame := <-frames:
				if conn.Write(ctx, websocket.MessageText, frame) != nil {
					return
				}
			}
		}
	}))
	defer server.Close()
	c := join(b, server.URL, panels)
	defer c.leave()
	storetest.Eventually(b, "everybody is in", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(all) == panels
	})
	frame := []byte(`{"tipo":"ticket","ticket":7,"version":12345}`)
	return c.times(func() {
		for _, frames := range all {
			frames <- frame
		}
	})
}
