package storetest

import (
	"testing"
	"time"
)

// patience bounds a wait; it is not a measurement. Two models are trained one after
// the other in less, on a busy machine and under the race detector.
const patience = 2 * time.Minute

// Eventually polls until ok, and fails the test when it does not become true within
// two minutes; what ends the sentence "waited in vain until …".
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
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
