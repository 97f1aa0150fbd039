package api_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mostrador/internal/server/rest"
)

// page asks for a customer as the token's holder and returns the answer.
func (s *shop) page(method, path, body string) rest.CustomerPage {
	s.t.Helper()
	w := s.ask(method, rest.Prefix+path, body)
	var p rest.CustomerPage
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != http.StatusOK {
		s.t.Fatalf("%s %s: got %d %s", method, path, w.Code, w.Body)
	}
	return p
}

// hand has the bridge deliver a message as it stands.
func (s *shop) hand(message string) {
	s.t.Helper()
	if w := s.ask(http.MethodPost, "/webhook", message); w.Code != http.StatusOK {
		s.t.Fatalf("webhook: got %d %s, want 200", w.Code, w.Body)
	}
}

const hostile = `<img src=x onerror=alert(1)>`

// hostileMessage is one of Ana's, with a picture.
func hostileMessage(id string) string {
	return fmt.Sprintf(`{"remitente":%q,"contenido":%q,"imagen":%q,"id":%q,"nombre":%q}`, customer, hostile, base64Of(jpeg), id, hostile)
}

func TestACustomerIsFoundNamedNotedAndBlocked(t *testing.T) {
	s := openShop(t)
	s.hand(hostileMessage("A1"))
	list := fields(t, s.ask(http.MethodGet, rest.Prefix+"/clientes?buscar=477+275", ""))
	if found, _ := list["clientes"].([]any); len(found) != 1 || list["siguiente"] != nil {
		t.Fatalf("got %v, want one customer", list)
	}
	s.asAna(http.MethodGet, rest.Prefix+"/yo", "")
	w := s.asAna(http.MethodPost, rest.Prefix+"/clientes/1/notas", `{"texto":"paga en efectivo"}`)
	if w.Code != http.StatusOK {
		t.Fatalf("note: got %d %s", w.Code, w.Body)
	}
	p := s.page(http.MethodPatch, "/clientes/1", `{"nombre_propio":"Doña Ana","bloqueado":true}`)
	if p.Name != "Doña Ana" || p.Own != hostile || p.Phone != "+52 477 275 8198" || p.Hidden || p.Blocked == nil || p.Tickets != 1 {
		t.Errorf("got %+v, want her renamed and blocked", p.Customer)
	}
	if len(p.Notes) != 1 || p.Notes[0].Author != "Ana" || p.Notes[0].Body != "paga en efectivo" {
		t.Errorf("notes: got %+v, want Ana's", p.Notes)
	}
	if got := fields(t, s.ask(http.MethodGet, rest.Prefix+"/clientes?bloqueados=true", ""))["clientes"].([]any); len(got) != 1 {
		t.Errorf("blocked: got %v, want her", got)
	}
	wantProblem(t, s.ask(http.MethodPost, rest.Prefix+"/tickets/1/mensajes", `{"mensaje":"hola"}`), http.StatusConflict, "bloqueado")
	if got := fields(t, s.ask(http.MethodGet, rest.Prefix+"/tickets/1", "")); got["nombre"] != "Doña Ana" || got["cliente_id"] != 1.0 {
		t.Errorf("ticket: got %v, want her name and her id", got)
	}
	p = s.page(http.MethodDelete, fmt.Sprintf("/clientes/1/notas/%d", p.Notes[0].ID), "")
	if len(p.Notes) != 0 {
		t.Errorf("notes: got %+v, want none", p.Notes)
	}
	if p = s.page(http.MethodPatch, "/clientes/1", `{"bloqueado":false}`); p.Blocked != nil || p.Given != "Doña Ana" {
		t.Errorf("got %+v, want her unblocked and the name kept", p.Customer)
	}
	for _, path := range []string{"/clientes/99", "/clientes/99/tickets", "/clientes/99/exportar"} {
		wantProblem(t, s.ask(http.MethodGet, rest.Prefix+path, ""), http.StatusNotFound, "Cliente")
	}
}

func TestTwoContactsBecomeOneCustomer(t *testing.T) {
	s := openShop(t)
	s.hand(`{"remitente":"5214772758198@s.whatsapp.net","contenido":"hola","id":"A1"}`)
	s.hand(`{"remitente":"111222333444555@lid","contenido":"soy yo","id":"A2"}`)
	if p := s.page(http.MethodGet, "/clientes/2", ""); !p.Hidden || p.Phone != "" {
		t.Errorf("got %+v, want a hidden number", p.Customer)
	}
	p := s.page(http.MethodPost, "/clientes/1/unir", `{"con":2}`)
	if p.Phone != "+52 477 275 8198" || p.Tickets != 2 {
		t.Errorf("got %+v, want both tickets", p.Customer)
	}
	wantProblem(t, s.ask(http.MethodGet, rest.Prefix+"/clientes/2", ""), http.StatusNotFound, "Cliente")
	tickets := fields(t, s.ask(http.MethodGet, rest.Prefix+"/clientes/1/tickets?limite=1", ""))
	if list := tickets["tickets"].([]any); len(list) != 1 || tickets["siguiente"] != "2" || tickets["total"] != 2.0 {
		t.Errorf("got %v, want one of two", tickets)
	}
}

// unzip returns the entries of an archive by name.
func unzip(t *testing.T, data []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, entry := range archive.File {
		r, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		found[entry.Name] = string(text)
	}
	return found
}

