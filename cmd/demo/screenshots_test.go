//go:build screenshots

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"mostrador/internal/browser"
)

// maxPicture keeps a page that shows the pictures quick, in bytes.
const maxPicture = 150_000

// TestPicturesOfThePanelForTheGuides writes them into docs/img. It knows of the
// pages no more than their addresses, so that they may change.
func TestPicturesOfThePanelForTheGuides(t *testing.T) {
	p, _ := perform(t)
	eventually(t, "all that the cast writes", func() bool { return settled(p, p.tickets()) })
	tickets := p.tickets()
	p.call("POST", fmt.Sprintf("/responder/%d", tickets["Lucía"].ID), nil)
	conversation := fmt.Sprintf("#/ticket/%d", tickets["Lucía"].ID)
	folder := filepath.Join("..", "..", "docs", "img")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	tab := browser.Open(t, p.url)
	tab.Visit("")
	tab.Write("#usuario", panelUser)
	tab.Write("#clave", panelPassword+"\r")
	tab.WaitFor("document.querySelector('.top') !== null")
	tab.WaitText(".top", "WhatsApp conectado") // the laptop's first sign of life
	for _, picture := range []struct {
		name, hash  string
		phone, dark bool
	}{
		{"lista", "#/", false, false}, {"conversacion", conversation, false, false}, {"lista-oscura", "#/", false, true},
		{"conversacion-oscura", conversation, false, true}, {"whatsapp", "#/puente", false, false},
		{"telefono-lista", "#/", true, false}, {"telefono-conversacion", conversation, true, true},
	} {
		tab.Phone(picture.phone)
		tab.Dark(picture.dark)
		tab.Visit(picture.hash)
		tab.WaitFor("document.querySelector('main h1') !== null && document.querySelector('main .spinner') === null && [...document.images].every((i) => i.complete)")
		tab.Settle()
		data := tab.Picture()
		if len(data) > maxPicture {
			t.Errorf("%s: got %d bytes, want at most %d", picture.name, len(data), maxPicture)
		}
		if err := os.WriteFile(filepath.Join(folder, picture.name+".webp"), data, 0o644); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s.webp: %d bytes", picture.name, len(data))
	}
}
