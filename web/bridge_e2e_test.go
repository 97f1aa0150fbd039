package web_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// past is an instant that long ago, as the server writes it.
func past(age time.Duration) string { return time.Now().Add(-age).UTC().Format(time.RFC3339) }

// beating is the state of a bridge that gives signs of life: by a clock that is
// ahead, so that the last one is «ahora» however long the test takes.
func beating(fields object) object {
	b := object{
		"alcanzable": true, "whatsapp": "conectado", "estado": "conectado", "motivo": "", "solucion": "", "problema": "", "laptop_url": "http://192.168.1.20:9000",
		"ultima_senal": past(-time.Hour), "cuenta": "+52 477 123 4567", "version": "v1.4.0", "version_whatsmeow": "v0.0.0-20260821141805",
		"diferencia_reloj": 0.4, "en_marcha_desde": past(76 * time.Hour), "recibidos": 12840, "entregados": 12837, "cola_pendiente": 0, "cola_mas_antiguo": nil,
		"cola_archivos": 0, "cola_danados": 0, "cola_apartados": 0, "apartados": []object{}, "respuestas_en_cola": 0, "respuesta_mas_antigua": nil, "alertas": []object{},
	}
	maps.Copy(b, fields)
	return b
}

func parked(key, name, text, reason string, age time.Duration) object {
	return object{"clave": key, "nombre": name, "telefono": "+52 477 275 8198", "numero_oculto": false, "contenido": text, "motivo": reason, "recibido": past(age)}
}

// withTray is a bridge with three parked messages shown, and more not shown.
func withTray() object {
	return beating(object{
		"cola_pendiente": 3, "cola_mas_antiguo": past(4 * time.Hour), "cola_archivos": 2, "cola_danados": 1, "cola_apartados": 5, "respuestas_en_cola": 2,
		"respuesta_mas_antigua": past(12 * time.Hour), "diferencia_reloj": -190.0, "apartados": []object{
			parked("c|K1|m", "Ana Torres", "Le mando la foto de la pantalla rota, se ve una raya de lado a lado y parpadea", "La imagen es demasiado grande: el máximo son 16.0 MB.", 3*time.Hour),
			parked("c|K2|m", hostileName, hostileText, "La imagen no es JPEG, PNG, GIF ni WebP.", 26*time.Hour),
			with(parked("c|K3|m", "", "", "El campo «chat» no es un número ni una dirección de WhatsApp.", 50*time.Hour), object{"telefono": "", "numero_oculto": true}),
		},
	})
}

func (f *fake) retryParked(r *http.Request) answer {
	var body struct{ Claves []string }
	_ = json.NewDecoder(r.Body).Decode(&body)
	f.log = append(f.log, fmt.Sprint("reintentar ", body.Claves))
	if len(f.retries) > 0 {
		next := f.retries[0]
		f.retries = f.retries[1:]
		return next()
	}
	n := len(body.Claves)
	if n == 0 {
		n = f.bridge["cola_apartados"].(int)
	}
	return answer{200, object{"status": "ok", "reintentados": n}}
}

// openBridge shows the page about a bridge.
func openBridge(t *testing.T, bridge object) *tab {
	t.Helper()
	f := newFake(t)
	f.loggedIn, f.bridge = true, bridge
	f.fill()
	p := openTab(t, f)
	p.Visit("#/puente")
	p.WaitText("main h1", "WhatsApp y la laptop")
	p.WaitText(".bridge-state", "señal")
	return p
}

func (p *tab) figures() string {
	p.Helper()
	return evaluate[string](p, `[...document.querySelectorAll('.figure')].map(f => f.querySelector('dt').innerText + ' ' + f.querySelector('.figure-value').innerText).join(', ')`)
}

