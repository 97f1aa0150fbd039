package api_test

import (
	"net/http"
	"testing"
)

func TestOnlyThisMachineWithTheTokenEndsTheBridge(t *testing.T) {
	f := newFixture()
	wantJSON(t, f.do(authorized(http.MethodPost, "/detener", "")), http.StatusNotFound, `{"error":"No existe"}`)
	wantJSON(t, f.do(local(http.MethodPost, "/detener", "")), http.StatusUnauthorized, `{"error":"No autorizado"}`)
	if f.stopped != 0 {
		t.Fatalf("got stopped %d times, want never", f.stopped)
	}
	r := local(http.MethodPost, "/detener", "")
	r.Header.Set("Authorization", "Bearer "+token)
	wantJSON(t, f.do(r), http.StatusOK, `{"mensaje":"El puente termina."}`)
	if f.stopped != 1 {
		t.Errorf("got stopped %d times, want once", f.stopped)
	}
}
