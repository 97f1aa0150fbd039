package api_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mostrador/internal/pgtest"
	"mostrador/internal/server/auth"
)

// form is a multipart form; what follows the file is a name and a value each.
func form(t *testing.T, name string, file []byte, more ...string) (contentType, body string) {
	t.Helper()
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	for i := 0; i < len(more); i += 2 {
		if err := w.WriteField(more[i], more[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("archivo", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), buffer.String()
}

// upload sends a file to ticket 1 as a program with the token.
func (s *shop) upload(t *testing.T, name string, file []byte, more ...string) *httptest.ResponseRecorder {
	t.Helper()
	contentType, body := form(t, name, file, more...)
	return s.do(http.MethodPost, "/api/v1/tickets/1/archivos", body, "Authorization", "Bearer "+token, "Content-Type", contentType)
}

func TestAFileReachesTheLaptopAsItWasUploaded(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	picture := append(bytes.Clone(jpeg), bytes.Repeat([]byte{0, 1, 2, 3, 255}, 10_001)...)
	w := s.upload(t, "../../pieza\u202egpj.exe", picture, "mensaje", "¿Es esta?")
	if w.Code != http.StatusOK {
		t.Fatalf("got %d %s, want 200", w.Code, w.Body)
	}
	sent := s.laptop.received()
	if len(sent) != 1 || sent[0].Text != "¿Es esta?" || sent[0].To != customer || sent[0].File == nil ||
		sent[0].File.MIME != "image/jpeg" || !bytes.Equal(sent[0].File.Data, picture) {
		t.Fatalf("got %d messages, want one with the same picture", len(sent))
	}
	all := fields(t, s.ask(http.MethodGet, "/api/v1/tickets/1/conversacion", ""))["mensajes"].([]any)
	last := all[len(all)-1].(map[string]any)
	file := last["archivos"].([]any)[0].(map[string]any)
	if last["tipo"] != "imagen" || last["entrega"] != "enviado" || file["tamano"] != float64(len(picture)) || strings.ContainsAny(file["nombre"].(string), "/\u202e") {
		t.Errorf("got %v, want a picture that was sent, under a harmless name", last)
	}
	shown := s.ask(http.MethodGet, file["url"].(string), "")
	if !bytes.Equal(shown.Body.Bytes(), picture) || shown.Header().Get("Content-Type") != "image/jpeg" {
		t.Errorf("got %d and %d bytes, want the picture", shown.Code, shown.Body.Len())
	}
}

func TestAFileThatCannotGoNowWaitsAndIsRetriedOrDiscarded(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	s.laptop.answer(503, `{"error":"WhatsApp desconectado"}`)
	w := s.upload(t, "a.pdf", []byte("%PDF-1.7 x"))
	wantProblem(t, w, http.StatusServiceUnavailable, "desconectado")
	if fields(t, w)["en_cola"] != true {
		t.Fatalf("got %s, want en_cola", w.Body)
	}
	s.laptop.answer(200, `{"ok":true}`)
	if w := s.ask(http.MethodPost, "/api/v1/tickets/1/mensajes/2/reintentar", ""); w.Code != http.StatusOK {
		t.Errorf("retry: got %d %s, want 200", w.Code, w.Body)
	}
	if sent := s.laptop.received(); len(sent) != 1 || string(sent[0].File.Data) != "%PDF-1.7 x" || sent[0].File.Name != "a.pdf" {
		t.Errorf("got %+v, want the file", sent)
	}
	s.laptop.answer(503, `{"error":"WhatsApp desconectado"}`)
	s.upload(t, "b.pdf", []byte("%PDF-1.7 y"))
	if w := s.ask(http.MethodPost, "/api/v1/tickets/1/mensajes/3/descartar", ""); w.Code != http.StatusOK {
		t.Errorf("discard: got %d %s, want 200", w.Code, w.Body)
	}
	if got := s.stored(); got != "contacts 1, tickets 1, messages 3, attachments 2, files 2" {
		t.Errorf("got %s, want both files kept", got)
	}
}

func TestTheSameKeySendsOneMessageAndKeepsOneFile(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	for range 2 {
		if w := s.upload(t, "a.pdf", []byte("%PDF-1.7"), "clave", "k1"); w.Code != http.StatusOK {
			t.Fatalf("got %d %s, want 200", w.Code, w.Body)
		}
		if w := s.ask(http.MethodPost, "/api/v1/tickets/1/mensajes", `{"mensaje":"hola","clave":"k2"}`); w.Code != http.StatusOK {
			t.Fatalf("got %d %s, want 200", w.Code, w.Body)
		}
	}
	if got := len(s.laptop.received()); got != 2 {
		t.Errorf("got %d messages, want 2", got)
	}
	if got := s.stored(); got != "contacts 1, tickets 1, messages 3, attachments 1, files 1" {
		t.Errorf("got %s, want one file", got)
	}
}

func TestAFileThatIsNoneOrTooMuchIsRefusedAndNothingStays(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	wantProblem(t, s.upload(t, "a.exe", []byte("MZ\x90\x00")), http.StatusUnprocessableEntity, "no se envía")
	wantProblem(t, s.upload(t, "a.jpg", nil), http.StatusUnprocessableEntity, "vacío")
	wantProblem(t, s.upload(t, "a.jpg", append(bytes.Clone(jpeg), make([]byte, maxImage)...)), http.StatusRequestEntityTooLarge, "máximo")
	wantProblem(t, s.upload(t, "a.pdf", []byte("%PDF"), "mensaje", "a\xff"), http.StatusBadRequest, "UTF-8")
	wantProblem(t, s.upload(t, "a.pdf", []byte("%PDF-1.7"), "mensaje", strings.Repeat("x", 65537)), http.StatusUnprocessableEntity, "largo")
	wantProblem(t, s.ask(http.MethodPost, "/api/v1/tickets/1/archivos", `{}`), http.StatusBadRequest, "formulario")
	contentType, body := form(t, "a.pdf", []byte("%PDF-1.7"))
	header := []string{"Authorization", "Bearer " + token, "Content-Type", contentType}
	wantProblem(t, s.do(http.MethodPost, "/api/v1/tickets/1/archivos", body[:len(body)-20], header...), http.StatusBadRequest, "incompleto")
	wantProblem(t, s.do(http.MethodPost, "/api/v1/tickets/9/archivos", body, header...), http.StatusNotFound, "Ticket")
	if got := s.stored(); got != "contacts 1, tickets 1, messages 1, attachments 0, files 0" {
		t.Errorf("got %s, want nothing new", got)
	}
}

func TestAnAgentMayNotWriteFirstWithAFileEither(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	cookie := s.as(auth.RoleAgent)
	contentType, body := form(t, "a.pdf", []byte("%PDF-1.7"), "escribir_primero", "true")
	w := s.do(http.MethodPost, "/api/v1/tickets/1/archivos", body, append(cookie, "Content-Type", contentType)...)
	wantProblem(t, w, http.StatusForbidden, "administrador")
}

func TestAReplyQuotesTheMessageItAnswers(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	if w := s.ask(http.MethodPost, "/api/v1/tickets/1/mensajes", `{"mensaje":"¿Cuál?","responde_a":"3A01"}`); w.Code != http.StatusOK {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	if sent := s.laptop.received(); len(sent) != 1 || sent[0].ReplyTo != "3A01" {
		t.Errorf("got %+v, want the quotation", sent)
	}
}

func FuzzAnUploadNeverBreaksTheServer(f *testing.F) {
	s := openShop(f)
	f.Add("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"archivo\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7\r\n--x--\r\n")
	f.Add("multipart/form-data", "")
	f.Fuzz(func(t *testing.T, contentType, body string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/tickets/1/archivos", strings.NewReader(body))
		r.Header = http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {contentType}}
		w := httptest.NewRecorder()
		s.router.ServeHTTP(w, r)
		if w.Code == http.StatusInternalServerError || w.Code == http.StatusOK {
			t.Errorf("got %d %.200s", w.Code, w.Body)
		}
	})
}

func TestAFileForACustomerOutlivesACommitWhoseAnswerIsLost(t *testing.T) {
	url := pgtest.URL(t)
	p := pgtest.NewProxy(t, url)
	s := openShopOn(t, p.URL, auth.Options{})
	s.deliver(original("no prende", nil))
	release := p.HoldCommit()
	wantProblem(t, s.upload(t, "a.pdf", []byte("%PDF-1.7"), "clave", "k1"), http.StatusServiceUnavailable, "guardar")
	release()
	if w := s.upload(t, "a.pdf", []byte("%PDF-1.7"), "clave", "k1"); w.Code != http.StatusOK {
		t.Errorf("the repeat: got %d %s, want 200", w.Code, w.Body)
	}
	if sent := s.laptop.received(); len(sent) != 1 || sent[0].File == nil || string(sent[0].File.Data) != "%PDF-1.7" {
		t.Errorf("got %+v, want the file", sent)
	}
	s.wantItsFile(2)
}
