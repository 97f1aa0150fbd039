package photos_test

import (
	"strings"
	"testing"

	"mostrador/internal/server/photos"
	"mostrador/internal/ticket"
)

func TestWhatIsSentIsJudgedByItsBytes(t *testing.T) {
	const zip = "PK\x03\x04rest"
	const ole = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"
	for _, tt := range []struct {
		head, name, mime string
		kind             ticket.Kind
	}{
		{"\xff\xd8\xff\xe0rest", "malware.exe", "image/jpeg", ticket.KindImage},
		{"\x89PNG\r\n\x1a\nrest", "", "image/png", ticket.KindImage},
		{"GIF89arest", "a.gif", "image/gif", ticket.KindImage},
		{"OggS\x00rest", "nota.ogg", "audio/ogg", ticket.KindAudio},
		{"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "v.mp4", "video/mp4", ticket.KindVideo},
		{"%PDF-1.7", "factura", "application/pdf", ticket.KindDocument},
		{zip, "fotos.ZIP", "application/zip", ticket.KindDocument},
		{zip, "lista.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ticket.KindDocument},
		{ole, "carta.doc", "application/msword", ticket.KindDocument},
		{"hola, ¿qué tal?", "nota.txt", "text/plain", ticket.KindDocument},
	} {
		mime, kind, err := photos.Outgoing([]byte(tt.head), tt.name)
		if mime != tt.mime || kind != tt.kind || err != nil {
			t.Errorf("%s: got %q, %q, %v, want %q, %q", tt.name, mime, kind, err, tt.mime, tt.kind)
		}
	}
	for head, name := range map[string]string{
		"MZ\x90\x00rest": "factura.pdf", "\x7fELF\x02\x01\x01\x00": "a.txt", "<!doctype html><script>": "a.txt", "<svg onload=x>": "a.svg",
		"#!/bin/sh": "a.sh", zip: "juego.apk", ole: "setup.msi", "\x00\x01\x02\x03": "a.bin", "": "vacio",
	} {
		if mime, _, err := photos.Outgoing([]byte(head), name); ticket.CodeOf(err) != ticket.CodeInvalid {
			t.Errorf("%q as %s: got %q, %v, want it refused", head, name, mime, err)
		}
	}
}

func FuzzOutgoingNamesOnlyTypesItKnows(f *testing.F) {
	f.Add([]byte("%PDF-1.7"), "x.pdf")
	f.Add([]byte("PK\x03\x04"), "x.docx")
	f.Fuzz(func(t *testing.T, head []byte, name string) {
		mime, kind, err := photos.Outgoing(head, name)
		if (err == nil) != (mime != "" && kind != "") || strings.Contains(mime, "html") || strings.Contains(mime, "svg") || strings.Contains(mime, "script") {
			t.Errorf("got %q, %q, %v", mime, kind, err)
		}
	})
}
