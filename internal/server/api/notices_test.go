package api_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/rest"
)

// listener hears what is posted to it.
func listener(t *testing.T) (address string, heard func() string) {
	t.Helper()
	bodies := make(chan string, 10)
	there := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		bodies <- string(body)
	}))
	t.Cleanup(there.Close)
	return strings.TrimPrefix(there.URL, "http://"), func() string { return <-bodies }
}

func TestAnAdministratorSaysWhatIsToldWhere(t *testing.T) {
	s := openShop(t)
	now := answerOf[rest.Notices](s, http.MethodGet, "/avisos", "")
	if len(now.Events) != 5 || now.Wait != 60 || now.Push || now.Detail || !now.Urgent || now.From != now.To || len(now.Channels) != 0 {
		t.Errorf("at first: got %+v, want everything told and nothing personal", now)
	}
	now = answerOf[rest.Notices](s, http.MethodPut, "/avisos", `{"eventos":["ticket.espera"],"silencio_desde":"22:00","silencio_hasta":"07:30","urgentes":false,"navegadores":true,"detalle":true,"espera_minutos":30}`)
	if len(now.Events) != 1 || now.Wait != 30 || !now.Push || !now.Detail || now.From != "22:00" || now.To != "07:30" {
		t.Errorf("got %+v, want what was said", now)
	}
	there, heard := listener(t)
	made := answerOf[rest.MadeChannel](s, http.MethodPost, "/avisos/canales", fmt.Sprintf(`{"tipo":"direccion","nombre":"Jefa","direccion":"generic://ana:secreta@%s/?disabletls=yes"}`, there))
	if made.Secret != "" || !made.On || strings.Contains(made.Address, "secreta") {
		t.Errorf("got %+v, want no secret in it", made)
	}
	path := fmt.Sprintf("/avisos/canales/%d", made.ID)
	if tried := answerOf[rest.Channel](s, http.MethodPost, path+"/probar", ""); tried.LastOK == nil || tried.Reason != "" || !strings.Contains(heard(), "Aviso de prueba") {
		t.Errorf("got %+v, want it tried", tried)
	}
	if off := answerOf[rest.Channel](s, http.MethodPatch, path, `{"activo":false,"nombre":"La jefa"}`); off.On || off.Name != "La jefa" {
		t.Errorf("got %+v, want it off", off)
	}
	if w := s.asAna(http.MethodDelete, rest.Prefix+path, ""); w.Code != http.StatusNoContent {
		t.Errorf("remove: got %d %s", w.Code, w.Body)
	}
	wantProblem(t, s.asAna(http.MethodDelete, rest.Prefix+path, ""), http.StatusNotFound, "no existe")
	log := s.ask(http.MethodGet, rest.Prefix+"/auditoria?tipo=settings", "").Body.String()
	for _, action := range []string{"settings.changed", "settings.channelAdded", "settings.channelChanged", "settings.channelRemoved"} {
		if !strings.Contains(log, action) {
			t.Errorf("the audit log lacks %s: %s", action, log)
		}
	}
	if strings.Contains(log, "secreta") || strings.Contains(s.log.String(), "secreta") {
		t.Error("a password got into a log")
	}
}

