package outbox_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"mostrador/internal/server/outbox"
	"mostrador/internal/wire"
)

// endless is a bridge that never stops answering, and counts what is taken of it.
type endless struct{ taken int }

func (e *endless) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(e)}, nil
}

func (e *endless) Read(p []byte) (int, error) {
	e.taken += len(p)
	return copy(p, bytes.Repeat([]byte("["), len(p))), nil
}

func TestNoMoreThanSixtyFourKilobytesOfAnAnswerAreTaken(t *testing.T) {
	for what, ask := range map[string]func(*outbox.Bridge) error{
		"health": func(b *outbox.Bridge) error { _, err := b.Health(t.Context(), "http://laptop"); return err },
		"send":   func(b *outbox.Bridge) error { return b.Send(t.Context(), "http://laptop", wire.Send{Text: "hola"}) },
	} {
		t.Run(what, func(t *testing.T) {
			var e endless
			if err := ask(outbox.NewBridge(&e, "secreto")); err == nil {
				t.Error("got no error from an answer without an end")
			}
			if e.taken > 128<<10 {
				t.Errorf("%d bytes were read, want about 64 KiB", e.taken)
			}
		})
	}
}
