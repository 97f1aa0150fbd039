package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mostrador/web"
)

// original is the language that texts are written in first.
const original = "es"

var placeholder = regexp.MustCompile(`\{\w+\}`)

// forms are the forms of a text: one, or what a count chooses from.
type forms map[string]string

// UnmarshalJSON implements json.Unmarshaler.
func (f *forms) UnmarshalJSON(data []byte) error {
	if data[0] == '{' {
		return json.Unmarshal(data, (*map[string]string)(f))
	}
	var text string
	err := json.Unmarshal(data, &text)
	*f = forms{"": text}
	return err
}

// placeholders are those of any form, in order.
func (f forms) placeholders() string {
	found := map[string]bool{}
	for _, text := range f {
		for _, name := range placeholder.FindAllString(text, -1) {
			found[name] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), " ")
}

// catalogues returns the texts of every language.
func catalogues(t *testing.T) map[string]map[string]forms {
	t.Helper()
	files, err := fs.Glob(web.FS(), "i18n/*.json")
	if err != nil || len(files) != 3 {
		t.Fatalf("got %q, %v, want three languages", files, err)
	}
	all := map[string]map[string]forms{}
	for _, file := range files {
		var texts map[string]forms
		decoder := json.NewDecoder(strings.NewReader(readStatic(t, file)))
		if err := decoder.Decode(&texts); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(path.Base(file), ".json")] = texts
	}
	return all
}

// asJSON writes a text as it stands in a catalogue, to be translated.
func asJSON(key string, f forms) string {
	var value any = map[string]string(f)
	if text, single := f[""]; single {
		value = text
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // to memory
	return fmt.Sprintf("  %q: %s,", key, strings.TrimSpace(out.String()))
}

func TestEveryLanguageHasEveryTextWithItsPlaceholders(t *testing.T) {
	all := catalogues(t)
	for name, texts := range all {
		var missing []string
		for _, key := range slices.Sorted(maps.Keys(all[original])) {
			want, got := all[original][key], texts[key]
			switch {
			case got == nil:
				missing = append(missing, asJSON(key, want))
			case got.placeholders() != want.placeholders():
				t.Errorf("%s.json: %s: got placeholders %q, want %q", name, key, got.placeholders(), want.placeholders())
			case (len(got) > 1) != (len(want) > 1), len(got) > 1 && (got["one"] == "" || got["other"] == ""):
				t.Errorf("%s.json: %s: got the forms %q, want as many as %q", name, key, got, want)
			}
		}
		if len(missing) > 0 {
			t.Errorf("%s.json lacks %d texts; translate and add these:\n%s", name, len(missing), strings.Join(missing, "\n"))
		}
		for key := range texts {
			if all[original][key] == nil {
				t.Errorf("%s.json: %s is no text of %s.json", name, key, original)
			}
		}
	}
}

func TestNoLanguageHasAKeyTwice(t *testing.T) {
	key := regexp.MustCompile(`(?m)^  ("[^"]+"):`)
	for name := range catalogues(t) {
		seen := map[string]bool{}
		for _, found := range key.FindAllStringSubmatch(readStatic(t, "i18n/"+name+".json"), -1) {
			if seen[found[1]] {
				t.Errorf("%s.json has %s twice", name, found[1])
			}
			seen[found[1]] = true
		}
	}
}
