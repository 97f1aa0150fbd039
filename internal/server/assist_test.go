package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mostrador/internal/server/store/storetest"
)

// modelServer is a language model that always says the same.
func modelServer(t *testing.T, status int, answer string) string {
	t.Helper()
	stub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(stub.Close)
	return stub.URL + "/v1"
}

const printers = `{"text":"no imprime","choices":[{"message":{"role":"assistant","content":"{\"categoria\":\"Impresoras\"}"}}]}`

// webhook is a message without words that say what it is about.
const webhook = `{"remitente":"5214772758198@s.whatsapp.net","contenido":"xyz qwerty","imagen":null,"id":"A1"}`

func TestALanguageModelDecidesADoubtfulTicketInTheBackground(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, url string) {
		p := start(t, t.TempDir(), map[string]string{"DATABASE_URL": url, "LLM_URL": modelServer(t, http.StatusOK, printers), "LLM_MODEL": "m", "PANEL_LOGIN": "off", "METRICAS_TOKEN": metricsToken})
		if status, body, _ := p.do(http.MethodPost, "/webhook", webhook, "Authorization", "Bearer "+token); status != http.StatusOK {
			t.Fatalf("webhook: got %d %s", status, body)
		}
		storetest.Eventually(t, "the model decided", func() bool {
			_, body, _ := p.do(http.MethodGet, "/api/v1/tickets/1", "")
			return strings.Contains(body, `"categoria":"Impresoras"`) && strings.Contains(body, `"fuente":"llm"`)
		})
		storetest.Eventually(t, "the decisions were counted apart", func() bool {
			body := p.metrics()
			return line1(body, `mostrador_server_classifications_total{engine="model",certainty="unsure"}`) == `mostrador_server_classifications_total{engine="model",certainty="unsure"} 1` &&
				line1(body, `mostrador_server_classifications_total{engine="llm",certainty="sure"}`) == `mostrador_server_classifications_total{engine="llm",certainty="sure"} 1`
		})
		p.end()
	})
}

func TestAModelThatRefusesIsSaidOnceAndChangesNothing(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir(), map[string]string{
		"LLM_URL": modelServer(t, http.StatusUnauthorized, `{"error":{"message":"no"}}`), "LLM_MODEL": "m", "LLM_KEY": "sk-secreta", "PANEL_LOGIN": "off",
	})
	p.do(http.MethodPost, "/webhook", webhook, "Authorization", "Bearer "+token)
	p.do(http.MethodPost, "/webhook", strings.Replace(strings.Replace(webhook, "A1", "A2", 1), "8198", "8199", 1), "Authorization", "Bearer "+token)
	storetest.Eventually(t, "the model refused twice", func() bool {
		_, body, _ := p.do(http.MethodGet, "/api/v1/asistente", "")
		return strings.Contains(body, `"fallos":2`) && strings.Contains(body, "LLM_KEY")
	})
	_, body, _ := p.do(http.MethodGet, "/api/v1/tickets/1", "")
	if !strings.Contains(body, `"fuente":"modelo"`) {
		t.Errorf("ticket: got %s, want the classifier's answer", body)
	}
	p.end()
	if got := strings.Count(p.out.String(), "language model does not answer"); got != 1 || strings.Contains(p.out.String(), "sk-secreta") {
		t.Errorf("log: got %d lines about it, want one and no key:\n%s", got, p.out)
	}
}
