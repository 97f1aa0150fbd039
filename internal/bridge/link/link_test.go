package link_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"

	"mostrador/internal/bridge/link"
	"mostrador/internal/tunnel"
	"mostrador/internal/tunnel/tunneltest"
	"mostrador/internal/wire"
)

const (
	token = "3f9c1e7a5b2d4860"
	// patience bounds every wait of these tests; nothing should come near it.
	patience = 2 * time.Minute
)

// quick asks for life signs often, and takes no pause of a slow machine for silence;
// strict is for the tests about silence, which wait for it.
var (
	quick  = tunnel.Timing{Every: 50 * time.Millisecond, Within: 30 * time.Second}
	strict = tunnel.Timing{Every: 50 * time.Millisecond, Within: 5 * time.Second}
)

// host stands for the server.
type host struct {
	*httptest.Server

	t     *testing.T
	links chan *tunnel.Tunnel

	mu     sync.Mutex
	status int // to refuse with
	asked  []http.Header
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{t: t, links: make(chan *tunnel.Tunnel, 16)}
	h.Server = httptest.NewServer(http.HandlerFunc(h.accept))
	t.Cleanup(h.Close)
	return h
}

func (h *host) accept(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	status := h.status
	h.asked = append(h.asked, r.Header.Clone())
	h.mu.Unlock()
	if r.URL.Path != wire.PathLink || r.Header.Get("Authorization") != "Bearer "+token {
		status = http.StatusUnauthorized
	}
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	end, err := tunnel.Open(ws, true, quick)
	if err != nil {
		h.t.Error(err)
		return
	}
	h.t.Cleanup(end.Cut)
	h.links <- end
}

func (h *host) refuse(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status = status
}

func (h *host) requests() []http.Header {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]http.Header(nil), h.asked...)
}

func (h *host) link() *tunnel.Tunnel {
	h.t.Helper()
	select {
	case end := <-h.links:
		return end
	case <-time.After(patience):
		h.t.Fatal("no link was opened")
		return nil
	}
}

// laptop is a Link that runs, and what serves its calls.
type laptop struct {
	*link.Link

	t       *testing.T
	changed chan struct{}
	stop    func()
	log     *bytes.Buffer
}

func start(t *testing.T, address string, change ...func(*link.Options)) *laptop {
	t.Helper()
	p := &laptop{t: t, changed: make(chan struct{}, 1), log: &bytes.Buffer{}}
	o := link.Options{
		ServerURL: address, Token: token, Timing: quick, Random: func() float64 { return 0.5 }, Log: zerolog.New(zerolog.SyncWriter(p.log)),
		Pace: link.Pace{First: time.Millisecond, Last: 20 * time.Millisecond, Slow: 20 * time.Millisecond, Rare: 20 * time.Millisecond},
		Changed: func() {
			select {
			case p.changed <- struct{}{}:
			default:
			}
		},
	}
	for _, c := range change {
		c(&o)
	}
	p.Link = link.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { _ = p.Run(ctx) })
	server := &http.Server{ReadHeaderTimeout: patience, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.RemoteAddr)
	})}
	work.Go(func() { _ = server.Serve(p.Listener()) })
	p.stop = sync.OnceFunc(func() {
		_ = server.Close()
		cancel()
		work.Wait()
	})
	t.Cleanup(p.stop)
	return p
}

// until waits for a state.
func (p *laptop) until(what string, ok func(link.State) bool) link.State {
	p.t.Helper()
	late := time.After(patience)
	for {
		if s := p.State(); ok(s) {
			return s
		}
		select {
		case <-p.changed:
		case <-late:
			p.t.Fatalf("the state stays %+v, want it %s", p.State(), what)
		}
	}
}

func up(s link.State) bool { return !s.Since.IsZero() && s.Reason == "" }

func ask(t *testing.T, end *tunnel.Tunnel) string {
	t.Helper()
	client := &http.Client{Timeout: patience, Transport: &http.Transport{
		DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) { return end.Dial() },
	}}
	resp, err := client.Get("http://laptop/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestTheServerCallsALaptopThatOnlyCallsOut(t *testing.T) {
	h := newHost(t)
	p := start(t, h.URL)
	end := h.link()
	p.until("open", up)
	for range 3 {
		if got := ask(t, end); strings.Contains(got, "127.0.0.1") {
			t.Errorf("got a call from %q, want it from no address of this machine", got)
		}
	}
	p.stop()
	<-end.Done()
	if got := end.Cause(); got != websocket.StatusGoingAway {
		t.Errorf("got cause %d, want %d", got, websocket.StatusGoingAway)
	}
	if strings.Contains(p.log.String(), token) {
		t.Error("the log holds the token")
	}
}

func TestACutLinkIsOpenedAgainUnderTheSameName(t *testing.T) {
	h := newHost(t)
	p := start(t, h.URL)
	h.link().Cut()
	h.link().End(websocket.StatusGoingAway, "", patience)
	end := h.link()
	p.until("open", up)
	ask(t, end)
	asked := h.requests()
	names := map[string]bool{}
	for _, header := range asked {
		names[header.Get(wire.HeaderLinkBridge)] = true
		if header.Get(wire.HeaderLinkPolite) != "" || len(header.Values("Origin")) > 0 {
			t.Errorf("got headers %v, want the place taken back, by no web page", header)
		}
	}
	if len(names) != 1 || names[""] {
		t.Errorf("got names %v, want one", names)
	}
}

