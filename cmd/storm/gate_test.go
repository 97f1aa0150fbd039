package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mostrador/internal/wire"
)

// behind returns a gate before a server that takes everything, and how often it
// was asked.
func behind(t *testing.T) (*gate, *atomic.Int32) {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			return
		}
		asked.Add(1)
		_, _ = io.WriteString(w, `{"status":"ok","duplicado":true}`)
	}))
	t.Cleanup(server.Close)
	g, err := newGate("server", strings.TrimPrefix(server.URL, "http://"), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.close)
	return g, &asked
}

func post(t *testing.T, g *gate, path string) (status int, body string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+g.address+path, strings.NewReader(`{"id":"3EB0AA"}`))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(raw), err
}

func TestAGateMakesTheTroubleItIsToldTo(t *testing.T) {
	for _, tt := range []struct {
		name    string
		trouble trouble
		status  int  // 0: no answer
		broken  bool // the answer ends too early
		asked   int32
	}{
		{"none", trouble{}, 200, false, 1},
		{"status", trouble{kind: troubleStatus, code: 503}, 503, false, 0},
		{"foreign page", trouble{kind: troublePage}, 200, false, 0},
		{"slow", trouble{kind: troubleSlow, delay: time.Millisecond}, 200, false, 1},
		{"late", trouble{kind: troubleLate, delay: time.Millisecond}, 200, false, 1},
		{"refuse", trouble{kind: troubleRefuse}, 0, false, 0},
		{"half a request", trouble{kind: troubleHalfBody}, 0, false, 0},
		{"lost answer", trouble{kind: troubleLoseAnswer}, 0, false, 1},
		{"half an answer", trouble{kind: troubleHalfAnswer}, 200, true, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, asked := behind(t)
			tt.trouble.share = 1
			g.trouble(tt.trouble, time.Hour)
			status, _, err := post(t, g, wire.PathWebhook)
			if status != tt.status || (err != nil) != (tt.broken || tt.status == 0) {
				t.Errorf("got %d, %v, want %d, broken %v", status, err, tt.status, tt.broken)
			}
			if got := asked.Load(); got != tt.asked {
				t.Errorf("the server was asked %d times, want %d", got, tt.asked)
			}
			if tt.trouble.kind != troubleNone && tt.trouble.kind != troubleSlow && tt.trouble.kind != troubleLate && len(g.story("3EB0AA")) == 0 {
				t.Error("got no story of the message")
			}
		})
	}
}

func TestAGateCountsWhatIsRepeated(t *testing.T) {
	g, _ := behind(t)
	for range 3 {
		if _, _, err := post(t, g, wire.PathWebhook); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, repeats := g.totals(); repeats != 2 {
		t.Errorf("got %d repeats, want 2", repeats)
	}
}

func TestATroubleEnds(t *testing.T) {
	g, asked := behind(t)
	g.trouble(trouble{kind: troubleRefuse, share: 1}, -time.Second)
	if status, _, err := post(t, g, wire.PathWebhook); status != http.StatusOK || err != nil || asked.Load() != 1 {
		t.Errorf("got %d, %v, want 200 from the server", status, err)
	}
}

func TestReceiptsNeverGetA404ThatIsNotTheServers(t *testing.T) {
	g, _ := behind(t)
	g.trouble(trouble{kind: troubleStatus, code: 404, share: 1}, time.Hour)
	if status, _, err := post(t, g, wire.PathReceipt); status != http.StatusBadGateway {
		t.Errorf("got %d, %v, want 502", status, err)
	}
}

func TestALineCutsInTheMiddle(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "hola")
	}))
	t.Cleanup(server.Close)
	l, err := newLine(strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	ask := func() error {
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
		resp, err := client.Get("http://" + l.address)
		if err != nil {
			return err
		}
		_, err = io.ReadAll(resp.Body)
		return errors.Join(err, resp.Body.Close())
	}
	if err := ask(); err != nil {
		t.Errorf("whole: %v", err)
	}
	l.halveNext()
	if err := ask(); err == nil {
		t.Error("halved: got an answer, want a cut")
	}
	l.cut(time.Hour)
	if err := ask(); err == nil {
		t.Error("down: got an answer, want none")
	}
	l.calm()
	if err := ask(); err != nil {
		t.Errorf("calm: %v", err)
	}
	if l.totalCuts() == 0 {
		t.Error("got no cuts counted")
	}
}
