package api_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mostrador/internal/pgtest"
	"mostrador/internal/server/api"
	"mostrador/internal/server/auth"
	"mostrador/internal/wire"
)

// original is a message as the original system's bridge sends it.
func original(text string, picture []byte) wire.Webhook {
	return wire.Webhook{Sender: customer, Content: text, Image: picture}
}

func TestTheOriginalsThreeKeysMakeATicketWithTheOriginalsColumns(t *testing.T) {
	s := openShop(t)
	w := s.ask(http.MethodPost, "/webhook", `{"remitente":"`+customer+`","contenido":"Mi lap no enciende","imagen":"`+base64Of(jpeg)+`"}`)
	if got, want := strings.TrimSpace(w.Body.String()), `{"status":"ok","mensaje":"Ticket recibido y procesando","ticket_id":1}`; w.Code != http.StatusOK || got != want {
		t.Fatalf("got %d %s, want %s", w.Code, got, want)
	}
	list := fields(t, s.ask(http.MethodGet, "/tickets?limit=10", ""))
	row := list["tickets"].([]any)[0].(map[string]any)
	photo, _ := row["foto_path"].(string)
	for key, want := range map[string]any{
		"id": 1.0, "cliente": customer, "descripcion": "Mi lap no enciende", "estado": "pendiente",
		"categoria": "Hardware - Energía", "fecha": "2026-11-23T10:00:00Z",
	} {
		if row[key] != want {
			t.Errorf("%s: got %v, want %v", key, row[key], want)
		}
	}
	got := s.asAna(http.MethodGet, photo, "")
	if got.Code != http.StatusOK || !slices.Equal(got.Body.Bytes(), jpeg) || got.Header().Get("Content-Type") != "image/jpeg" {
		t.Errorf("%s: got %d %q, want the picture", photo, got.Code, got.Body)
	}
}

func TestTheOriginalsNullAndEmptyPicturesAreNoPicture(t *testing.T) {
	s := openShop(t)
	for _, image := range []string{`null`, `""`} {
		w := s.ask(http.MethodPost, "/webhook", `{"remitente":"5214772758198","contenido":"hola","imagen":`+image+`}`)
		if w.Code != http.StatusOK {
			t.Errorf("imagen %s: got %d %s, want 200", image, w.Code, w.Body)
		}
	}
	if got := s.stored(); got != "contacts 1, tickets 1, messages 2, attachments 0, files 0" {
		t.Errorf("got %s, want two messages and no file", got)
	}
}

func TestBase64WithLineBreaksIsTaken(t *testing.T) {
	s := openShop(t)
	broken := base64Of(jpeg)[:8] + `\r\n` + base64Of(jpeg)[8:] + `\n`
	w := s.ask(http.MethodPost, "/webhook", `{"remitente":"`+customer+`","contenido":"","imagen":"`+broken+`"}`)
	if w.Code != http.StatusOK || !strings.HasSuffix(s.stored(), "files 1") {
		t.Errorf("got %d %s and %s, want the picture stored", w.Code, w.Body, s.stored())
	}
}

