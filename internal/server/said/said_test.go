package said_test

import (
	"testing"
	"testing/fstest"

	"mostrador/internal/server/said"
	"mostrador/web"
)

func load(t *testing.T) said.Languages {
	t.Helper()
	all, err := said.Load(web.FS())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestSentencesAreSaidAsInThePanel(t *testing.T) {
	all := load(t)
	for _, row := range []struct{ language, spanish, want string }{
		{"en", "Ticket no encontrado", "Ticket not found"},
		{"en", "El atajo /hola (1) ya es de «$& «x»».", "The shortcut /hola (1) already belongs to “$& «x»”."},
		{"en", "El servidor no puede guardar ahora mismo; los mensajes no se pierden. El disco está lleno: libere espacio y seguirá sin más.",
			"The server cannot store anything right now; no message is lost. The disk is full: free some space and it goes on by itself."},
		{"en", "Estado: pendiente → en proceso", "Status: pending → in progress"},
		{"es", "Ticket no encontrado", "Ticket no encontrado"},
		{"fr", "Ticket no encontrado", "Ticket no encontrado"},
		{"en", "", ""},
		{"en", "Lo que nadie tradujo.", "Lo que nadie tradujo."},
		{"pt", "Ya hay vistas", "Ya hay vistas"},
	} {
		if got := all[row.language].Sentence(row.spanish); got != row.want {
			t.Errorf("%s: got %q, want %q", row.language, got, row.want)
		}
	}
}

func TestValuesAreNeitherTranslatedNorRead(t *testing.T) {
	all := load(t)
	if got, want := all["en"].Say("Ticket nuevo: {}", "{} pendiente"), "New ticket: {} pendiente"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := all["en"].Say("Nadie lo tradujo: {} de {}", 1, 2), "Nadie lo tradujo: 1 de 2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := all["es"].Say("Ticket nuevo: {}", 7), "Ticket nuevo: 7"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTranslationsThatCannotBeReadAreNamed(t *testing.T) {
	if _, err := said.Load(fstest.MapFS{"i18n/server/en.json": {Data: []byte(`{"a": 1}`)}}); err == nil {
		t.Error("got no error, want the file named")
	}
	if all, err := said.Load(fstest.MapFS{}); err != nil || len(all) != 0 {
		t.Errorf("got %v, %v, want none", all, err)
	}
}
