package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mostrador/internal/browser"
	"mostrador/internal/wire"
)

// write delivers a message of one of many customers.
func (d *desk) write(customer int, name, text string) int64 {
	d.t.Helper()
	return d.deliver(wire.Webhook{
		Sender: fmt.Sprintf("521551234%04d@s.whatsapp.net", customer), Content: text, Name: name, ID: fmt.Sprintf("L%d-%d", customer, len(text)),
	})
}

// change changes tickets as another program.
func (d *desk) change(body map[string]any) {
	d.t.Helper()
	if status := d.call(http.MethodPost, "/api/v1/tickets/lote", body, nil); status != http.StatusOK {
		d.t.Fatalf("change tickets: got %d, want 200", status)
	}
}

// online waits until the panel hears of changes by itself.
func online(p *browser.Tab) {
	p.Helper()
	p.WaitFor("document.querySelector('.top') !== null && !document.querySelector('.top .pill[data-tone=wait]')")
}

func rows(n int) string { return fmt.Sprintf("document.querySelectorAll('.ticket').length === %d", n) }

func TestAMessageIsInEveryOpenPanelWithinASecond(t *testing.T) {
	d := openDesk(t)
	d.write(1, "Ana Núñez", "mi laptop no prende")
	ana, luis := d.open(""), d.open("")
	for _, p := range []*browser.Tab{ana, luis} {
		p.WaitFor(rows(1))
		online(p)
	}
	var worst time.Duration
	for i := range 5 {
		d.write(10+i, "Luis", "la impresora hace ruido")
		begin := time.Now()
		for _, p := range []*browser.Tab{ana, luis} {
			p.WaitFor(rows(2 + i))
		}
		worst = max(worst, time.Since(begin))
	}
	t.Logf("from the webhook's answer until two panels show the ticket, the worst of five: %v", worst)
	ana.WaitText(".tab:nth-child(2)", "6")

	// What one does, the other sees.
	luis.Visit("#/ticket/1")
	luis.WaitText(".log", "mi laptop no prende")
	luis.Click(".chat-statuses .button")
	ana.WaitText(`.ticket:has([data-row="1"]) .ticket-status`, "Resuelto")
	d.write(1, "Ana Núñez", "ya prendió sola, gracias")
	luis.WaitText(".log", "ya prendió sola")
}

func TestAPanelFindsTheServerAgainAfterARestart(t *testing.T) {
	d := openDesk(t)
	d.write(1, "Ana", "hola")
	p := d.open("")
	p.WaitFor(rows(1))
	online(p)
	d.stop()
	p.WaitFor("document.querySelector('.top .pill[data-tone=wait], .banner-offline') !== null")
	p.Shot("sin-linea")
	d.start()
	d.write(2, "Luis", "mientras tanto")
	p.WaitFor(rows(2))
	online(p)
	d.write(3, "Eva", "y después")
	p.WaitFor(rows(3))
}

// counter has tickets that differ in all that the list filters by.
func counter(t *testing.T) *desk {
	t.Helper()
	d := openDesk(t)
	for i, text := range []string{
		"La impresora no imprime y marca un error", "Se cayó el internet en toda la oficina", "Necesito mi factura del mes pasado", "Feliz año nuevo, ¿abren el lunes?",
		"El ano no es el año", "Mi laptop se apaga sola, es urgente", "¿Cuánto cuesta cambiar la pantalla?", "IMPRESIÓN borrosa en la impresora de recepción",
	} {
		d.write(i, []string{"Ana Torres", "Begoña Núñez", "Luis Peña", "José Íñiguez"}[i%4], text)
	}
	d.change(map[string]any{"tickets": []int{1, 8}, "categoria": "Impresión", "prioridad": "alta"})
	d.change(map[string]any{"tickets": []int{2}, "estado": "en_proceso", "asignado": 1})
	d.change(map[string]any{"tickets": []int{3, 4}, "estado": "resuelto"})
	return d
}

func TestFiltersLiveInTheAddress(t *testing.T) {
	d := counter(t)
	p := d.open("")
	p.WaitFor(rows(8))
	p.Click(".tab:nth-child(5)")
	p.WaitFor(rows(2))
	p.WaitFor("location.hash === '#/?estado=resuelto'")
	p.Visit("#/?categoria=Impresi%C3%B3n&prioridad=alta")
	p.WaitFor(rows(2))
	p.WaitFor("document.querySelector('#filtros select')?.value === 'Impresión'")
	p.Shot("filtros")
	p.Accessible("filters")
	choose(p, "#filtros label:nth-child(3) select", "yo")
	p.WaitFor("location.hash.includes('asignado=yo')")
	p.WaitText("main .hint", "No hay tickets así.")
	p.Shot("filtros-nada")
	p.Click("#filtros .button")
	p.WaitFor(rows(8))
	choose(p, "#filtros label:nth-child(3) select", "yo")
	p.WaitFor(rows(1))
	p.Click(`[data-row="2"]`)
	p.WaitFor("location.hash === '#/ticket/2?asignado=yo' && document.querySelectorAll('.list-pane .ticket').length === 1")
	p.Shot("lista-y-conversacion")
	p.Accessible("list beside a conversation")
	p.Click(".chat-header a")
	p.WaitFor("location.hash === '#/?asignado=yo'")

	p.Click(".views .button")
	p.Write(".ask input", "Lo mío")
	p.Shot("guardar-vista")
	p.Accessible("saving a view")
	p.Click(".ask .button-primary")
	p.WaitText(".view", "Lo mío")
	p.Visit("#/")
	p.WaitFor(rows(8))
	p.Click(".view a")
	p.WaitFor(rows(1))
	p.Click(".view button")
	p.WaitFor("document.querySelector('.view') === null")
	p.Visit("#/?estado=inventado&desde=ayer&otra=cosa")
	p.WaitFor(rows(8))
}

