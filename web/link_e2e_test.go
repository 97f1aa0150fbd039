package web_test

import (
	"strings"
	"testing"
	"time"
)

func (p *tab) details() string {
	p.Helper()
	return evaluate[string](p, `[...document.querySelectorAll('.details div')].map(d => d.innerText.replace(/\s+/g, ' ')).join('\n')`)
}

func TestThePageAboutTheBridgeSaysWhichWayRepliesTake(t *testing.T) {
	since := time.Now().Add(-2 * time.Hour)
	p := openBridge(t, beating(object{"enlace": "inverso", "enlace_desde": since.UTC().Format(time.RFC3339), "laptop_url": ""}))
	p.WaitText(".details", "Enlace")
	if got := p.details(); !strings.Contains(got, "inverso, abierto por la laptop desde "+since.In(time.Local).Format("15:04")) {
		t.Errorf("got %s, want since when the link is open", got)
	}
	p.look("enlace")
	for want, fields := range map[string]object{
		"directo, a la dirección de la laptop":                             {"enlace": "directo", "enlace_desde": nil, "enlace_motivo": ""},
		"ninguno. Un proxy entre la laptop y el servidor no deja pasar":    {"enlace": "ninguno", "enlace_desde": nil, "enlace_motivo": "Un proxy entre la laptop y el servidor no deja pasar WebSocket."},
		"ninguno. Abra el puente en la laptop, con la dirección de este s": {"enlace": "ninguno", "enlace_desde": nil, "enlace_motivo": ""},
	} {
		p := openBridge(t, beating(fields))
		if got := p.details(); !strings.Contains(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
