package main

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// envExit makes the process of a test end with that code at once.
const envExit = "STORM_EXIT"

func TestMain(m *testing.M) {
	if code, err := strconv.Atoi(os.Getenv(envExit)); err == nil {
		os.Exit(code)
	}
	if program := os.Getenv(envChild); program != "" {
		os.Exit(runChild(program))
	}
	os.Exit(m.Run())
}

// seed is that of STORM_SEED. Without one it is always the same: what a change
// broke is to be told from what chance brought, and `make storm` takes another
// each time.
func seed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("STORM_SEED")
	if text == "" {
		return 1
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("STORM_SEED: %v", err)
	}
	return n
}

// transcript collects what a storm prints.
type transcript struct {
	mu   sync.Mutex
	text strings.Builder
}

func (tr *transcript) Write(p []byte) (int, error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.text.Write(p)
}

func TestNothingIsLostAndNothingIsTwiceInAStorm(t *testing.T) {
	out := &transcript{}
	err := storm(t.Context(), options{
		seed: seed(t), messages: 1000, customers: 20, replies: 100, kills: 26, troubles: 40, fills: 2, days: 1, pace: 12 * time.Millisecond, out: out,
	})
	t.Logf("\n%s", out.text.String())
	if err != nil {
		t.Error(err)
	}
}