func TestASearchMarksWhatItFindsWhateverTheAccents(t *testing.T) {
	d := counter(t)
	d.write(20, `<img src=x onerror="window.pwned=1">`, `<script>window.pwned=1</script> impresora rota`)
	p := d.open("")
	p.WaitFor(rows(9))
	p.Press("/")
	p.WaitFor("document.activeElement?.id === 'buscar'")
	search := func(text string, found int) {
		t.Helper()
		browser.Evaluate[bool](p, "document.querySelector('#buscar').select(), true")
		p.Write("#buscar", text)
		p.WaitFor(fmt.Sprintf("new URLSearchParams(location.hash.split('?')[1]).get('q') === %q", strings.TrimSpace(text)))
		p.WaitFor(rows(found))
	}
	// The index follows within a second.
	p.Write("#buscar", "impresora")
	p.WaitFor(rows(3) + " && [...document.querySelectorAll('mark')].filter((m) => m.textContent.toLowerCase() === 'impresora').length === 3")
	if browser.Evaluate[bool](p, "'pwned' in window || document.querySelector('.ticket script, .ticket img[onerror]') !== null") {
		t.Error("what a customer wrote became markup")
	}
	p.Shot("buscar")
	p.Accessible("search")
	p.Dark(true)
	p.Shot("buscar-oscuro")
	p.Accessible("search, dark")
	p.Dark(false)
	search("IMPRESIÓN", 1)
	search("impresion", 1)
	search("año", 2)
	search("ano", 1)
	search("nuñez", 2)
	search("1234 0003", 1)
	search("zzzz", 0)
	p.WaitText("main .hint", "No se encontró nada")
	search("impresora", 3)
	p.Visit("#/?estado=resuelto&q=impresora")
	p.WaitText("main .hint", "No se encontró nada")
}

func TestManyTicketsChangeTogetherAndCanBeGivenBack(t *testing.T) {
	d := counter(t)
	p := d.open("")
	p.WaitFor(rows(8))
	for _, id := range []int{8, 6, 3} {
		p.Click(fmt.Sprintf(`.ticket:has([data-row="%d"]) .pick`, id))
	}
	p.WaitText(".bulk", "3 elegidos")
	p.Shot("elegidos")
	p.Accessible("picked tickets")
	browser.Evaluate[bool](p, stretched(undoToast))
	choose(p, ".bulk select", "waiting")
	p.WaitText(".toast", "Se cambiaron 3 tickets")
	p.WaitText(`.ticket:has([data-row="3"]) .ticket-status`, "Esperando al cliente")
	p.WaitText(".tab:nth-child(4)", "3")
	p.Shot("cambiados")
	p.Accessible("changed tickets")
	p.Click(".toast .button")
	p.WaitText(".toast", "3 tickets volvieron")
	p.WaitText(`.ticket:has([data-row="3"]) .ticket-status`, "Resuelto")
	p.WaitText(`.ticket:has([data-row="8"]) .ticket-status`, "Pendiente")

	p.Press("j")
	p.Press("x")
	p.WaitText(".bulk", "1 elegido")
	p.Click(".bulk > .button")
	p.WaitText(".bulk", "8 elegidos")
	choose(p, ".bulk select:nth-of-type(2)", "1")
	p.WaitText(".toast", "Se cambiaron 7 tickets") // the eighth was hers already
	p.WaitText(`.ticket:has([data-row="4"]) [data-assignee]`, "ana")
	p.Phone(true)
	p.Click(`.ticket:has([data-row="8"]) .pick`)
	p.WaitText(".bulk", "1 elegido")
	p.Shot("elegidos-telefono")
	p.Accessible("picked tickets on a phone")
	if got := browser.Evaluate[int](p, "document.documentElement.scrollWidth"); got > 390 {
		t.Errorf("got a page %d wide on a phone, want at most 390", got)
	}
	p.Visit("#/?foto=sin&prioridad=alta")
	p.WaitFor("document.querySelector('#filtros') !== null")
	p.Shot("filtros-telefono")
	if got := browser.Evaluate[int](p, "document.documentElement.scrollWidth"); got > 390 {
		t.Errorf("filters: got a page %d wide on a phone, want at most 390", got)
	}
}

