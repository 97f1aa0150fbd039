package server_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestABeatIsStillKnownAfterARestart(t *testing.T) {
	dir := t.TempDir()
	vars := map[string]string{"PANEL_USUARIO": "ana", "PANEL_CLAVE": "muy secreta"}
	p := start(t, dir, vars)
	beat := `{"status":"ok","whatsapp":"conectado","cola_pendiente":0,"recibidos":12,"entregados":12,"hora":"2026-11-23T10:00:00Z"}`
	if status, body, _ := p.do(http.MethodPost, "/latido", beat, "Authorization", "Bearer "+token); status != http.StatusOK || !strings.Contains(body, `"hora"`) {
		t.Fatalf("beat: got %d %s, want 200 and our clock", status, body)
	}
	p.end()
	p = start(t, dir, vars)
	_, body, _ := p.do(http.MethodGet, "/api/v1/puente", "", "Cookie", p.login("ana", "muy secreta"))
	for _, want := range []string{`"alcanzable":true`, `"whatsapp":"conectado"`, `"recibidos":12`, `"alertas":[]`} {
		if !strings.Contains(body, want) {
			t.Errorf("got %s, want %s in it", body, want)
		}
	}
	p.end()
}
