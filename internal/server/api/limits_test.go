package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mostrador/internal/server/api"
	"mostrador/internal/wire"
)

func TestABodyHasAnEndWhereverItGoes(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	long := `{"texto":"` + strings.Repeat("a", 3<<20) + `"}`
	wantProblem(t, s.asAna(http.MethodPost, "/api/v1/tickets/1/notas", long), http.StatusRequestEntityTooLarge, "grande")
	wantProblem(t, s.asAna(http.MethodPost, "/ticket/1/enviar-mensaje", long), http.StatusRequestEntityTooLarge, "grande")
	wantProblem(t, s.do(http.MethodPost, "/invitacion", long), http.StatusRequestEntityTooLarge, "grande")
	wantProblem(t, s.do(http.MethodPost, "/invitacion/aceptar", long), http.StatusRequestEntityTooLarge, "grande")
	for _, path := range []string{wire.PathReceipt, wire.PathBeat, wire.PathWebhook} {
		wantProblem(t, s.ask(http.MethodPost, path, long), http.StatusRequestEntityTooLarge, "grande")
	}
}

func TestWrongTokensFromOneAddressAreStoppedAndOnlyThose(t *testing.T) {
	proxy := netip.MustParsePrefix("192.0.2.0/24") // where httptest's requests come from
	s := openShop(t, func(o *api.Options) { o.Proxies = []netip.Prefix{proxy} })
	from := func(client, path, secret string) *httptest.ResponseRecorder {
		t.Helper()
		return s.do(http.MethodPost, path, `{"remitente":"5214772758198","contenido":"hola"}`, "X-Forwarded-For", client, "Authorization", "Bearer "+secret)
	}
	const wrong, other = "203.0.113.7", "203.0.113.8"
	paths := []string{wire.PathWebhook, wire.PathReceipt, wire.PathBeat}
	for i := range 30 {
		wantProblem(t, from(wrong, paths[i%len(paths)], "otro token que no es"), http.StatusUnauthorized, "No autorizado")
	}
	w := from(wrong, wire.PathWebhook, "otro token que no es")
	wantProblem(t, w, http.StatusTooManyRequests, "Espere")
	if got := w.Header().Get("Retry-After"); got != "2" {
		t.Errorf("got Retry-After %q, want 2 seconds", got)
	}
	if w := from(wrong, wire.PathWebhook, token); w.Code != http.StatusTooManyRequests {
		t.Errorf("the right token at once: got %d, want it not looked at", w.Code)
	}
	if w := from(other, wire.PathWebhook, token); w.Code != http.StatusOK {
		t.Errorf("another address: got %d %s, want it in", w.Code, w.Body)
	}
	for range 100 { // what is refused unlooked at does not lengthen it
		from(wrong, wire.PathWebhook, "otro token que no es")
	}
	s.clock.Advance(2 * time.Second)
	for range 100 {
		if w := from(wrong, wire.PathWebhook, token); w.Code != http.StatusOK {
			t.Fatalf("put right: got %d %s, want it in as often as it likes", w.Code, w.Body)
		}
	}
	wantProblem(t, from(wrong, wire.PathWebhook, "otro token que no es"), http.StatusUnauthorized, "No autorizado")
	wantProblem(t, from(wrong, wire.PathWebhook, "otro token que no es"), http.StatusTooManyRequests, "")
	s.clock.Advance(time.Minute)
	for range 30 {
		wantProblem(t, from(wrong, wire.PathWebhook, "otro token que no es"), http.StatusUnauthorized, "No autorizado")
	}
}