// look takes the page's pictures in light and dark and on a phone, and checks
// that it is fit for each.
func (p *tab) look(name string) {
	p.Helper()
	p.Shot(name)
	p.Accessible(name)
	p.Dark(true)
	p.Shot(name + "-oscuro")
	p.Accessible(name + ", dark")
	p.Dark(false)
	p.Phone(true)
	p.Shot(name + "-telefono")
	p.Accessible(name + ", phone")
	if got := evaluate[int](p, "document.documentElement.scrollWidth"); got > 390 {
		p.Errorf("%s: got a page %d wide on a phone, want at most 390", name, got)
	}
	small := evaluate[[]string](p, `[...document.querySelectorAll('.button')].filter(b => b.offsetHeight > 0 && (b.offsetHeight < 44 || b.offsetWidth < 44)).map(b => b.outerHTML)`)
	if len(small) > 0 {
		p.Errorf("%s: too small to touch: %q", name, small)
	}
	p.Phone(false)
}

func TestThePageAboutTheBridgeShowsItAtWork(t *testing.T) {
	p := openBridge(t, beating(nil))
	p.WaitText(".bridge-state h2", "WhatsApp conectado")
	if got, want := p.figures(), "Recibidos 12.840, En cola 0, Entregados 12.837, Más antiguo —"; got != want {
		t.Errorf("got figures %q, want %q", got, want)
	}
	for selector, want := range map[string]string{
		".bridge-heard": "ahora", ".tray": "No hay ninguno", ".details": "igual al del servidor", ".pill": "WhatsApp conectado",
	} {
		if got := p.Text(selector); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want it to contain %q", selector, got, want)
		}
	}
	p.look("puente-bien")
	p.Click(".bridge-top a")
	p.WaitFor("document.querySelectorAll('.ticket').length === 7")
	p.Click(".pill")
	p.WaitText("main h1", "WhatsApp y la laptop")
}

func TestParkedMessagesAreShownWithTheirReasonsAndTriedAgain(t *testing.T) {
	p := openBridge(t, withTray())
	p.WaitFor("document.querySelectorAll('.parked').length === 3")
	if got, want := p.figures(), "Recibidos 12.840, En cola 3, Entregados 12.837, Más antiguo 4 h"; got != want {
		t.Errorf("got figures %q, want %q", got, want)
	}
	for selector, want := range map[string]string{
		".parked:nth-child(1)": "La imagen es demasiado grande", ".parked:nth-child(2)": "<script>window.pwned=1</script>", ".parked:nth-child(3)": "Número oculto",
		".tray": "Y 2 más", ".details": "3 min atrasado: póngalo en hora automática", ".details div:nth-child(2)": "2, la más antigua lleva 12 h",
	} {
		if got := p.Text(selector); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want it to contain %q", selector, got, want)
		}
	}
	p.look("puente-apartados")
	p.Click(".parked:nth-child(1) .button")
	p.WaitText(".parked:nth-child(1)", "Reintentando…")
	p.WaitText(".tray-result", "1 mensaje se envía de nuevo")
	p.Click(".parked:nth-child(2) .button")
	p.WaitText(".parked:nth-child(2)", "Reintentando…")
	if got := p.Text(".parked:nth-child(1)"); !strings.Contains(got, "Reintentando…") {
		t.Errorf("the first after the second: got %q, want it still under way", got)
	}
	p.Shot("puente-reintentando")
	p.server.change(func() {
		tray := p.server.bridge["apartados"].([]object)
		p.server.bridge["ultima_senal"] = past(0)
		p.server.bridge["apartados"], p.server.bridge["cola_apartados"] = slices.Delete(tray, 0, 1), 4
	})
	evaluate[bool](p, "dispatchEvent(new Event('focus'))")
	p.WaitFor("document.querySelectorAll('.parked').length === 2")
	p.WaitText(".parked:nth-child(1)", "Reintentar")
	p.Click(".tray-top .button")
	p.WaitText(".tray-result", "4 mensajes se envían de nuevo")
	if got, want := strings.Join(p.server.posted(), "; "), "reintentar [c|K1|m]; reintentar [c|K2|m]; reintentar []"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if evaluate[bool](p, "'pwned' in window") {
		t.Error("a customer's text ran as a script")
	}
}

