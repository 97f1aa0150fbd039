package web_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mostrador/internal/browser"
)

// listener hears what is posted to it.
func listener(t *testing.T) (address string, heard chan string) {
	t.Helper()
	heard = make(chan string, 20)
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if strings.HasSuffix(r.URL.Path, "/roto") {
			w.WriteHeader(http.StatusBadGateway)
		}
		heard <- string(body)
	}))
	t.Cleanup(there.Close)
	return strings.TrimPrefix(there.URL, "http://"), heard
}

func TestAnAdministratorAddsTriesAndRemovesChannels(t *testing.T) {
	d := openDeskWith(t, map[string]string{"AVISOS_RED_LOCAL": "on"})
	there, heard := listener(t)
	p := d.open("#/ajustes/avisos")
	p.WaitText(".account:has(#canales)", "Todavía no hay canales")
	fill(p, "#canal-nombre", hostileName)
	fill(p, "#canal-direccion", "generic://ana:secreta@"+there+"/avisos?disabletls=yes")
	press(p, ".account:has(#canales)", "Agregar un canal")
	p.WaitText(".row-channel", "Todavía no mandó nada")
	press(p, ".row-channel", "Probar")
	if got := <-heard; !strings.Contains(got, "Aviso de prueba") {
		t.Errorf("got %q, want the test", got)
	}
	p.WaitText(".row-channel", "El aviso de prueba salió")

	fill(p, "#canal-nombre", "Roto")
	fill(p, "#canal-direccion", "generic://"+there+"/roto?disabletls=yes")
	press(p, ".account:has(#canales)", "Agregar un canal")
	p.WaitFor("document.querySelectorAll('.row-channel').length === 2")
	press(p, ".row-channel:nth-child(2)", "Probar")
	p.WaitText(".row-channel:nth-child(2)", "502")

	choose(p, "#canal-tipo", "webhook")
	p.WaitText(".account:has(#canales)", "Standard Webhooks")
	fill(p, "#canal-nombre", "ERP")
	fill(p, "#canal-direccion", "http://"+there+"/gancho")
	press(p, ".account:has(#canales)", "Agregar un canal")
	if secret := value(p, ".once input"); !strings.HasPrefix(secret, "whsec_") {
		t.Errorf("got secret %q", secret)
	}
	look(p, "avisos")
	press(p, ".once", "Listo")
	tap(p, ".row-channel:nth-child(3) [data-event='mensaje.recibido']")
	p.WaitFor("document.querySelectorAll('.row-channel:nth-child(3) input:checked').length === 3")

	for p.Text(".row-channel:nth-child(3)") != "" {
		press(p, ".row-channel:nth-child(3)", "Quitar")
		press(p, ".row-channel:nth-child(3)", "Quitar")
		p.WaitFor("document.querySelectorAll('.row-channel').length === 2")
	}
	if page := p.Text("body"); strings.Contains(page, "secreta") {
		t.Error("a password is shown")
	}
	if browser.Evaluate[bool](p, "'pwned' in window") {
		t.Error("a name ran as a script")
	}
}

func TestTheRulesOfNoticesAreSavedAndShownAgain(t *testing.T) {
	d := openDesk(t)
	p := d.open("#/ajustes/avisos")
	p.WaitText(".account:has(#avisos-negocio)", "Ticket nuevo")
	tap(p, ".account:has(#avisos-negocio) [data-event='puente.recuperado']")
	fill(p, "#espera", "25")
	press(p, ".account:has(#avisos-negocio)", "Guardar")
	p.WaitText(".account:has(#avisos-negocio)", "Guardado")
	comeBack(p, "#/ajustes/avisos")
	p.WaitFor("document.querySelector('#espera')?.value === '25'")
	p.WaitFor("document.querySelectorAll('.account:has(#avisos-negocio) [data-event]:checked').length === 4")
	p.WaitText(".account:has(#mis-avisos)", "no permite avisos en el navegador")
	tap(p, "#navegadores")
	press(p, ".account:has(#avisos-negocio)", "Guardar")
	p.WaitText(".account:has(#mis-avisos)", "Avisarme en este navegador")
	p.WaitFor("document.querySelectorAll('.account:has(#mis-avisos) [data-event]:checked').length === 5")
	look(p, "avisos-reglas")
}

