package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"mostrador/internal/server/api"
	"mostrador/internal/wire"
)

// texts are what a ticket's conversation says, as «direction: text».
func (s *shop) texts(number int) string {
	s.t.Helper()
	var all []string
	answer := fields(s.t, s.ask(http.MethodGet, fmt.Sprintf("/api/v1/tickets/%d/conversacion", number), ""))
	for _, m := range answer["mensajes"].([]any) {
		message := m.(map[string]any)
		all = append(all, message["direccion"].(string)+": "+message["texto"].(string))
	}
	return strings.Join(all, "\n")
}

func TestANoteIsKeptAndNeverSent(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	if w := s.asAna(http.MethodPost, "/api/v1/tickets/1/notas", `{"texto":"Pide <b>descuento</b>"}`); w.Code != http.StatusOK {
		t.Fatalf("got %d %s, want 200", w.Code, w.Body)
	}
	if got := s.texts(1); !strings.HasSuffix(got, "nota: Pide <b>descuento</b>") {
		t.Errorf("got %s, want the note", got)
	}
	if got := s.laptop.received(); len(got) != 0 {
		t.Errorf("got %+v sent, want nothing", got)
	}
	wantProblem(t, s.asAna(http.MethodPost, "/api/v1/tickets/1/notas", `{"texto":"  "}`), http.StatusUnprocessableEntity, "vacía")
}

func TestCannedRepliesAreKeptByAdministrators(t *testing.T) {
	s := openShop(t)
	for _, text := range []string{`{"titulo":"Listo","texto":"{nombre}, ya puede pasar"}`, `{"titulo":"Saludo","texto":"Hola","atajo":"/hola"}`} {
		if w := s.ask(http.MethodPost, "/api/v1/respuestas", text); w.Code != http.StatusOK {
			t.Fatalf("got %d %s, want 200", w.Code, w.Body)
		}
	}
	wantProblem(t, s.ask(http.MethodPost, "/api/v1/respuestas", `{"titulo":"Otro","texto":"x","atajo":"hola"}`), http.StatusConflict, "/hola")
	for path, text := range map[string]string{"/orden": `{"ids":[2,1]}`} {
		if w := s.ask(http.MethodPost, "/api/v1/respuestas"+path, text); w.Code != http.StatusNoContent {
			t.Errorf("%s: got %d %s, want 204", path, w.Code, w.Body)
		}
	}
	if w := s.ask(http.MethodPut, "/api/v1/respuestas/1", `{"titulo":"Listo","texto":"Ya"}`); w.Code != http.StatusNoContent {
		t.Errorf("change: got %d %s, want 204", w.Code, w.Body)
	}
	got := strings.TrimSpace(s.ask(http.MethodGet, "/api/v1/respuestas", "").Body.String())
	if want := `{"respuestas":[{"id":2,"titulo":"Saludo","texto":"Hola","atajo":"hola"},{"id":1,"titulo":"Listo","texto":"Ya"}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if w := s.ask(http.MethodDelete, "/api/v1/respuestas/1", ""); w.Code != http.StatusNoContent {
		t.Errorf("delete: got %d %s, want 204", w.Code, w.Body)
	}
	wantProblem(t, s.ask(http.MethodDelete, "/api/v1/respuestas/1", ""), http.StatusNotFound, "no encontrada")
}

func TestTicketsAreJoinedPartedAndSplit(t *testing.T) {
	s := openShop(t, func(o *api.Options) { o.TicketPerMessage = true })
	for i, text := range []string{"uno", "dos"} {
		if got := s.deliver(wire.Webhook{Sender: customer, Content: text, ID: fmt.Sprint("3A0", i)}); got != int64(i+1) {
			t.Fatalf("got ticket %d", got)
		}
	}
	w := s.ask(http.MethodPost, "/api/v1/tickets/2/unir", `{"con":1}`)
	if got := fields(t, w); w.Code != http.StatusOK || got["origen"] != 2.0 || got["destino"] != 1.0 {
		t.Fatalf("got %d %s, want from 2 to 1", w.Code, w.Body)
	}
	if got := fields(t, s.ask(http.MethodGet, "/api/v1/tickets/2", "")); got["unido_a"] != 1.0 || got["estado"] != "resuelto" {
		t.Errorf("got %v, want it to point at the other one", got)
	}
	wantProblem(t, s.ask(http.MethodPost, "/api/v1/tickets/2/mensajes", `{"mensaje":"x"}`), http.StatusConflict, "N.º 1")
	if w := s.ask(http.MethodPost, "/api/v1/uniones/1/deshacer", ""); w.Code != http.StatusOK {
		t.Errorf("undo: got %d %s, want 200", w.Code, w.Body)
	}
	if got := s.texts(2); !strings.HasPrefix(got, "entrada: dos\n") {
		t.Errorf("got %s, want the message back", got)
	}
	s.ask(http.MethodPost, "/api/v1/tickets/2/unir", `{"con":1}`)
	w = s.ask(http.MethodPost, "/api/v1/tickets/1/separar", `{"desde":2}`)
	if got := fields(t, w); w.Code != http.StatusOK || got["origen"] != 1.0 || got["destino"] != 3.0 {
		t.Fatalf("got %d %s, want from 1 to 3", w.Code, w.Body)
	}
	if got := s.texts(3); !strings.HasPrefix(got, "evento: Viene del ticket #1\nentrada: dos") {
		t.Errorf("got %s, want what was split off", got)
	}
	wantProblem(t, s.ask(http.MethodPost, "/api/v1/tickets/1/unir", `{"con":1}`), http.StatusUnprocessableEntity, "consigo mismo")
}

func TestATicketsPriorityAndAssigneeAreChanged(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	s.asAna(http.MethodGet, "/api/v1/yo", "")
	got := fields(t, s.asAna(http.MethodPatch, "/api/v1/tickets/1", `{"prioridad":"urgente","asignado":1}`))
	holder, _ := got["asignado"].(map[string]any)
	if got["prioridad"] != "urgente" || holder["nombre"] != "Ana" {
		t.Errorf("got %v, want it urgent and Ana's", got)
	}
	if got := fields(t, s.asAna(http.MethodPatch, "/api/v1/tickets/1", `{"asignado":0}`)); got["asignado"] != nil || got["prioridad"] != "urgente" {
		t.Errorf("got %v, want nobody's and still urgent", got)
	}
	wantProblem(t, s.asAna(http.MethodPatch, "/api/v1/tickets/1", `{"asignado":77}`), http.StatusUnprocessableEntity, "persona")
}
