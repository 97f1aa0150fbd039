package api_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

const received = "Hola, recibimos tu equipo. Estamos trabajando en el diagnóstico. Te avisaremos pronto."

func TestNotificarRecibidoReachesTheCustomer(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	w := s.asAna(http.MethodPost, "/responder/1", "")
	if got := strings.TrimSpace(w.Body.String()); w.Code != http.StatusOK || got != `{"status":"Enviado","ticket_id":1}` {
		t.Fatalf("got %d %s, want the original's answer", w.Code, got)
	}
	sent := s.laptop.received()
	if len(sent) != 1 || sent[0].To != customer || sent[0].Text != received || !regexp.MustCompile(`^3EB0[0-9A-F]{18}$`).MatchString(sent[0].ID) {
		t.Errorf("got %+v, want one message under an id like whatsmeow's", sent)
	}
	row := fields(t, s.ask(http.MethodGet, "/api/v1/tickets/1", ""))
	notice, _ := row["aviso"].(map[string]any)
	if notice["estado"] != "enviado" || row["estado"] != "en_proceso" || row["primera_respuesta"] == nil || row["sin_leer"] != 0.0 {
		t.Errorf("got %v, want an answered ticket", row)
	}
}

func TestClickingTwiceSendsOneMessage(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	var wg sync.WaitGroup
	answers := make([]*httptest.ResponseRecorder, 8)
	for i := range answers {
		wg.Go(func() { answers[i] = s.ask(http.MethodPost, "/responder/1", "") })
	}
	wg.Wait()
	for _, w := range answers {
		// Whoever comes between the claim and its outcome is told that it waits.
		if w.Code != http.StatusOK && (w.Code != http.StatusServiceUnavailable || fields(t, w)["en_cola"] != true) {
			t.Errorf("got %d %s, want sent or queued", w.Code, w.Body)
		}
	}
	if got := s.laptop.received(); len(got) != 1 {
		t.Errorf("got %d messages, want 1", len(got))
	}
	s.clock.Advance(2 * time.Minute)
	if w := s.ask(http.MethodPost, "/responder/1", ""); w.Code != http.StatusOK {
		t.Errorf("later: got %d %s, want 200", w.Code, w.Body)
	}
	if got := s.laptop.received(); len(got) != 2 {
		t.Errorf("later: got %d messages, want another one", len(got))
	}
}

func TestAReplyThatCannotGoNowStaysQueuedAndGoesLater(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	for _, tt := range []struct {
		status int
		body   string
		want   int
		part   string
	}{
		{503, `{"error":"WhatsApp desconectado","solucion":"Abra el puente."}`, 503, "WhatsApp desconectado. Abra el puente."},
		{504, `{"error":"sin confirmar"}`, 504, "sin confirmar"},
		{500, `oops <html>`, 503, "500"},
		{401, ``, 503, "API_TOKEN"},
		{302, ``, 503, "302"},
	} {
		s.laptop.answer(tt.status, tt.body)
		w := s.ask(http.MethodPost, "/responder/1", "")
		wantProblem(t, w, tt.want, tt.part)
		if fields(t, w)["en_cola"] != true {
			t.Errorf("%d: got %s, want en_cola", tt.status, w.Body)
		}
	}
	s.laptop.answer(http.StatusOK, `{"ok":true}`)
	s.clock.Advance(time.Hour)
	if n, err := s.outbox.Sweep(t.Context()); n != 1 || err != nil {
		t.Errorf("got %d, %v, want one reply sent by itself", n, err)
	}
	if got := s.laptop.received(); len(got) != 1 || got[0].Text != received {
		t.Errorf("got %+v, want the one message", got)
	}
}

func TestAReplyThatCanNeverGoIsFailedWithItsReason(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	s.laptop.answer(http.StatusUnprocessableEntity, `{"error":"Ese número no está en WhatsApp."}`)
	w := s.ask(http.MethodPost, "/ticket/1/enviar-mensaje", `{"mensaje":"Ya está listo"}`)
	wantProblem(t, w, http.StatusUnprocessableEntity, "no está en WhatsApp")
	if fields(t, w)["en_cola"] != nil {
		t.Errorf("got %s, want nothing queued", w.Body)
	}
	messages := fields(t, s.ask(http.MethodGet, "/ticket/1/conversacion", ""))["mensajes"].([]any)
	last := messages[len(messages)-1].(map[string]any)
	if last["entrega"] != "fallo" || last["motivo"] != "Ese número no está en WhatsApp." {
		t.Errorf("got %v, want the failure and its reason", last)
	}
}

