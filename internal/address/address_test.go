package address_test

import (
	"strings"
	"testing"

	"mostrador/internal/address"
	"mostrador/internal/ticket"
)

func TestParseReadsEveryFormWhatsAppUses(t *testing.T) {
	tests := []struct{ text, want, phone, lid string }{
		{"5214772758198@s.whatsapp.net", "5214772758198@s.whatsapp.net", "5214772758198", ""},
		{"5214772758198:12@s.whatsapp.net", "5214772758198@s.whatsapp.net", "5214772758198", ""},
		{"5214772758198.0:3@s.whatsapp.net", "5214772758198@s.whatsapp.net", "5214772758198", ""},
		{"5214772758198@c.us", "5214772758198@s.whatsapp.net", "5214772758198", ""},
		{"209990000000001@lid", "209990000000001@lid", "", "209990000000001"},
		{"209990000000001:4@lid", "209990000000001@lid", "", "209990000000001"},
		{"5214772758198", "5214772758198@s.whatsapp.net", "5214772758198", ""},
		{" +52 1 (477) 275-8198 ", "5214772758198@s.whatsapp.net", "5214772758198", ""},
		{"120363000000000001@g.us", "120363000000000001@g.us", "", ""},
		{"5214772758198-1600000000@g.us", "5214772758198-1600000000@g.us", "", ""},
	}
	for _, tt := range tests {
		got, err := address.Parse(tt.text)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.text, err)
			continue
		}
		if got.String() != tt.want || got.Phone() != tt.phone || got.LID() != tt.lid {
			t.Errorf("Parse(%q): got %q phone %q lid %q, want %q %q %q",
				tt.text, got, got.Phone(), got.LID(), tt.want, tt.phone, tt.lid)
		}
	}
}

func TestParseRefusesWhatIsNoAddress(t *testing.T) {
	for _, text := range []string{
		"", "@", "@lid", "hola", "123", "52147727581980000", "5214772758198@evil.example",
		"../../etc@s.whatsapp.net", "5214772758198@s.whatsapp.net@lid", "٥٢١٤٧٧٢٧٥٨١٩٨",
		"-1@g.us", "1-@g.us", "status@broadcast", "5214772758198\x00", strings.Repeat("1", 40) + "@lid",
	} {
		got, err := address.Parse(text)
		if ticket.CodeOf(err) != ticket.CodeInvalid {
			t.Errorf("Parse(%q): got %v, %v, want an invalid error", text, got, err)
		}
	}
}

func TestKeyJoinsTheVariantsOfOneNumber(t *testing.T) {
	for _, same := range [][]string{
		{"5214772758198", "524772758198"},
		{"5491123456789", "541123456789"},
		{"5511987654321", "551187654321"},
		{"34612345678"}, {""},
	} {
		for _, variant := range same {
			if got, want := address.Key(variant), address.Key(same[0]); got != want {
				t.Errorf("Key(%q): got %q, want %q", variant, got, want)
			}
		}
	}
	if a, b := address.Key("5214772758198"), address.Key("5214772758199"); a == b {
		t.Errorf("Key: got %q for two different subscribers", a)
	}
}

func TestDisplayWritesNumbersAsPeopleDo(t *testing.T) {
	for phone, want := range map[string]string{
		"":              "",
		"5214772758198": "+52 477 275 8198",
		"34612345678":   "+34 612 34 56 78",
		"9990001112223": "+9990001112223",
	} {
		if got := address.Display(phone); got != want {
			t.Errorf("Display(%q): got %q, want %q", phone, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("5214772758198@s.whatsapp.net")
	f.Add("1:2@lid")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := address.Parse(text)
		if err != nil {
			return
		}
		again, err := address.Parse(a.String())
		if err != nil || again != a {
			t.Errorf("Parse(%q) = %q, which parses as %q, %v", text, a, again, err)
		}
		if strings.ContainsAny(a.String(), "/\\\x00 ") {
			t.Errorf("Parse(%q): got %q, want digits@server", text, a)
		}
	})
}
