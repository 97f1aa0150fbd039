package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"go.mau.fi/whatsmeow/types"

	"mostrador/internal/browser"
	"mostrador/internal/config"
	"mostrador/internal/wasim"
	"mostrador/internal/wire"
)

// opening is a panel on its first day: the server runs, everything else is still
// to be done.
type opening struct {
	*demo
	t     *testing.T
	panel string
	ended chan error
	stop  context.CancelFunc
	tab   *browser.Tab
}

// open starts only the server and logs a browser in; the laptop follows with
// switchOn.
func open(t *testing.T) *opening {
	t.Helper()
	wasim.Trust()
	sim, err := wasim.Start(wasim.Options{Phone: "5215555550100", Name: "Taller de la demo"})
	if err != nil {
		t.Fatal(err)
	}
	out := &transcript{}
	o := &opening{t: t, demo: &demo{options: options{out: out, pause: wait}, sim: sim, dir: t.TempDir(), token: config.MakeToken()}, ended: make(chan error, 2)}
	o.serverUp, o.laptop = make(chan struct{}), make(chan struct{})
	if err := o.choosePorts(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	var ctx context.Context
	ctx, o.stop = context.WithCancel(t.Context())
	go func() { o.ended <- o.runServer(ctx) }()
	running := 1
	t.Cleanup(func() {
		o.stop()
		if o.laptopStarted() {
			running++
		}
		for range running {
			if err := <-o.ended; err != nil {
				t.Errorf("program ended with %v", err)
			}
		}
		_ = sim.Close()
		if t.Failed() {
			for _, name := range []string{"servidor.log", "laptop.log"} {
				log, _ := os.ReadFile(o.dir + "/" + name)
				t.Logf("%s:\n%s", name, log[max(0, len(log)-6000):])
			}
		}
	})
	<-o.serverUp
	o.panel = "http://127.0.0.1:" + o.panelPort
	o.tab = browser.Open(t, o.panel)
	o.tab.Visit("")
	o.tab.WaitFor("document.activeElement?.id === 'usuario'")
	o.tab.Write("#usuario", panelUser)
	o.tab.Write("#clave", panelPassword+"\r")
	o.tab.WaitText(".empty", "Primeros pasos")
	return o
}

// switchOn starts the bridge.
func (o *opening) switchOn() {
	o.t.Helper()
	go func() { o.ended <- o.runBridge(o.t.Context()) }()
	<-o.laptop
}

func (o *opening) laptopStarted() bool {
	select {
	case <-o.laptop:
		return true
	default:
		return false
	}
}

// pairing is what the API says there is to show.
type pairing struct {
	State   string `json:"estado"`
	QR      string `json:"qr"`
	Code    string `json:"codigo"`
	Account string `json:"cuenta"`
}

// look asks the panel's own API, as the page does.
func (o *opening) look() pairing {
	var p pairing
	logIn(o.t, o.panel).get("/api/v1/puente/vinculacion", &p)
	return p
}

// fit checks a page on desktop and phone, light and dark, and keeps its pictures.
func (o *opening) fit(name string) {
	o.t.Helper()
	for _, dark := range []bool{false, true} {
		o.tab.Dark(dark)
		o.tab.Shot(fmt.Sprintf("%s-oscuro-%v", name, dark))
		o.tab.Accessible(name)
	}
	o.tab.Dark(false)
	o.tab.Phone(true)
	o.tab.Shot(name + "-telefono")
	o.tab.Accessible(name + " on a phone")
	if wide := browser.Evaluate[int](o.tab, "document.documentElement.scrollWidth"); wide > 390 {
		o.t.Errorf("%s: got a page %d wide on a phone, want at most 390", name, wide)
	}
	o.tab.Phone(false)
}

func TestAnEmptyPanelLeadsToTheFirstAnswer(t *testing.T) {
	o := open(t)
	o.tab.WaitText(".empty [aria-current]", "Conecte la laptop")
	o.tab.WaitText(".empty [data-phase=done]", "SERVER_URL=http://127.0.0.1:")
	o.fit("pasos-laptop")
	o.switchOn()
	o.tab.WaitText(".empty [aria-current]", "Vincule su WhatsApp")
	o.tab.WaitFor("document.querySelector('.pair-qr img')?.naturalWidth > 200")
	o.tab.WaitText(".pair-qr", "Cambia en")
	o.fit("pasos-qr")
	if err := o.sim.Phone().ScanQR(t.Context(), o.look().QR); err != nil {
		t.Fatal(err)
	}
	o.tab.WaitText(".empty [aria-current]", "escriba a +52 55 5555 0100")
	o.fit("pasos-mensaje")
	lucia := o.sim.NewCustomer(wasim.Profile{Name: "Lucía"})
	lucia.SendText("Hola, mi laptop no prende")
	o.tab.WaitText(".welcome", "¡Llegó su primer ticket!")
	o.tab.WaitText(".tickets", "mi laptop no prende")
	o.fit("pasos-llego")
	o.tab.Click(".notify .button")
	o.tab.WaitText(".welcome", "su mostrador está en marcha")
	if _, err := lucia.Wait(t.Context(), func(r wasim.Received) bool { return strings.Contains(r.Text, "recibimos tu equipo") }); err != nil {
		t.Errorf("the customer waits for the answer: %v", err)
	}
	o.tab.Click(".welcome .button")
	o.tab.WaitFor("!document.querySelector('.welcome')")
}

func TestThePanelPairsByCodeAndEndsTheSession(t *testing.T) {
	o := open(t)
	o.switchOn()
	eventually(t, "a code", func() bool { return o.look().QR != "" })
	o.tab.Visit("#/puente")
	o.tab.WaitFor("document.querySelector('.pairing img')?.naturalWidth > 200")
	o.fit("vincular")
	o.tab.Click(".pair-code summary")
	o.tab.Write("#telefono", "123\r")
	o.tab.WaitText(".pair-error", "no es válido")
	browser.Evaluate[bool](o.tab, "document.querySelector('#telefono').select(), true")
	o.tab.Write("#telefono", "+52 1 55 5555 0100\r")
	o.tab.WaitFor("/^[A-Z0-9]{4}-[A-Z0-9]{4}$/.test(document.querySelector('.pair-letters')?.innerText ?? '')")
	o.tab.Shot("vincular-codigo")
	o.tab.Accessible("pairing code")
	if err := o.sim.Phone().EnterCode(t.Context(), o.tab.Text(".pair-letters")); err != nil {
		t.Fatal(err)
	}
	o.tab.WaitText(".bridge-state", "WhatsApp conectado")
	o.tab.WaitFor("!document.querySelector('.pairing')")

	o.tab.Click(".pair-end .button")
	o.tab.WaitText("dialog", "¿Cerrar la sesión de WhatsApp?")
	o.tab.Shot("cerrar-sesion")
	o.tab.Accessible("ending the session")
	o.tab.Click("dialog .button-danger")
	o.tab.WaitText(".bridge-state", "desde el panel")
	o.tab.WaitFor("document.querySelector('.pairing img') !== null")
	if o.sim.Phone().Linked() {
		t.Error("the phone is still linked")
	}
	if got := o.look(); got.Account != "" || got.State == wire.Connected {
		t.Errorf("got %+v, want nobody paired", got)
	}
}

func TestThePanelLeadsThroughThePasskey(t *testing.T) {
	o := open(t)
	o.sim.Phone().RequirePasskey(true)
	o.switchOn()
	eventually(t, "a code", func() bool { return o.look().QR != "" })
	scanned := make(chan error, 1)
	go func() { scanned <- o.sim.Phone().ScanQR(t.Context(), o.look().QR) }()
	o.tab.WaitFor("(document.querySelector('.pair-program')?.value ?? '').includes('navigator.credentials.get')")
	o.fit("passkey")
	_, rest, _ := strings.Cut(browser.Evaluate[string](o.tab, "document.querySelector('.pair-program').value"), "const options = ")
	options, _, _ := strings.Cut(rest, ";\n")
	var request types.WebAuthnPublicKey
	if err := json.Unmarshal([]byte(options), &request); err != nil {
		t.Fatalf("the program's options %s: %v", options, err)
	}
	o.tab.Write("#respuesta-llave", "no es eso")
	o.tab.Click(".pair-passkey .button-primary")
	o.tab.WaitText(".pair-error", "copie el texto completo")
	given, err := o.sim.Phone().AnswerPasskey(&request)
	if err != nil {
		t.Fatal(err)
	}
	response, err := json.Marshal(given)
	if err != nil {
		t.Fatal(err)
	}
	browser.Evaluate[bool](o.tab, fmt.Sprintf("document.querySelector('#respuesta-llave').value = %q, true", response))
	o.tab.Click(".pair-passkey .button-primary")
	if err := <-scanned; err != nil {
		t.Fatal(err)
	}
	o.tab.WaitText(".empty [aria-current]", "Mándese un mensaje")
}
