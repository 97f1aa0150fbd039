package web_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"mostrador/internal/browser"
	"mostrador/internal/wire"
)

// deskOfWeeks has forty tickets, one every sixteen hours until now.
func deskOfWeeks(t *testing.T) *desk {
	t.Helper()
	d := openDesk(t)
	texts := []string{"Mi laptop no prende desde ayer", "la impresora no imprime y parpadea", "necesito la factura del mes pasado", "mi laptop no carga", "¿ya está listo mi equipo?"}
	for i := range 40 {
		d.deliver(wire.Webhook{Sender: fmt.Sprintf("52147727500%02d@s.whatsapp.net", i), Content: texts[i*i%len(texts)]})
	}
	d.stop()
	db, err := sql.Open("sqlite", filepath.Join(d.dir, "tickets.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = db.ExecContext(t.Context(), `
		UPDATE tickets SET created_at = created_at - (40 - number) * 16 * 3600000;
		UPDATE tickets SET first_answer_at = created_at + number * 60000 WHERE number % 4 <> 0;
		UPDATE tickets SET status = 'resolved', resolved_at = first_answer_at WHERE first_answer_at > 0 AND number <= 30`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	d.start()
	return d
}

func TestTheReportShowsWhatCameInAndLeadsToIt(t *testing.T) {
	d := deskOfWeeks(t)
	p := d.open("#/informes")
	p.WaitText(".figure-value", "40")
	if got := strings.ReplaceAll(p.Text(".report .figures"), "\u00a0", " "); got != "Recibidos\n40\n40 más que en los 30 días anteriores\nContestados\n75 %\n30 de 40\nPrimera respuesta\n19 min\nLa mitad esperó esto o menos\nResueltos\n58 %\n23 de 40" {
		t.Errorf("got %q, want the figures of forty tickets", got)
	}
	sums := browser.Evaluate[[]int](p, "[...document.querySelectorAll('.chart-table')].map((table) => [...table.querySelectorAll('td')].reduce((sum, cell) => sum + Number(cell.textContent), 0))")
	columns := browser.Evaluate[[]int](p, "[...document.querySelectorAll('figure.chart')].map((one) => [...one.querySelectorAll('.chart-column')].filter((bar) => bar.getBoundingClientRect().height > 1).length)")
	if fmt.Sprint(sums) != "[40 40]" || columns[0] < 26 || columns[1] < 3 {
		t.Errorf("got tables of %v and %v columns, want all forty in both", sums, columns)
	}
	look(p, "informes")
	p.Click(".chart-table summary")
	p.WaitFor("document.querySelector('.chart-table table').checkVisibility()")

	first := p.Text(".shares a")
	tickets := browser.Evaluate[int](p, "parseInt(document.querySelector('.share-value').textContent)")
	p.Click(".shares a")
	p.WaitFor(fmt.Sprintf("location.hash.startsWith('#/?categoria=') && document.querySelectorAll('.ticket').length === %d", tickets))
	p.WaitFor(fmt.Sprintf("[...document.querySelectorAll('.ticket')].every((one) => one.innerText.includes(%q))", first))
	p.WaitText("#filtros", "Descargar tabla")
	table := browser.EvaluateAsync[string](p, "fetch(document.querySelector('#filtros [download]').href).then((answer) => answer.text())")
	if rows := strings.Count(table, "\r\n"); rows != tickets+1 || strings.Count(table, first) != tickets {
		t.Errorf("got a table of %d lines, want the %d tickets about %s:\n%s", rows, tickets, first, table)
	}

	p.Visit("#/informes?dias=7")
	p.WaitFor("document.querySelectorAll('figure.chart:first-of-type .chart-column').length === 7")
	p.WaitText(".report .figures", "que en los 7 días anteriores")
	p.Click(".periods li:last-child a")
	p.WaitFor("location.hash === '#/informes?dias=90' && document.querySelectorAll('figure.chart:first-of-type .chart-column').length === 90")
}

func TestAReportOfNothingSaysSo(t *testing.T) {
	d := openDesk(t)
	p := d.open("#/informes")
	p.WaitText(".report", "En estos días no llegó ningún ticket.")
}
