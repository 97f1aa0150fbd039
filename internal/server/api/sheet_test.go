package api_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/rest"
	"mostrador/internal/server/store"
	"mostrador/internal/wire"
)

// sheet is the table of a query, which an administrator downloads.
func (s *shop) sheet(query string) [][]string {
	s.t.Helper()
	w := s.asAna(http.MethodGet, rest.Prefix+"/tickets/tabla?"+query, "")
	text, marked := strings.CutPrefix(w.Body.String(), "\ufeff")
	if w.Code != http.StatusOK || !marked || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") || w.Header().Get("Cache-Control") != "no-store" {
		s.t.Fatalf("got %d %v %q", w.Code, w.Header(), text)
	}
	r := csv.NewReader(strings.NewReader(text))
	if strings.Contains(query, "separador=punto_y_coma") {
		r.Comma = ';'
	}
	rows, err := r.ReadAll()
	if err != nil {
		s.t.Fatalf("%v in %q", err, text)
	}
	return rows
}

func TestTheTableHasTheTicketsOfTheFilterInTheBusinesssTime(t *testing.T) {
	s := openShop(t) // on Monday, 23 November 2026, at 10:00 UTC
	s.deliver(wire.Webhook{Sender: "524772758198@s.whatsapp.net", Name: "Ana; \"la de, León\"", Content: "mi impresora no imprime\ny hace ruido"})
	s.deliver(wire.Webhook{Sender: "100000000000001@lid", Content: "no tengo internet"})
	answerOf[rest.Settings](s, http.MethodPatch, "/ajustes", `{"zona_horaria":"America/Mexico_City"}`)
	s.page(http.MethodPatch, "/tickets/2", `{"estado":"resuelto"}`)

	want := [][]string{
		{"Ticket", "Recibido", "Cliente", "Teléfono", "Título", "Solicitud", "Categoría", "Prioridad", "Estado", "Asignado", "Primera respuesta", "Resuelto"},
		{"2", "2026-11-23 04:00:00", "", "", "No tengo internet", "no tengo internet", "Conectividad", "alta", "resuelto", "", "", "2026-11-23 04:00:00"},
		{"1", "2026-11-23 04:00:00", "Ana; \"la de, León\"", "+52 477 275 8198", "Mi impresora no imprime", "mi impresora no imprime\ny hace ruido", "Impresoras", "normal", "pendiente", "", "", ""},
	}
	for _, separator := range []string{"", "separador=coma", "separador=punto_y_coma&zona=Asia/Tokyo"} {
		if diff := cmp.Diff(want, s.sheet(separator)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", separator, diff)
		}
	}
	if got := s.sheet("estado=pendiente&categoria=Impresoras"); len(got) != 2 || got[1][0] != "1" {
		t.Errorf("filtered: got %q, want the first ticket alone", got)
	}
	if got := s.sheet("sin_leer=true&categoria=Nada"); len(got) != 1 {
		t.Errorf("got %q, want nothing but the names of the columns", got)
	}
}

func TestNothingInTheTableIsAFormula(t *testing.T) {
	s := openShop(t)
	for i, text := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "=HYPERLINK(\"https://ejemplo.example\")"} {
		s.deliver(wire.Webhook{Sender: fmt.Sprintf("52147700000%02d@s.whatsapp.net", i), Name: text, Content: text})
	}
	for _, row := range s.sheet("")[1:] {
		for i, cell := range row {
			if phone := i == 3; !phone && strings.ContainsAny(cell[:min(len(cell), 1)], "=+-@") || strings.HasPrefix(cell, "＝") {
				t.Errorf("%q would be a formula", cell)
			}
		}
		if !strings.HasPrefix(row[2], "'") || !strings.HasPrefix(row[5], "'") {
			t.Errorf("got %q, want what was written behind an apostrophe", row)
		}
	}
}

func TestATableOfManyPagesIsWholeAndNoted(t *testing.T) {
	s := openShop(t)
	const tickets = 502 // a page is 500
	for i := range tickets {
		s.deliver(wire.Webhook{Sender: fmt.Sprintf("5214770000%03d@s.whatsapp.net", i), Content: "hola"})
	}
	rows := s.sheet("")
	if len(rows) != tickets+1 || rows[1][0] != "502" || rows[tickets][0] != "1" {
		t.Errorf("got %d rows from %q to %q, want the names and %d tickets", len(rows), rows[1][0], rows[len(rows)-1][0], tickets)
	}
	page, err := s.store.Audit(t.Context(), s.origin.Business, store.AuditFilter{Kind: "customer"})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Acts) != 1 || page.Acts[0].Action != store.ActTicketsExported || page.Acts[0].UserName != "Ana" {
		t.Errorf("got %+v, want who took the table", page.Acts)
	}
}

func TestAnUnknownTableIsRefused(t *testing.T) {
	s := openShop(t)
	for _, query := range []string{"separador=tabulador", "zona=Marte", "estado=roto", "asignado=otro"} {
		wantProblem(t, s.asAna(http.MethodGet, rest.Prefix+"/tickets/tabla?"+query, ""), http.StatusUnprocessableEntity, "")
	}
}
