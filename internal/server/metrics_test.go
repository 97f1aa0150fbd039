package server_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mostrador/internal/httpx"
	"mostrador/internal/metrics/metricstest"
	"mostrador/internal/server"
	"mostrador/internal/server/store"
)

const metricsToken = "zz99xx88cc77vv66"

func TestThePageOnMetricsSaysWhatTheServerCounts(t *testing.T) {
	metricstest.Documented(t, "../../docs/METRICS.md", "server", server.Families())
}

// metrics returns what the server shows to whoever has the token for it.
func (p *program) metrics() string {
	p.t.Helper()
	status, body, header := p.do(http.MethodGet, "/metrics", "", "Authorization", "Bearer "+metricsToken)
	if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
		p.t.Fatalf("metrics: got %d %s, want 200", status, body)
	}
	return body
}

// shows checks that lines are among the metrics.
func (p *program) shows(lines ...string) {
	p.t.Helper()
	body := p.metrics()
	for _, line := range lines {
		if !strings.Contains(body, "\n"+line+"\n") {
			name, _, _ := strings.Cut(line, " ")
			p.t.Errorf("got %q, want %q", line1(body, name), line)
		}
	}
}

func line1(body, prefix string) string {
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, prefix+" ") {
			return strings.TrimSpace(line)
		}
	}
	return "nothing"
}

