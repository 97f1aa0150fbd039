package api_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/wire"
)

const pathParked = "/cola/apartados"

func TestTheServerReadsTheTray(t *testing.T) {
	f := newFixture()
	f.status.Parked = 70
	wantJSON(t, f.do(authorized(http.MethodGet, pathParked, "")), http.StatusOK,
		`{"total":70,"apartados":[{"clave":"k1","remitente":"521@s.whatsapp.net","nombre":"Ana","contenido":"hola","motivo":"El remitente no es válido.","recibido":"2026-11-23T10:00:00Z"}]}`)
	f.parked = nil
	f.status.Parked = 0
	wantJSON(t, f.do(authorized(http.MethodGet, pathParked, "")), http.StatusOK, `{"total":0,"apartados":[]}`)
}

func TestTheServerHasParkedMessagesTriedAgain(t *testing.T) {
	for _, test := range []struct {
		name, body string
		status     int
		want       string
		keys       []string
	}{
		{"some", `{"claves":["a|b","c"]}`, 200, `{"status":"ok","reintentados":2}`, []string{"a|b", "c"}},
		{"all", `{}`, 200, `{"status":"ok","reintentados":2}`, nil},
		{"all, in so many words", `{"claves":[]}`, 200, `{"status":"ok","reintentados":2}`, []string{}},
		{"unknown fields", `{"claves":null,"otro":1}`, 200, `{"status":"ok","reintentados":2}`, nil},
		{"nothing", ``, 400, `{"error":"El cuerpo está vacío; se espera JSON."}`, nil},
		{"no JSON", `todos`, 400, `{"error":"El cuerpo no es JSON válido."}`, nil},
		{"wrong type", `{"claves":"a"}`, 422, `{"error":"El campo «claves» tiene un tipo equivocado."}`, nil},
		{"too many", `{"claves":["` + strings.Repeat("a", 1<<20) + `"]}`, 413, `{"error":"El mensaje es demasiado grande."}`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			wantJSON(t, f.do(authorized(http.MethodPost, pathParked, test.body)), test.status, test.want)
			want := 0
			if test.status == http.StatusOK {
				want = 1
			}
			if diff := cmp.Diff(test.keys, f.keys); diff != "" || f.retried != want {
				t.Errorf("got %d retries, want %d; keys (-want +got):\n%s", f.retried, want, diff)
			}
		})
	}
}

func TestADiskThatRefusesARetryIsAnInternalError(t *testing.T) {
	f := newFixture()
	f.retryErr = errors.New("disk: secret")
	wantJSON(t, f.do(authorized(http.MethodPost, pathParked, `{}`)), http.StatusInternalServerError,
		`{"error":"Error interno. El detalle está en el registro del programa."}`)
}

func FuzzRetryTakesAnyBody(f *testing.F) {
	f.Add([]byte(`{"claves":["a"]}`))
	f.Add([]byte(`{"claves":[null,"\u0000"]}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		fix := newFixture()
		w := fix.do(authorized(http.MethodPost, pathParked, string(body)))
		if done := w.Code == http.StatusOK; w.Code >= http.StatusInternalServerError || done != (fix.retried == 1) {
			t.Errorf("got %d %s and %d retries", w.Code, w.Body, fix.retried)
		}
	})
}

var parkedOfAna = wire.Parked{
	Key: "k1", Sender: "521@s.whatsapp.net", Name: "Ana", Text: "hola", Reason: "El remitente no es válido.",
	At: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
}