func TestBadMessagesAreRefusedInSpanishAndLeaveNothingBehind(t *testing.T) {
	s := openShop(t)
	before := s.stored()
	with := func(rest string) string { return `{"remitente":"` + customer + `","contenido":"hola",` + rest + `}` }
	picture := func(data string) string { return with(`"imagen":"` + base64Of([]byte(data)) + `"`) }
	tests := []struct {
		name, body string
		status     int
		part       string
	}{
		{"empty body", "", 400, "vacío"},
		{"not JSON", "remitente=1", 400, "JSON"},
		{"cut off", `{"remitente":"52`, 400, "JSON"},
		{"a list", `[]`, 422, "objeto"},
		{"a text", `"hola"`, 422, "objeto"},
		{"number for text", `{"remitente":5214772758198,"contenido":"hola"}`, 422, "«remitente»"},
		{"list for text", `{"remitente":"` + customer + `","contenido":["hola"]}`, 422, "«contenido»"},
		{"object for picture", with(`"imagen":{"url":"x"}`), 422, "«imagen»"},
		{"text for flag", with(`"propio":"sí"`), 422, "«propio»"},
		{"deep nesting", strings.Repeat(`{"a":`, 20_000), 400, "JSON"},
		{"deep nesting in a field", with(`"extra":` + strings.Repeat(`[`, 20_000) + strings.Repeat(`]`, 20_000)), 400, "JSON"},
		{"invalid UTF-8", with("\"nombre\":\"\xff\xfe\""), 400, "UTF-8"},
		{"bad padding", with(`"imagen":"` + strings.TrimRight(base64Of(jpeg), "=") + `"`), 400, "Imagen inválida"},
		{"not base64", with(`"imagen":"¿qué?"`), 400, "Imagen inválida"},
		{"data URL", with(`"imagen":"data:image/jpeg;base64,` + base64Of(jpeg) + `"`), 400, "Imagen inválida"},
		{"text called picture", picture("hola, soy foto.jpg"), 422, "JPEG"},
		{"SVG", picture(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), 422, "JPEG"},
		{"HTML", picture(`<html><script>alert(1)</script>`), 422, "JPEG"},
		{"picture too large", picture(string(jpeg) + strings.Repeat("x", maxImage)), 413, "La imagen"},
		{"file too large", with(`"archivo":{"datos":"` + base64Of(make([]byte, maxImage+1)) + `"}`), 413, "El archivo"},
		{"file with bad base64", with(`"archivo":{"datos":"x"}`), 400, "inválida"},
		{"body too large", `{"contenido":"` + strings.Repeat("a", 2_000_000) + `"}`, 413, "grande"},
		{"no sender", `{"contenido":"hola"}`, 422, "«remitente»"},
		{"blank sender", `{"remitente":"  ","contenido":"hola"}`, 422, "«remitente»"},
		{"path for sender", `{"remitente":"../../etc/passwd","contenido":"hola"}`, 422, "«remitente»"},
		{"script for sender", `{"remitente":"<script>@s.whatsapp.net","contenido":"hola"}`, 422, "«remitente»"},
		{"status broadcast", `{"remitente":"status@broadcast","contenido":"hola"}`, 422, "«remitente»"},
		{"mail address", `{"remitente":"ana@example.com","contenido":"hola"}`, 422, "«remitente»"},
		{"endless number", `{"remitente":"` + strings.Repeat("5", 200) + `","contenido":"hola"}`, 422, "«remitente»"},
		{"null everything", `{"remitente":null,"contenido":null,"imagen":null}`, 422, "«remitente»"},
		{"nothing in it", `{"remitente":"` + customer + `"}`, 422, "vacío"},
		{"blank text", `{"remitente":"` + customer + `","contenido":" \n "}`, 422, "vacío"},
		{"bad chat", with(`"chat":"x@y"`), 422, "«chat»"},
		{"bad phone", with(`"telefono":"abc"`), 422, "«telefono»"},
		{"bad lid", with(`"lid":"abc"`), 422, "«lid»"},
		{"id with a line break", with(`"id":"3EB0\n"`), 422, "«id»"},
		{"id with a space", with(`"id":"3EB0 1"`), 422, "«id»"},
		{"id in letters beyond ASCII", with(`"id":"ñ"`), 422, "«id»"},
		{"endless id", with(`"id":"` + strings.Repeat("A", 129) + `"`), 422, "«id»"},
		{"bad reference", with(`"responde_a":"a\u0000b"`), 422, "«responde_a»"},
		{"edit of nothing", with(`"editado":true`), 422, "«responde_a»"},
		{"bad date", with(`"fecha":"ayer"`), 400, "JSON"},
		{"endless text", `{"remitente":"` + customer + `","contenido":"` + strings.Repeat("a", 1_100_000) + `"}`, 422, "«contenido»"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantProblem(t, s.ask(http.MethodPost, "/webhook", tt.body), tt.status, tt.part)
		})
	}
	if got := s.stored(); got != before {
		t.Errorf("got %s, want %s", got, before)
	}
	for _, secret := range []string{token, "goroutine", "hola"} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

func TestThirtyMegabytesAreRefusedUnderTheUsualLimit(t *testing.T) {
	s := openShop(t, func(o *api.Options) { o.MaxImage = 16_000_000 })
	w := s.ask(http.MethodPost, "/webhook", `{"remitente":"`+customer+`","imagen":"`+strings.Repeat("A", 30<<20)+`"}`)
	wantProblem(t, w, http.StatusRequestEntityTooLarge, "grande")
}

