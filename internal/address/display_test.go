package address_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"mostrador/internal/address"
)

var update = flag.Bool("update", false, "write formats.tsv anew from the library")

// TestFormatsAreTheLibrarys keeps the table in step with the library's version in
// go.mod. go test ./internal/address -update writes it.
func TestFormatsAreTheLibrarys(t *testing.T) {
	all, err := phonenumbers.MetadataCollection()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	seen := map[int32]bool{}
	for _, m := range all.GetMetadata() {
		// Several countries that share a code write numbers as the main one does.
		if seen[m.GetCountryCode()] || !m.GetMainCountryForCode() && len(phonenumbers.GetRegionCodesForCountryCode(int(m.GetCountryCode()))) > 1 {
			continue
		}
		seen[m.GetCountryCode()] = true
		ways := m.GetIntlNumberFormat()
		if len(ways) == 0 {
			ways = m.GetNumberFormat()
		}
		if len(ways) == 0 {
			lines = append(lines, fmt.Sprintf("%d\t\n", m.GetCountryCode()))
		}
		for _, w := range ways {
			begins := ""
			if all := w.GetLeadingDigitsPattern(); len(all) > 0 {
				begins = all[len(all)-1] // each is more exact than the one before
			}
			lines = append(lines, fmt.Sprintf("%d\t%s\t%s\t%s\n", m.GetCountryCode(), begins, w.GetPattern(), w.GetFormat()))
		}
	}
	slices.SortStableFunc(lines, func(a, b string) int {
		codeA, _, _ := strings.Cut(a, "\t")
		codeB, _, _ := strings.Cut(b, "\t")
		return strings.Compare(codeA, codeB)
	})
	want := strings.Join(lines, "")
	if *update {
		if err := os.WriteFile("formats.tsv", []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile("formats.tsv"); err != nil || string(got) != want {
		t.Errorf("formats.tsv (%v) is not what the library says: run go test ./internal/address -update", err)
	}
}

// TestDisplayWritesWhatTheLibraryWrites compares numbers of every country.
func TestDisplayWritesWhatTheLibraryWrites(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	compared := 0
	for region := range phonenumbers.GetSupportedRegions() {
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.MOBILE, phonenumbers.FIXED_LINE} {
			example := phonenumbers.GetExampleNumberForType(region, kind)
			if example == nil {
				continue
			}
			digits := []byte(phonenumbers.Format(example, phonenumbers.E164)[1:])
			for range 20 {
				phone := string(digits)
				number, err := phonenumbers.Parse("+"+address.Key(phone), "")
				if err != nil {
					t.Fatalf("%s %s: %v", region, phone, err)
				}
				want := phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
				if got := address.Display(phone); got != want {
					t.Errorf("%s: got %q, want %q", region, got, want)
				}
				compared++
				for i := range min(5, len(digits)-5) { // behind the country code
					digits[len(digits)-1-i] = byte('0' + random.IntN(10))
				}
			}
		}
	}
	if compared < 5000 {
		t.Errorf("got only %d numbers to compare", compared)
	}
}

func FuzzDisplayKeepsTheDigits(f *testing.F) {
	for _, phone := range []string{"5214772758198", "34612345678", "999", "1", "52", "5491123456789"} {
		f.Add(phone)
	}
	f.Fuzz(func(t *testing.T, phone string) {
		if phone == "" || strings.Trim(phone, "0123456789") != "" {
			return
		}
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, address.Display(phone))
		if digits != phone && digits != address.Key(phone) {
			t.Errorf("Display(%q): got the digits %q", phone, digits)
		}
	})
}

func BenchmarkDisplay(b *testing.B) {
	for b.Loop() {
		address.Display("5214772758198")
	}
}
