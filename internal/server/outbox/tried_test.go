package outbox_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/outbox"
)

func TestEveryAttemptIsToldAndGoesUnderTheRepliesName(t *testing.T) {
	d := open(t, "http://laptop:9000")
	var mu sync.Mutex
	var results, traces []string
	d.Outbox = outbox.New(outbox.Options{
		Store: d.store, Bridge: outbox.NewBridge(d.laptop, "secret token"), Now: d.clock.Now, Random: func() float64 { return 0 }, Log: zerolog.New(d.log),
		Tried: func(result string, took, age time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			if !slices.Contains(outbox.Results(), result) || took < 0 || age < 0 {
				t.Errorf("got %q after %v at the age of %v, want one of the results", result, took, age)
			}
			results = append(results, result)
		},
	})
	for i, c := range []struct {
		status int
		body   string
	}{
		{http.StatusServiceUnavailable, `{"error":"WhatsApp desconectado"}`}, {http.StatusServiceUnavailable, `{"error":"x","codigo":"limitado"}`},
		{http.StatusGatewayTimeout, `{}`}, {http.StatusUnprocessableEntity, `{"error":"no"}`}, {http.StatusOK, `{"ok":true}`},
	} {
		message := d.queue(d.customer(i), "x"+string(rune('A'+i)))
		d.laptop.behave(func(w http.ResponseWriter, r *http.Request) {
			traces = append(traces, r.Header.Get("X-Request-Id"))
			refuse(c.status, c.body)(w, r)
		})
		_ = d.Deliver(t.Context(), message) // the result says it
	}
	if got := strings.Join(results, " "); got != "away limited unsure refused sent" {
		t.Errorf("got %q, want each result once", got)
	}
	if got := strings.Join(traces, " "); got != "3EB0xA 3EB0xB 3EB0xC 3EB0xD 3EB0xE" || !strings.Contains(d.log.String(), `"trace":"3EB0xE"`) {
		t.Errorf("got traces %q and log %s, want the replies' ids in both", got, d.log)
	}
}