func TestACategoryGivenToManyIsNotLearnedOnceItIsTakenBack(t *testing.T) {
	d := counter(t)
	p := d.open("")
	p.WaitFor(rows(8))
	var known struct {
		All []struct {
			Name string `json:"nombre"`
		} `json:"categorias"`
	}
	d.call(http.MethodGet, "/api/v1/categorias", nil, &known)
	name := known.All[0].Name
	for _, id := range []int{7, 6, 5} {
		p.Click(fmt.Sprintf(`.ticket:has([data-row="%d"]) .pick`, id))
	}
	browser.Evaluate[bool](p, stretched(undoToast))
	choose(p, ".bulk select:nth-of-type(4)", name)
	p.WaitText(".toast", "Se cambiaron")
	taught := func() (n struct {
		Taught int `json:"correcciones"`
	}) {
		d.call(http.MethodGet, "/api/v1/clasificador", nil, &n)
		return n
	}
	if taught().Taught == 0 {
		t.Error("after the change: got nothing taught, want lessons")
	}
	p.Click(".toast .button")
	p.WaitText(".toast", "a como esta")
	if got := taught().Taught; got != 0 {
		t.Errorf("after taking it back: got %d lessons, want none", got)
	}
}

func TestTheListIsFilteredByACategoryWithACommaInItsName(t *testing.T) {
	d := counter(t)
	d.change(map[string]any{"tickets": []int{5, 7}, "categoria": "Cables, cargadores"})
	p := d.open("")
	p.WaitFor(rows(8))
	p.Click(".list-top .button")
	choose(p, "#filtros select", "Cables, cargadores")
	p.WaitFor(rows(2))
	p.WaitText(".ticket:first-of-type", "Cables, cargadores")
}

func TestALongListGoesOnByItselfAndStaysLight(t *testing.T) {
	d := openDesk(t)
	for i := range 460 {
		d.write(i, fmt.Sprint("Cliente ", i), "hola")
	}
	p := d.open("")
	p.WaitFor("document.querySelectorAll('.ticket').length >= 50")
	for p.Text(".more span"); !strings.Contains(p.Text(".more span"), "460 de 460"); {
		browser.Evaluate[bool](p, "scrollTo(0, document.documentElement.scrollHeight), true")
		p.WaitFor("document.querySelectorAll('.ticket').length > 0")
	}
	p.WaitFor("document.querySelectorAll('.ticket').length <= 250")
	browser.Evaluate[bool](p, "scrollTo(0, 0), true")
	p.WaitFor(`document.querySelector('[data-row="460"]') !== null`)
	browser.Evaluate[bool](p, "scrollTo(0, document.documentElement.scrollHeight), true")
	p.WaitFor(`document.querySelector('[data-row="1"]') !== null`)
	p.Click(`[data-row="1"]`)
	p.WaitText(".log", "hola")
	p.WaitFor(`document.querySelector('.list-pane [data-row="1"]')?.getBoundingClientRect().bottom <= innerHeight`)
	p.Click(".chat-header a")
	p.WaitFor("document.activeElement?.dataset.row === '1' && scrollY > 0")
}

func TestAListAsksForTheCategoriesOnce(t *testing.T) {
	d := counter(t)
	p := d.open("")
	p.WaitFor(rows(8))
	p.Do(reload())
	p.WaitFor(rows(8))
	p.Settle()
	if got := browser.Evaluate[int](p, "performance.getEntriesByType('resource').filter((e) => e.name.includes('/categorias')).length"); got != 1 {
		t.Errorf("got %d requests, want one for all rows", got)
	}
}

func TestSoundAndNoticesAreOffUntilSomebodyWantsThem(t *testing.T) {
	d := openDesk(t)
	p := d.open("")
	p.WaitFor("document.querySelector('main h1, main h2') !== null")
	browser.Evaluate[bool](p, `(() => { window.beeps = 0; const create = AudioContext.prototype.createOscillator;
		AudioContext.prototype.createOscillator = function () { window.beeps++; return create.call(this); }; return true; })()`)
	online(p)
	d.write(1, "Ana", "hola")
	p.WaitFor(rows(1))
	if got := browser.Evaluate[int](p, "window.beeps"); got != 0 {
		t.Errorf("got %d tones, want silence", got)
	}
	p.Click(".top [aria-label='Avisos de tickets nuevos']")
	p.WaitText(".ask", "Sonido cuando llega algo")
	p.Shot("avisos-de-nuevos")
	p.Accessible("alerts")
	p.Click(".ask .tick")
	p.WaitFor("window.beeps === 2")
	p.Click(".ask header .button")
	d.write(2, "Luis", "hola")
	p.WaitFor(rows(2))
	p.WaitFor("window.beeps === 4")
}
