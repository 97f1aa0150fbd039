package main

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"mime/multipart"
	"net/http"
	"testing"

	"mostrador/internal/wasim"
)

// sendFile answers a ticket with a file and returns the status.
func (p *panel) sendFile(id int64, name string, data []byte, text string) int {
	p.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("archivo", name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = w.WriteField("mensaje", text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, fmt.Sprintf("%s/api/v1/tickets/%d/archivos", p.url, id), &form)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	answer, err := p.http.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		p.t.Error(err)
	}
	return answer.StatusCode
}

// big is random bytes after a head, so that nothing on the way can squeeze them.
func big(head string, size int) []byte {
	data := make([]byte, size)
	_, _ = rand.Read(data)
	copy(data, head)
	return data
}

func TestACustomerReceivesTheVeryFileThatWasSent(t *testing.T) {
	p, sim := rehearse(t)
	ana := sim.NewCustomer(wasim.Profile{Name: "Ana"})
	ana.SendText("hola")
	id := p.ticketOf("Ana")
	files := map[string][]byte{
		"pieza.png":   big("\x89PNG\r\n\x1a\n", 300_001),
		"factura.pdf": big("%PDF-1.7", 15_000_000),
		"nota.ogg":    big("OggS\x00", 20_000),
	}
	for name, data := range files {
		if status := p.sendFile(id, name, data, "mire "+name); status != http.StatusOK {
			t.Errorf("%s: got %d, want 200", name, status)
		}
		p.reaches(id, "mire "+name, "entregado")
	}
	received := map[[sha256.Size]byte]string{}
	for _, m := range ana.Inbox() {
		received[sha256.Sum256(m.Media)] = m.Text
		if m.Copies != 1 {
			t.Errorf("%q: got %d copies, want 1", m.Text, m.Copies)
		}
	}
	for name, data := range files {
		if got, want := received[sha256.Sum256(data)], "mire "+name; got != want {
			t.Errorf("%s: got it under %q, want %q", name, got, want)
		}
	}
	for _, m := range ana.Inbox() {
		if d := m.Message.GetDocumentMessage(); d != nil && d.GetFileName() != "factura.pdf" && d.GetFileName() != "nota.ogg" {
			t.Errorf("got a document called %q", d.GetFileName())
		}
	}
}

func TestAFileSentWithoutWhatsAppGoesOutWhenItIsBack(t *testing.T) {
	p, sim := rehearse(t)
	ana := sim.NewCustomer(wasim.Profile{Name: "Ana"})
	ana.SendText("hola")
	id := p.ticketOf("Ana")
	picture := big("\xff\xd8\xff\xe0", 50_000)
	sim.LoseAcks(1)
	if status := p.sendFile(id, "pieza.jpg", picture, "sin confirmar"); status != http.StatusGatewayTimeout {
		t.Errorf("got %d, want 504", status)
	}
	p.reaches(id, "sin confirmar", "entregado")
	if inbox := ana.Inbox(); len(inbox) != 1 || sha256.Sum256(inbox[0].Media) != sha256.Sum256(picture) {
		t.Errorf("got %d messages, want the picture once", len(inbox))
	}
}