func TestATryThatFailsSaysWhy(t *testing.T) {
	p := openBridge(t, withTray())
	p.server.change(func() {
		p.server.retries = []func() answer{
			problem(503, "La laptop no está al alcance: revise que esté encendida."),
			func() answer { return answer{200, object{"status": "ok", "reintentados": 0}} },
		}
	})
	p.Click(".parked:nth-child(1) .button")
	p.WaitText(".tray-result", "La laptop no está al alcance")
	p.WaitText(".parked:nth-child(1)", "Reintentar")
	p.WaitFor("document.activeElement?.innerText === 'Reintentar'")
	p.Shot("puente-reintento-fallo")
	p.Accessible("failed try")
	p.Click(".parked:nth-child(1) .button")
	p.WaitText(".tray-result", "No había nada que reintentar")
	p.Visit("#/")
	p.WaitFor("document.querySelector('.tickets') !== null")
	p.Visit("#/puente")
	p.WaitFor("document.querySelectorAll('.parked').length === 3")
	if got := p.Text(".tray-result"); got != "" {
		t.Errorf("after coming back: got %q, want no old result", got)
	}
}

func TestAnAlertIsShownOnEveryPageUntilItIsOver(t *testing.T) {
	p := openList(t)
	alert := object{"id": 1, "tipo": "silencio", "mensaje": "La laptop no da señales de vida.", "desde": past(17 * time.Hour),
		"solucion": "Revise que esté encendida, sin suspenderse, con internet y con el puente abierto. Los mensajes no se pierden: esperan."}
	p.server.change(func() {
		p.server.bridge = beating(object{"alcanzable": false, "whatsapp": "desconectado", "estado": "inalcanzable", "ultima_senal": past(17 * time.Hour),
			"motivo": "La laptop no está al alcance.", "respuestas_en_cola": 2, "respuesta_mas_antigua": past(9 * time.Minute), "alertas": []object{alert}})
	})
	evaluate[bool](p, "dispatchEvent(new Event('focus'))")
	for _, want := range []string{"Laptop en silencio", "Empezó hace 17 h", "Revise que esté encendida", "2 respuestas esperan para salir"} {
		p.WaitText(".bridge-bar [role=alert]", want)
	}
	p.look("alerta")
	p.Visit("#/ticket/12")
	p.WaitText(".bridge-bar", "Laptop en silencio")
	p.WaitText(".log", "Av. Juárez 12")
	p.look("alerta-conversacion")
	p.Click(".bridge-bar .button")
	p.WaitText(".bridge-state", "Laptop en silencio")
	p.WaitText(".bridge-heard", "hace 17 h")
	p.WaitText(".figures", "según la última señal")
	p.look("puente-silencio")
	p.server.change(func() { p.server.bridge = beating(nil) })
	evaluate[bool](p, "dispatchEvent(new Event('focus'))")
	p.WaitText(".bridge-state", "WhatsApp conectado")
	p.Visit("#/")
	p.WaitFor("document.querySelectorAll('.ticket').length === 7 && !document.querySelector('.bridge-bar')")
}

func TestSeveralTroublesAtOnceAndABridgeThatNeverBeat(t *testing.T) {
	p := openBridge(t, beating(object{
		"whatsapp": "desconectado", "estado": "sesion_cerrada", "motivo": "El teléfono cerró esta sesión.", "solucion": "Escanee el código QR que muestra la laptop.",
		"problema": "El disco está lleno: no se pueden guardar los mensajes.",
		"alertas": []object{
			{"id": 1, "tipo": "whatsapp", "mensaje": "El teléfono cerró esta sesión.", "solucion": "Escanee el código QR que muestra la laptop.", "desde": past(2 * time.Hour)},
			{"id": 2, "tipo": "problema", "mensaje": "El disco está lleno: no se pueden guardar los mensajes.", "solucion": "Libere espacio en la laptop.", "desde": past(time.Hour)},
		},
	}))
	p.WaitText(".bridge-state", "Sesión de WhatsApp cerrada")
	p.WaitText(".bridge-state", "Problema en la laptop")
	p.look("puente-dos-problemas")
	p.server.change(func() { p.server.bridge = object{"alcanzable": true, "whatsapp": "conectado", "respuestas_en_cola": 0} })
	evaluate[bool](p, "dispatchEvent(new Event('focus'))")
	p.WaitText(".bridge-state", "no manda señales de vida")
	if got, want := p.figures(), "Recibidos —, En cola 0, Entregados —, Más antiguo —"; got != want {
		t.Errorf("got figures %q, want %q", got, want)
	}
	p.look("puente-original")
}
