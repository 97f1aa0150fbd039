package outbox_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"unicode"
	"unicode/utf8"

	"mostrador/internal/server/outbox"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// Whatever answers where the bridge should be, people read one short line.
func FuzzAnyAnswerOfABridgeIsAShortSentence(f *testing.F) {
	f.Add(503, []byte(`{"error":"WhatsApp desconectado","solucion":"Escanee.","codigo":"limitado"}`))
	f.Add(422, []byte(`{"error":"\u0000\n","codigo":7}`))
	f.Add(200, []byte(`{"ok":true}`))
	f.Add(200, []byte(`<html>`))
	f.Add(504, []byte("\xff"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		b := outbox.NewBridge(transport(func(*http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			_, _ = w.Write(body)
			answer := w.Result()
			answer.StatusCode = status
			return answer, nil
		}), "token")
		err := b.Send(t.Context(), "http://laptop.test", wire.Send{})
		if err == nil && status != http.StatusOK {
			t.Fatalf("%d: got it taken for sent", status)
		}
		e, ok := errors.AsType[*ticket.Error](err)
		if err == nil {
			return
		}
		if !ok || e.Message == "" || utf8.RuneCountInString(e.Message) > 300 || !utf8.ValidString(e.Message) {
			t.Errorf("%d: got %v, want a short sentence", status, err)
		}
		for _, r := range e.Message {
			if unicode.IsControl(r) {
				t.Errorf("%d: got %q, want no control characters", status, e.Message)
			}
		}
		if errors.Is(err, outbox.ErrLimited) && e.Code != ticket.CodeUnavailable {
			t.Errorf("%d: got %q, want what is limited to stay queued", status, e.Code)
		}
	})
}
