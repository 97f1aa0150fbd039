package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"mostrador/internal/server/api"
	"mostrador/internal/wire"
)

const pathRetry = "/api/v1/puente/reintentar"

func (l *laptop) retries() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.retried)
}

func TestParkedMessagesAreTriedAgainFromThePanel(t *testing.T) {
	s := openShop(t)
	s.laptop.answer(http.StatusOK, `{"status":"ok","reintentados":2}`)
	for body, want := range map[string]string{
		`{"claves":["c|K1|m","c|K2|m"]}`: `{"claves":["c|K1|m","c|K2|m"]}`,
		`{"claves":[]}`:                  `{"claves":[]}`,
	} {
		if got := fields(t, s.asAna(http.MethodPost, pathRetry, body)); got["status"] != "ok" || got["reintentados"] != 2.0 {
			t.Errorf("%s: got %v, want 2 tried again", body, got)
		}
		if got := s.laptop.retries(); got[len(got)-1] != want {
			t.Errorf("%s: the laptop was asked %s, want %s", body, got[len(got)-1], want)
		}
	}
}

func TestARetryThatDoesNotReachTheLaptopSaysWhy(t *testing.T) {
	s := openShop(t)
	for _, tt := range []struct {
		status int
		body   string
		want   int
		part   string
	}{
		{http.StatusNotFound, `<html>`, http.StatusServiceUnavailable, "versión anterior"},
		{http.StatusUnauthorized, `{"error":"No autorizado"}`, http.StatusServiceUnavailable, "API_TOKEN"},
		{http.StatusServiceUnavailable, `{"error":"El disco está lleno"}`, http.StatusServiceUnavailable, "El disco está lleno"},
		{http.StatusInternalServerError, ``, http.StatusServiceUnavailable, "falló"},
		{http.StatusOK, `<html>`, http.StatusServiceUnavailable, "no es el puente"},
		{http.StatusUnprocessableEntity, `{"error":"No hay tal mensaje"}`, http.StatusUnprocessableEntity, "No hay tal mensaje"},
	} {
		s.laptop.answer(tt.status, tt.body)
		wantProblem(t, s.asAna(http.MethodPost, pathRetry, `{"claves":["K"]}`), tt.want, tt.part)
	}
	s.laptop.Close()
	wantProblem(t, s.asAna(http.MethodPost, pathRetry, `{"claves":["K"]}`), http.StatusServiceUnavailable, "no está al alcance")
}

func TestWithoutAnAddressNothingIsTriedAgain(t *testing.T) {
	s := openShop(t, func(o *api.Options) { o.BridgeURL = "" })
	wantProblem(t, s.asAna(http.MethodPost, pathRetry, `{"claves":[]}`), http.StatusServiceUnavailable, "IP_LAPTOP")
}

func TestBadRetriesAreRefusedInSpanish(t *testing.T) {
	s := openShop(t)
	for body, want := range map[string]int{
		``:                        http.StatusBadRequest,
		`{`:                       http.StatusBadRequest,
		`{"claves":"K"}`:          http.StatusUnprocessableEntity,
		`{"claves":[""]}`:         http.StatusUnprocessableEntity,
		`{"claves":["a\u0000b"]}`: http.StatusUnprocessableEntity,
		`{"claves":["` + strings.Repeat("k", 5000) + `"]}`:    http.StatusUnprocessableEntity,
		`{"claves":[` + strings.Repeat(`"k",`, 1000) + `1]}`:  http.StatusUnprocessableEntity,
		`{"claves":["` + strings.Repeat("k", 600_000) + `"]}`: http.StatusRequestEntityTooLarge,
	} {
		wantProblem(t, s.asAna(http.MethodPost, pathRetry, body), want, "")
	}
	if got := s.laptop.retries(); len(got) != 0 {
		t.Errorf("the laptop was asked %q, want nothing", got)
	}
}

func TestStrangersAndOtherSitesRetryNothing(t *testing.T) {
	s := openShop(t)
	wantProblem(t, s.do(http.MethodPost, pathRetry, `{"claves":[]}`), http.StatusUnauthorized, "")
	s.asAna(http.MethodGet, "/api/v1/yo", "")
	cross := s.do(http.MethodPost, pathRetry, `{"claves":[]}`, "Cookie", "sesion="+s.cookie, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
	wantProblem(t, cross, http.StatusForbidden, "")
	if got := s.laptop.retries(); len(got) != 0 {
		t.Errorf("the laptop was asked %q, want nothing", got)
	}
}

func TestABridgeThatNeverBeatsHasNoFigures(t *testing.T) {
	s := openShop(t)
	s.laptop.answer(http.StatusOK, `{"status":"ok","whatsapp":"conectado","cola_pendiente":0,"uptime":3}`)
	got := s.bridge()
	for _, key := range []string{"ultima_senal", "recibidos", "entregados", "diferencia_reloj", "en_marcha_desde", "cola_mas_antiguo", "respuesta_mas_antigua"} {
		if value, there := got[key]; !there || value != nil {
			t.Errorf("%s: got %v, want null", key, value)
		}
	}
	if got["alcanzable"] != true || got["whatsapp"] != wire.Connected || len(got["apartados"].([]any)) != 0 || len(got["alertas"].([]any)) != 0 || got["problema"] != "" {
		t.Errorf("got %v, want a bridge at work", got)
	}
}