func TestTheLargestPictureFitsEvenWithLineBreaks(t *testing.T) {
	s := openShop(t)
	text := base64Of(append(slices.Clone(jpeg), make([]byte, maxImage-len(jpeg))...))
	var wrapped strings.Builder
	for len(text) > 76 {
		wrapped.WriteString(text[:76] + `\r\n`)
		text = text[76:]
	}
	w := s.ask(http.MethodPost, "/webhook", `{"remitente":"`+customer+`","contenido":"`+strings.Repeat("a", 65536)+`","imagen":"`+wrapped.String()+text+`"}`)
	if w.Code != http.StatusOK {
		t.Errorf("got %d %s, want 200", w.Code, w.Body)
	}
}

func TestTheTokenIsCheckedBeforeTheBodyIsRead(t *testing.T) {
	s := openShop(t)
	r := httptest.NewRequest(http.MethodPost, "/webhook", readFails{t})
	w := httptest.NewRecorder()
	s.router.ServeHTTP(w, r)
	wantProblem(t, w, http.StatusUnauthorized, "")
}

type readFails struct{ t *testing.T }

func (r readFails) Read([]byte) (int, error) {
	r.t.Error("the body was read")
	return 0, io.EOF
}

func TestARepeatedIDIsADuplicateAndFillsInThePictureThatWasMissing(t *testing.T) {
	s := openShop(t)
	m := original("mire", nil)
	m.ID, m.File = "3EB0AA", &wire.File{MIME: "image/jpeg", State: wire.FilePending}
	n := s.deliver(m)
	m.File, m.Image = nil, jpeg
	for range 3 {
		body, _ := json.Marshal(m)
		got := fields(t, s.ask(http.MethodPost, "/webhook", string(body)))
		if got["duplicado"] != true || got["ticket_id"] != float64(n) {
			t.Errorf("got %v, want a duplicate of ticket %d", got, n)
		}
	}
	if got := s.stored(); got != "contacts 1, tickets 1, messages 1, attachments 1, files 1" {
		t.Errorf("got %s, want one message with one file", got)
	}
	if row := fields(t, s.ask(http.MethodGet, "/api/v1/tickets/1", "")); row["foto_path"] == nil {
		t.Errorf("got %v, want a picture", row)
	}
}

func TestTicketPerMessageIsTheOriginalsWay(t *testing.T) {
	s := openShop(t, func(o *api.Options) { o.TicketPerMessage = true })
	if a, b := s.deliver(original("uno", nil)), s.deliver(original("dos", nil)); a != 1 || b != 2 {
		t.Errorf("got tickets %d and %d, want 1 and 2", a, b)
	}
}

func TestFilesOfAnyKindAreKeptAsDownloads(t *testing.T) {
	s := openShop(t)
	m := original("", nil)
	m.File = &wire.File{Name: "../../evil\u202egpj.html", MIME: "text/html", Data: []byte("<script>alert(1)</script>")}
	n := s.deliver(m)
	got := fields(t, s.ask(http.MethodGet, fmt.Sprintf("/ticket/%d/conversacion", n), ""))
	file := got["mensajes"].([]any)[0].(map[string]any)["archivos"].([]any)[0].(map[string]any)
	if file["nombre"] != ".._.._evilgpj.html" || file["estado"] != "guardado" {
		t.Errorf("got %v, want a harmless name", file)
	}
	w := s.ask(http.MethodGet, file["url"].(string), "")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("got %d %v, want a download", w.Code, w.Header())
	}
	if policy := w.Header().Get("Content-Security-Policy"); policy != "sandbox; default-src 'none'" {
		t.Errorf("got policy %q, want a sandbox", policy)
	}
}

func TestAFullDiskIsTemporaryAndLeavesNoRow(t *testing.T) {
	s := openShop(t)
	if err := os.RemoveAll(filepath.Join(s.dir, "fotos")); err != nil {
		t.Fatal(err)
	}
	body, _ := json.Marshal(original("mire", jpeg))
	wantProblem(t, s.ask(http.MethodPost, "/webhook", string(body)), http.StatusServiceUnavailable, "no puede guardar")
	if got := fields(t, s.ask(http.MethodGet, "/tickets", ""))["total"]; got != 0.0 {
		t.Errorf("got %v tickets, want none", got)
	}
	if !strings.Contains(s.log.String(), "no such file") && !strings.Contains(s.log.String(), "cannot find") {
		t.Errorf("got log %s, want the cause in it", s.log)
	}
}

