package api_test

import (
	"net/http"
	"strings"
	"testing"

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
