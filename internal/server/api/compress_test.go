package api_test

import (
	"compress/gzip"
	"encoding/json"
	"net/http"
	"testing"
)

func TestAnswersOfTheAPIAreCompressedForWhoeverTakesThem(t *testing.T) {
	s := openShop(t)
	for range 20 {
		s.deliver(original("no prende", nil))
	}
	for offer, want := range map[string]string{"gzip, br": "gzip", "": ""} {
		w := s.do(http.MethodGet, "/api/v1/tickets", "", "Authorization", "Bearer "+token, "Accept-Encoding", offer)
		if got := w.Header().Get("Content-Encoding"); got != want || w.Code != http.StatusOK {
			t.Fatalf("%q: got %d encoded %q, want %q", offer, w.Code, got, want)
		}
		if want == "" {
			continue
		}
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		var page struct{ Total int }
		if err := json.NewDecoder(z).Decode(&page); err != nil || page.Total == 0 {
			t.Errorf("got %+v, %v, want the tickets", page, err)
		}
	}
}