func TestATransactionThatFailsLeavesNoFileAndNoInternals(t *testing.T) {
	s := openShop(t)
	before := s.stored()
	s.exec(`CREATE TRIGGER broken BEFORE INSERT ON attachments BEGIN SELECT RAISE(ABORT, 'secret cause'); END`)
	body, _ := json.Marshal(original("mire", jpeg))
	w := s.ask(http.MethodPost, "/webhook", string(body))
	wantProblem(t, w, http.StatusInternalServerError, "Error interno")
	if strings.Contains(w.Body.String(), "secret") || !strings.Contains(s.log.String(), "secret cause") {
		t.Errorf("got answer %s and log %s, want the cause only in the log", w.Body, s.log)
	}
	if got := s.stored(); got != before {
		t.Errorf("got %s, want %s", got, before)
	}
}

func TestHealthSaysSoWhenTheDatabaseDoesNotAnswer(t *testing.T) {
	s := openShop(t)
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	w := s.do(http.MethodGet, "/health", "")
	if got := fields(t, w); w.Code != http.StatusServiceUnavailable || got["status"] != "error" || got["message"] == "" {
		t.Errorf("got %d %v, want 503", w.Code, got)
	}
}

func TestHealthIsTheOriginals(t *testing.T) {
	s := openShop(t)
	s.deliver(original("hola", nil))
	got := fields(t, s.do(http.MethodGet, "/health", ""))
	want := map[string]any{"status": "ok", "total_tickets": 1.0, "laptop_url": s.laptop.URL, "timestamp": "2026-11-23T10:00:00Z"}
	for key := range want {
		if got[key] != want[key] || len(got) != len(want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

// TestAConnectionThatBreaksOffStoresNothing speaks to a real server: one client
// stops in the middle and closes its half, another dawdles until it is cut.
func TestAConnectionThatBreaksOffStoresNothing(t *testing.T) {
	s := openShop(t)
	srv := httptest.NewServer(s.router)
	t.Cleanup(srv.Close)
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /webhook HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 1000\r\n\r\n{\"remitente\":\"%s\",", token, customer)
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("got %d, want 400", resp.StatusCode)
	}
	dawdling, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer dawdling.Close()
	fmt.Fprintf(dawdling, "POST /webhook HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n", token)
	// The server asks for the rest only once it waits for it.
	if line, err := bufio.NewReader(dawdling).ReadString('\n'); err != nil || !strings.Contains(line, " 100 ") {
		t.Fatalf("got %q, %v, want 100", line, err)
	}
	fmt.Fprintf(dawdling, "{\"remitente\":\"%s\",", customer)
	for _, when := range []string{"while it dawdles", "after the cut"} {
		if got := s.stored(); got != "contacts 0, tickets 0, messages 0, attachments 0, files 0" {
			t.Errorf("%s: got %s, want nothing", when, got)
		}
		_ = dawdling.Close()
		srv.Close() // waits for whoever still reads
	}
}

// The COMMIT is still on its way when the webhook has been refused.
func TestAPhotoOutlivesACommitWhoseAnswerIsLost(t *testing.T) {
	url := pgtest.URL(t)
	p := pgtest.NewProxy(t, url)
	s := openShopOn(t, p.URL, auth.Options{})
	m := original("mire", jpeg)
	m.ID = "3A0F"
	body, _ := json.Marshal(m)
	release := p.HoldCommit()
	wantProblem(t, s.ask(http.MethodPost, "/webhook", string(body)), http.StatusServiceUnavailable, "guardar")
	release()
	if w := s.ask(http.MethodPost, "/webhook", string(body)); w.Code != http.StatusOK || fields(t, w)["duplicado"] != true {
		t.Errorf("the repeat: got %d %s, want a duplicate", w.Code, w.Body)
	}
	s.wantItsFile(1)
}

// wantItsFile checks that the first file of a message of ticket 1 can be had, and
// that there is no other on the disk.
func (s *shop) wantItsFile(message int) {
	s.t.Helper()
	all := fields(s.t, s.ask(http.MethodGet, "/api/v1/tickets/1/conversacion", ""))["mensajes"].([]any)
	file := all[message-1].(map[string]any)["archivos"].([]any)[0].(map[string]any)
	if got := s.ask(http.MethodGet, file["url"].(string), ""); got.Code != http.StatusOK {
		s.t.Errorf("the file: got %d %s, want 200", got.Code, got.Body)
	}
	if files, err := os.ReadDir(filepath.Join(s.dir, "fotos")); err != nil || len(files) != 1 {
		s.t.Errorf("got %d files, %v; want one", len(files), err)
	}
}
