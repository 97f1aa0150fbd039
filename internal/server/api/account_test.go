package api_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"mostrador/internal/server/rest"
)

// person is somebody with a browser.
type person struct {
	*shop
	cookies map[string]string
}

func (s *shop) person() *person { return &person{shop: s, cookies: map[string]string{}} }

// do asks with the browser's cookies and keeps those that come back.
func (p *person) do(method, path, body string, header ...string) *httptest.ResponseRecorder {
	p.t.Helper()
	var jar []string
	for name, value := range p.cookies {
		jar = append(jar, name+"="+value)
	}
	w := p.shop.do(method, path, body, append(header, "Cookie", strings.Join(jar, "; "), "Content-Type", "application/json")...)
	for _, c := range w.Result().Cookies() {
		p.cookies[c.Name] = c.Value
	}
	return w
}

// call is do below the API's prefix; the answer must have the status.
func (p *person) call(status int, method, path, body string, header ...string) map[string]any {
	p.t.Helper()
	w := p.do(method, rest.Prefix+path, body, header...)
	if w.Code != status {
		p.t.Fatalf("%s %s: got %d %s, want %d", method, path, w.Code, w.Body, status)
	}
	if w.Body.Len() == 0 {
		return nil
	}
	return fields(p.t, w)
}

func (p *person) login(body string) *httptest.ResponseRecorder {
	p.t.Helper()
	return p.do(http.MethodPost, "/entrar", body)
}

// in is Ana, the administrator, logged in.
func (s *shop) in() *person {
	s.t.Helper()
	s.addAna()
	p := s.person()
	if w := p.login(`{"usuario":"ana","clave":"muy secreta"}`); w.Code != http.StatusOK {
		s.t.Fatalf("got %d %s, want Ana in", w.Code, w.Body)
	}
	return p
}

func of(v map[string]any, list string) []map[string]any {
	var all []map[string]any
	for _, item := range v[list].([]any) {
		all = append(all, item.(map[string]any))
	}
	return all
}

func TestSomebodyJoinsByALinkThatIsInNoLog(t *testing.T) {
	s := openShop(t)
	boss := s.in()
	made := boss.call(http.StatusOK, http.MethodPost, "/invitaciones", `{"para":"Luis","rol":"agente"}`)
	path := made["ruta"].(string)
	token, found := strings.CutPrefix(path, "/entrar#/invitacion/")
	if !found || len(token) < 43 || made["vence"] != "2026-11-26T10:00:00Z" {
		t.Fatalf("got %v, want a link for 72 hours with the token behind the #", made)
	}
	luis := s.person()
	seen := fields(t, luis.do(http.MethodPost, "/invitacion", fmt.Sprintf(`{"token":%q}`, token)))
	if seen["negocio"] != "Taller" || seen["rol"] != "agente" || seen["usuario"] != "" {
		t.Errorf("got %v, want an agent of Taller", seen)
	}
	accept := fmt.Sprintf(`{"token":%q,"usuario":"Luis","clave":"otra muy secreta"}`, token)
	wantProblem(t, luis.do(http.MethodPost, "/invitacion/aceptar", strings.Replace(accept, "otra muy secreta", "corta", 1)), http.StatusUnprocessableEntity, "10 caracteres")
	if got := fields(t, luis.do(http.MethodPost, "/invitacion/aceptar", accept)); got["usuario"] != "Luis" {
		t.Errorf("got %v, want Luis", got)
	}
	wantProblem(t, luis.do(http.MethodPost, "/invitacion/aceptar", accept), http.StatusNotFound, "Pida otro")
	wantProblem(t, luis.do(http.MethodPost, "/invitacion", `{"token":"x"}`), http.StatusNotFound, "Pida otro")
	luis.login(`{"usuario":"luis","clave":"otra muy secreta"}`)
	if me := luis.call(http.StatusOK, http.MethodGet, "/yo", ""); me["rol"] != "agente" {
		t.Errorf("got %v, want an agent", me)
	}
	if strings.Contains(s.log.String(), token) || strings.Contains(s.log.String(), "secreta") {
		t.Error("the log has the token or a password in it")
	}
}

