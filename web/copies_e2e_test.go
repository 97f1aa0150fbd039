package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mostrador/internal/browser"
)

func TestACopyIsMadeInThePanelAndTakenAway(t *testing.T) {
	d := openShop(t)
	p := d.open("#/ajustes/copias")
	p.WaitText(".copies-verdict", "Todavía no hay ningún respaldo")
	look(p, "copias-ninguna")
	press(p, ".settings-body", "Hacer un respaldo ahora")
	p.WaitText(".copies-verdict", "Todo respaldado")
	p.WaitText(".settings-body .row", "Comprobado")
	p.WaitFor("!document.querySelector('.copies-work')")
	look(p, "copias")
	link := browser.Evaluate[string](p, "document.querySelector('.settings-body .row a[download]').getAttribute('href')")
	browser.Evaluate[bool](p, "fetch('"+link+"').then((answer) => { window.taken = answer.status; }), true")
	p.WaitFor("window.taken === 200")
	if status := d.call(http.MethodGet, link, nil, nil); status != http.StatusForbidden {
		t.Errorf("download with API_TOKEN: got %d, want 403", status)
	}
	p.Visit("#/ajustes/auditoria")
	p.WaitText(".acts", "descargó el respaldo "+link[strings.LastIndex(link, "/")+1:])

	// A folder that is none any more: the reason is said, and the rest goes on.
	folder := filepath.Join(d.dir, "respaldos")
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	p.Visit("#/ajustes/copias")
	p.WaitText(".copies-verdict", "Todavía no hay ningún respaldo")
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	press(p, ".settings-body", "Hacer un respaldo ahora")
	p.WaitText(".settings-body [role=alert]", "No se puede usar la carpeta de respaldos")
	look(p, "copias-fallo")
}
