package api_test

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mostrador/internal/server/api"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
)

const pathPairing = "/api/v1/puente/vinculacion"

func TestAnAdministratorSeesTheCodeToScan(t *testing.T) {
	s := openShop(t)
	s.laptop.answer(http.StatusOK, `{"estado":"vinculando","qr":"https://wa.me/settings/linked_devices#a,b,c","vence":"2026-11-23T10:00:20Z","codigo":"","segundos":20,"motivo":"m","solucion":"s"}`)
	w := s.asAna(http.MethodGet, pathPairing, "")
	got := fields(t, w)
	if got["estado"] != "vinculando" || got["qr"] != "https://wa.me/settings/linked_devices#a,b,c" || got["segundos"] != 20.0 || got["motivo"] != "m" || got["passkey"] != nil {
		t.Errorf("got %v, want what the bridge says", got)
	}
	if cache := w.Header().Get("Cache-Control"); cache != "no-store" {
		t.Errorf("got Cache-Control %q, want no-store", cache)
	}
	data, ok := strings.CutPrefix(got["qr_imagen"].(string), "data:image/png;base64,")
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil || !ok {
		t.Fatalf("got picture %.40q, %v, want a PNG", got["qr_imagen"], err)
	}
	if picture, err := png.Decode(bytes.NewReader(raw)); err != nil || picture.Bounds().Dx() < 200 {
		t.Errorf("got a picture with %v, want a large one", err)
	}
	s.laptop.answer(http.StatusOK, `{"estado":"conectado","qr":"","vence":null,"codigo":"","cuenta":"5214771234567"}`)
	if got := fields(t, s.asAna(http.MethodGet, pathPairing, "")); got["qr_imagen"] != "" || got["cuenta"] != "+52 477 123 4567" {
		t.Errorf("got %v, want no code and the number", got)
	}
}

func TestEveryStepOfThePairingReachesTheLaptop(t *testing.T) {
	s := openShop(t)
	s.laptop.answer(http.StatusOK, `{"estado":"passkey","qr":"","vence":null,"codigo":"ABCD-1234","passkey":{"programa":"(async()=>{})()","codigo":"","segundos":280}}`)
	for path, body := range map[string]string{
		"/codigo": `{"telefono":"+52 477 123 4567"}`, "/passkey": `{"respuesta":"{\"id\":\"x\"}"}`, "/passkey/confirmar": ``, "/cerrar": ``,
	} {
		got := fields(t, s.asAna(http.MethodPost, pathPairing+path, body))
		passkey, _ := got["passkey"].(map[string]any)
		if got["codigo"] != "ABCD-1234" || passkey["programa"] != "(async()=>{})()" || passkey["segundos"] != 280.0 {
			t.Errorf("%s: got %v, want what to show next", path, got)
		}
		if body == "" {
			body = "{}"
		}
		if !slices.Contains(s.laptop.steps(), "/vinculacion"+path+" "+body) {
			t.Errorf("%s: the laptop was asked %q, want it among them", path, s.laptop.steps())
		}
	}
}

func TestTheAuditLogSaysWhoPairedAndWhoEndedTheSession(t *testing.T) {
	s := openShop(t)
	s.laptop.answer(http.StatusConflict, `{"error":"Ahora no."}`)
	s.asAna(http.MethodPost, pathPairing+"/cerrar", "")
	s.laptop.answer(http.StatusOK, `{"estado":"vinculando","qr":"","vence":null,"codigo":"ABCD-1234"}`)
	s.asAna(http.MethodPost, pathPairing+"/codigo", `{"telefono":"+52 477 123 4567"}`)
	s.asAna(http.MethodPost, pathPairing+"/cerrar", "")
	log, err := s.store.Audit(t.Context(), s.origin.Business, store.AuditFilter{Kind: "whatsapp"})
	if err != nil || len(log.Acts) != 2 {
		t.Fatalf("got %+v, %v, want the two steps that were taken", log.Acts, err)
	}
	for i, want := range []string{store.ActSessionEnded, store.ActPairingAsked} {
		if got := log.Acts[i]; got.Action != want || got.UserName != "Ana" || len(got.Details) > 0 {
			t.Errorf("got %+v, want %s by Ana and no number", got, want)
		}
	}
}

func TestAPairingThatDoesNotWorkSaysWhy(t *testing.T) {
	s := openShop(t)
	for _, tt := range []struct {
		status int
		body   string
		want   int
		part   string
	}{
		{http.StatusConflict, `{"error":"En este momento no se está vinculando ningún teléfono."}`, http.StatusConflict, "ningún teléfono"},
		{http.StatusTooManyRequests, `{"error":"WhatsApp no da más códigos por ahora"}`, http.StatusTooManyRequests, "más códigos"},
		{http.StatusUnprocessableEntity, `{"error":"Escriba el número de teléfono con código de país."}`, http.StatusUnprocessableEntity, "código de país"},
		{http.StatusNotFound, `<html>`, http.StatusServiceUnavailable, "versión anterior"},
		{http.StatusOK, `<html>`, http.StatusServiceUnavailable, "no es el puente"},
		{http.StatusUnauthorized, ``, http.StatusServiceUnavailable, "API_TOKEN"},
	} {
		s.laptop.answer(tt.status, tt.body)
		wantProblem(t, s.asAna(http.MethodPost, pathPairing+"/codigo", `{"telefono":"1"}`), tt.want, tt.part)
	}
	s.laptop.Close()
	wantProblem(t, s.asAna(http.MethodGet, pathPairing, ""), http.StatusServiceUnavailable, "no está al alcance")
	lost := openShop(t, func(o *api.Options) { o.BridgeURL = "" })
	wantProblem(t, lost.asAna(http.MethodGet, pathPairing, ""), http.StatusServiceUnavailable, "IP_LAPTOP")
	wantProblem(t, lost.asAna(http.MethodPost, pathPairing+"/cerrar", ""), http.StatusServiceUnavailable, "IP_LAPTOP")
}

func TestOnlyAdministratorsPair(t *testing.T) {
	s := openShop(t)
	for _, role := range []auth.Role{auth.RoleReader, auth.RoleAgent} {
		cookie := s.as(role)
		for method, path := range map[string]string{http.MethodGet: "", http.MethodPost: "/cerrar"} {
			wantProblem(t, s.do(method, pathPairing+path, "", cookie...), http.StatusForbidden, "no puede")
		}
	}
	if got := s.laptop.steps(); len(got) > 0 {
		t.Errorf("the laptop was asked %q, want nothing", got)
	}
}
