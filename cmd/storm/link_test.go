package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"mostrador/internal/wire"
)

func TestAGatePassesLinksOnUntilTheyAreCut(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		for {
			kind, message, err := ws.Read(r.Context())
			if err != nil || ws.Write(r.Context(), kind, message) != nil {
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	g, err := newGate("server", strings.TrimPrefix(server.URL, "http://"), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.close)
	ws, _, err := websocket.Dial(t.Context(), "http://"+g.address+wire.PathLink, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ws.CloseNow() })
	echo := func() error {
		if err := ws.Write(t.Context(), websocket.MessageText, []byte("hola")); err != nil {
			return err
		}
		_, _, err := ws.Read(t.Context())
		return err
	}
	if err := echo(); err != nil {
		t.Errorf("got %v, want the link passed on", err)
	}
	g.cutLinks(time.Hour)
	if echo() == nil {
		t.Error("got an answer in a link that was cut, want none")
	}
	if _, resp, err := websocket.Dial(t.Context(), "http://"+g.address+wire.PathLink, nil); err == nil { //nolint:bodyclose // there is none
		t.Errorf("got %v, want no link for an hour", resp)
	}
	if cuts, _, _ := g.totals(); cuts != 1 {
		t.Errorf("got %d cuts, want 1", cuts)
	}
}