func TestAnAdministratorManagesPeople(t *testing.T) {
	s := openShop(t)
	boss := s.in()
	made := boss.call(http.StatusOK, http.MethodPost, "/usuarios", `{"usuario":"Luis","clave":"la del jefe","rol":"agente"}`)
	if made["clave_provisional"] != true || made["activo"] != true || made["rol"] != "agente" {
		t.Errorf("got %v", made)
	}
	luis := s.person()
	if got := fields(t, luis.login(`{"usuario":"luis","clave":"la del jefe"}`)); got["falta"] != "clave_nueva" {
		t.Errorf("got %v, want to be asked for a password", got)
	}
	luis.login(`{"usuario":"luis","clave":"la del jefe","clave_nueva":"otra muy secreta"}`)
	luis.call(http.StatusOK, http.MethodGet, "/yo", "")
	id := int64(made["id"].(float64))
	path := fmt.Sprintf("/usuarios/%d", id)
	if got := boss.call(http.StatusOK, http.MethodPatch, path, `{"rol":"lectura"}`); got["rol"] != "lectura" {
		t.Errorf("got %v", got)
	}
	boss.call(http.StatusOK, http.MethodPatch, path, `{"activo":false}`)
	luis.call(http.StatusUnauthorized, http.MethodGet, "/yo", "")
	boss.call(http.StatusOK, http.MethodPatch, path, `{"activo":true}`)
	boss.call(http.StatusConflict, http.MethodPatch, "/usuarios/1", `{"activo":false}`)
	boss.call(http.StatusConflict, http.MethodPatch, "/usuarios/1", `{"rol":"agente"}`)
	boss.call(http.StatusUnprocessableEntity, http.MethodPatch, path, `{"rol":"jefe"}`)
	boss.call(http.StatusNotFound, http.MethodPatch, "/usuarios/99", `{"rol":"agente"}`)
	boss.call(http.StatusNoContent, http.MethodDelete, path+"/segundo-factor", "")

	link := boss.call(http.StatusOK, http.MethodPost, path+"/enlace", "")
	if link["usuario"] != "Luis" {
		t.Errorf("got %v, want a link for Luis", link)
	}
	boss.call(http.StatusOK, http.MethodPost, "/invitaciones", `{"para":"Eva","rol":"lectura"}`)
	open := of(boss.call(http.StatusOK, http.MethodGet, "/invitaciones", ""), "invitaciones")
	if len(open) != 2 || open[0]["para"] != "Eva" || open[1]["usuario"] != "Luis" {
		t.Errorf("got %v, want two links", open)
	}
	boss.call(http.StatusNoContent, http.MethodDelete, fmt.Sprintf("/invitaciones/%v", open[0]["id"]), "")
	boss.call(http.StatusNotFound, http.MethodDelete, fmt.Sprintf("/invitaciones/%v", open[0]["id"]), "")
	if all := of(boss.call(http.StatusOK, http.MethodGet, "/usuarios", ""), "usuarios"); len(all) != 2 || all[1]["usuario"] != "Luis" {
		t.Errorf("got %v, want two people", all)
	}
}

