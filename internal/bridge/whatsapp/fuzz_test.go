package whatsapp

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"mostrador/internal/wire"
)

func FuzzAReferenceIsReadAsItWasWrittenOrRefused(f *testing.F) {
	f.Add([]byte(`{"type":"WhatsApp Image Keys","path":"/v/x?y","key":"AQ==","id":"3EB0","chat":"1@lid","sender":"1:2@lid"}`))
	f.Add([]byte(`{"path":"//evil.example/","size":18446744073709551615,"chat":"@","sender":"a:b@c"}`))
	f.Add([]byte(`{"key":`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		ref, err := decodeReference(raw)
		if err != nil {
			return
		}
		again, err := decodeReference(ref.encode())
		if err != nil || !bytes.Equal(again.encode(), ref.encode()) {
			t.Errorf("got %+v, %v, want %+v", again, err, ref)
		}
		if info, err := ref.message(); err == nil && (info.ID != ref.ID || info.IsFromMe != ref.FromMe) {
			t.Errorf("message: got %+v, want the one of %+v", info, ref)
		}
	})
}

func FuzzNamesOfSendersAreHarmless(f *testing.F) {
	for _, s := range []string{"a.pdf", `..\..\a.exe`, "/etc/passwd", "a\x00b\u202egnp.exe", "  . ", strings.Repeat("ñ", 500) + ".jpeg", "image/jpeg; a=b", "CON", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, line, kind, id := cleanFileName(s), cleanLine(s), cleanMIME(s), cleanID(s)
		for what, clean := range map[string]string{"file name": name, "line": line, "type": kind, "id": id} {
			if !utf8.ValidString(clean) || strings.IndexFunc(clean, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) >= 0 {
				t.Errorf("%s of %q: got %q, want plain text", what, s, clean)
			}
		}
		if strings.ContainsAny(name, `/\:<>"|?*`) || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || utf8.RuneCountInString(name) > maxFileName {
			t.Errorf("file name of %q: got %q, want a short name without folders", s, name)
		}
		if again := cleanFileName(name); again != name {
			t.Errorf("file name of %q: got %q, and of that %q", s, name, again)
		}
		if utf8.RuneCountInString(line) > maxName || strings.TrimSpace(line) != line {
			t.Errorf("line of %q: got %q, want it short and trimmed", s, line)
		}
		if strings.Count(kind, "/") != 1 || cleanMIME(kind) != kind {
			t.Errorf("type of %q: got %q, want a bare type", s, kind)
		}
		if id == "" || len(id) > wire.MaxID || cleanID(id) != id {
			t.Errorf("id of %q: got %q, want a lasting short one", s, id)
		}
	})
}

func FuzzACardNeverBreaksTheListOfItsPhones(f *testing.F) {
	f.Add("BEGIN:VCARD\nTEL;type=CELL:+52 1\nitem1.TEL:tel:2\nEND:VCARD")
	f.Fuzz(func(t *testing.T, card string) {
		for _, phone := range phones(card) {
			if strings.ContainsAny(phone, "\n") {
				t.Errorf("got %q, want one line", phone)
			}
		}
		if _, err := json.Marshal(phones(card)); err != nil {
			t.Error(err)
		}
	})
}
