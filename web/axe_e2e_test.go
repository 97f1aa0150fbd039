//go:build axe

package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"mostrador/internal/browser"
	"mostrador/internal/wire"
)

// walk is every page of a shop at work, and every way to something on top of one.
type walk struct {
	*desk
	ticket, customer int64
	invitation       string
}

func openWalk(t *testing.T) *walk {
	t.Helper()
	if os.Getenv("AXE") == "" {
		t.Fatal("AXE does not name axe.min.js: use make test-panel")
	}
	w := &walk{desk: openDesk(t)}
	w.call(http.MethodPost, wire.PathBeat, wire.Beat{
		BridgeHealth: wire.BridgeHealth{Status: "ok", WhatsApp: wire.Connected, State: wire.Connected}, Time: time.Now(),
		Tray: []wire.Parked{{Key: "c|K1|m", Name: "Ana", Reason: "La imagen es demasiado grande: el máximo son 16.0 MB."}},
	}, nil)
	for i := range 6 {
		w.write(i, "Luis Peña", "¿Ya está lista mi impresora?")
	}
	w.ticket = w.deliver(wire.Webhook{Sender: anaChat, Name: "Ana Torres", Content: "no prende", Image: testPNG(t)})
	w.deliver(wire.Webhook{Sender: anaChat, Name: "Ana Torres", Content: "https://ejemplo.example/factura"})
	w.call(http.MethodPost, fmt.Sprintf("/api/v1/tickets/%d/mensajes", w.ticket), map[string]any{"mensaje": "La revisamos hoy."}, nil)
	w.call(http.MethodPost, fmt.Sprintf("/api/v1/tickets/%d/notas", w.ticket), map[string]any{"texto": "Falta el cargador"}, nil)
	w.call(http.MethodPost, "/api/v1/respuestas", map[string]any{"titulo": "Horario", "texto": "Abrimos de 9 a 18.", "atajo": "horario"}, nil)
	var found struct {
		Customers []struct{ ID int64 } `json:"clientes"`
	}
	w.call(http.MethodGet, "/api/v1/clientes", nil, &found)
	w.customer = found.Customers[0].ID
	w.invitation = w.invite()
	return w
}

// invite makes an invitation as the administrator and returns its token.
func (w *walk) invite() string {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+"/api/v1/invitaciones", strings.NewReader(`{"rol":"agente","para":"Eva"}`))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Cookie", w.cookie())
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	var made map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&made); err != nil || resp.StatusCode != http.StatusOK {
		w.t.Fatalf("invite: got %d %v %v", resp.StatusCode, made, err)
	}
	for _, v := range made {
		if text, ok := v.(string); ok {
			if _, token, ok := strings.Cut(text, "/invitacion/"); ok {
				return token
			}
		}
	}
	w.t.Fatalf("invite: got %v, want a link", made)
	return ""
}

// addresses are all pages that somebody who is logged in reaches, the sections of
// the settings as the panel lists them.
func (w *walk) addresses(p *browser.Tab) []string {
	w.t.Helper()
	p.Visit("#/ajustes")
	p.WaitFor("document.querySelectorAll('.settings-nav a').length > 5")
	sections := browser.Evaluate[[]string](p, "[...document.querySelectorAll('.settings-nav a')].map((a) => a.getAttribute('href'))")
	return append([]string{
		"#/", "#/?estado=resuelto", "#/?prioridad=alta&sin_leer=si", "#/?q=impresora", fmt.Sprintf("#/ticket/%d", w.ticket), "#/ticket/9999",
		"#/clientes", "#/clientes?buscar=nadie", "#/informes", fmt.Sprintf("#/cliente/%d", w.customer), "#/puente",
	}, sections...)
}

// overlays are what opens on top of a page: where, and what to click or press.
func (w *walk) overlays() map[string]func(*browser.Tab) {
	ticket := fmt.Sprintf("#/ticket/%d", w.ticket)
	click := func(hash, selector, shown string) func(*browser.Tab) {
		return func(p *browser.Tab) {
			p.Visit(hash)
			settled(p)
			p.Click(selector)
			p.WaitFor(fmt.Sprintf("document.querySelector(%q) !== null", shown))
		}
	}
	return map[string]func(*browser.Tab){
		"preferences": click("#/", "[aria-label='Apariencia e idioma']", "[name=tema]"),
		"alerts":      click("#/clientes", "[aria-label='Avisos de tickets nuevos']", ".ask"),
		"help": func(p *browser.Tab) {
			p.Visit("#/clientes")
			settled(p)
			p.Press("?")
			p.WaitFor("document.querySelector('dialog') !== null")
		},
		"picture":          click(ticket, ".message .picture", ".lightbox"),
		"picked":           click("#/", ".pick", ".bulk"),
		"saving a view":    click("#/?prioridad=alta", ".views .button", ".ask"),
		"a message's menu": click(ticket, ".message .menu-button", ".menu-list"),
		"canned replies": func(p *browser.Tab) {
			p.Visit(ticket)
			settled(p)
			p.Write("#respuesta", "/")
			p.WaitFor("document.querySelector('[role=listbox], .canned') !== null")
		},
	}
}

// TestEveryPageIsAccessible has axe look at every page and every dialog, light and
// dark, on a desktop and on a phone, and the tab key go everywhere.
func TestEveryPageIsAccessible(t *testing.T) {
	w := openWalk(t)
	for _, dark := range []bool{false, true} {
		for _, phone := range []bool{false, true} {
			how := map[bool]string{false: "light", true: "dark"}[dark] + map[bool]string{false: ", desktop", true: ", phone"}[phone]
			t.Run(how, func(t *testing.T) {
				w.t = t
				looked := w.everything(dark, phone)
				t.Logf("%s: axe looked at %d pages and dialogs", how, looked)
			})
		}
	}
}

func (w *walk) everything(dark, phone bool) (looked int) {
	p := browser.Open(w.t, w.url)
	look := func(where string) {
		p.Accessible(where)
		p.Shot(strings.NewReplacer("#/", "", "/", "-", "?", "-", "&", "-").Replace(fmt.Sprintf("axe-%s-%t-%t", where, dark, phone)))
		if wide := browser.Evaluate[bool](p, "document.documentElement.scrollWidth > innerWidth"); wide {
			w.t.Errorf("%s is wider than the screen", where)
		}
		looked++
	}
	p.Dark(dark)
	p.Phone(phone)
	for name, path := range map[string]string{"login": "entrar", "invitation": "#/invitacion/" + w.invitation, "an invitation that is over": "#/invitacion/x"} {
		p.Visit(path)
		p.WaitFor("document.querySelector('main h1, .login-card') !== null && !document.querySelector('main .spinner')")
		look(name)
	}
	w.enter(p)
	for _, hash := range w.addresses(p) {
		p.Visit(hash)
		settled(p)
		look(hash)
		if !dark && !phone {
			tabbedThrough(p, hash, 5)
			p.Do(reload())
		}
	}
	for name, show := range w.overlays() {
		show(p)
		look(name)
		p.Press(kb.Escape)
		p.Do(reload())
	}
	return looked
}

// enter logs in as the administrator.
func (d *desk) enter(p *browser.Tab) {
	d.t.Helper()
	p.Visit("entrar")
	p.WaitFor("document.activeElement?.id === 'usuario'")
	p.Write("#usuario", deskUser)
	p.Write("#clave", deskPassword+"\r")
	p.WaitFor("document.querySelector('.top, .chat') !== null")
}
