package bridge_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/bridge"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/metrics/metricstest"
	"mostrador/internal/wasim"
	"mostrador/internal/wire"
)

func TestThePageOnMetricsSaysWhatTheBridgeCounts(t *testing.T) {
	metricstest.Documented(t, "../../docs/METRICS.md", "bridge", bridge.Families())
}

func TestTheContractKnowsEveryStateOfASession(t *testing.T) {
	var names []string
	for _, name := range whatsapp.StateNames() {
		names = append(names, string(name))
	}
	if diff := cmp.Diff(names, wire.SessionStates()); diff != "" {
		t.Errorf("-session +contract:\n%s", diff)
	}
}

// metrics returns what the bridge shows on its own machine.
func (p *program) metrics() string {
	p.t.Helper()
	resp, err := http.Get(p.url + "/metrics")
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("metrics: got %d %s, %v, want 200", resp.StatusCode, body, err)
	}
	return string(body)
}

// shows waits until all lines are among the metrics.
func (p *program) shows(lines ...string) {
	p.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); ; {
		body, missing := p.metrics(), ""
		for _, line := range lines {
			if !strings.Contains(body, "\n"+line+"\n") {
				missing = line
			}
		}
		if missing == "" {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			p.t.Fatalf("got %s, want %s", body, missing)
		}
	}
}

func TestTheBridgeShowsWhatBecameOfMessagesAndReplies(t *testing.T) {
	wa, server := simulator(t), newTicketServer(t)
	p := start(t, wa, t.TempDir(), server.url)
	p.shows(`mostrador_bridge_whatsapp_connected 0`, `mostrador_bridge_queue_outcomes_total{outcome="delivered"} 0`)
	p.pair(wa)
	ana := wa.NewCustomer(wasim.Profile{Name: "Ana Planted"})
	id := ana.SendText("mi lap no prende")
	m := server.wait(t, "the text", func(m wire.Webhook) bool { return m.ID == id })
	server.refuseMessages(http.StatusUnprocessableEntity)
	ana.SendText("otra cosa")
	p.shows(
		`mostrador_bridge_queue_puts_total{result="stored"} 2`,
		`mostrador_bridge_queue_outcomes_total{outcome="delivered"} 1`,
		`mostrador_bridge_queue_outcomes_total{outcome="parked"} 1`,
		`mostrador_bridge_queue_messages{state="parked"} 1`,
		`mostrador_bridge_queue_messages{state="waiting"} 0`,
		`mostrador_bridge_server_answers_total{code="200"} 1`,
		`mostrador_bridge_server_answers_total{code="422"} 1`,
		`mostrador_bridge_delivery_seconds_count 1`,
		`mostrador_bridge_server_reachable 1`,
		`mostrador_bridge_whatsapp_events_total{kind="connected"} 1`,
		`mostrador_bridge_whatsapp_state{state="conectado"} 1`,
		`mostrador_bridge_whatsapp_state{state="vinculando"} 0`,
		`mostrador_bridge_whatsapp_connected 1`,
	)
	p.call(http.MethodPost, wire.PathSend, fmt.Sprintf(`{"numero":%q,"texto":"Hola","id":"3EB0AAAAAAAAAAAAAAAA"}`, m.Sender))
	p.call(http.MethodPost, wire.PathSend, `{"numero":"abc","texto":"Hola"}`)
	p.shows(
		`mostrador_bridge_sends_total{result="sent"} 1`, `mostrador_bridge_sends_total{result="invalid"} 1`,
		`mostrador_bridge_http_requests_total{route="/enviar-mensaje",method="POST",status="2xx"} 1`,
	)
	body := p.metrics()
	for _, planted := range []string{"Ana", "Planted", ana.Phone(), "no prende", id} {
		if strings.Contains(body, planted) {
			t.Errorf("the metrics hold %q", planted)
		}
	}
}

func TestTheBridgeShowsItsMetricsToNobodyElse(t *testing.T) {
	wa, server := simulator(t), newTicketServer(t)
	p := start(t, wa, t.TempDir(), server.url)
	for _, header := range []string{"X-Forwarded-For", "Via"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/metrics", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(header, "10.0.0.7")
		r.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", header, resp.StatusCode)
		}
	}
}
