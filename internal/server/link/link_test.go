package link_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/link"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/tunnel"
	"mostrador/internal/tunnel/tunneltest"
	"mostrador/internal/wire"
)

const (
	// patience bounds every wait of these tests; nothing should come near it.
	patience = 2 * time.Minute
	bridgeID = 7
)

// quick asks for life signs often, and takes no pause of a slow machine for silence;
// strict is for the tests about silence, which wait for it.
var (
	quick  = tunnel.Timing{Every: 50 * time.Millisecond, Within: 30 * time.Second}
	strict = tunnel.Timing{Every: 50 * time.Millisecond, Within: 5 * time.Second}
)

// site is a Hub behind a web server, whose callers are all the bridge.
type site struct {
	*httptest.Server

	t       *testing.T
	hub     *link.Hub
	log     *bytes.Buffer
	changes chan bool

	mu  sync.Mutex
	now time.Time
}

func newSite(t *testing.T, o link.Options) *site {
	t.Helper()
	s := &site{t: t, log: &bytes.Buffer{}, changes: make(chan bool, 64), now: time.Date(2026, 11, 23, 10, 32, 0, 0, time.UTC)}
	o.Now, o.Log = s.clock, zerolog.New(zerolog.SyncWriter(s.log))
	if o.Timing == (tunnel.Timing{}) {
		o.Timing = quick
	}
	link.Patient(&o)
	o.Changed = func(_ store.Origin, up bool) { s.changes <- up }
	s.hub = link.New(o)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := auth.Identity{Origin: store.Origin{Business: 1, Bridge: bridgeID}, Token: true}
		httpx.Handle(httpx.WriteProblem, s.hub.Accept)(w, r.WithContext(auth.With(r.Context(), id)))
	}))
	t.Cleanup(s.Close)
	t.Cleanup(s.hub.Close)
	return s
}

func (s *site) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *site) advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *site) await(up bool) {
	s.t.Helper()
	select {
	case got := <-s.changes:
		if got != up {
			s.t.Fatalf("got a change to %v, want %v", got, up)
		}
	case <-time.After(patience):
		s.t.Fatalf("no change to %v", up)
	}
}

// join opens a link as a bridge does, at address, and serves name through it.
func (s *site) join(address, name string, header ...string) (*tunnel.Tunnel, int) {
	s.t.Helper()
	h := http.Header{wire.HeaderLinkBridge: {name}}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	ws, resp, err := websocket.Dial(s.t.Context(), address+wire.PathLink, &websocket.DialOptions{HTTPHeader: h})
	if err != nil {
		if resp == nil {
			s.t.Fatal(err)
		}
		return nil, resp.StatusCode
	}
	end, err := tunnel.Open(ws, false, quick)
	if err != nil {
		s.t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		_ = (&http.Server{ReadHeaderTimeout: patience, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n, _ := io.Copy(io.Discard, r.Body)
			_, _ = fmt.Fprintf(w, "%s %s %d", name, r.URL.Path, n)
		})}).Serve(listener{end})
	})
	s.t.Cleanup(func() { end.Cut(); work.Wait() })
	return end, http.StatusSwitchingProtocols
}

type listener struct{ *tunnel.Tunnel }

func (l listener) Close() error   { return nil }
func (l listener) Addr() net.Addr { return &net.IPAddr{} }

// call asks whatever is at the way to the bridge, whose configured address is url.
func (s *site) call(url, path, body string) (string, error) {
	s.t.Helper()
	way, err := s.hub.Way(bridgeID, url)
	if err != nil {
		return "", err
	}
	client := &http.Client{Transport: s.hub.Transport(http.DefaultTransport), Timeout: patience}
	resp, err := client.Post(way+path, "", strings.NewReader(body))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return string(answer), err
}

func TestCallsGoThroughTheLinkAndWithoutOneToTheAddress(t *testing.T) {
	laptop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "directo "+r.URL.Path) }))
	t.Cleanup(laptop.Close)
	s := newSite(t, link.Options{})
	if got, err := s.call(laptop.URL, "/x", ""); got != "directo /x" {
		t.Errorf("without a link: got %q, %v, want the address called", got, err)
	}
	if _, err := s.call("", "/x", ""); ticket.CodeOf(err) != ticket.CodeUnavailable || !strings.Contains(err.Error(), "IP_LAPTOP") {
		t.Errorf("without either: got %v, want %q and what to do", err, ticket.CodeUnavailable)
	}
	end, _ := s.join(s.URL, "a")
	s.await(true)
	if got, err := s.call(laptop.URL, "/x", strings.Repeat("0123456789", 300_000)); got != "a /x 3000000" {
		t.Errorf("with a link: got %q, %v, want the link used", got, err)
	}
	if got := s.hub.State(bridgeID); !got.Since.Equal(s.clock()) || got.Contested {
		t.Errorf("got %+v, want it open since now", got)
	}
	end.Cut()
	s.await(false)
	if got, err := s.call(laptop.URL, "/x", ""); got != "directo /x" {
		t.Errorf("after the link: got %q, %v, want the address called", got, err)
	}
	if got := s.hub.State(bridgeID); !got.Since.IsZero() {
		t.Errorf("got %+v, want none", got)
	}
}

