package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mostrador/internal/bridge/api"
	"mostrador/internal/ticket"
)

func TestThePageIsOnlyForThisMachineByAName(t *testing.T) {
	f := newFixture()
	for _, test := range []struct {
		peer, host string
		headers    []string
		want       int
	}{
		{"127.0.0.1:1", "localhost:9000", nil, 200},
		{"127.0.0.1:1", "LOCALHOST", nil, 200},
		{"127.0.0.1:1", "127.0.0.1:9000", nil, 200},
		{"127.8.9.1:1", "127.8.9.1:9000", nil, 200},
		{"[::1]:1", "[::1]:9000", nil, 200},
		{"[::1]:1", "[::1]", nil, 200},
		{"[::ffff:127.0.0.1]:1", "localhost", nil, 200},
		{"127.0.0.1:1", "evil.example:9000", nil, 404},
		{"127.0.0.1:1", "localhost.evil.example", nil, 404},
		{"127.0.0.1:1", "127.0.0.1.nip.io", nil, 404},
		{"127.0.0.1:1", "192.168.1.20:9000", nil, 404},
		{"127.0.0.1:1", "", nil, 404},
		{"192.168.1.10:1", "localhost:9000", nil, 404},
		{"192.168.1.10:1", "192.168.1.20:9000", nil, 404},
		{"[fe80::1%eth0]:1", "localhost", nil, 404},
		{"@", "localhost", nil, 404},
		{"127.0.0.1:1", "localhost", []string{"X-Forwarded-For", "1.2.3.4"}, 404},
		{"127.0.0.1:1", "localhost", []string{"Forwarded", "for=1.2.3.4"}, 404},
	} {
		for _, path := range []string{"/", "/estado.json", "/pagina.js", "/pagina.css"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.RemoteAddr, r.Host = test.peer, test.host
			for i := 0; i < len(test.headers); i += 2 {
				r.Header.Set(test.headers[i], test.headers[i+1])
			}
			if got := f.do(r).Code; got != test.want {
				t.Errorf("%s from %s to %q with %v: got %d, want %d", path, test.peer, test.host, test.headers, got, test.want)
			}
		}
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	f := newFixture()
	for _, path := range []string{"/codigo", "/passkey", "/passkey/confirmar", "/reintentar"} {
		for name, change := range map[string]func(http.Header){
			"fetch metadata": func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") },
			"origin":         func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", "http://evil.example") },
		} {
			r := local(http.MethodPost, path, "telefono=1&respuesta=1")
			change(r.Header)
			if got := f.do(r).Code; got != http.StatusForbidden {
				t.Errorf("%s, %s: got %d, want 403", path, name, got)
			}
		}
	}
	if len(f.whatsapp.asked) != 0 || f.retried != 0 {
		t.Errorf("got %v and %d retries, want nothing done", f.whatsapp.asked, f.retried)
	}
}

func TestTheFormsDoTheirWork(t *testing.T) {
	f := newFixture()
	post := func(path string, values url.Values) *httptest.ResponseRecorder {
		return f.do(local(http.MethodPost, path, values.Encode()))
	}
	wantJSON(t, post("/codigo", url.Values{"telefono": {" +52 477 123 4567 "}}), 200, `{"mensaje":"Escriba en el teléfono el código ABCD-1234"}`)
	wantJSON(t, post("/passkey", url.Values{"respuesta": {`{"id":"x"}`}}), 200, `{"mensaje":"Respuesta enviada a WhatsApp."}`)
	wantJSON(t, post("/passkey/confirmar", nil), 200, `{"mensaje":"Confirmado. La vinculación continúa sola."}`)
	wantJSON(t, post("/reintentar", nil), 200, `{"mensaje":"2 mensajes vuelven a la cola."}`)
	if want := []string{"+52 477 123 4567", `{"id":"x"}`, "confirm"}; !slices.Equal(f.whatsapp.asked, want) || f.retried != 1 {
		t.Errorf("got %q and %d retries, want %q and 1", f.whatsapp.asked, f.retried, want)
	}
	wantJSON(t, post("/codigo", nil), 400, `{"error":"El campo está vacío."}`)
	wantJSON(t, post("/passkey", url.Values{"respuesta": {strings.Repeat("x", 70_000)}}), 400, `{"error":"El formulario no se puede leer."}`)
	f.status = api.Status{State: "vinculando"}
	f.whatsapp.err = ticket.NewError(ticket.CodeUnavailable, "WhatsApp no dio un código.")
	wantJSON(t, post("/codigo", url.Values{"telefono": {"1"}}), 503, `{"error":"WhatsApp no dio un código."}`)
	f.whatsapp.err = ticket.NewError(ticket.CodeInvalid, "El número no es válido.")
	wantJSON(t, post("/codigo", url.Values{"telefono": {"x"}}), 422, `{"error":"El número no es válido."}`)
	wantJSON(t, post("/passkey", url.Values{"respuesta": {"x"}}), 422, `{"error":"El número no es válido."}`)
	wantJSON(t, post("/passkey/confirmar", nil), 422, `{"error":"El número no es válido."}`)
}

func (f *fixture) state(t *testing.T) map[string]any {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(f.do(local(http.MethodGet, "/estado.json", "")).Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

func wantFields(t *testing.T, got, want map[string]any) {
	t.Helper()
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s: got %v, want %v", key, got[key], value)
		}
	}
}

func TestTheStateIsToldInPlainWords(t *testing.T) {
	f := newFixture()
	f.status.ServerSuccess, f.status.Recovered = f.clock.Add(-5*time.Minute), 7
	wantFields(t, f.state(t), map[string]any{
		"titulo": "Conectado", "tono": "bien", "cuenta": "+5215550000001", "qr": "", "passkey": "", "esperan": 0.0, "recuperados": 7.0,
		"servidor": "El servidor recibe los mensajes; el último, hace 5 minutos.", "servidor_tono": "bien",
	})
	f.status = api.Status{
		State: "sin_espacio", Reason: "El disco está lleno.", Solution: "Libere espacio.", Waiting: 2, Oldest: f.clock.Add(-26 * time.Hour),
		Files: 1, Parked: 4, Damaged: 1, ServerError: "El servidor no contesta.",
	}
	wantFields(t, f.state(t), map[string]any{
		"titulo": "No se puede escribir en el disco", "tono": "mal", "motivo": "El disco está lleno.", "solucion": "Libere espacio.",
		"esperan": 2.0, "espera_desde": "El más antiguo, desde hace 26 horas.", "fotos": 1.0, "apartados": 4.0,
		"apartados_motivo": "El remitente no es válido.", "danados": 1.0,
		"servidor": "El servidor no contesta. Los mensajes esperan y salen solos.", "servidor_tono": "mal",
	})
	f.status = api.Status{State: "nuevo"}
	wantFields(t, f.state(t), map[string]any{"titulo": "nuevo", "tono": "espera", "servidor": "Buscando el servidor."})
}

func TestTheCodeCountsDownAndItsPictureChangesWithIt(t *testing.T) {
	f := newFixture()
	f.status = api.Status{State: "vinculando", QR: "2@uno", QRExpires: f.clock.Add(19500 * time.Millisecond)}
	first := f.state(t)
	wantFields(t, first, map[string]any{"qr_segundos": 20.0})
	if strings.Contains(first["qr"].(string), "uno") {
		t.Errorf("got version %v, want one that does not tell the code", first["qr"])
	}
	f.status.QR = "2@dos"
	if second := f.state(t); second["qr"] == first["qr"] || second["qr"] == "" {
		t.Errorf("got version %v for both codes, want two", second["qr"])
	}
	f.clock = f.clock.Add(time.Hour)
	wantFields(t, f.state(t), map[string]any{"qr_segundos": 0.0})
	if w := f.do(local(http.MethodGet, "/qr.png", "")); http.DetectContentType(w.Body.Bytes()) != "image/png" {
		t.Errorf("got %d %s, want a picture", w.Code, w.Header().Get("Content-Type"))
	}
}

func TestThePasskeyProgramHoldsTheChallengeAndNothingElseOfItsSender(t *testing.T) {
	f := newFixture()
	f.status = api.Status{State: "passkey", Passkey: &api.Passkey{
		PublicKey: json.RawMessage(`{"challenge":"AAEC","rpId":"whatsapp.com","x":"</script>\u2028"}`), Expires: f.clock.Add(5 * time.Minute),
	}}
	got := f.state(t)
	program := got["passkey"].(string)
	if !strings.Contains(program, `{"challenge":"AAEC"`) || strings.Contains(program, "PUBLIC_KEY") || strings.Contains(program, "</script>") {
		t.Errorf("got program %s, want the challenge in it and no markup", program)
	}
	wantFields(t, got, map[string]any{"passkey_segundos": 300.0, "passkey_codigo": ""})
	f.status.Passkey.Code = "42"
	wantFields(t, f.state(t), map[string]any{"passkey": "", "passkey_codigo": "42"})
	f.status.Passkey.Code = ""
	f.status.Passkey.PublicKey = json.RawMessage(`0});alert(1`)
	wantFields(t, f.state(t), map[string]any{"passkey": ""})
}

func TestThePageShowsTheStateEscapedAndNamesOnlyKnownFields(t *testing.T) {
	f := newFixture()
	f.status.Reason = `<img src=x onerror=alert(1)>`
	w := f.do(local(http.MethodGet, "/", ""))
	page := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(page, "&lt;img src=x") || strings.Contains(page, "<img src=x") {
		t.Errorf("got %d, want the reason escaped in the page", w.Code)
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("got policy %q, want a strict one", csp)
	}
	state := f.state(t)
	fields := regexp.MustCompile(`data-(?:campo|si|tono|cuenta)="([a-z_]+)"`).FindAllStringSubmatch(page, -1)
	if len(fields) < 20 {
		t.Errorf("got %d fields in the page, want all of them", len(fields))
	}
	for _, field := range fields {
		if _, ok := state[field[1]]; !ok {
			t.Errorf("the page shows %q, which the state does not have", field[1])
		}
	}
	if regexp.MustCompile(`(?i)<script(?:>| [^s])| style=| on[a-z]+=`).MatchString(strings.ReplaceAll(page, " onerror=", "")) {
		t.Error("the page has script or style inside, which its policy forbids")
	}
}

func TestThePageNeedsNoInternet(t *testing.T) {
	f := newFixture()
	for path, kind := range map[string]string{"/": "text/html", "/pagina.js": "text/javascript", "/pagina.css": "text/css"} {
		w := f.do(local(http.MethodGet, path, ""))
		if got := w.Header().Get("Content-Type"); w.Code != http.StatusOK || !strings.HasPrefix(got, kind) || w.Body.Len() == 0 {
			t.Errorf("%s: got %d %s, want %s", path, w.Code, got, kind)
		}
		if regexp.MustCompile(`(?:src|href)="(?:https?:)?//|@import|url\(http`).MatchString(w.Body.String()) {
			t.Errorf("%s loads something from elsewhere", path)
		}
	}
}
