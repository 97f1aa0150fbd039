package original

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mostrador/internal/ticket"
)

func TestDatesAreReadInTheZoneOfTheOriginal(t *testing.T) {
	zone, err := time.LoadLocation("America/Santiago")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"2025-01-15 10:00:00":              "2025-01-15T13:00:00Z", // summer time
		"2025-07-15 10:00:00.5":            "2025-07-15T14:00:00Z",
		"2025-07-15T10:00:00":              "2025-07-15T14:00:00Z",
		"2025-07-15T10:00:00Z":             "2025-07-15T10:00:00Z",
		"2025-07-15 10:00:00.000001+02:00": "2025-07-15T08:00:00Z",
		"15/07/2025 10:00":                 "2025-07-15T14:00:00Z",
		"2025-07-15":                       "2025-07-15T04:00:00Z",
		"":                                 "",
		"ayer":                             "",
		"0001-01-01 00:00:00":              "",
		"9999-12-31 00:00:00":              "",
	} {
		at, ok := dateOf(text, zone)
		got := ""
		if ok {
			got = at.UTC().Truncate(time.Second).Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestTimesOfTurnsMayBeNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"1741000000":          "2025-03-03T11:06:40Z",
		"1741000000.5":        "2025-03-03T11:06:40Z",
		"1741000000000":       "2025-03-03T11:06:40Z",
		" 1.741e9 ":           "2025-03-03T11:06:40Z",
		"2025-03-03 11:06:40": "2025-03-03T11:06:40Z",
		"5":                   "",
		"1741000000000000":    "",
		"NaN":                 "",
		"inf":                 "",
		"":                    "",
	} {
		at, ok := momentOf(text, time.UTC)
		got := ""
		if ok {
			got = at.Truncate(time.Second).Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestAStatusIsRecognisedHoweverItIsWritten(t *testing.T) {
	for text, want := range map[string]ticket.Status{
		"Pendiente": ticket.StatusPending, "EN REVISIÓN\n": ticket.StatusInProgress, "Cerrado": ticket.StatusResolved, "": ticket.StatusPending,
		"esperando_cliente": ticket.StatusWaiting,
	} {
		if got, known := statusOf(text); got != want || !known {
			t.Errorf("%q: got %q, %v, want %q", text, got, known, want)
		}
	}
	if got, known := statusOf("otro"); got != ticket.StatusPending || known {
		t.Errorf("got %q, %v, want it pending and unknown", got, known)
	}
}

func TestAPhotoHasNoFolder(t *testing.T) {
	for path, want := range map[string]string{
		"fotos_evidencia/a.jpg": "a.jpg", `C:\x\b.png`: "b.png", "c.jpg": "c.jpg", "": "", "None": "", "null": "", "../..": "", "x/": "",
	} {
		if got := photoName(path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}

func FuzzConvert(f *testing.F) {
	f.Add("1", "5214772758198", "hola", "pendiente", "2025-01-01", "a.jpg", `[{"role":"user","content":"x"}]`)
	f.Add("x", "1@lid", "", "", "", "", "Bot: hola\nUsuario: sí")
	f.Add("-1", "99999999999999", "\xff", "\x00", "0", "..", `[[],{},1,"a",null]`)
	f.Add("2", "5214772758198", "", "", "", "", `[{"role":"model","parts":["a",{"text":"b"}],"timestamp":1741000000.5},{"content":1e999,"hora":"nan"}]`)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, id, who, text, status, date, photo, said string) {
		r := row{"id": id, "cliente": who, "descripcion": text, "estado": status, "fecha": date, "foto_path": photo, "historial_conversacion": said}
		for name, value := range r {
			r[name] = strings.ToValidUTF8(value, "?") // as each reads them
		}
		c, err := convert(r, time.UTC, now)
		if err != nil {
			return
		}
		if c.from.Phone == "" && c.from.LID == "" || len(c.from.Phone) > longestPhone || c.createdAt.IsZero() || strings.ContainsAny(c.photo, `/\`) {
			t.Errorf("got %+v", c)
		}
		if len(c.messages) < 2 || c.messages[0].Direction != ticket.DirectionIn || c.messages[0].WhatsAppID == "" {
			t.Errorf("got messages %+v, want the customer's first", c.messages)
		}
		seen := map[string]bool{}
		for _, m := range c.messages {
			if m.WhatsAppID != "" && seen[m.WhatsAppID] {
				t.Errorf("got id %q twice", m.WhatsAppID)
			}
			seen[m.WhatsAppID] = true
			if !utf8.ValidString(m.Body) {
				t.Errorf("got %q, want text", m.Body)
			}
		}
	})
}
