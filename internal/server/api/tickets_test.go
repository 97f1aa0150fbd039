package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/wire"
)

// ids returns the numbers in an answer of GET /tickets.
func ids(list map[string]any) []int {
	numbers := []int{}
	for _, t := range list["tickets"].([]any) {
		numbers = append(numbers, int(t.(map[string]any)["id"].(float64)))
	}
	return numbers
}

func deliverFrom(s *shop, n int) {
	s.t.Helper()
	s.deliver(wire.Webhook{Sender: fmt.Sprintf("52147727581%02d", n), Content: fmt.Sprintf("mensaje %d", n)})
	s.clock.Advance(time.Second)
}

func TestTheListIsNewestFirstAndComesInPages(t *testing.T) {
	s := openShop(t)
	for n := range 5 {
		deliverFrom(s, n)
	}
	first := fields(t, s.ask(http.MethodGet, "/api/v1/tickets?limite=2", ""))
	second := fields(t, s.ask(http.MethodGet, "/api/v1/tickets?limite=2&antes="+first["siguiente"].(string), ""))
	last := fields(t, s.ask(http.MethodGet, "/api/v1/tickets?limite=2&antes="+second["siguiente"].(string), ""))
	for i, got := range []map[string]any{first, second, last} {
		want := [][]int{{5, 4}, {3, 2}, {1}}[i]
		if diff := cmp.Diff(want, ids(got)); diff != "" || got["total"] != 5.0 {
			t.Errorf("page %d (-want +got), total %v:\n%s", i, got["total"], diff)
		}
	}
	if next, ok := last["siguiente"]; ok {
		t.Errorf("got %v after the last page, want nothing", next)
	}
}

func TestTheListIsFilteredByStateAndCounted(t *testing.T) {
	s := openShop(t)
	for n := range 3 {
		deliverFrom(s, n)
	}
	if got := fields(t, s.asAna(http.MethodPatch, "/api/v1/tickets/2", `{"estado":"resuelto"}`)); got["estado"] != "resuelto" || got["resuelto"] == nil {
		t.Errorf("got %v, want a resolved ticket", got)
	}
	list := fields(t, s.ask(http.MethodGet, "/api/v1/tickets?estado=pendiente", ""))
	if diff := cmp.Diff([]int{3, 1}, ids(list)); diff != "" || list["total"] != 2.0 {
		t.Errorf("pending (-want +got), total %v:\n%s", list["total"], diff)
	}
	want := map[string]any{"pendiente": 2.0, "en_proceso": 0.0, "esperando_cliente": 0.0, "resuelto": 1.0, "total": 3.0}
	if diff := cmp.Diff(want, fields(t, s.ask(http.MethodGet, "/api/v1/tickets/resumen", ""))); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

func TestAnEmptyPanelIsAnEmptyListNotNull(t *testing.T) {
	s := openShop(t)
	if got := strings.TrimSpace(s.ask(http.MethodGet, "/tickets", "").Body.String()); got != `{"tickets":[],"total":0}` {
		t.Errorf("got %s, want an empty list", got)
	}
}

func TestBadQuestionsAboutTicketsAreRefused(t *testing.T) {
	s := openShop(t)
	deliverFrom(s, 1)
	for _, tt := range []struct {
		method, path, body string
		status             int
		part               string
	}{
		{"GET", "/tickets?limit=muchos", "", 422, "limit"},
		{"GET", "/tickets?limit=0", "", 422, "limit"},
		{"GET", "/tickets?limit=-5", "", 422, "limit"},
		{"GET", "/api/v1/tickets?estado=abierto", "", 422, "estado"},
		{"GET", "/api/v1/tickets?antes=%27--", "", 422, ""},
		{"GET", "/api/v1/tickets/2", "", 404, "Ticket no encontrado"},
		{"GET", "/api/v1/tickets/abc", "", 422, "«numero»"},
		{"GET", "/ticket/2/conversacion", "", 404, "Ticket no encontrado"},
		{"GET", "/ticket/0x1/conversacion", "", 404, "Ticket no encontrado"},
		{"PATCH", "/api/v1/tickets/2", `{"estado":"resuelto"}`, 404, "Ticket no encontrado"},
		{"PATCH", "/api/v1/tickets/x", `{"estado":"resuelto"}`, 422, "«numero»"},
		{"PATCH", "/api/v1/tickets/1", `{"estado":"abierto"}`, 422, "«estado»"},
		{"PATCH", "/api/v1/tickets/1", `{"estado":"resuelto","otro":1}`, 422, "«otro»"},
		{"PATCH", "/api/v1/tickets/1", ``, 400, "JSON"},
		{"GET", "/api/v1/tickets?limite=0", "", 422, "«limite»"},
		{"GET", "/api/v1/tickets?nada=0", "", 422, "«nada»"},
		{"GET", "/fotos/nada.jpg", "", 404, ""},
		{"GET", "/fotos/..%2Ftickets.db", "", 404, ""},
		{"GET", "/fotos/%2e%2e%2ftickets.db", "", 404, ""},
		{"GET", "/fotos/a%00b", "", 404, ""},
	} {
		wantProblem(t, s.ask(tt.method, tt.path, tt.body), tt.status, tt.part)
	}
	if w := s.ask("GET", "/tickets?limit=100000", ""); w.Code != http.StatusOK {
		t.Errorf("a large limit: got %d, want the most there is", w.Code)
	}
}

func TestAClientThatHungUpIsNoError(t *testing.T) {
	s := openShop(t)
	ctx, hangUp := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/tickets?limit=1", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	hangUp()
	s.router.ServeHTTP(w, r)
	if w.Code >= http.StatusInternalServerError || strings.Contains(s.log.String(), `"level":"error"`) {
		t.Errorf("got %d and log %s, want no error of ours", w.Code, s.log)
	}
}

func TestAConversationShowsEverythingThatHappened(t *testing.T) {
	s := openShop(t)
	ana := wire.Webhook{Sender: "123456789@lid", Content: "hola", ID: "A1", Name: "Ana\u202e<b>"}
	s.deliver(ana)
	s.clock.Advance(time.Second)
	edit := wire.Webhook{Sender: "123456789@lid", Content: "hola, buenas", ID: "A2", ReplyTo: "A1", Edited: true}
	s.deliver(edit)
	s.clock.Advance(time.Second)
	thumb := "👍"
	s.deliver(wire.Webhook{Sender: "123456789@lid", ID: "A3", ReplyTo: "A1", Reaction: &thumb})
	s.clock.Advance(time.Second)
	s.deliver(wire.Webhook{Sender: "123456789@lid", Content: "le llamo", ID: "A4", Own: true})
	got := fields(t, s.ask(http.MethodGet, "/ticket/1/conversacion", ""))
	ticket := got["ticket"].(map[string]any)
	if ticket["nombre"] != "Ana<b>" || ticket["telefono"] != "" || ticket["numero_oculto"] != true || ticket["cliente"] != "123456789@lid" {
		t.Errorf("got %v, want a hidden number and a clean name", ticket)
	}
	type line struct{ Direction, Kind, Text, Original string }
	var lines []line
	for _, m := range got["mensajes"].([]any) {
		m := m.(map[string]any)
		lines = append(lines, line{m["direccion"].(string), m["tipo"].(string), m["texto"].(string), m["texto_original"].(string)})
	}
	want := []line{
		{"entrada", "texto", "hola, buenas", "hola"},
		{"evento", "edicion", "hola, buenas", ""},
		{"evento", "reaccion", "👍", ""},
		{"salida", "texto", "le llamo", ""},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("conversation (-want +got):\n%s", diff)
	}
}
