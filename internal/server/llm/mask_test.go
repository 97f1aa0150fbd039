package llm_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"mostrador/internal/server/llm"
)

func TestWhatTellsWhoSomebodyIsDoesNotLeave(t *testing.T) {
	for text, want := range map[string]string{
		"mi cel es 477 275 8198":                        "mi cel es [teléfono]",
		"+52 1 (477) 275-8198 gracias":                  "[teléfono] gracias",
		"llame al +54 9 11 2345-6789.":                  "llame al [teléfono].",
		"600123456":                                     "[teléfono]",
		"600.12.34.56 o 600-123-456":                    "[teléfono] o [teléfono]",
		"(01) 555 4433, oficina 3":                      "[teléfono], oficina 3",
		"al ٠١٢٣٤٥٦٧٨٩":                                 "al [teléfono]",
		"6\u200b0\u200b0\u200b1\u200b2\u200b3\u200b4":   "[teléfono]",
		"escriba a ana.perez+tienda@correo.com.mx ya":   "escriba a [correo] ya",
		"ANA @ GMAIL.COM":                               "[correo]",
		"josé@ñandú.es":                                 "[correo]",
		"tarjeta 4111 1111 1111 1111 vence 09/27":       "tarjeta [número] vence 09/27",
		"4111-1111-1111-1111":                           "[número]",
		"CLABE 002010077777777771":                      "CLABE [número]",
		"DNI 30.123.456":                                "DNI [teléfono]",
		"prende 3 veces y se apaga a los 45 min":        "prende 3 veces y se apaga a los 45 min",
		"una lap de 15.6 pulgadas, 1920x1080, 16 GB":    "una lap de 15.6 pulgadas, 1920x1080, 16 GB",
		"me cobraron $1.200.000 de más":                 "me cobraron $1.200.000 de más",
		"pagué COP 1.200.000,50":                        "pagué COP 1.200.000,50",
		"$4111 1111 1111 1111":                          "$[número]",
		"la compré el 12-05-2026 y el 2026-06-01 falló": "la compré el 12-05-2026 y el 2026-06-01 falló",
		"pedido 48213":                                  "pedido 48213",
		"1\n2\n3\n4\n5\n6\n7\n8":                        "1\n2\n3\n4\n5\n6\n7\n8",
		"":                                              "",
		"roto \xff":                                     "roto \uFFFD",
	} {
		if got := llm.Mask(text); got != want {
			t.Errorf("mask %q: got %q, want %q", text, got, want)
		}
	}
}

// digits is the plainest way to write a phone number or a card.
var digits = regexp.MustCompile(`[0-9]{7}`)

func FuzzAMaskedTextHoldsNoAddressAndNoLongNumber(f *testing.F) {
	for _, seed := range []string{"477 275 8198", "a@b.c", "+(.-", "$1.200.000", "\xff@\xff", "1\u200d2\u200d3-4.5 6 7", "@@a@b@c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := llm.Mask(text)
		if !utf8.ValidString(got) {
			t.Errorf("mask %q: got invalid UTF-8 %q", text, got)
		}
		if digits.MatchString(got) {
			t.Errorf("mask %q: got %q with a long number", text, got)
		}
		for before, after, found := strings.Cut(got, "@"); found; before, after, found = strings.Cut(after, "@") {
			last, _ := utf8.DecodeLastRuneInString(before)
			first, _ := utf8.DecodeRuneInString(after)
			if unicode.IsLetter(last) && unicode.IsLetter(first) {
				t.Errorf("mask %q: got %q with an address", text, got)
			}
		}
		if again := llm.Mask(got); again != got {
			t.Errorf("mask %q twice: got %q, want %q", text, again, got)
		}
	})
}