func TestASecondFactorIsSetUpAndThenAskedFor(t *testing.T) {
	s := openShop(t)
	ana := s.in()
	f := ana.call(http.StatusOK, http.MethodPost, "/yo/segundo-factor/preparar", "")
	picture, err := base64.StdEncoding.DecodeString(f["qr"].(string))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
		t.Errorf("picture: %v", err)
	}
	secret := f["secreto"].(string)
	code := func() string {
		s.clock.Advance(30 * time.Second)
		text, err := totp.GenerateCode(secret, s.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	prove := func(password, code string) string {
		return fmt.Sprintf(`{"clave":%q,"secreto":%q,"codigo":%q}`, password, secret, code)
	}
	ana.call(http.StatusUnprocessableEntity, http.MethodPost, "/yo/segundo-factor", prove("mala", code()))
	ana.call(http.StatusUnprocessableEntity, http.MethodPost, "/yo/segundo-factor", prove("muy secreta", "000000"))
	codes := ana.call(http.StatusOK, http.MethodPost, "/yo/segundo-factor", prove("muy secreta", code()))["codigos"].([]any)
	if got := ana.call(http.StatusOK, http.MethodGet, "/yo/segundo-factor", ""); len(codes) != 10 || got["activo"] != true || got["codigos_restantes"] != 10.0 {
		t.Errorf("got %v and %d codes, want it on with 10", got, len(codes))
	}
	again := s.person()
	if got := fields(t, again.login(`{"usuario":"ana","clave":"muy secreta"}`)); got["falta"] != "codigo" || got["status"] != 401.0 {
		t.Errorf("got %v, want to be asked for a code", got)
	}
	if w := again.login(fmt.Sprintf(`{"usuario":"ana","clave":"muy secreta","codigo":%q}`, code())); w.Code != http.StatusOK {
		t.Errorf("got %d %s, want to be in", w.Code, w.Body)
	}
	renewed := ana.call(http.StatusOK, http.MethodPost, "/yo/segundo-factor/codigos", `{"clave":"muy secreta"}`)["codigos"].([]any)
	ana.call(http.StatusUnprocessableEntity, http.MethodPost, "/yo/segundo-factor/quitar", fmt.Sprintf(`{"clave":"muy secreta","codigo":%q}`, codes[0]))
	ana.call(http.StatusNoContent, http.MethodPost, "/yo/segundo-factor/quitar", fmt.Sprintf(`{"clave":"muy secreta","codigo":%q}`, renewed[0]))
	if got := ana.call(http.StatusOK, http.MethodGet, "/yo/segundo-factor", ""); got["activo"] != false {
		t.Errorf("got %v, want it off", got)
	}
}

func TestPeopleSeeTheirSessionsAndEndThem(t *testing.T) {
	s := openShop(t)
	ana := s.in()
	s.clock.Advance(time.Minute)
	phone := s.person()
	phone.do(http.MethodPost, "/entrar", `{"usuario":"ana","clave":"muy secreta"}`, "User-Agent", "<b>Firefox</b>")
	open := of(ana.call(http.StatusOK, http.MethodGet, "/yo/sesiones", ""), "sesiones")
	if len(open) != 2 || open[0]["navegador"] != "<b>Firefox</b>" || open[0]["actual"] != false || open[1]["actual"] != true || open[0]["direccion"] != "192.0.2.1" {
		t.Fatalf("got %v", open)
	}
	ana.call(http.StatusNoContent, http.MethodDelete, "/yo/sesiones/"+open[0]["id"].(string), "")
	phone.call(http.StatusUnauthorized, http.MethodGet, "/yo", "")
	ana.call(http.StatusNotFound, http.MethodDelete, "/yo/sesiones/"+open[0]["id"].(string), "")
	phone.login(`{"usuario":"ana","clave":"muy secreta"}`)
	if got := ana.call(http.StatusOK, http.MethodDelete, "/yo/sesiones", ""); got["cerradas"] != 1.0 {
		t.Errorf("got %v, want 1 ended", got)
	}
	phone.call(http.StatusUnauthorized, http.MethodGet, "/yo", "")
	phone.login(`{"usuario":"ana","clave":"muy secreta"}`)
	ana.call(http.StatusUnprocessableEntity, http.MethodPut, "/yo/clave", `{"actual":"mala","nueva":"otra muy secreta"}`)
	ana.call(http.StatusNoContent, http.MethodPut, "/yo/clave", `{"actual":"muy secreta","nueva":"otra muy secreta"}`)
	phone.call(http.StatusUnauthorized, http.MethodGet, "/yo", "")
	ana.call(http.StatusOK, http.MethodGet, "/yo", "")
}

func TestAPersonalTokenReadsAndWorksTicketsAndIsNoBridge(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	ana := s.in()
	made := ana.call(http.StatusOK, http.MethodPost, "/yo/tokens", `{"nombre":"caja","rol":"agente","dias":30}`)
	secret := made["secreto"].(string)
	bearer := []string{"Authorization", "Bearer " + secret, "Content-Type", "application/json"}
	for _, tt := range []struct {
		method, path, body string
		want               int
	}{
		{http.MethodGet, "/api/v1/tickets", "", http.StatusOK},
		{http.MethodGet, "/tickets", "", http.StatusOK},
		{http.MethodPatch, "/api/v1/tickets/1", `{"estado":"resuelto"}`, http.StatusOK},
		{http.MethodGet, "/api/v1/usuarios", "", http.StatusForbidden},
		{http.MethodPost, "/api/v1/yo/tokens", `{"nombre":"otro","rol":"lectura"}`, http.StatusForbidden},
		{http.MethodPut, "/api/v1/yo/clave", `{"actual":"muy secreta","nueva":"otra muy secreta"}`, http.StatusForbidden},
		{http.MethodPost, "/webhook", `{"remitente":"` + customer + `","contenido":"hola"}`, http.StatusUnauthorized},
	} {
		if w := s.do(tt.method, tt.path, tt.body, bearer...); w.Code != tt.want {
			t.Errorf("%s %s: got %d %s, want %d", tt.method, tt.path, w.Code, w.Body, tt.want)
		}
	}
	list := of(ana.call(http.StatusOK, http.MethodGet, "/yo/tokens", ""), "tokens")
	if len(list) != 1 || list[0]["nombre"] != "caja" || list[0]["usado"] == nil || list[0]["secreto"] != nil {
		t.Errorf("got %v, want the token without its secret", list)
	}
	ana.call(http.StatusNoContent, http.MethodDelete, fmt.Sprintf("/yo/tokens/%v", list[0]["id"]), "")
	wantProblem(t, s.do(http.MethodGet, "/tickets", "", bearer...), http.StatusUnauthorized, "")
	// The bridge's token may read as ever, but has no account to change.
	if w := s.ask(http.MethodGet, "/api/v1/yo/tokens", ""); w.Code != http.StatusOK {
		t.Errorf("the bridge's tokens: got %d, want 200", w.Code)
	}
	wantProblem(t, s.ask(http.MethodPost, "/api/v1/yo/segundo-factor/preparar", ""), http.StatusForbidden, "sesión")
}

func TestTheAuditLogSaysWhoDidWhat(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	ana := s.in()
	ana.call(http.StatusOK, http.MethodPatch, "/tickets/1", `{"estado":"resuelto"}`)
	page := ana.call(http.StatusOK, http.MethodGet, "/auditoria?limite=2", "")
	acts := of(page, "eventos")
	if len(acts) != 2 || acts[0]["accion"] != "ticket.status" || acts[0]["usuario"] != "Ana" || acts[0]["objeto"] != "ticket/1" || acts[1]["accion"] != "access.login" {
		t.Errorf("got %v", acts)
	}
	page = ana.call(http.StatusOK, http.MethodGet, fmt.Sprintf("/auditoria?antes=%v", page["siguiente"]), "")
	if acts := of(page, "eventos"); len(acts) != 1 || acts[0]["accion"] != "user.created" || page["siguiente"] != nil {
		t.Errorf("got %v", page)
	}
	for query, want := range map[string]int{"?tipo=ticket": 1, "?usuario=1": 2, "?usuario=1&tipo=user": 0} {
		if acts := of(ana.call(http.StatusOK, http.MethodGet, "/auditoria"+query, ""), "eventos"); len(acts) != want {
			t.Errorf("%s: got %d lines, want %d", query, len(acts), want)
		}
	}
	ana.call(http.StatusUnprocessableEntity, http.MethodGet, "/auditoria?antes=x", "")
}

func TestAnotherSiteCannotTouchTheAccount(t *testing.T) {
	s := openShop(t)
	ana := s.in()
	for _, path := range []string{"/yo/sesiones", "/yo/segundo-factor/preparar", "/invitaciones"} {
		ana.call(http.StatusForbidden, http.MethodPost, path, "{}", "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
	}
	w := s.do(http.MethodPost, "/entrar", `{"usuario":"ana","clave":"muy secreta"}`, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
	wantProblem(t, w, http.StatusForbidden, "otro sitio")
}