func TestALaptopThatIsNotThereIsUnavailable(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	s.laptop.Close()
	w := s.ask(http.MethodPost, "/responder/1", "")
	wantProblem(t, w, http.StatusServiceUnavailable, "laptop")
	if fields(t, w)["en_cola"] != true {
		t.Errorf("got %s, want en_cola", w.Body)
	}
}

func TestAnswersAreCheckedBeforeTheyAreQueued(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	for _, tt := range []struct {
		path, body string
		status     int
		part       string
	}{
		{"/responder/2", "", 404, "Ticket no encontrado"},
		{"/responder/0", "", 404, "Ticket no encontrado"},
		{"/responder/-1", "", 404, "Ticket no encontrado"},
		{"/responder/uno", "", 404, "Ticket no encontrado"},
		{"/responder/99999999999999999999", "", 404, "Ticket no encontrado"},
		{"/responder/..%2f1", "", 404, "Ticket no encontrado"},
		{"/ticket/2/enviar-mensaje", `{"mensaje":"x"}`, 404, "Ticket no encontrado"},
		{"/ticket/1/enviar-mensaje", ``, 400, "vacío"},
		{"/ticket/1/enviar-mensaje", `{"mensaje":" \n"}`, 422, "mensaje"},
		{"/ticket/1/enviar-mensaje", `{"mensaje":1}`, 422, "«mensaje»"},
		{"/ticket/1/enviar-mensaje", `{"mensaje":"` + strings.Repeat("a", 65537) + `"}`, 422, "largo"},
		{"/ticket/1/enviar-mensaje", strings.Repeat("[", 600_000), 413, "grande"},
	} {
		wantProblem(t, s.ask(http.MethodPost, tt.path, tt.body), tt.status, tt.part)
	}
	if got := s.stored(); got != "contacts 1, tickets 1, messages 1, attachments 0, files 0" {
		t.Errorf("got %s, want no reply stored", got)
	}
}

func TestRepliesToOneCustomerKeepTheirOrder(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	s.laptop.answer(http.StatusServiceUnavailable, `{"error":"WhatsApp desconectado"}`)
	s.ask(http.MethodPost, "/ticket/1/enviar-mensaje", `{"mensaje":"uno"}`)
	s.laptop.answer(http.StatusOK, `{"ok":true}`)
	w := s.ask(http.MethodPost, "/ticket/1/enviar-mensaje", `{"mensaje":"dos"}`)
	wantProblem(t, w, http.StatusServiceUnavailable, "cola")
	s.clock.Advance(time.Minute)
	if _, err := s.outbox.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := s.laptop.received()
	if len(got) != 2 || got[0].Text != "uno" || got[1].Text != "dos" {
		t.Errorf("got %+v, want uno and then dos", got)
	}
}

func TestAMessageFromTheLaptopBringsWaitingRepliesForward(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	if n, err := s.outbox.Sweep(t.Context()); n != 0 || err != nil {
		t.Fatalf("got %d, %v, want nothing to send yet", n, err)
	}
	s.clock.Advance(time.Minute)
	s.laptop.answer(http.StatusServiceUnavailable, `{"error":"WhatsApp desconectado"}`)
	s.ask(http.MethodPost, "/responder/1", "")
	s.laptop.answer(http.StatusOK, `{"ok":true}`)
	if n, err := s.outbox.Sweep(t.Context()); n != 0 || err != nil {
		t.Fatalf("got %d, %v before the laptop is back, want nothing sent", n, err)
	}
	s.deliver(original("¿hola?", nil))
	if n, err := s.outbox.Sweep(t.Context()); n != 1 || err != nil {
		t.Errorf("got %d, %v, want the reply sent", n, err)
	}
}
