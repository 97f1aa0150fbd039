package bridge_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mostrador/internal/wasim"
	"mostrador/internal/wire"
)

func TestTheServerHearsHowTheBridgeIs(t *testing.T) {
	wa, server := simulator(t), newTicketServer(t)
	p := start(t, wa, t.TempDir(), server.url)
	server.waitBeat(t, "the first", func(b wire.Beat) bool { return b.WhatsApp == wire.Disconnected })
	p.pair(wa)
	b := server.waitBeat(t, "connected", func(b wire.Beat) bool { return b.WhatsApp == wire.Connected })
	if b.Account == "" || b.Version == "" || b.Library == "" || b.State != "conectado" || b.Problem != "" {
		t.Errorf("got %+v, want account and versions and no problem", b)
	}
	server.refuseMessages(http.StatusUnprocessableEntity)
	ana := wa.NewCustomer(wasim.Profile{Name: "Ana"})
	ana.SendText("no prende " + strings.Repeat("ñ", 300))
	b = server.waitBeat(t, "a parked message", func(b wire.Beat) bool { return b.Parked == 1 })
	if len(b.Tray) != 1 || b.Tray[0].Name != "Ana" || len([]rune(b.Tray[0].Text)) != 120 || b.Tray[0].Reason == "" || b.Received != 1 || b.Delivered != 0 {
		t.Errorf("got %+v, want the beginning of Ana's message and the reason", b)
	}
	server.refuseMessages(0)
	status, body := p.call(http.MethodPost, wire.PathParked, `{"claves":["`+b.Tray[0].Key+`"]}`)
	if status != http.StatusOK || strings.TrimSpace(body) != `{"status":"ok","reintentados":1}` {
		t.Errorf("got %d %s, want one message retried", status, body)
	}
	// A beat may come between the delivery and the message's leaving the queue.
	b = server.waitBeat(t, "the message delivered", func(b wire.Beat) bool { return b.Delivered == 1 && b.Queue == 0 && b.Parked == 0 })
	if len(b.Tray) != 0 {
		t.Errorf("got %+v, want nothing left", b)
	}
}

func TestADiskThatTakesNothingIsSaidEverywhereAndRecovers(t *testing.T) {
	wa, server, dir := simulator(t), newTicketServer(t), t.TempDir()
	p := start(t, wa, dir, server.url)
	p.pair(wa)
	// Nobody can write into a folder that is not there.
	waiting := filepath.Join(dir, "cola_mensajes", "espera")
	if err := os.Rename(waiting, waiting+"-x"); err != nil {
		t.Fatal(err)
	}
	wa.NewCustomer(wasim.Profile{}).SendText("hola")
	server.waitBeat(t, "the problem", func(b wire.Beat) bool { return strings.Contains(b.Problem, "espacio") })
	until(p, wire.PathHealth, func(h wire.BridgeHealth) bool { return h.State == "sin_espacio" })
	until(p, "/estado.json", func(v map[string]any) bool { return v["titulo"] == "No se puede escribir en el disco" })
	p.says("message not stored in queue")
	if err := os.Rename(waiting+"-x", waiting); err != nil {
		t.Fatal(err)
	}
	server.wait(t, "the message", func(m wire.Webhook) bool { return m.Content == "hola" })
	p.connected()
	until(p, wire.PathHealth, func(h wire.BridgeHealth) bool { return h.State == "conectado" })
}
