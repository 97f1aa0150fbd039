package api

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

func FuzzABeatIsCleanOrRefused(f *testing.F) {
	for _, seed := range []string{
		`{"status":"ok","whatsapp":"conectado","cola_pendiente":1,"uptime":3.5,"hora":"2026-11-23T10:00:00Z","recibidos":1,"entregados":1,"apartados":[{"clave":"k","remitente":"5214772758198","contenido":"x","recibido":"2026-11-23T10:00:00Z"}]}`,
		`{"whatsapp":"desconectado","estado":"sesion_cerrada","motivo":"\u0000\u202e","problema":"x","cuenta":"5214772758198"}`,
		`{"whatsapp":"conectado","uptime":1e308,"cola_antiguedad":1e-308,"hora":"0001-01-01T00:00:01Z","recibidos":-1}`,
		`{}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var m wire.Beat
		if json.Unmarshal(body, &m) != nil {
			return
		}
		got, err := convertBeat(m, now)
		if err != nil {
			if code := ticket.CodeOf(err); code != ticket.CodeInvalid {
				t.Errorf("got %q (%v), want a refusal with a sentence", code, err)
			}
			return
		}
		r := got.Report
		texts := []string{got.State, got.Problem, r.Reason, r.Solution, r.Account, r.Version, r.Library}
		for _, p := range r.Tray {
			texts = append(texts, p.Name, p.Text, p.Reason, p.Sender)
			if p.Key == "" || len(p.Key) > maxKey || p.At.IsZero() {
				t.Errorf("got %+v in the tray, want it named and dated", p)
			}
		}
		for _, text := range texts {
			if !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxSentence || strings.ContainsFunc(text, unicode.IsControl) {
				t.Errorf("got %q, want one clean line", text)
			}
		}
		for _, d := range []time.Duration{r.Uptime, r.Oldest} {
			if d < 0 || d > maxAge {
				t.Errorf("got an age of %v, want it between 0 and %v", d, maxAge)
			}
		}
	})
}