func TestALinkWhoseServerIsSilentIsOpenedAgain(t *testing.T) {
	h := newHost(t)
	relay := tunneltest.NewRelay(t, h.Listener.Addr().String())
	p := start(t, "http://"+relay.Address(), func(o *link.Options) { o.Timing = strict })
	h.link()
	p.until("open", up)
	relay.Freeze()
	p.until("lost", func(s link.State) bool { return !up(s) })
	relay.Thaw()
	h.link()
	p.until("open", up)
}

func TestWhoLostTheLinkToAnotherLaptopOnlyAsksForAFreePlace(t *testing.T) {
	h := newHost(t)
	p := start(t, h.URL)
	first := h.link()
	h.refuse(http.StatusConflict)
	first.End(wire.LinkReplaced, "otra laptop", patience)
	state := p.until("replaced", func(s link.State) bool { return s.Replaced })
	if !strings.Contains(state.Reason, "Otra laptop") {
		t.Errorf("got reason %q, want the other laptop named", state.Reason)
	}
	h.refuse(http.StatusInternalServerError)
	p.until("without a server", func(s link.State) bool { return !s.Replaced })
	h.refuse(0)
	h.link()
	p.until("open", up)
	for _, header := range h.requests()[1:] {
		if header.Get(wire.HeaderLinkPolite) == "" {
			t.Errorf("got headers %v, want only a free place asked for", header)
		}
	}
}

func TestEveryRefusalSaysWhatToDoAndOldServersAreLeftAlone(t *testing.T) {
	for status, want := range map[int]struct {
		part       string
		slow, rare bool
	}{
		404: {"anterior", false, true}, 405: {"anterior", false, true}, 401: {"API_TOKEN", true, false}, 403: {"API_TOKEN", true, false},
		409: {"Otra laptop", true, false}, 422: {"proxy", true, false}, 407: {"proxy", false, false}, 429: {"tokens equivocados", false, false}, 200: {"otro programa", true, false},
		302: {"otro programa", true, false}, 500: {"no está disponible", false, false}, 502: {"no está disponible", false, false},
	} {
		reason, slow, rare := link.Judge(status)
		if !strings.Contains(reason, want.part) || slow != want.slow || rare != want.rare {
			t.Errorf("%d: got %q, slow %v, rare %v, want %+v", status, reason, slow, rare, want)
		}
	}
}

func TestAnOldServerIsOneCalmLine(t *testing.T) {
	h := newHost(t)
	h.refuse(http.StatusNotFound)
	p := start(t, h.URL)
	p.until("refused", func(s link.State) bool { return s.Reason != "" })
	h.refuse(0)
	h.link()
	p.stop()
	if got := p.log.String(); strings.Count(got, "no link") != 1 || !strings.Contains(got, `"level":"info"`) || strings.Contains(got, `"level":"warn"`) {
		t.Errorf("got log %s, want one line, at info", got)
	}
}

// throughProxy makes a proxy that counts, and the Options' Proxy to it.
func throughProxy(t *testing.T, count *atomic.Int64) func(*link.Options) {
	t.Helper()
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) { count.Add(1) }})
	t.Cleanup(proxy.Close)
	return useProxy(t, proxy.URL)
}

func useProxy(t *testing.T, address string) func(*link.Options) {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *link.Options) { o.Proxy = http.ProxyURL(at) }
}

func TestTheLinkGoesThroughTheProxyOfTheEnvironment(t *testing.T) {
	h := newHost(t)
	var count atomic.Int64
	start(t, h.URL, throughProxy(t, &count))
	ask(t, h.link())
	if count.Load() != 1 {
		t.Errorf("got %d requests at the proxy, want 1", count.Load())
	}
}

func TestAProxyThatIsOfNoUseIsLeftOut(t *testing.T) {
	h := newHost(t)
	start(t, h.URL, useProxy(t, "http://127.0.0.1:1"))
	ask(t, h.link())
	answering := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(answering.Close)
	start(t, h.URL, useProxy(t, answering.URL))
	ask(t, h.link())
}

func TestTheTokenStaysWithTheServer(t *testing.T) {
	h := newHost(t)
	elsewhere := httptest.NewServer(http.RedirectHandler(h.URL+wire.PathLink, http.StatusFound))
	t.Cleanup(elsewhere.Close)
	p := start(t, elsewhere.URL)
	p.until("refused", func(s link.State) bool { return strings.Contains(s.Reason, "otro programa") })
	strange := httptest.NewTLSServer(http.HandlerFunc(h.accept))
	t.Cleanup(strange.Close)
	p = start(t, strange.URL)
	p.until("refused", func(s link.State) bool { return s.Reason != "" })
	if got := h.requests(); len(got) != 0 {
		t.Errorf("got %d requests after a redirect or with a certificate nobody vouches for, want none", len(got))
	}
}
