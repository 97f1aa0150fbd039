package outbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/outbox"
	"mostrador/internal/server/photos"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// hanging is a desk whose laptop takes files only when it is let, and whose
// outbox runs by itself.
type hanging struct {
	*desk
	folder  *photos.Folder
	begun   chan string   // the text of each file that hangs
	release chan struct{} // is closed to let them go
	tried   chan string   // the result of each attempt
	stop    func() error

	mu         sync.Mutex
	held, most int // files at once
}

func hang(t *testing.T, perMinute int) *hanging {
	t.Helper()
	d := open(t, "http://laptop.test")
	h := &hanging{desk: d, folder: d.withFiles(), begun: make(chan string, 9), release: make(chan struct{}), tried: make(chan string, 99)}
	d.laptop.behave(h.take)
	d.Outbox = outbox.New(outbox.Options{
		Store: d.store, Bridge: outbox.NewBridge(d.laptop, "token"), Open: h.folder.Open, Now: d.clock.Now, PerMinute: perMinute,
		Random: func() float64 { return 0 }, Log: zerolog.New(zerolog.SyncWriter(d.log)),
		Tried: func(result string, _, _ time.Duration) { h.tried <- result },
	})
	return h
}

// run has the outbox work until the test ends, or stop is called.
func (h *hanging) run() {
	ctx, cancel := context.WithCancel(h.t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	h.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	h.t.Cleanup(func() { _ = h.stop() })
}

func (h *hanging) take(_ http.ResponseWriter, r *http.Request) {
	var m wire.Send
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil || m.File == nil {
		return
	}
	h.count(1)
	defer h.count(-1)
	h.begun <- m.Text
	select {
	case <-h.release:
	case <-r.Context().Done():
	}
}

func (h *hanging) count(more int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.held += more
	h.most = max(h.most, h.held)
}

func (h *hanging) wantSent(what string, n int) {
	h.t.Helper()
	for range n {
		if got := <-h.tried; got != outbox.ResultSent {
			h.t.Errorf("%s: got %q, want it sent", what, got)
		}
	}
}

func TestAFileThatHangsHoldsUpNobodyElse(t *testing.T) {
	h := hang(t, 20)
	a, b := h.customer(1), h.customer(2)
	h.queueFile(h.folder, a, []byte("una foto"), "a1")
	later := h.queue(a, "a2")
	h.queue(b, "b1")
	h.run()
	<-h.begun
	h.clock.Advance(5 * time.Second) // of the pace
	h.Wake()
	h.wantSent("a text to somebody else", 1)
	h.clock.Advance(5 * time.Second)
	if err := h.Deliver(t.Context(), later); ticket.CodeOf(err) != ticket.CodeUnavailable {
		t.Errorf("a text to the same person: got %v, want it to wait", err)
	}
	close(h.release)
	h.wantSent("what hung and what it held up", 2)
	if err := h.stop(); err != nil {
		t.Error(err)
	}
	if got := h.laptop.texts(); got != "a1 b1 a2" {
		t.Errorf("got %q, want each once and in order", got)
	}
	for _, number := range []int64{a, b} {
		if got := h.last(number).Delivery; got != ticket.DeliverySent {
			t.Errorf("ticket %d: got %q, want it sent", number, got)
		}
	}
}

func TestOneFileAtATimeLeavesAtThePaceAndTextsPassTheOthers(t *testing.T) {
	h := hang(t, 20)
	for i := range 3 {
		h.queueFile(h.folder, h.customer(i), []byte{byte(i)}, fmt.Sprintf("f%d", i))
	}
	h.queue(h.customer(3), "t")
	h.run()
	<-h.begun
	h.clock.Advance(5 * time.Second)
	h.Wake()
	h.wantSent("a text behind them all", 1)
	h.clock.Advance(5 * time.Second)
	close(h.release)
	for range 2 {
		h.wantSent("a file", 1)
		h.clock.Advance(5 * time.Second)
		h.Wake()
	}
	h.wantSent("the last file", 1)
	if got := h.laptop.texts(); h.most != 1 || got != "f0 t f1 f2" {
		t.Errorf("got %d files at once and %q, want one after the other", h.most, got)
	}
}

func TestWithoutAPaceAtMostFourFilesHangAtOnce(t *testing.T) {
	h := hang(t, 0)
	for i := range 6 {
		h.queueFile(h.folder, h.customer(i), []byte{byte(i)}, fmt.Sprintf("f%d", i))
	}
	h.queue(h.customer(6), "t")
	h.run()
	h.wantSent("a text behind them all", 1)
	for range 4 {
		<-h.begun
	}
	close(h.release)
	h.wantSent("the files", 6)
	if h.most != 4 || len(strings.Fields(h.laptop.texts())) != 7 {
		t.Errorf("got %d files at once and %q, want four and each once", h.most, h.laptop.texts())
	}
}

func TestStoppingWhileAFileHangsPutsItBack(t *testing.T) {
	h := hang(t, 20)
	n := h.customer(1)
	h.queueFile(h.folder, n, []byte("una foto"), "a1")
	h.run()
	<-h.begun
	if err := h.stop(); err != nil {
		t.Error(err)
	}
	if got := h.last(n); got.Delivery != ticket.DeliveryQueued || got.Failure == "" {
		t.Errorf("got %q because %q, want it back in the queue", got.Delivery, got.Failure)
	}
	close(h.release)
	h.clock.Advance(10 * time.Second)
	if got := h.sweep(); got != 1 || h.laptop.sent[0].ID != h.laptop.sent[1].ID {
		t.Errorf("got %d sent after the restart (%s), want it under its id", got, h.laptop.texts())
	}
}
