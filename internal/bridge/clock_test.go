package bridge_test

import (
	"strings"
	"testing"
	"time"

	"mostrador/internal/wasim"
)

func TestAClockThatIsNotWhatsAppsIsShown(t *testing.T) {
	for ahead, want := range map[time.Duration]string{
		90 * time.Minute: "El reloj de esta computadora está adelantado: 1 hora de diferencia con WhatsApp.",
		-50 * time.Hour:  "El reloj de esta computadora está atrasado: 2 días de diferencia con WhatsApp.",
	} {
		wasim.Trust()
		wa, err := wasim.Start(wasim.Options{FewKeys: true, Now: func() time.Time { return time.Now().Add(-ahead - time.Second) }})
		if err != nil {
			t.Fatal(err)
		}
		p := start(t, wa, t.TempDir(), newTicketServer(t).url)
		p.pair(wa)
		got := until(p, "/estado.json", func(v map[string]any) bool { text, _ := v["motivo"].(string); return text != "" })
		if got["motivo"] != want || !strings.Contains(got["solucion"].(string), "hora automática") {
			t.Errorf("got %v, want %q and what to do", got, want)
		}
		if err := p.stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
		if err := wa.Close(); err != nil {
			t.Errorf("close simulator: %v", err)
		}
	}
}
