package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"mostrador/internal/pgtest"
)

// ask posts as a program, and returns a good answer.
func (p *program) ask(path, body string) string {
	p.t.Helper()
	status, said, _ := p.do(http.MethodPost, path, body, "Authorization", "Bearer "+token, "Content-Type", "application/json")
	if status != http.StatusOK {
		p.t.Fatalf("%s: got %d %s, want 200", path, status, said)
	}
	return said
}

func TestTheProgramTellsAWebhookOfANewTicket(t *testing.T) {
	for name, database := range map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return pgtest.URL(t) }} {
		t.Run(name, func(t *testing.T) {
			type delivery struct {
				header http.Header
				body   []byte
			}
			heard := make(chan delivery, 10)
			there := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				heard <- delivery{r.Header, body}
			}))
			t.Cleanup(there.Close)
			p := start(t, t.TempDir(), map[string]string{"AVISOS_RED_LOCAL": "on", "DATABASE_URL": database()})
			said := p.ask("/api/v1/avisos/canales", fmt.Sprintf(`{"tipo":"webhook","nombre":"ERP","direccion":%q,"eventos":["ticket.creado","mensaje.recibido"]}`, there.URL))
			var made struct {
				Secret string `json:"secreto"`
			}
			if err := json.Unmarshal([]byte(said), &made); err != nil {
				t.Fatal(err)
			}
			p.ask("/webhook", `{"remitente":"5214772758198@s.whatsapp.net","contenido":"no prende","imagen":null}`)
			var kinds strings.Builder
			for range 2 {
				d := <-heard
				wh, err := standardwebhooks.NewWebhook(made.Secret)
				if err != nil {
					t.Fatal(err)
				}
				if err := wh.Verify(d.body, d.header); err != nil {
					t.Errorf("verify: %v", err)
				}
				kinds.Write(d.body)
			}
			for _, kind := range []string{"ticket.creado", "mensaje.recibido"} {
				if !strings.Contains(kinds.String(), kind) {
					t.Errorf("got %s, want %s in it", &kinds, kind)
				}
			}
			p.end()
		})
	}
}
