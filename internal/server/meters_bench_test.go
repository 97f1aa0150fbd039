package server_test

import (
	"testing"

	"mostrador/internal/server"
)

// BenchmarkMeters counts all that one message of a customer causes to be counted;
// beside BenchmarkWebhook of the API it says what that costs.
func BenchmarkMeters(b *testing.B) {
	count := server.CountOneMessage()
	b.ReportAllocs()
	for b.Loop() {
		count()
	}
}