func TestAWebhooksSecretIsSaidOnceAndCanBeChanged(t *testing.T) {
	s := openShop(t)
	there, heard := listener(t)
	made := answerOf[rest.MadeChannel](s, http.MethodPost, "/avisos/canales", fmt.Sprintf(`{"tipo":"webhook","nombre":"ERP","direccion":"http://%s/gancho?clave=1","eventos":["ticket.creado","ticket.cambiado"]}`, there))
	if !strings.HasPrefix(made.Secret, "whsec_") {
		t.Errorf("got %+v, want a secret", made)
	}
	path := fmt.Sprintf("/avisos/canales/%d", made.ID)
	if shown := s.asAna(http.MethodGet, rest.Prefix+"/avisos", "").Body.String(); strings.Contains(shown, "whsec_") || strings.Contains(shown, "clave=1") {
		t.Errorf("got %s, want no secret in it", shown)
	}
	if again := answerOf[rest.MadeChannel](s, http.MethodPost, path+"/secreto", ""); again.Secret == made.Secret || !strings.HasPrefix(again.Secret, "whsec_") {
		t.Errorf("got %+v, want another secret", again)
	}
	if w := s.asAna(http.MethodPost, rest.Prefix+path+"/probar", ""); w.Code != http.StatusOK || !strings.Contains(heard(), `"tipo":"prueba"`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if changed := answerOf[rest.Channel](s, http.MethodPatch, path, `{"eventos":["mensaje.recibido"]}`); len(changed.Events) != 1 {
		t.Errorf("got %+v, want it to hear of messages", changed)
	}
}

func TestNoticesThatMakeNoSenseAreRefused(t *testing.T) {
	s := openShop(t)
	post := rest.Prefix + "/avisos/canales"
	for body, part := range map[string]string{
		`{"tipo":"direccion","nombre":"x","direccion":"https://x.example"}`:                              "dirección de aviso",
		`{"tipo":"direccion","nombre":" ","direccion":"ntfy://ntfy.sh/a"}`:                               "nombre",
		`{"tipo":"direccion","nombre":"x","direccion":"ntfy://ntfy.sh/a?b=c"}`:                           "parámetro",
		`{"tipo":"webhook","nombre":"x","direccion":"ftp://x.example"}`:                                  "webhook",
		`{"tipo":"webhook","nombre":"x","direccion":"https://a:b@x.example"}`:                            "webhook",
		`{"tipo":"webhook","nombre":"x","direccion":"https://x.example","eventos":["nada"]}`:             "avisos",
		`{"tipo":"navegador","nombre":"x","direccion":"https://x.example"}`:                              "tipo",
		`{"tipo":"direccion","nombre":"` + strings.Repeat("x", 61) + `","direccion":"ntfy://ntfy.sh/a"}`: "nombre",
	} {
		wantProblem(t, s.asAna(http.MethodPost, post, body), http.StatusUnprocessableEntity, part)
	}
	wantProblem(t, s.asAna(http.MethodPost, post, `{"tipo":"direccion","nombre":"x","direccion":"ntfy://ntfy.sh/a","de":99}`), http.StatusNotFound, "Usuario")
	wishes := `{"eventos":%s,"silencio_desde":"%s","silencio_hasta":"07:00","urgentes":true}`
	for _, body := range []string{fmt.Sprintf(wishes, `["mensaje.recibido"]`, "22:00"), fmt.Sprintf(wishes, `["ticket.creado","ticket.creado"]`, "22:00"), fmt.Sprintf(wishes, `[]`, "24:00")} {
		wantProblem(t, s.asAna(http.MethodPut, rest.Prefix+"/yo/avisos", body), http.StatusUnprocessableEntity, "")
	}
	for range 50 {
		answerOf[rest.MadeChannel](s, http.MethodPost, "/avisos/canales", `{"tipo":"direccion","nombre":"x","direccion":"ntfy://ntfy.sh/a"}`)
	}
	wantProblem(t, s.asAna(http.MethodPost, post, `{"tipo":"direccion","nombre":"x","direccion":"ntfy://ntfy.sh/a"}`), http.StatusConflict, "50")
}

// subscription is what a browser gives.
func subscription(t *testing.T, n int) string {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"nombre":"Chrome","destino":"https://push.example/%d","p256dh":"%s","auth":"%s","origen":"https://mesa.example"}`,
		n, base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{7}, 16)))
}

func TestEverybodySaysWhatReachesThemAndNobodySeesAnothersBrowser(t *testing.T) {
	s := openShop(t)
	reader := append(s.as(auth.RoleReader), "Content-Type", "application/json")
	ask := func(method, path, body string) string {
		t.Helper()
		w := s.do(method, rest.Prefix+path, body, reader...)
		if w.Code/100 != 2 {
			t.Fatalf("%s %s: got %d %s", method, path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	if got := ask(http.MethodGet, "/yo/avisos", ""); !strings.Contains(got, `"clave":""`) {
		t.Errorf("got %s, want no key before the business allows it", got)
	}
	if w := s.asAna(http.MethodPut, rest.Prefix+"/avisos", `{"eventos":[],"silencio_desde":"00:00","silencio_hasta":"00:00","urgentes":true,"navegadores":true,"detalle":false,"espera_minutos":0}`); w.Code != http.StatusOK {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	if got := ask(http.MethodGet, "/yo/avisos", ""); strings.Contains(got, `"clave":""`) || !strings.Contains(got, "ticket.creado") {
		t.Errorf("got %s, want the key, and one's own wishes apart from the business's", got)
	}
	for n := range 12 {
		ask(http.MethodPost, "/yo/avisos/navegador", subscription(t, n))
	}
	got := ask(http.MethodGet, "/yo/avisos", "")
	if n := strings.Count(got, `"tipo":"navegador"`); n != 10 || strings.Contains(got, "push.example/11") {
		t.Errorf("got %d browsers in %s, want the last ten without their addresses", n, got)
	}
	id := fields(t, s.do(http.MethodPost, rest.Prefix+"/yo/avisos/navegador", subscription(t, 3), reader...))["id"]
	path := fmt.Sprintf("/canales/%v", id)
	for _, of := range []string{"/avisos", "/yo/avisos"} {
		wantProblem(t, s.asAna(http.MethodDelete, rest.Prefix+of+path, ""), http.StatusNotFound, "canal")
		wantProblem(t, s.asAna(http.MethodPost, rest.Prefix+of+path+"/probar", ""), http.StatusNotFound, "canal")
	}
	if shown := s.asAna(http.MethodGet, rest.Prefix+"/avisos", "").Body.String(); strings.Contains(shown, "navegador\"") {
		t.Errorf("got %s, want nobody else's browsers", shown)
	}
	ask(http.MethodDelete, "/yo/avisos"+path, "")
	ask(http.MethodPut, "/yo/avisos", `{"eventos":["ticket.creado"],"silencio_desde":"20:00","silencio_hasta":"08:00","urgentes":false}`)
	wantProblem(t, s.do(http.MethodPost, rest.Prefix+"/yo/avisos/navegador", `{"nombre":"x","destino":"http://push.example","p256dh":"a","auth":"b","origen":"https://x"}`, reader...), http.StatusUnprocessableEntity, "suscripción")
}

func TestTheServiceWorkerIsServedFromTheRootAndNotKept(t *testing.T) {
	s := openShop(t)
	w := s.do(http.MethodGet, "/avisos.js", "")
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Content-Type"), "javascript") || w.Header().Get("Cache-Control") != "no-cache" || !strings.Contains(w.Body.String(), "push") {
		t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
}

func TestAPersonSaysInWhichLanguageTheyAreTold(t *testing.T) {
	s := openShop(t)
	there, heard := listener(t)
	p := s.in()
	if me := p.call(http.StatusOK, http.MethodGet, "/yo", ""); me["idioma"] != "" {
		t.Errorf("got %v, want nothing said at first", me["idioma"])
	}
	p.call(http.StatusNoContent, http.MethodPut, "/yo/idioma", `{"idioma":"en"}`)
	me := p.call(http.StatusOK, http.MethodGet, "/yo", "")
	if me["idioma"] != "en" {
		t.Errorf("got %v, want what was said", me["idioma"])
	}
	p.call(http.StatusUnprocessableEntity, http.MethodPut, "/yo/idioma", `{"idioma":"fr"}`)
	now := p.call(http.StatusOK, http.MethodPut, "/avisos", `{"eventos":[],"silencio_desde":"00:00","silencio_hasta":"00:00","urgentes":true,"navegadores":false,"detalle":false,"espera_minutos":0,"idioma":"pt"}`)
	if now["idioma"] != "pt" {
		t.Errorf("got %v, want the business's", now["idioma"])
	}
	for owner, want := range map[any]string{me["id"]: "Test notice", 0: "Aviso de teste"} {
		c := p.call(http.StatusOK, http.MethodPost, "/avisos/canales", fmt.Sprintf(`{"tipo":"direccion","nombre":"x","direccion":"generic://%s/?disabletls=yes","de":%v}`, there, owner))
		p.call(http.StatusOK, http.MethodPost, fmt.Sprintf("/avisos/canales/%v/probar", c["id"]), "")
		if got := heard(); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
