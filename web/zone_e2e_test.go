package web_test

import (
	"strings"
	"testing"
)

func TestDatesAreTheBusinesssAcrossAChangeOfClocks(t *testing.T) {
	f := newFake(t)
	f.loggedIn, f.zone = true, "Europe/Madrid"
	// There the 25th of October lasts from 22:00 UTC to 23:00 UTC: 25 hours.
	for i, at := range []string{"2026-10-25T23:00:00Z", "2026-10-25T22:59:00Z", "2026-10-25T01:30:00Z", "2026-10-25T00:30:00Z", "2026-10-24T22:00:00Z", "2026-10-24T21:59:00Z"} {
		f.tickets = append(f.tickets, ticket(6-i, "Ana", "hola", object{"fecha": at, "actualizado": at}))
	}
	for n, at := range []string{"2026-10-24T21:59:00Z", "2026-10-24T22:00:00Z", "2026-10-25T22:59:00Z", "2026-10-25T23:00:00Z"} {
		f.messages[4] = append(f.messages[4], with(message(n+1, "entrada", "texto", "hola"), object{"fecha": at}))
	}
	for _, browsers := range []string{"America/Santiago", "Asia/Tokyo", "Pacific/Kiritimati"} {
		p := openTab(t, f)
		p.Zone(browsers)
		p.Visit("#/?desde=2026-10-25&hasta=2026-10-25")
		p.WaitFor(rows(4))
		shown := evaluate[string](p, "[...document.querySelectorAll('.ticket')].map((row) => row.querySelector('[data-row]').dataset.row + ' ' + row.querySelector('time').title).join('\\n')")
		for _, want := range []string{"5 domingo, 25 de octubre de 2026, 23:59", "4 domingo, 25 de octubre de 2026, 2:30", "3 domingo, 25 de octubre de 2026, 2:30", "2 domingo, 25 de octubre de 2026, 0:00"} {
			if !strings.Contains(shown, want) {
				t.Errorf("browser in %s: got %q, want %q in it", browsers, shown, want)
			}
		}
		p.Visit("#/ticket/4")
		p.WaitFor("document.querySelectorAll('.log .message').length === 4")
		if got := evaluate[int](p, "document.querySelectorAll('.log .day').length"); got != 3 {
			t.Errorf("browser in %s: got %d days in the conversation, want those of Madrid: 3", browsers, got)
		}
	}
}
