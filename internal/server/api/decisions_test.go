package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// lastMessage returns the newest message of ticket 1 as the panel sees it.
func (s *shop) lastMessage() map[string]any {
	s.t.Helper()
	messages := fields(s.t, s.ask(http.MethodGet, "/ticket/1/conversacion", ""))["mensajes"].([]any)
	return messages[len(messages)-1].(map[string]any)
}

// wantLast checks the state of the newest message and returns where a person
// decides about it.
func (s *shop) wantLast(what, state, reason string) string {
	s.t.Helper()
	last := s.lastMessage()
	if last["entrega"] != state || last["motivo"] != reason {
		s.t.Errorf("%s: got %v because %v, want %q because %q", what, last["entrega"], last["motivo"], state, reason)
	}
	return fmt.Sprintf("/api/v1/tickets/1/mensajes/%v/", last["id"])
}

func TestAFailedReplyIsRetriedUnderItsIDOrDiscarded(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	s.laptop.answer(http.StatusUnprocessableEntity, `{"error":"Ese número no tiene WhatsApp.","codigo":"sin_whatsapp"}`)
	wantProblem(t, s.asAna(http.MethodPost, "/responder/1", ""), http.StatusUnprocessableEntity, "no tiene WhatsApp")
	path := s.wantLast("refused", "fallo", "Ese número no tiene WhatsApp.")
	wantProblem(t, s.asAna(http.MethodPost, path+"reintentar", ""), http.StatusUnprocessableEntity, "no tiene WhatsApp")
	s.laptop.answer(http.StatusOK, `{"ok":true}`)
	if w := s.asAna(http.MethodPost, path+"reintentar", ""); w.Code != http.StatusOK || fields(t, w)["status"] != "Enviado" {
		t.Errorf("retried: got %d %s, want it sent", w.Code, w.Body)
	}
	sent := s.laptop.received()
	if len(sent) != 1 || sent[0].ID != s.lastMessage()["wa_id"] || sent[0].Text != received {
		t.Errorf("got %+v, want the notice under its id", sent)
	}
	wantProblem(t, s.asAna(http.MethodPost, path+"reintentar", ""), http.StatusConflict, "ya salió")
	wantProblem(t, s.asAna(http.MethodPost, path+"descartar", ""), http.StatusConflict, "ya salió")

	s.laptop.answer(http.StatusUnprocessableEntity, `{"error":"No."}`)
	s.asAna(http.MethodPost, "/ticket/1/enviar-mensaje", `{"mensaje":"listo"}`)
	path = s.wantLast("another one", "fallo", "No.")
	stuck := func() any { return fields(t, s.ask(http.MethodGet, "/api/v1/tickets/1", ""))["por_decidir"] }
	if got := stuck(); got != 1.0 {
		t.Errorf("in the list: got %v replies to decide about, want 1", got)
	}
	for range 2 {
		if w := s.asAna(http.MethodPost, path+"descartar", ""); w.Code != http.StatusOK || fields(t, w)["status"] != "Descartado" {
			t.Errorf("discarded: got %d %s, want it so", w.Code, w.Body)
		}
	}
	s.wantLast("discarded", "descartado", "Lo descartó Ana.")
	if got := stuck(); got != 0.0 {
		t.Errorf("discarded: got %v replies to decide about, want none", got)
	}
	wantProblem(t, s.asAna(http.MethodPost, path+"reintentar", ""), http.StatusConflict, "se descartó")
}

func TestAReplyThatWhatsAppLimitsWaitsWithTheReason(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	s.laptop.answer(http.StatusServiceUnavailable, `{"error":"WhatsApp limita los mensajes.","codigo":"limitado"}`)
	for range 3 { // only the first one is tried
		w := s.asAna(http.MethodPost, "/responder/1", "")
		wantProblem(t, w, http.StatusServiceUnavailable, "WhatsApp limita")
		if fields(t, w)["en_cola"] != true {
			t.Errorf("got %s, want en_cola", w.Body)
		}
	}
	s.wantLast("limited", "limitado", "WhatsApp limita los mensajes.")
	if got := s.notice(); got != "limitado" {
		t.Errorf("in the list: got %v, want limitado", got)
	}
	s.laptop.answer(http.StatusOK, `{"ok":true}`)
	if n, err := s.outbox.Sweep(t.Context()); n != 0 || err != nil {
		t.Errorf("before it is lifted: got %d, %v, want nothing sent", n, err)
	}
	s.deliver(original("¿hola?", nil))
	if n, err := s.outbox.Sweep(t.Context()); n != 1 || err != nil {
		t.Errorf("after the customer wrote: got %d, %v, want it sent", n, err)
	}
}