func TestTheServerShowsWhatBecameOfMessagesAndReplies(t *testing.T) {
	laptop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"ok":true}`))
	}))
	t.Cleanup(laptop.Close)
	host, port, _ := strings.Cut(strings.TrimPrefix(laptop.URL, "http://"), ":")
	p := start(t, t.TempDir(), map[string]string{"METRICAS_TOKEN": metricsToken, "IP_LAPTOP": host, "PUERTO_LAPTOP": port})
	written := time.Now().Add(-20 * time.Second).UTC().Format(time.RFC3339)
	message := `{"remitente":"5214772758198@s.whatsapp.net","contenido":"mi laptop no prende","id":"A1","nombre":"Ana Planted","fecha":"` + written + `"}`
	hook := func(body string) {
		p.do(http.MethodPost, "/webhook", body, "Authorization", "Bearer "+token)
	}
	hook(message)
	hook(message)
	hook(`{"remitente":"5214772758198"`)
	hook(`{"remitente":"","contenido":"x"}`)
	p.do(http.MethodPost, "/responder/1", "", "Authorization", "Bearer "+token)
	p.do(http.MethodPost, "/latido", `{"status":"ok","whatsapp":"conectado","estado":"limitado","cola_pendiente":4,"cola_antiguedad":90,"cola_apartados":2,"hora":"2026-11-23T10:00:00Z"}`, "Authorization", "Bearer "+token)
	p.do(http.MethodGet, "/tickets", "", "Authorization", "Bearer wrong")
	p.shows(
		`mostrador_server_webhooks_total{result="stored"} 1`,
		`mostrador_server_webhooks_total{result="duplicate"} 1`,
		`mostrador_server_webhooks_total{result="malformed"} 1`,
		`mostrador_server_webhooks_total{result="invalid"} 1`,
		`mostrador_server_webhook_seconds_count 4`,
		`mostrador_server_message_age_seconds_count 1`,
		`mostrador_server_message_age_seconds_bucket{le="10"} 0`,
		`mostrador_server_message_age_seconds_bucket{le="60"} 1`,
		`mostrador_server_classifications_total{engine="model",certainty="sure"} 1`,
		`mostrador_server_reply_attempts_total{result="sent"} 1`,
		`mostrador_server_reply_age_seconds_count 1`,
		`mostrador_server_replies_waiting{state="queued"} 0`,
		`mostrador_server_replies_failed 0`,
		`mostrador_server_bridges{state="limitado"} 1`,
		`mostrador_server_bridges{state="conectado"} 0`,
		`mostrador_server_bridge_queue_messages{state="waiting"} 4`,
		`mostrador_server_bridge_queue_messages{state="parked"} 2`,
		`mostrador_server_bridge_queue_oldest_seconds 90`,
		`mostrador_server_database_errors_total 0`,
		`mostrador_server_panel_clients 0`,
		`mostrador_server_backup_failing 0`,
		`mostrador_server_http_requests_total{route="/webhook",method="POST",status="2xx"} 2`,
		`mostrador_server_http_requests_total{route="/webhook",method="POST",status="4xx"} 2`,
		`mostrador_server_http_requests_total{route="/responder/{id}",method="POST",status="2xx"} 1`,
		`mostrador_server_http_requests_total{route="/tickets",method="GET",status="4xx"} 1`,
	)
	body := p.metrics()
	for _, planted := range []string{"Ana", "Planted", "4772758198", "laptop no prende", "A1"} {
		if strings.Contains(body, planted) {
			t.Errorf("the metrics hold %q", planted)
		}
	}
	for _, name := range []string{"mostrador_server_database_bytes", "mostrador_server_bridge_heartbeat_age_seconds", "mostrador_server_disk_free_bytes{disk=\"photos\"}", "go_goroutines"} {
		if line1(body, name) == "nothing" {
			t.Errorf("got no %s", name)
		}
	}
	p.end()
}

func TestTheAlertAboutBackupsIsCountedAsOne(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir, map[string]string{"METRICAS_TOKEN": metricsToken, "RESPALDO": filepath.Join(dir, "respaldos")})
	p.shows(`mostrador_server_alerts{kind="backup"} 0`)
	look(t, dir, func(s *store.Store) {
		origin, err := s.OriginByToken(t.Context(), httpx.NewToken(token))
		if err == nil {
			_, err = s.RaiseAlert(t.Context(), origin, store.Trouble{Kind: store.AlertBackup, Sentence: "No hay respaldo.", Solution: "Haga uno."}, time.Now())
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	p.shows(`mostrador_server_alerts{kind="backup"} 1`, `mostrador_server_alerts{kind="silence"} 0`)
	p.end()
}

func TestNobodyReadsMetricsWithAnotherRight(t *testing.T) {
	p := start(t, t.TempDir(), map[string]string{"METRICAS_TOKEN": metricsToken, "PANEL_USUARIO": "ana", "PANEL_CLAVE": "muy secreta"})
	for name, header := range map[string][]string{
		"nothing":          nil,
		"API_TOKEN":        {"Authorization", "Bearer " + token},
		"a session":        {"Cookie", p.login("ana", "muy secreta")},
		"another word":     {"Authorization", "Bearer zz99xx88cc77vv67"},
		"a trusted origin": {"Origin", p.url},
	} {
		status, body, _ := p.do(http.MethodGet, "/metrics", "", header...)
		var problem map[string]any
		if status != http.StatusUnauthorized || json.Unmarshal([]byte(body), &problem) != nil || problem["codigo"] != "unauthorized" {
			t.Errorf("with %s: got %d %s, want a 401", name, status, body)
		}
	}
	p.end()
}

func TestWithoutATokenOfItsOwnTheServerShowsMetricsHereOnly(t *testing.T) {
	p := start(t, t.TempDir(), map[string]string{"PROXIES_CONFIABLES": "127.0.0.1"})
	if status, _, _ := p.do(http.MethodGet, "/metrics", ""); status != http.StatusOK {
		t.Errorf("from here: got %d, want 200", status)
	}
	for _, through := range []string{"10.0.0.7", "127.0.0.1"} {
		if status, body, _ := p.do(http.MethodGet, "/metrics", "", "X-Forwarded-For", through, "Authorization", "Bearer "+token); status != http.StatusForbidden {
			t.Errorf("through a trusted proxy, from %s: got %d %s, want 403", through, status, body)
		}
	}
	p.end()
}
