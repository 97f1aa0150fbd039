package uplink_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/bridge/uplink"
)

// endless is a server that never stops answering, and counts what is taken of it.
type endless struct{ calls, taken atomic.Int64 }

func (e *endless) RoundTrip(*http.Request) (*http.Response, error) {
	e.calls.Add(1)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(e)}, nil
}

func (e *endless) Read(p []byte) (int, error) {
	e.taken.Add(int64(len(p)))
	return copy(p, bytes.Repeat([]byte("["), len(p))), nil
}

func TestAnAnswerWithoutAnEndIsNoSuccessAndIsNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var server endless
		f := start(t, &fakeServer{answer: yes}, nil)
		f.stop()
		f.uplink = uplink.New(uplink.Options{
			Queue: f.queue, ServerURL: "http://servidor:8523", Token: "secreto", Client: &http.Client{Transport: &server},
			Random: func() float64 { return 0 }, Log: zerolog.Nop(),
		})
		f.put(t, "ana", "1")
		done := make(chan error)
		ctx, stop := context.WithCancel(t.Context())
		go func() { done <- f.uplink.Run(ctx) }()
		after(time.Second)
		stop()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		f.wantQueue(t, 1, 0, 0)
		if calls, taken := server.calls.Load(), server.taken.Load(); calls == 0 || taken > calls*128<<10 {
			t.Errorf("%d bytes of %d answers were read, want about 64 KiB of each", taken, calls)
		}
	})
}