func TestAnExportHoldsEverythingOfOneCustomerAndNothingRunsInIt(t *testing.T) {
	s := openShop(t)
	s.hand(hostileMessage("A1"))
	s.hand(`{"remitente":"5215512345678","contenido":"secreto de otro"}`)
	s.page(http.MethodPost, "/clientes/1/notas", `{"texto":"`+strings.ReplaceAll(hostile, `"`, `\"`)+`"}`)
	w := s.ask(http.MethodGet, rest.Prefix+"/clientes/1/exportar", "")
	if got := w.Header().Get("Content-Disposition"); w.Code != http.StatusOK || got != `attachment; filename="cliente-1.zip"` || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
	entries := unzip(t, w.Body.Bytes())
	var data struct {
		Customer      rest.CustomerPage   `json:"cliente"`
		Conversations []rest.Conversation `json:"conversaciones"`
	}
	if err := json.Unmarshal([]byte(entries["datos.json"]), &data); err != nil {
		t.Fatalf("%v in %s", err, entries["datos.json"])
	}
	if data.Customer.Own != hostile || len(data.Conversations) != 1 || data.Conversations[0].Messages[0].Body != hostile {
		t.Errorf("got %+v, want all of it", data)
	}
	name := strings.TrimPrefix(*data.Conversations[0].Messages[0].Files[0].URL, "/fotos/")
	if entries["archivos/"+name] != string(jpeg) || len(entries) != 3 {
		t.Errorf("got %d entries, want the picture among three", len(entries))
	}
	page := entries["conversaciones.html"]
	if strings.Contains(page, "<img src=x") || !strings.Contains(page, "&lt;img src=x") || !strings.Contains(page, `href="archivos/`+name) {
		t.Errorf("got %s, want what she wrote as text", page)
	}
	if strings.Contains(page+entries["datos.json"], "secreto") {
		t.Error("something of somebody else is in the export")
	}
}

func TestAnExportOfNobodysTicketsIsStillWhole(t *testing.T) {
	s := openShop(t)
	s.deliver(original("hola", nil))
	s.exec(`DELETE FROM messages`)
	s.exec(`DELETE FROM tickets`)
	entries := unzip(t, s.ask(http.MethodGet, rest.Prefix+"/clientes/1/exportar", "").Body.Bytes())
	if !json.Valid([]byte(entries["datos.json"])) {
		t.Errorf("got %s, want JSON", entries["datos.json"])
	}
}

func TestAnExportLeavesOutAFileThatIsNotThere(t *testing.T) {
	s := openShop(t)
	s.hand(hostileMessage("A1"))
	files, err := filepath.Glob(filepath.Join(s.dir, "fotos", "*.jpg"))
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v, want one file", files, err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if entries := unzip(t, s.ask(http.MethodGet, rest.Prefix+"/clientes/1/exportar", "").Body.Bytes()); len(entries) != 2 {
		t.Errorf("got %d entries, want the two documents", len(entries))
	}
}

func TestAnErasedCustomerLeavesNothingBehind(t *testing.T) {
	s := openShop(t)
	s.hand(hostileMessage("A1"))
	s.hand(`{"remitente":"5215512345678","contenido":"hola","imagen":"` + base64Of(jpeg) + `"}`)
	if w := s.ask(http.MethodDelete, rest.Prefix+"/clientes/1", ""); w.Code != http.StatusOK {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	if got := s.stored(); got != "contacts 1, tickets 1, messages 1, attachments 1, files 1" {
		t.Errorf("got %s, want only the other one's left", got)
	}
	wantProblem(t, s.ask(http.MethodDelete, rest.Prefix+"/clientes/1", ""), http.StatusNotFound, "Cliente")
}

func TestAMessageWhileClosedIsAnsweredOnce(t *testing.T) {
	s := openShop(t) // on a Monday at 10:00 UTC, which is 4:00 in Mexico
	w := s.ask(http.MethodPatch, rest.Prefix+"/ajustes", `{"zona_horaria":"America/Mexico_City","horario":[{"dia":"lunes","tramos":[{"desde":"09:00","hasta":"18:00"}]}],
		"fuera_de_horario":{"activo":true,"texto":"Abrimos a las 9."}}`)
	if w.Code != http.StatusOK {
		t.Fatalf("settings: got %d %s", w.Code, w.Body)
	}
	for i := range 3 {
		s.hand(fmt.Sprintf(`{"remitente":%q,"contenido":"hola","id":"A%d"}`, customer, i))
	}
	s.hand(`{"remitente":"5215512345678","contenido":"antes de cerrar","fecha":"2026-11-16T15:30:00Z","id":"B1"}`)
	if _, err := s.outbox.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	sent := s.laptop.received()
	if len(sent) != 1 || sent[0].Text != "Abrimos a las 9." || sent[0].To != customer {
		t.Errorf("sent: got %+v, want one answer to Ana alone", sent)
	}
	if got := fields(t, s.ask(http.MethodGet, rest.Prefix+"/tickets/1", "")); got["estado"] != "pendiente" || got["sin_leer"] != 3.0 {
		t.Errorf("got %v, want the ticket as unanswered as before", got)
	}
	s.clock.Advance(6 * time.Hour)
	s.hand(`{"remitente":"5215500000000","contenido":"hola","id":"C1"}`)
	if _, err := s.outbox.Sweep(t.Context()); err != nil || len(s.laptop.received()) != 1 {
		t.Errorf("at 10:00 there: got %v and %d answers, want no other one", err, len(s.laptop.received()))
	}
}
