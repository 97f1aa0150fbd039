package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"mostrador/internal/server/rest"
	"mostrador/internal/wire"
)

// report asks for the report of a query.
func (s *shop) report(query string) rest.Report {
	s.t.Helper()
	return answerOf[rest.Report](s, http.MethodGet, "/informe?"+query, "")
}

func TestTheReportCountsDaysAndHoursOfTheBusinesssZone(t *testing.T) {
	s := openShop(t) // on Monday, 23 November 2026, at 10:00 UTC
	for i, after := range []time.Duration{0, time.Hour, 19 * time.Hour, 10 * time.Minute} {
		s.clock.Advance(after) // 10:00, 11:00, 6:00 and 6:10 of Tuesday
		s.deliver(wire.Webhook{Sender: fmt.Sprintf("521477000000%d@s.whatsapp.net", i), Content: "mi impresora no imprime"})
	}
	s.deliver(wire.Webhook{Sender: "5214770000000@s.whatsapp.net", Content: "ya la revisé", Own: true})

	got := s.report("dias=7")
	if got.Zone != "UTC" || len(got.Days) != 7 || got.Days[0].Day != "2026-11-18" || got.Days[5].Tickets != 2 || got.Days[6] != (rest.ReportDay{Day: "2026-11-24", Tickets: 2}) {
		t.Errorf("days: got %+v in %s, want two of Monday and two of Tuesday", got.Days, got.Zone)
	}
	if got.Hours[10] != 1 || got.Hours[6] != 2 || got.Tickets != 4 || got.Answered != 1 || got.Resolved != 0 || got.Before != 0 {
		t.Errorf("got %+v, want four tickets, one answered", got)
	}
	if wait := got.FirstAnswer; wait == nil || *wait != int64((20*time.Hour+10*time.Minute)/time.Second) {
		t.Errorf("first answer: got %v, want after 20 hours and ten minutes", wait)
	}
	if len(got.Categories) != 1 || got.Categories[0] != (rest.ReportCategory{Category: "Impresoras", Tickets: 4}) {
		t.Errorf("categories: got %+v, want four about printers", got.Categories)
	}

	// At 6:00 in UTC it is midnight in Mexico, and still the day before in Tijuana.
	if got = s.report("dias=2&zona=America/Mexico_City"); got.Days[0].Tickets != 2 || got.Days[1].Tickets != 2 || got.Hours[0] != 2 {
		t.Errorf("in Mexico: got %+v, want two of each day, the last at midnight", got)
	}
	if got = s.report("dias=1&zona=America/Tijuana"); got.Tickets != 4 || got.Days[0] != (rest.ReportDay{Day: "2026-11-23", Tickets: 4}) {
		t.Errorf("in Tijuana: got %+v, want all on Monday", got)
	}
	if got = s.report("dias=1&zona=Asia/Tokyo"); got.Tickets != 2 || got.Before != 2 {
		t.Errorf("in Japan: got %+v, want two of today and two before", got)
	}
	answerOf[rest.Settings](s, http.MethodPatch, "/ajustes", `{"zona_horaria":"America/Mexico_City"}`)
	if got = s.report("zona=Asia/Tokyo"); got.Zone != "America/Mexico_City" || len(got.Days) != 30 {
		t.Errorf("got %d days in %s, want 30 in the zone that the business chose", len(got.Days), got.Zone)
	}
}

func TestAReportOfNoDaysOrPlacesIsRefused(t *testing.T) {
	s := openShop(t)
	for _, query := range []string{"dias=0", "dias=93", "dias=x", "zona=Marte", "zona=Local", "zona=../../etc/passwd", "dias=7&dias=8"} {
		wantProblem(t, s.asAna(http.MethodGet, rest.Prefix+"/informe?"+query, ""), http.StatusUnprocessableEntity, "")
	}
}
