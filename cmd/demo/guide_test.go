//go:build guide

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"mostrador/internal/bridge"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/browser"
	"mostrador/internal/porttest"
	"mostrador/internal/wasim"
)

// guided is a server that somebody else started, as DEPLOY.md says, and a laptop
// whose folder was made as it says. deploy/test/guide.sh and https.sh name them.
type guided struct {
	*panel
	sim            *wasim.Server
	user, password string
}

// setting is what the script says about one of them.
func setting(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: run this through make guide", name)
	}
	return value
}

// follow starts the bridge in the laptop's folder and logs in to the panel.
func follow(t *testing.T) *guided {
	t.Helper()
	wasim.Trust()
	sim, err := wasim.Start(wasim.Options{Phone: "5215555550100", Name: "Taller"})
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	g := &guided{
		panel: &panel{t: t, url: setting(t, "GUIDE_PANEL"), http: &http.Client{Jar: jar}},
		sim:   sim, user: setting(t, "GUIDE_USER"), password: setting(t, "GUIDE_PASSWORD"),
	}
	ctx, stop := context.WithCancel(t.Context())
	log, ended := &transcript{}, make(chan error, 1)
	go func() {
		ended <- bridge.Run(ctx, bridge.Options{
			Dir: setting(t, "GUIDE_LAPTOP"), Stdout: io.Discard, Stderr: log,
			// Nothing but what is in its .env, and a port that nobody else has.
			Getenv:  lookup(map[string]string{"DIRECCION": "127.0.0.1", "PUERTO_LOCAL": porttest.Free(t)}),
			Network: whatsapp.Network{WebSocket: sim.HTTPClient(), Media: sim.HTTPClient(), PreLogin: sim.HTTPClient()},
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the bridge ended with %v", err)
		}
		_ = sim.Close()
		if t.Failed() {
			t.Logf("bridge:\n%s", log)
		}
	})
	if status, body := g.call(http.MethodPost, "/entrar", map[string]string{"usuario": g.user, "clave": g.password}); status != http.StatusOK {
		t.Fatalf("log in: %d %s", status, body)
	}
	return g
}

// scan has the shop's phone scan the code that the panel shows.
func (g *guided) scan() {
	g.t.Helper()
	var p pairing
	eventually(g.t, "a code to scan", func() bool {
		// Until the laptop has linked, the server cannot ask it.
		status, body := g.call(http.MethodGet, "/api/v1/puente/vinculacion", nil)
		return status == http.StatusOK && json.Unmarshal(body, &p) == nil && p.QR != ""
	})
	if err := g.sim.Phone().ScanQR(g.t.Context(), p.QR); err != nil {
		g.t.Fatal(err)
	}
}

// answered demands that a person at the counter reaches the customer, through the
// link that the laptop opened.
func (g *guided) answered(lucia *wasim.Customer) {
	g.t.Helper()
	if _, err := lucia.Wait(g.t.Context(), func(r wasim.Received) bool { return strings.Contains(r.Text, "recibimos tu equipo") }); err != nil {
		g.t.Errorf("the customer waits for the answer: %v", err)
	}
}

func TestTheGuideLeadsToTheFirstMessage(t *testing.T) {
	g := follow(t)
	tab := browser.Open(t, g.url)
	tab.Visit("")
	tab.Write("#usuario", g.user)
	tab.Write("#clave", g.password+"\r")
	tab.WaitText(".empty [aria-current]", "Vincule su WhatsApp")
	tab.WaitFor("document.querySelector('.pair-qr img')?.naturalWidth > 200")
	g.scan()
	tab.WaitText(".empty [aria-current]", "escriba a +52 55 5555 0100")
	lucia := g.sim.NewCustomer(wasim.Profile{Name: "Lucía"})
	lucia.SendText("Hola, mi laptop no prende")
	tab.WaitText(".welcome", "¡Llegó su primer ticket!")
	tab.WaitText(".tickets", "mi laptop no prende")
	tab.Shot("guia-primer-mensaje")
	if got := g.tickets()["Lucía"].Description; !strings.Contains(got, "mi laptop no prende") {
		t.Errorf("the API has %q, want the message", got)
	}
	tab.Click(".notify .button")
	g.answered(lucia)
}

func TestAMessageAndItsAnswerComeThroughHTTPS(t *testing.T) {
	g := follow(t)
	origin := strings.Replace(g.url, "https://", "wss://", 1)
	if origin == g.url {
		t.Fatalf("got the panel at %s, want HTTPS", g.url)
	}
	g.scan()
	live, _, err := websocket.Dial(t.Context(), origin+"/api/v1/eventos", &websocket.DialOptions{HTTPClient: g.http})
	if err != nil {
		t.Fatalf("open panels hear nothing: %v", err)
	}
	defer func() { _ = live.CloseNow() }()
	lucia := g.sim.NewCustomer(wasim.Profile{Name: "Lucía"})
	lucia.SendText("Hola, mi laptop no prende")
	for heard := ""; !strings.Contains(heard, `"ticket":`); {
		_, event, err := live.Read(t.Context())
		if err != nil {
			t.Fatalf("got no word of the ticket: %v", err)
		}
		heard = string(event)
	}
	eventually(t, "the ticket", func() bool { return strings.Contains(g.tickets()["Lucía"].Description, "mi laptop no prende") })
	var way struct {
		Link string `json:"enlace"`
	}
	g.get("/api/v1/puente", &way)
	if way.Link != "inverso" {
		t.Errorf("the server calls the laptop by %q, want the link that it opened", way.Link)
	}
	if status, body := g.call(http.MethodPost, fmt.Sprintf("/responder/%d", g.tickets()["Lucía"].ID), nil); status != http.StatusOK {
		t.Errorf("answer: got %d %s, want 200", status, body)
	}
	g.answered(lucia)
}
