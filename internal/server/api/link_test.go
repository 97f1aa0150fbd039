package api_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"

	"mostrador/internal/server/api"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/link"
	"mostrador/internal/tunnel"
	"mostrador/internal/wire"
)

// linkUp opens a link to the shop as a bridge does, and answers calls like its
// laptop. It needs a real connection.
func (s *shop) linkUp(address, instance string) *tunnel.Tunnel {
	s.t.Helper()
	ws, resp, err := websocket.Dial(s.t.Context(), address+wire.PathLink, &websocket.DialOptions{
		HTTPHeader: http.Header{"Authorization": {"Bearer " + token}, wire.HeaderLinkBridge: {instance}},
	})
	if err != nil {
		s.t.Fatalf("open link: %v, %v", err, resp)
	}
	end, err := tunnel.Open(ws, false, tunnel.DefaultTiming)
	if err != nil {
		s.t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		_ = (&http.Server{Handler: s.laptop.Config.Handler, ReadHeaderTimeout: time.Minute}).Serve(tunnelListener{end})
	})
	s.t.Cleanup(func() { end.Cut(); work.Wait() })
	<-s.linked // the answer to Dial comes before
	return end
}

type tunnelListener struct{ *tunnel.Tunnel }

func (l tunnelListener) Close() error   { return nil }
func (l tunnelListener) Addr() net.Addr { return &net.IPAddr{} }

// withoutAddress is a server that was not told where the laptop is.
func withoutAddress(o *api.Options) { o.BridgeURL = "" }

// handshake is what a bridge's request for a link carries.
var handshake = []string{
	"Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==",
}

func TestOnlyTheBridgesTokenOpensALink(t *testing.T) {
	s := openShop(t)
	s.asAna(http.MethodGet, "/api/v1/yo", "")
	personal := fields(t, s.asAna(http.MethodPost, "/api/v1/yo/tokens", `{"nombre":"script","rol":"administrador","dias":30}`))
	if personal["secreto"] == nil {
		t.Fatalf("got %v, want a personal token", personal)
	}
	for name, header := range map[string][]string{
		"nobody": nil, "a wrong token": {"Authorization", "Bearer wrong"}, "a session": {"Cookie", auth.Cookie + "=" + s.cookie},
		"a personal token": {"Authorization", "Bearer " + personal["secreto"].(string)},
	} {
		if w := s.do(http.MethodGet, wire.PathLink, "", append(header, handshake...)...); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: got %d %s, want 401", name, w.Code, w.Body)
		}
	}
	w := s.do(http.MethodGet, wire.PathLink, "", append([]string{"Authorization", "Bearer " + token, "Origin", "https://evil.example"}, handshake...)...)
	wantProblem(t, w, http.StatusForbidden, "página web")
	wantProblem(t, s.ask(http.MethodGet, wire.PathLink, ""), http.StatusUnprocessableEntity, "WebSocket")
	open := openShopFor(t, auth.Options{Open: true})
	if w := open.do(http.MethodGet, wire.PathLink, "", handshake...); w.Code != http.StatusUnauthorized {
		t.Errorf("open panel: got %d, want 401", w.Code)
	}
}

func TestALinkIsTheWayForEverythingTheServerAsksTheLaptop(t *testing.T) {
	s := openShop(t, withoutAddress)
	site := httptest.NewServer(s.router)
	t.Cleanup(site.Close)
	if got := s.bridge(); got["enlace"] != "ninguno" || got["enlace_desde"] != nil {
		t.Errorf("got %v, want no way", got)
	}
	s.linkUp(site.URL, "a")
	s.laptop.answer(http.StatusOK, `{"status":"ok","whatsapp":"conectado","estado":"conectado","qr":"2@abc"}`)
	if got := s.bridge(); got["enlace"] != "inverso" || got["enlace_desde"] != "2026-11-23T10:00:00Z" || got["alcanzable"] != true || got["problema"] != "" {
		t.Errorf("got %v, want the laptop reached through its link", got)
	}
	if got := fields(t, s.asAna(http.MethodGet, pathPairing, "")); got["qr"] != "2@abc" {
		t.Errorf("got %v, want the code through the link", got)
	}
	s.laptop.answer(http.StatusOK, `{"status":"ok","reintentados":3}`)
	if got := fields(t, s.asAna(http.MethodPost, pathRetry, `{"claves":[]}`)); got["reintentados"] != 3.0 {
		t.Errorf("got %v, want 3 retried through the link", got)
	}
}

func TestTwoLaptopsAreAnAlertInTheirBeats(t *testing.T) {
	s := openShop(t, withoutAddress)
	site := httptest.NewServer(s.router)
	t.Cleanup(site.Close)
	first := s.linkUp(site.URL, "a")
	s.linkUp(site.URL, "b")
	<-first.Done()
	for range 2 {
		if w := s.ask(http.MethodPost, wire.PathBeat, `{"whatsapp":"conectado","estado":"conectado"}`); w.Code != http.StatusOK {
			t.Fatalf("beat: got %d %s, want 200", w.Code, w.Body)
		}
	}
	if got := s.bridge(); !strings.Contains(got["problema"].(string), "Dos laptops") {
		t.Errorf("got %v, want the two laptops", got)
	}
}

func TestTheLaptopsWordOnItsMissingLinkIsShown(t *testing.T) {
	s := openShop(t, withoutAddress, func(o *api.Options) {
		o.Links = link.New(link.Options{Only: true, Now: o.Now, Log: zerolog.Nop()})
	})
	const why = "Un proxy entre la laptop y el servidor no deja pasar WebSocket."
	if w := s.ask(http.MethodPost, wire.PathBeat, `{"whatsapp":"conectado","estado":"conectado","enlace":"`+why+`"}`); w.Code != http.StatusOK {
		t.Fatalf("beat: got %d %s, want 200", w.Code, w.Body)
	}
	got := s.bridge()
	if got["enlace"] != "ninguno" || got["enlace_motivo"] != why || !strings.Contains(got["problema"].(string), why) {
		t.Errorf("got %v, want the reason", got)
	}
}
