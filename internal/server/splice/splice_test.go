package splice_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"mostrador/internal/server/splice"
)

// fields are those of the product.
var fields = [][]string{{"imagen"}, {"archivo", "datos"}}

// message has every kind of neighbour that a field can have.
type message struct {
	Text  string          `json:"contenido"`
	Image []byte          `json:"imagen"`
	File  *attached       `json:"archivo"`
	Other json.RawMessage `json:"otro"`
}

type attached struct {
	Name string `json:"nombre"`
	Data []byte `json:"datos"`
}

// spliced reads body as the product does and puts the parts back in.
func spliced(body io.Reader, limit int) (message, error) {
	var m message
	var parts []*bytes.Buffer
	doc, err := splice.Split(body, limit, fields, func() (io.Writer, error) {
		parts = append(parts, &bytes.Buffer{})
		return parts[len(parts)-1], nil
	})
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(doc.Rest, &m); err != nil {
		return m, err
	}
	restore := func(data []byte) []byte {
		if n, ok := doc.Part(data); ok {
			return append([]byte{}, parts[n].Bytes()...)
		}
		return data
	}
	m.Image = restore(m.Image)
	if m.File != nil {
		m.File.Data = restore(m.File.Data)
	}
	return m, nil
}

// kind is what of an error its reader may rely on.
func kind(err error) string {
	if err == nil {
		return ""
	}
	if _, ok := errors.AsType[base64.CorruptInputError](err); ok {
		return "base64"
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return "type of " + e.Field
	}
	return "syntax"
}

// documents are told apart by encoding/json in as many ways as we could think of.
var documents = []string{
	`{"contenido":"hola","imagen":"aG9sYQ==","archivo":{"nombre":"a","datos":"YWRpw7M="}}`,
	`{"imagen":null,"archivo":null}`,
	`{"imagen":"","archivo":{"datos":""}}`,
	` { "imagen" : "aG9sYQ==" } `,
	`{"imagen":"aG9s\nYQ=\r\n="}`,
	`{"imagen":"\/9j\/4AAQ\u002b\u002F\u000a"}`,
	`{"im\u0061gen":"aG9sYQ==","ARCHIVO":{"Dato\u017f":"aG9s"}}`,
	`{"imagen":"aG9s","imagen":"YWRpw7M="}`,
	`{"imagen":"aG9s","imagen":null}`,
	`{"imagen":"aG9s","imagen":"***"}`,
	`{"imagen":"***","imagen":"aG9s"}`,
	`{"archivo":{"datos":"aG9s"},"archivo":{"nombre":"b"}}`,
	`{"otro":{"imagen":"aG9s","archivo":{"datos":"aG9s"}},"imagen":"YWRpw7M="}`,
	`{"archivo":{"imagen":"aG9s","otro":{"datos":"aG9s"},"datos":"aG9s"}}`,
	`{"archivo":[{"datos":"aG9s"}]}`,
	`{"imagen":["aG9s"]}`,
	`{"imagen":[104,111,108,97]}`,
	`{"imagen":{"imagen":"aG9s"}}`,
	`{"imagen":7,"contenido":7}`,
	`{"datos":"aG9s"}`,
	`[{"imagen":"aG9s"}]`,
	`"imagen"`, `{`, `{"`, `{"imagen"`, `{"imagen":`, `{"imagen":"`, `{"imagen":"aG9s`, `{"imagen":"aG9s\`, `{"imagen":"aG9s"`, `}`, `}}}{"imagen":"aG9s"}`,
	`{"imagen":"aG9sYQ="}`, `{"imagen":"aG9sYQ"}`, `{"imagen":"aG9sYQ==aG9s"}`, `{"imagen":"aG9sYQ==="}`, `{"imagen":"="}`, `{"imagen":"a=b="}`,
	`{"imagen":"¿qué?"}`, "{\"imagen\":\"aG9s\nYQ==\"}", "{\"imagen\":\"aG9sYQ==\x00\"}", "{\"imagen\":\"\xff\xff\xff\xff\"}",
	`{"imagen":"aG9s\x"}`, `{"imagen":"aG9s\u00"}`, `{"imagen":"aG9s\u00zz"}`, `{"imagen":"aG9s\u0022"}`, `{"imagen":"aG9s\u005c"}`, `{"imagen":"aG9s\""}`, `{"imagen":"aG9s\\"}`,
	`{"imagen":"*\u12"}`, `{"imagen":"*\ud83d\ude00"}`, `{"imagen":"****\"}`, `{"imagen":"aG9s"} {"imagen":"aG9s"}`, `{"imagen":"aG9s",}`,
	`{"imagen":"aG9s" "archivo":"x"}`, `{"contenido":"\\\"","imagen":"aG9s"}`, `{"contenido":"\","imagen":"aG9s"}`,
	``, ` `, `null`, `{"imagen":"data:image/jpeg;base64,aG9s"}`, `{"otro":"*","imagen":"aG9sYQ==","otro":[1,{"imagen":"*"}]}`,
	`{"imagen":"` + strings.Repeat("aG9sYWFhYWFh", 9000) + `aG9sYQ=="}`,
	`{"imagen":"` + strings.Repeat(strings.Repeat("aG9s", 19)+`\r\n`, 2000) + `"}`,
	`{"imagen":"a` + strings.Repeat("aG9sYWFhYWFh", 9000) + `"}`,
}

