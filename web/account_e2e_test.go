package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"mostrador/internal/browser"
	"mostrador/internal/wire"
)

// look takes pictures of a page of the desk in light and dark and on a phone,
// and checks that it is fit for each.
func look(p *browser.Tab, name string) {
	p.Helper()
	(&tab{Tab: p}).look(name)
}

// choose takes an option of a choice, as a person would.
func choose(p *browser.Tab, selector, value string) {
	p.Helper()
	browser.Evaluate[bool](p, fmt.Sprintf(`(s => { s.value = %q; s.dispatchEvent(new Event('change', { bubbles: true })); return true; })(document.querySelector(%q))`, value, selector))
}

// tap clicks what selector finds wherever it is by then: parts of a page that are
// still being loaded move the others.
func tap(p *browser.Tab, selector string) {
	p.Helper()
	p.WaitFor(fmt.Sprintf("document.querySelector(%q) !== null", selector))
	browser.Evaluate[bool](p, fmt.Sprintf("document.querySelector(%q).click(), true", selector))
}

// press clicks the button that says text, inside what selector finds.
func press(p *browser.Tab, selector, text string) {
	p.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll(%q)].find(b => b.innerText.trim() === %q)`, selector+" button", text)
	p.WaitFor(find + " !== undefined")
	browser.Evaluate[bool](p, find+".click(), true")
}

// comeBack leaves the settings and opens a page of them, which asks the server anew.
// Two visits in a row may be drawn as one, which leaves the page as it was.
func comeBack(p *browser.Tab, page string) {
	p.Helper()
	p.Visit("#/")
	p.WaitFor("document.querySelector('.settings-nav') === null")
	p.Visit(page)
}

func value(p *browser.Tab, selector string) string {
	p.Helper()
	p.WaitFor(fmt.Sprintf("document.querySelector(%q) !== null", selector))
	return browser.Evaluate[string](p, fmt.Sprintf("document.querySelector(%q).value", selector))
}

// leave logs out, which loads the page anew. The page of before may show the login
// for a moment.
func leave(p *browser.Tab) {
	p.Helper()
	browser.Evaluate[bool](p, "window.before = true")
	tap(p, ".top .button:last-child")
	p.WaitFor("!('before' in window) && document.activeElement?.id === 'usuario'")
}

// logIn writes into the login page.
func logIn(p *browser.Tab, name, password string) {
	p.Helper()
	p.WaitFor("document.activeElement?.id === 'usuario'")
	p.Write("#usuario", name)
	p.Write("#clave", password+"\r")
}

func TestASecondStepIsSetUpAskedForAndReplacedByARecoveryCode(t *testing.T) {
	d := openDesk(t)
	p := d.open("#/ajustes/cuenta")
	p.WaitText(".account:has(#segundo)", "No está activado")
	look(p, "cuenta")
	press(p, ".account:has(#segundo)", "Activar")
	p.WaitText(".factor-new", "Escanee")
	p.WaitFor("document.querySelector('.factor-qr').naturalWidth > 100")
	look(p, "cuenta-segundo-paso")
	secret := p.Text(".factor-secret")
	code := func() string {
		// The code of now may be used up; the next one is taken too.
		text, err := totp.GenerateCode(secret, time.Now().Add(30*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	p.Write("#codigo-segundo", "000000")
	p.Write("#clave-segundo", deskPassword+"\r")
	p.WaitText(".factor-new .form-error", "El código no es correcto")
	now, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	browser.Evaluate[bool](p, "document.querySelector('#codigo-segundo').value = '', true")
	p.Write("#codigo-segundo", now+"\r")
	p.WaitFor("document.querySelectorAll('.codes li').length === 10")
	look(p, "cuenta-codigos")
	recovery := p.Text(".codes li")
	press(p, ".once", "Ya los guardé")
	p.WaitText(".factor-state", "Le quedan 10 códigos")

	leave(p)
	logIn(p, deskUser, deskPassword)
	p.WaitFor("document.activeElement?.id === 'codigo'")
	look(p, "entrar-codigo")
	p.Write("#codigo", "123\r")
	p.WaitText(".login-error", "El código no es correcto")
	browser.Evaluate[bool](p, "document.querySelector('#codigo').value = '', true")
	p.Write("#codigo", code()+"\r")
	p.WaitText(".factor-state", "Activado")

	leave(p)
	logIn(p, deskUser, deskPassword)
	p.WaitFor("document.activeElement?.id === 'codigo'")
	p.Write("#codigo", recovery+"\r")
	p.WaitText(".factor-state", "Le quedan 9 códigos")
}

func TestSomebodyIsInvitedJoinsAndIsKeptOut(t *testing.T) {
	d := openDesk(t)
	boss := d.open("#/ajustes/usuarios")
	boss.WaitText(".account:has(#usuarios)", deskUser)
	boss.Write("#nuevo-para", hostileName)
	choose(boss, "#nuevo-rol", "agent")
	press(boss, ".account:has(#nuevo)", "Crear el enlace")
	link := value(boss, ".once input")
	if !strings.HasPrefix(link, d.url+"/entrar#/invitacion/") {
		t.Fatalf("got link %q, want one to this panel with the token behind the #", link)
	}
	boss.WaitFor("document.activeElement === document.querySelector('.once input')")
	if role := value(boss, "#nuevo-rol"); role != "agent" {
		t.Errorf("after inviting: got the choice at %q, want it left at agent", role)
	}
	boss.WaitText(".account:has(#enlaces)", hostileName)
	look(boss, "personas-enlace")

	p := browser.Open(t, d.url)
	p.Visit(strings.TrimPrefix(link, d.url+"/"))
	p.WaitText(".login-card", "Bienvenido a Mostrador")
	look(p, "invitacion")
	p.Write("#nombre", "Luis")
	p.Write("#clave", "corta\r")
	p.WaitText(".form-error", "al menos 10 caracteres")
	p.Write("#clave", " pero ahora larga\r")
	p.WaitText(".top", "Luis")
	if got := browser.Evaluate[string](p, "location.href"); got != d.url+"/#/" {
		t.Errorf("after joining: got address %q, want the list without the token", got)
	}
	p.Visit("#/ajustes/usuarios")
	p.WaitText(".settings-nav", "Mi cuenta")
	if nav := p.Text(".settings-nav"); strings.Contains(nav, "Personas") || strings.Contains(nav, "Auditoría") {
		t.Errorf("an agent sees %q, want neither people nor the audit log", nav)
	}
	p.Visit(strings.TrimPrefix(link, d.url+"/"))
	p.WaitText(".form-error", "ya se usó")

	comeBack(boss, "#/ajustes/usuarios")
	boss.WaitText(".rows", "Luis")
	tap(boss, `[aria-label="Gestionar a Luis"]`)
	boss.WaitText(".manage", "Desactivar")
	look(boss, "personas-gestionar")
	choose(boss, ".manage select", "reader")
	boss.WaitFor(`[...document.querySelectorAll('.row')].some(r => r.innerText.includes('Luis') && r.querySelector('.chip').innerText === 'lectura')`)
	press(boss, ".manage", "Desactivar")
	press(boss, ".manage", "Desactivar")
	boss.WaitText(".rows", "Desactivada")
	p.Visit("#/")
	browser.Evaluate[bool](p, "dispatchEvent(new Event('focus'))")
	p.WaitFor("document.querySelector('#usuario') !== null")
	tap(boss, `[aria-label="Gestionar a ana"]`)
	boss.WaitText(".manage", "Desactivar")
	choose(boss, ".row-person:first-child .manage select", "agent")
	boss.WaitText(".account:has(#usuarios) .form-error", "único administrador")
	if browser.Evaluate[bool](boss, "'pwned' in window") {
		t.Error("a name ran as a script")
	}
}

func TestATemporaryPasswordIsReplacedAtTheFirstLogin(t *testing.T) {
	d := openDesk(t)
	boss := d.open("#/ajustes/usuarios")
	boss.WaitText(".account:has(#nuevo)", "Con un enlace")
	tap(boss, ".way-choice:nth-of-type(2) input")
	boss.WaitFor("document.querySelector('#nuevo-nombre') !== null")
	boss.Write("#nuevo-nombre", "Eva")
	boss.Write("#nuevo-clave", "la del jefe\r")
	boss.WaitText(".account:has(#nuevo) .form-done", "Eva ya puede entrar")
	boss.WaitText(".rows", "contraseña provisional")
	p := browser.Open(t, d.url)
	p.Visit("entrar")
	logIn(p, "eva", "la del jefe")
	p.WaitFor("document.activeElement?.id === 'nueva'")
	look(p, "entrar-clave-nueva")
	p.Write("#nueva", "corta\r")
	p.WaitText(".login-error", "al menos 10 caracteres")
	p.Write("#nueva", " pero ahora larga\r")
	p.WaitText(".top", "Eva")
}

func TestSessionsAndTokensAreSeenAndEnded(t *testing.T) {
	d := openDesk(t)
	p, other := d.open("#/ajustes/cuenta"), d.open("#/")
	comeBack(p, "#/ajustes/cuenta")
	p.WaitFor("document.querySelectorAll('.account:has(#sesiones) .row').length === 2")
	p.WaitText(".account:has(#sesiones)", "Chrome en Linux")
	press(p, ".account:has(#tokens)", "Crear un token")
	p.WaitFor("document.querySelector('#token-nombre') !== null")
	p.Write("#token-nombre", hostileName)
	choose(p, "#token-rol", "reader")
	press(p, ".account:has(#tokens)", "Crear")
	secret := value(p, ".once input")
	look(p, "cuenta-token")
	if status := bearer(t, d, secret, http.MethodGet, "/api/v1/tickets"); status != http.StatusOK {
		t.Errorf("reading with the token: got %d, want 200", status)
	}
	if status := bearer(t, d, secret, http.MethodGet, "/api/v1/usuarios"); status != http.StatusForbidden {
		t.Errorf("people with the token: got %d, want 403", status)
	}
	press(p, ".once", "Listo")
	press(p, ".account:has(#tokens) .row", "Revocar")
	press(p, ".account:has(#tokens) .row", "Revocar")
	p.WaitFor("document.querySelectorAll('.account:has(#tokens) .row').length === 0")
	if status := bearer(t, d, secret, http.MethodGet, "/api/v1/tickets"); status != http.StatusUnauthorized {
		t.Errorf("after revoking: got %d, want 401", status)
	}
	press(p, ".account:has(#sesiones)", "Cerrar otras sesiones")
	press(p, ".account:has(#sesiones)", "Cerrar otras sesiones")
	p.WaitFor("document.querySelectorAll('.account:has(#sesiones) .row').length === 1")
	browser.Evaluate[bool](other, "dispatchEvent(new Event('focus'))")
	other.WaitFor("document.querySelector('#usuario') !== null")

	p.Write("#actual", "equivocada")
	p.Write("#nueva", "otra muy secreta\r")
	p.WaitText(".account .form-error", "La contraseña actual no es correcta")
	browser.Evaluate[bool](p, "document.querySelector('#actual').value = '', true")
	p.Write("#actual", deskPassword+"\r")
	p.WaitText(".account .form-done", "Contraseña cambiada")
	logIn(other, deskUser, "otra muy secreta")
	other.WaitFor("document.querySelector('.top') !== null")
	if browser.Evaluate[bool](p, "'pwned' in window") {
		t.Error("a name ran as a script")
	}
}

func bearer(t *testing.T, d *desk, secret, method, path string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, d.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Body.Close()
	return w.StatusCode
}

func TestTheAuditLogIsReadAndFiltered(t *testing.T) {
	d := openDesk(t)
	d.deliver(wire.Webhook{Sender: "5214772758198@s.whatsapp.net", Content: "no prende"})
	p := d.open("#/ajustes/auditoria")
	p.WaitText(".acts", "entró desde 127.0.0.1")
	for i := range 60 {
		d.call(http.MethodPatch, "/api/v1/tickets/1", map[string]string{"estado": []string{"resuelto", "pendiente"}[i%2]}, nil)
	}
	p.Visit("#/ajustes/cuenta")
	p.WaitFor("document.querySelector('.acts') === null")
	p.Visit("#/ajustes/auditoria")
	p.WaitText(".acts", "cambió el ticket 1: Resuelto → Pendiente")
	p.WaitText(".acts", "Un programa o la línea de comandos")
	p.WaitFor("document.querySelectorAll('.act').length === 50")
	look(p, "auditoria")
	press(p, ".account:has(#auditoria)", "Cargar más")
	p.WaitFor("document.querySelectorAll('.act').length === 62")
	choose(p, "#audit-tipo", "access")
	p.WaitFor("document.querySelectorAll('.act').length === 1")
	choose(p, "#audit-tipo", "")
	p.WaitFor("document.querySelectorAll('.act').length === 50")
	choose(p, "#audit-persona", "1")
	p.WaitFor("document.querySelectorAll('.act').length === 1")
	p.WaitText(".acts", "ana")
}
