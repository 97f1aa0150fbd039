package link_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/link"
	"mostrador/internal/server/outbox"
	"mostrador/internal/server/store"
	"mostrador/internal/tunnel"
	"mostrador/internal/wire"
)

// benchHub is a Hub whose callers name their bridge in a header, and the address
// it listens on.
func benchHub(b *testing.B) (*link.Hub, string) {
	b.Helper()
	hub := link.New(link.Options{Now: time.Now, Log: zerolog.Nop()})
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bridge, _ := strconv.ParseInt(r.Header.Get(wire.HeaderLinkBridge), 10, 64)
		id := auth.Identity{Origin: store.Origin{Business: 1, Bridge: bridge}, Token: true}
		httpx.Handle(httpx.WriteProblem, hub.Accept)(w, r.WithContext(auth.With(r.Context(), id)))
	}))
	b.Cleanup(site.Close)
	b.Cleanup(hub.Close)
	return hub, site.URL
}

func benchJoin(b *testing.B, hub *link.Hub, address string, bridge int) *tunnel.Tunnel {
	b.Helper()
	ws, _, err := websocket.Dial(b.Context(), address+wire.PathLink, &websocket.DialOptions{HTTPHeader: http.Header{wire.HeaderLinkBridge: {strconv.Itoa(bridge)}}})
	if err != nil {
		b.Fatal(err)
	}
	end, err := tunnel.Open(ws, false, tunnel.DefaultTiming)
	if err != nil {
		b.Fatal(err)
	}
	for hub.State(int64(bridge)).Since.IsZero() {
		runtime.Gosched()
	}
	return end
}

// BenchmarkReply compares what the link adds to a reply's way to the laptop.
func BenchmarkReply(b *testing.B) {
	laptop := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"ok":true,"mensaje":"Enviado correctamente","id":"3EB0"}`)
	})
	direct := httptest.NewServer(laptop)
	b.Cleanup(direct.Close)
	hub, address := benchHub(b)
	end := benchJoin(b, hub, address, 1)
	var work sync.WaitGroup
	work.Go(func() { _ = (&http.Server{Handler: laptop, ReadHeaderTimeout: time.Minute}).Serve(listener{end}) })
	b.Cleanup(func() { end.Cut(); work.Wait() })
	through, err := hub.Way(1, "")
	if err != nil {
		b.Fatal(err)
	}
	bridge := outbox.NewBridge(hub.Transport(outbox.Direct()), "token")
	m := wire.Send{To: "5214772758198@s.whatsapp.net", Text: "Hola, recibimos tu equipo.", ID: "3EB0AABB"}
	for name, url := range map[string]string{"direct": direct.URL, "link": through} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := bridge.Send(b.Context(), url, m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkIdleLink says what an idle link takes of memory, its two ends together.
func BenchmarkIdleLink(b *testing.B) {
	const links = 200
	for b.Loop() {
		hub, address := benchHub(b)
		before := memory()
		ends := make([]*tunnel.Tunnel, 0, links)
		for i := range links {
			ends = append(ends, benchJoin(b, hub, address, i+1))
		}
		b.ReportMetric(float64(memory()-before)/links, "B/link")
		for _, end := range ends {
			end.Cut()
		}
	}
}

func memory() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
