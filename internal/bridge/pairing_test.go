package bridge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"go.mau.fi/whatsmeow/types"

	"mostrador/internal/wasim"
	"mostrador/internal/wire"
)

// submit fills a form of the local page in and returns the answer's message.
func (p *program) submit(path string, values url.Values) string {
	p.t.Helper()
	resp, err := http.PostForm(p.url+path, values)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: got %d %s, %v, want 200", path, resp.StatusCode, body, err)
	}
	var answer struct {
		Message string `json:"mensaje"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		p.t.Fatal(err)
	}
	return answer.Message
}

func TestThePageLinksAPhoneByCode(t *testing.T) {
	wa, server := simulator(t), newTicketServer(t)
	p := start(t, wa, t.TempDir(), server.url)
	until(p, wire.PathPairing, func(v wire.Pairing) bool { return v.QR != "" })
	p.submit("/codigo", url.Values{"telefono": {"+52 1 555 000 0001"}})
	shown := until(p, wire.PathPairing, func(v wire.Pairing) bool { return v.Code != "" })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := wa.Phone().EnterCode(ctx, shown.Code); err != nil {
		t.Fatal(err)
	}
	p.connected()
	if !wa.Phone().Linked() {
		t.Error("the phone is not linked")
	}
}

// pageState is what the passkey's steps need of /estado.json.
type pageState struct {
	Program string `json:"passkey"`
	Seconds int    `json:"passkey_segundos"`
}

func TestThePageLeadsThroughThePasskey(t *testing.T) {
	wa, server := simulator(t), newTicketServer(t)
	p := start(t, wa, t.TempDir(), server.url)
	wa.Phone().RequirePasskey(true)
	shown := until(p, wire.PathPairing, func(v wire.Pairing) bool { return v.QR != "" })
	scanned := make(chan error, 1)
	go func() { scanned <- wa.Phone().ScanQR(t.Context(), shown.QR) }()

	asked := until(p, "/estado.json", func(s pageState) bool { return s.Program != "" })
	if asked.Seconds < 200 || asked.Seconds > 300 {
		t.Errorf("got %d seconds left, want about five minutes", asked.Seconds)
	}
	_, rest, _ := strings.Cut(asked.Program, "const options = ")
	options, _, _ := strings.Cut(rest, ";\n")
	var request types.WebAuthnPublicKey
	if err := json.Unmarshal([]byte(options), &request); err != nil {
		t.Fatalf("the program's options %s: %v", options, err)
	}
	answer, err := wa.Phone().AnswerPasskey(&request)
	if err != nil {
		t.Fatal(err)
	}
	response, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	p.submit("/passkey", url.Values{"respuesta": {string(response)}})
	if err := <-scanned; err != nil {
		t.Fatal(err)
	}
	p.connected()
}

func TestALatePhotoFollowsItsTextEvenAfterARestart(t *testing.T) {
	wa, server, dir := simulator(t), newTicketServer(t), t.TempDir()
	p := start(t, wa, dir, server.url)
	p.pair(wa)
	wa.MediaFault(wasim.MediaFault{Block: true})
	ana := wa.NewCustomer(wasim.Profile{})
	id := ana.SendImage(picture, "así está")
	ana.SendText("¿lo ven?")
	server.wait(t, "the text after the photo", func(m wire.Webhook) bool { return m.Content == "¿lo ven?" })
	first := server.wait(t, "the photo's text", func(m wire.Webhook) bool { return m.ID == id })
	if first.Content != "así está" || first.File == nil || first.File.State != wire.FilePending {
		t.Errorf("got %+v, want the text and the news of a file", first)
	}
	if err := p.stop(); err != nil {
		t.Fatalf("Run: %v", err)
	}
	wa.MediaFault(wasim.MediaFault{})
	start(t, wa, dir, server.url)
	m := server.wait(t, "the photo", func(m wire.Webhook) bool { return m.ID == id && m.Image != nil })
	if !bytes.Equal(m.Image, picture) || m.Content != "así está" {
		t.Errorf("got %d bytes with %q, want the photo with its text", len(m.Image), m.Content)
	}
}

func TestAPhotoNobodyHasLeavesANote(t *testing.T) {
	wa, server := simulator(t), newTicketServer(t)
	p := start(t, wa, t.TempDir(), server.url)
	p.pair(wa)
	wa.MediaFault(wasim.MediaFault{Block: true})
	id := wa.NewCustomer(wasim.Profile{}).SendImage(picture, "así está")
	server.wait(t, "the text", func(m wire.Webhook) bool { return m.ID == id })
	wa.LoseMedia(id)
	wa.MediaFault(wasim.MediaFault{})
	m := server.wait(t, "the note", func(m wire.Webhook) bool { return m.ID == id && m.File != nil && m.File.State == wire.FileGone })
	if m.File.Note == "" || strings.Contains(m.File.Note, "error") {
		t.Errorf("got note %q, want a plain sentence", m.File.Note)
	}
}

func TestAPhotoThatOnlyAPhoneThatIsOffStillHasComesWhenItIsOn(t *testing.T) {
	wa, server, dir := simulator(t), newTicketServer(t), t.TempDir()
	p := start(t, wa, dir, server.url)
	p.pair(wa)
	wa.Phone().SetOnline(false)
	wa.MediaFault(wasim.MediaFault{Block: true})
	id := wa.NewCustomer(wasim.Profile{}).SendImage(picture, "así está")
	server.wait(t, "the text", func(m wire.Webhook) bool { return m.ID == id && m.File.State == wire.FilePending })
	wa.ExpireMedia(id)
	wa.MediaFault(wasim.MediaFault{})
	if err := wa.Phone().WaitMediaAsked(t.Context(), id, 1); err != nil {
		t.Fatal(err)
	}
	if err := p.stop(); err != nil {
		t.Fatalf("Run: %v", err)
	}
	wa.Phone().SetOnline(true)
	start(t, wa, dir, server.url)
	m := server.wait(t, "the photo", func(m wire.Webhook) bool { return m.ID == id && m.Image != nil })
	if !bytes.Equal(m.Image, picture) || m.Content != "así está" {
		t.Errorf("got %d bytes with %q, want the photo with its text", len(m.Image), m.Content)
	}
}