func TestTheModesSayWhichWaysThereAre(t *testing.T) {
	only := newSite(t, link.Options{Only: true})
	if _, err := only.call("http://127.0.0.1:1", "/x", ""); ticket.CodeOf(err) != ticket.CodeUnavailable {
		t.Errorf("inverso: got %v, want %q: the address is not used", err, ticket.CodeUnavailable)
	}
	if end, status := only.join(only.URL, "a"); end == nil {
		t.Errorf("inverso: got %d, want a link", status)
	}
	direct := newSite(t, link.Options{Refuse: true})
	if _, status := direct.join(direct.URL, "a"); status != http.StatusNotFound {
		t.Errorf("directo: got %d, want 404", status)
	}
	if _, err := direct.call("", "/x", ""); ticket.CodeOf(err) != ticket.CodeUnavailable || !strings.Contains(err.Error(), "IP_LAPTOP") {
		t.Errorf("directo without an address: got %v, want IP_LAPTOP named", err)
	}
}

func TestAWebPageAndAPlainRequestGetNoLink(t *testing.T) {
	s := newSite(t, link.Options{})
	for _, origin := range []string{"https://evil.example", s.URL, "null", ""} {
		if _, status := s.join(s.URL, "a", "Origin", origin); status != http.StatusForbidden {
			t.Errorf("origin %q: got %d, want 403", origin, status)
		}
	}
	resp, err := http.Get(s.URL + wire.PathLink)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("plain request: got %d, want 422", resp.StatusCode)
	}
}

func TestALaptopThatComesBackTakesItsPlaceWithoutAWord(t *testing.T) {
	s := newSite(t, link.Options{})
	old, _ := s.join(s.URL, "a")
	s.await(true)
	s.join(s.URL, "a")
	s.await(true)
	<-old.Done()
	if s.hub.State(bridgeID).Contested {
		t.Error("got two laptops, want one that came back")
	}
	if got, err := s.call("", "/x", ""); got != "a /x 0" {
		t.Errorf("got %q, %v, want the newer link used", got, err)
	}
}

func TestOfTwoLaptopsTheNewerHasTheLinkAndTheOtherIsTold(t *testing.T) {
	s := newSite(t, link.Options{})
	first, _ := s.join(s.URL, "a")
	s.await(true)
	s.join(s.URL, "b")
	s.await(true)
	<-first.Done()
	if got := first.Cause(); got != wire.LinkReplaced {
		t.Errorf("got cause %d, want %d", got, wire.LinkReplaced)
	}
	if got, err := s.call("", "/x", ""); got != "b /x 0" {
		t.Errorf("got %q, %v, want the newer laptop", got, err)
	}
	if !s.hub.State(bridgeID).Contested || !strings.Contains(s.hub.Problem(bridgeID), "Dos laptops") {
		t.Errorf("got %+v and %q, want people told", s.hub.State(bridgeID), s.hub.Problem(bridgeID))
	}
	s.advance(2 * time.Minute)
	if _, status := s.join(s.URL, "a", wire.HeaderLinkPolite, "1"); status != http.StatusConflict {
		t.Errorf("the other one asks for a free place: got %d, want 409", status)
	}
	s.advance(2 * time.Minute)
	if !s.hub.State(bridgeID).Contested {
		t.Error("got one laptop, want two as long as the other one asks")
	}
	s.advance(2 * time.Minute)
	if s.hub.State(bridgeID).Contested || s.hub.Problem(bridgeID) != "" {
		t.Error("got two laptops, want one once the other is silent")
	}
}

func TestAFreePlaceIsGivenToWhoAsksForIt(t *testing.T) {
	s := newSite(t, link.Hasty(link.Options{}))
	gone := tunneltest.NewRelay(t, s.Listener.Addr().String())
	s.join("http://"+gone.Address(), "b")
	s.await(true)
	gone.Freeze() // and nobody is told
	if _, status := s.join(s.URL, "a", wire.HeaderLinkPolite, "1"); status != http.StatusSwitchingProtocols {
		t.Fatalf("got %d, want the link", status)
	}
	for up := false; !up; up = <-s.changes {
		// The one that is gone may be noticed first.
	}
	if got, err := s.call("", "/x", ""); got != "a /x 0" {
		t.Errorf("got %q, %v, want the laptop that is there", got, err)
	}
	if s.hub.State(bridgeID).Contested {
		t.Error("got two laptops, want one")
	}
}

func TestALinkWithoutALifeSignIsGoneAndACallThroughItDidNotHappen(t *testing.T) {
	s := newSite(t, link.Options{Timing: strict})
	relay := tunneltest.NewRelay(t, s.Listener.Addr().String())
	s.join("http://"+relay.Address(), "a")
	s.await(true)
	way, err := s.hub.Way(bridgeID, "")
	if err != nil {
		t.Fatal(err)
	}
	relay.Freeze()
	s.await(false)
	_, err = (&http.Client{Transport: s.hub.Transport(http.DefaultTransport)}).Get(way)
	if failed, ok := errors.AsType[*net.OpError](err); !ok || failed.Op != "dial" {
		t.Errorf("got %v, want an error of dialling", err)
	}
}

func TestAStoppingServerEndsItsLinks(t *testing.T) {
	s := newSite(t, link.Options{})
	end, _ := s.join(s.URL, "a")
	s.await(true)
	s.hub.Close()
	<-end.Done()
	if got := end.Cause(); got != websocket.StatusGoingAway {
		t.Errorf("got cause %d, want %d", got, websocket.StatusGoingAway)
	}
	late, _ := s.join(s.URL, "a")
	<-late.Done()
}

func TestTheLinkWorksThroughAReverseProxy(t *testing.T) {
	s := newSite(t, link.Options{})
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.SetXForwarded() }})
	t.Cleanup(proxy.Close)
	end, _ := s.join(proxy.URL, "a")
	s.await(true)
	if got, err := s.call("", "/x", strings.Repeat("x", 2_000_000)); got != "a /x 2000000" {
		t.Errorf("got %q, %v, want the laptop behind the proxy", got, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if !end.Alive(ctx) {
		t.Error("got no answer to a ping, want one")
	}
}
