package api_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"

	"mostrador/internal/server/api"
)

// BenchmarkWebhook takes messages of customers who write in bursts of three,
// without a network, by one and by many callers at a time.
func BenchmarkWebhook(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprintf("%d-callers", callers), func(b *testing.B) {
			s := openShop(b, func(o *api.Options) { o.Log = zerolog.New(io.Discard) })
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for range callers {
				wg.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						if w := s.post(fmt.Sprintf(`{"remitente":"52477%07d","contenido":"mi laptop no prende","imagen":null,"id":"ID%d"}`, n/3, n)); w.Code != http.StatusOK {
							b.Errorf("got %d %s, want 200", w.Code, w.Body)
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

// BenchmarkPicture takes one picture of almost the largest size after the other.
func BenchmarkPicture(b *testing.B) {
	const size = 1 << 20
	s := openShop(b, func(o *api.Options) { o.MaxImage, o.Log = size, zerolog.New(io.Discard) })
	picture := base64Of(append([]byte("\xff\xd8\xff\xe0"), make([]byte, size-4)...))
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if w := s.post(`{"remitente":"5214772758198","contenido":"mire","imagen":"` + picture + `"}`); w.Code != http.StatusOK {
			b.Fatalf("got %d %s, want 200", w.Code, w.Body)
		}
	}
}

// post sends a webhook.
func (s *shop) post(body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	s.router.ServeHTTP(w, r)
	return w
}
