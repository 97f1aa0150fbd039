package uplink_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/wire"
)

func (f *fixture) putReceipt(t *testing.T, chat string) {
	t.Helper()
	e := queue.Entry{Key: "recibo", Chat: chat, Receipt: &wire.Receipt{IDs: []string{"R1"}, State: wire.ReceiptRead}, ReceivedAt: time.Now()}
	if err := f.queue.Put(e); err != nil {
		t.Fatal(err)
	}
}

func TestAReceiptIsToldUntilTheServerHasIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: func(n int, _ wire.Webhook) (int, string) {
			if n == 0 {
				return 503, ""
			}
			return 200, `{"status":"ok"}`
		}}, nil)
		f.putReceipt(t, "ana|r")
		after(time.Second)
		if got := f.queue.Stats().Waiting; got != 1 {
			t.Errorf("after a 503: got %d waiting, want the receipt", got)
		}
		after(5 * time.Minute)
		if got := f.queue.Stats().Waiting; got != 0 || len(f.got()) != 2 {
			t.Errorf("got %d waiting after %d calls, want none after two", got, len(f.got()))
		}
		if !strings.Contains(f.auth[1], "POST http://servidor:8523/recibos Bearer secreto") {
			t.Errorf("got call %q, want one to /recibos with the token", f.auth[1])
		}
	})
}

func TestAServerThatKnowsNoReceiptsIsNotPesteredAndNotCalledWrong(t *testing.T) {
	for _, status := range []int{400, 404, 405, 413, 422} {
		synctest.Test(t, func(t *testing.T) {
			f := start(t, &fakeServer{answer: func(int, wire.Webhook) (int, string) { return status, `{"detail":"Not Found"}` }}, nil)
			f.putReceipt(t, "ana|r")
			after(time.Hour)
			stats := f.queue.Stats()
			if len(f.got()) != 1 || stats.Waiting != 0 || stats.Parked != 0 || f.uplink.State().Error != "" {
				t.Errorf("%d: got %d calls, %+v and state %+v, want the receipt dropped silently", status, len(f.got()), stats, f.uplink.State())
			}
		})
	}
}
