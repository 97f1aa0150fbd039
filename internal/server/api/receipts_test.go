package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"mostrador/internal/wire"
)

func (s *shop) receipt(body string) int {
	s.t.Helper()
	return s.ask(http.MethodPost, wire.PathReceipt, body).Code
}

// notice returns what the list says of the notice of ticket 1.
func (s *shop) notice() any {
	s.t.Helper()
	notice, _ := fields(s.t, s.ask(http.MethodGet, "/api/v1/tickets/1", ""))["aviso"].(map[string]any)
	return notice["estado"]
}

func TestTheTicksOfANoticeFollowWhatsAppsReceipts(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	s.ask(http.MethodPost, "/responder/1", "")
	id := s.laptop.received()[0].ID
	for _, state := range []string{wire.ReceiptDelivered, wire.ReceiptRead} {
		body, err := json.Marshal(wire.Receipt{IDs: []string{"3EB0UNKNOWN", id}, State: state})
		if err != nil {
			t.Fatal(err)
		}
		if code := s.receipt(string(body)); code != http.StatusOK || s.notice() != state {
			t.Errorf("receipt %q: got %d and notice %v, want 200 and the same", state, code, s.notice())
		}
	}
}

func TestBadReceiptsAreRefusedInSpanish(t *testing.T) {
	s := openShop(t)
	for _, tt := range []struct {
		name, body string
		status     int
		part       string
	}{
		{"empty", ``, http.StatusBadRequest, "vacío"},
		{"no ids", `{"ids":[],"estado":"leido"}`, http.StatusUnprocessableEntity, "ids"},
		{"too many ids", `{"ids":["` + strings.Repeat(`1","`, 1000) + `1"],"estado":"leido"}`, http.StatusUnprocessableEntity, "ids"},
		{"odd id", `{"ids":["a b"],"estado":"leido"}`, http.StatusUnprocessableEntity, "ids"},
		{"unknown state", `{"ids":["1"],"estado":"enviado"}`, http.StatusUnprocessableEntity, "estado"},
		{"ids of the wrong type", `{"ids":"1","estado":"leido"}`, http.StatusUnprocessableEntity, "ids"},
		{"enormous", `{"estado":"` + strings.Repeat("x", 1<<20) + `"}`, http.StatusRequestEntityTooLarge, "grande"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantProblem(t, s.ask(http.MethodPost, wire.PathReceipt, tt.body), tt.status, tt.part)
		})
	}
}
