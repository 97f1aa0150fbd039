package storetest

import (
	"testing"
	"time"
)

// Eventually polls until ok, and fails the test when it does not become true in
// 20 s; what ends the sentence "waited in vain until …".
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for !ok() {
		select {
		case <-poll.C:
		case <-deadline:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