func TestNoticesSpeakTheLanguageThatIsChosenInThePanel(t *testing.T) {
	d := openDeskWith(t, map[string]string{"AVISOS_RED_LOCAL": "on"})
	there, heard := listener(t)
	p := d.open("#/ajustes/avisos")
	p.WaitText(".account:has(#canales)", "Todavía no hay canales")
	choose(p, "#idioma-avisos", "pt")
	press(p, ".account:has(#avisos-negocio)", "Guardar")
	p.WaitText(".account:has(#avisos-negocio)", "Guardado")
	look(p, "avisos-idioma")
	p.Click("[aria-label='Apariencia e idioma']")
	p.Click("[name=idioma][value=en]")
	p.WaitText(".account:has(#canales)", "There are no channels yet")
	p.WaitFor("document.querySelector('#canal-de option:not([value=\"0\"])') !== null")
	for row, owner := range []string{"0", browser.Evaluate[string](p, "document.querySelector('#canal-de option:last-child').value")} {
		fill(p, "#canal-nombre", "Canal")
		fill(p, "#canal-direccion", "generic://"+there+"/avisos?disabletls=yes")
		choose(p, "#canal-de", owner)
		press(p, ".account:has(#canales)", "Add a channel")
		p.WaitFor(fmt.Sprintf("document.querySelectorAll('.account:has(#canales) .row-channel').length === %d && document.querySelector('#canal-nombre').value === ''", row+1))
	}
	for row, want := range []string{"Aviso de teste", "Test notice"} {
		press(p, fmt.Sprintf(".account:has(#canales) .row-channel:nth-child(%d)", row+1), "Test")
		if got := <-heard; !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// givenByMaker stands for the service of the browser's maker, which a test does not reach.
const givenByMaker = `PushManager.prototype.subscribe = async function (options) {
	const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
	const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
	const text = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
	window.asked = options.applicationServerKey;
	return { toJSON: () => ({ endpoint: 'https://push.example/1', keys: { p256dh: text(raw), auth: text(new Uint8Array(16)) } }) };
}, true`

func TestABrowserIsToldWhileThePanelIsClosed(t *testing.T) {
	d := openDesk(t)
	d.call(http.MethodPut, "/api/v1/avisos", map[string]any{
		"eventos": []string{}, "silencio_desde": "00:00", "silencio_hasta": "00:00", "urgentes": true, "navegadores": true, "detalle": false, "espera_minutos": 0,
	}, nil)
	p := d.open("#/ajustes/avisos")
	p.Grant("notifications")
	browser.Evaluate[bool](p, givenByMaker)
	press(p, ".account:has(#mis-avisos)", "Avisarme en este navegador")
	p.WaitText(".account:has(#mis-avisos) .row-channel", "este navegador")
	look(p, "avisos-navegador")
	if key := browser.Evaluate[string](p, "window.asked"); len(key) != 87 {
		t.Errorf("got the key %q, want the server's", key)
	}
	said, err := json.Marshal(map[string]string{"titulo": "Ticket nuevo: 7", "cuerpo": "Taller", "enlace": "/#/ticket/7", "etiqueta": "ticket-7"})
	if err != nil {
		t.Fatal(err)
	}
	if title, body, tag := p.Push(string(said)); title != "Ticket nuevo: 7" || body != "Taller" || tag != "ticket-7" {
		t.Errorf("got %q, %q and %q, want what was sent shown by the service worker", title, body, tag)
	}
	press(p, ".account:has(#mis-avisos) .row-channel", "Quitar")
	press(p, ".account:has(#mis-avisos) .row-channel", "Quitar")
	p.WaitText(".account:has(#mis-avisos)", "Avisarme en este navegador")
	if got := browser.Evaluate[string](p, "String(localStorage.getItem('mostrador.canal'))"); got != "null" {
		t.Errorf("got %s remembered, want nothing", got)
	}
}

func TestChannelsThatGaveUpAreSaidOnEveryPage(t *testing.T) {
	server := newFake(t)
	server.gaveUp, server.loggedIn = 2, true
	p := openTab(t, server)
	p.Visit("")
	p.WaitText(".frame", "2 canales de avisos se apagaron solos")
	p.look("avisos-apagados")
}