// compare holds what the product reads against what encoding/json alone does.
func compare(t *testing.T, body []byte, read io.Reader) {
	t.Helper()
	var want message
	wantErr := json.Unmarshal(body, &want)
	got, err := spliced(read, 1<<20)
	if kind(err) != kind(wantErr) {
		t.Errorf("%.200q: got error %v, want %v", body, err, wantErr)
	}
	if wantErr == nil && !reflect.DeepEqual(got, want) {
		t.Errorf("%.200q: got %.200v, want %.200v", body, got, want)
	}
}

func TestASplicedDocumentSaysWhatEncodingJSONReads(t *testing.T) {
	for _, body := range documents {
		compare(t, []byte(body), strings.NewReader(body))
		compare(t, []byte(body), iotest.OneByteReader(strings.NewReader(body)))
		compare(t, []byte(body), iotest.HalfReader(strings.NewReader(body)))
	}
}

func FuzzASplicedDocumentSaysWhatEncodingJSONReads(f *testing.F) {
	for _, body := range documents {
		if len(body) < 1000 {
			f.Add([]byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) { compare(t, body, iotest.HalfReader(bytes.NewReader(body))) })
}

func TestNoMoreThanTheLimitIsLeft(t *testing.T) {
	picture := strings.Repeat("aG9s", 100_000)
	for body, want := range map[string]error{
		`{"imagen":"` + picture + `"}`:                         nil,
		`{"contenido":"` + picture + `"}`:                      splice.ErrTooLong,
		`{"otro":{"imagen":"` + picture + `"}}`:                splice.ErrTooLong,
		`{"imagen":"` + strings.Repeat("¡", 10_000) + `"}`:     splice.ErrTooLong,
		`{` + strings.Repeat(`"imagen":"aG9s",`, 40) + `"a":1`: splice.ErrTooLong,
	} {
		if _, err := spliced(strings.NewReader(body), 2000); !errors.Is(err, want) {
			t.Errorf("%.40q: got %v, want %v", body, err, want)
		}
	}
	spoiled := `{"imagen":"` + picture + `*` + picture + `"}`
	if _, err := spliced(strings.NewReader(spoiled), 2000); kind(err) != "base64" {
		t.Errorf("a large string that is no base64: got %v, want what is wrong with it", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestErrorsOfTheEndsComeBackAsTheyAre(t *testing.T) {
	broken := errors.New("broken")
	body := `{"imagen":"aG9sYQ=="}`
	for name, open := range map[string]func() (io.Writer, error){
		"open":  func() (io.Writer, error) { return nil, broken },
		"write": func() (io.Writer, error) { return failing{broken}, nil },
	} {
		if _, err := splice.Split(strings.NewReader(body), 1000, fields, open); !errors.Is(err, broken) {
			t.Errorf("%s: got %v, want the error", name, err)
		}
	}
	for n := range body {
		in := io.MultiReader(strings.NewReader(body[:n]), iotest.ErrReader(broken))
		if _, err := spliced(in, 1000); !errors.Is(err, broken) {
			t.Errorf("read after %d bytes: got %v, want the error", n, err)
		}
	}
}

func TestAMarkCannotBeForged(t *testing.T) {
	doc, err := splice.Split(strings.NewReader(`{"imagen":"aG9s"}`), 1000, fields, func() (io.Writer, error) { return io.Discard, nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{nil, {0}, make([]byte, 17), bytes.Repeat([]byte{1}, 17)} {
		if n, ok := doc.Part(data); ok {
			t.Errorf("%v: got part %d, want none", data, n)
		}
	}
}

func BenchmarkSplit(b *testing.B) {
	body := []byte(`{"contenido":"mire","imagen":"` + strings.Repeat("aG9sYWFhYWFh", 100_000) + `"}`)
	for name, read := range map[string]func() error{
		"splice": func() error {
			doc, err := splice.Split(bytes.NewReader(body), 1000, fields, func() (io.Writer, error) { return io.Discard, nil })
			if err == nil {
				err = json.Unmarshal(doc.Rest, &message{})
			}
			return err
		},
		"encoding-json": func() error { return json.Unmarshal(body, &message{}) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if err := read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