func TestALateReplyIsConfirmedOrDiscardedInThePanel(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	s.laptop.answer(http.StatusServiceUnavailable, `{"error":"WhatsApp desconectado"}`)
	s.ask(http.MethodPost, "/responder/1", "")
	s.clock.Advance(25 * time.Hour)
	s.laptop.answer(http.StatusOK, `{"ok":true}`)
	if n, err := s.outbox.Sweep(t.Context()); n != 0 || err != nil {
		t.Errorf("a day later: got %d, %v, want it to ask", n, err)
	}
	path := s.wantLast("a day later", "por_confirmar", "WhatsApp desconectado")
	wantProblem(t, s.ask(http.MethodPost, "/responder/1", ""), http.StatusConflict, "confirme")
	if w := s.ask(http.MethodPost, path+"reintentar", ""); w.Code != http.StatusOK || len(s.laptop.received()) != 1 {
		t.Errorf("confirmed: got %d %s and %d sent, want it sent", w.Code, w.Body, len(s.laptop.received()))
	}
}

func TestOnlyAnAdministratorWritesFirst(t *testing.T) {
	s := openShop(t)
	s.deliver(wire.Webhook{Sender: customer, ID: "E1", Reaction: new(string), ReplyTo: "UNKNOWN"})
	refused := `{"mensaje":"hola","escribir_primero":true}`
	for _, path := range []string{"/responder/1", "/ticket/1/enviar-mensaje"} {
		wantProblem(t, s.asAna(http.MethodPost, path, `{"mensaje":"hola"}`), http.StatusConflict, "todavía no ha escrito")
	}
	s.exec(`UPDATE users SET role = 'agent'`)
	wantProblem(t, s.asAna(http.MethodPost, "/ticket/1/enviar-mensaje", refused), http.StatusForbidden, "administrador")
	if got := s.laptop.received(); len(got) != 0 {
		t.Errorf("got %+v sent, want nothing", got)
	}
	s.exec(`UPDATE users SET role = 'admin'`)
	if w := s.asAna(http.MethodPost, "/ticket/1/enviar-mensaje", refused); w.Code != http.StatusOK || len(s.laptop.received()) != 1 {
		t.Errorf("an administrator: got %d %s, want it sent", w.Code, w.Body)
	}
	messages := fields(t, s.ask(http.MethodGet, "/ticket/1/conversacion", ""))["mensajes"].([]any)
	if event := messages[1].(map[string]any); event["direccion"] != "evento" || event["autor"] != "Ana" {
		t.Errorf("got %v, want an event that names Ana", event)
	}
}

func TestDecisionsAreAboutRepliesOfTheTicketOnly(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	for _, path := range []string{"/api/v1/tickets/1/mensajes/1", "/api/v1/tickets/1/mensajes/9", "/api/v1/tickets/2/mensajes/1"} {
		for _, decision := range []string{"/reintentar", "/descartar"} {
			wantProblem(t, s.ask(http.MethodPost, path+decision, ""), http.StatusNotFound, "no encontrad")
		}
	}
	other, err := s.store.QueueReply(t.Context(), store.Reply{Business: s.origin.Business, Ticket: 1, Text: "x", WhatsAppID: "R1"})
	if err != nil {
		t.Fatal(err)
	}
	s.exec(`INSERT INTO businesses (id, code, name, received_text, join_window_ms, created_at) VALUES (77, 'b', 'Otro', '', 0, 0)`)
	if err := s.auth.AddUser(t.Context(), 77, "Eva", "muy secreta"); err != nil {
		t.Fatal(err)
	}
	cookie := sessionCookie(t, s.do(http.MethodPost, "/entrar", `{"usuario":"eva","clave":"muy secreta"}`)).Value
	for _, decision := range []string{"reintentar", "descartar"} {
		path := fmt.Sprintf("/api/v1/tickets/1/mensajes/%d/%s", other.Message, decision)
		wantProblem(t, s.do(http.MethodPost, path, "", "Cookie", auth.Cookie+"="+cookie), http.StatusNotFound, "no encontrad")
		wantProblem(t, s.do(http.MethodPost, path, "", "Cookie", auth.Cookie+"="+cookie, "Sec-Fetch-Site", "cross-site"), http.StatusForbidden, "otro sitio")
	}
	if got := s.lastMessage()["entrega"]; got != wire.DeliveryName(ticket.DeliveryQueued) {
		t.Errorf("got %v, want the reply as it was", got)
	}
}
