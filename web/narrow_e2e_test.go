package web_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"mostrador/internal/browser"
	"mostrador/internal/wire"
)

func TestNoPageIsWiderThanASmallPhone(t *testing.T) {
	const width = 360
	d := openDesk(t)
	n := d.deliver(wire.Webhook{Sender: "5214772758198@s.whatsapp.net", Content: "no prende", Name: "Ana"})
	p := d.open("")
	p.Do(chromedp.EmulateViewport(width, 740, chromedp.EmulateMobile, chromedp.EmulateTouch))
	for _, hash := range append(pages, fmt.Sprintf("#/ticket/%d", n)) {
		p.Visit(hash)
		p.WaitFor("document.querySelector('main h1') !== null && !document.querySelector('main > .hint .spinner')")
		p.Shot(fmt.Sprintf("angosto-%d", len(hash)))
		if got := browser.Evaluate[int](p, "document.documentElement.scrollWidth"); got > width {
			wide := browser.Evaluate[[]string](p, fmt.Sprintf("[...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > %d).map((e) => e.outerHTML.slice(0, 100)).slice(0, 5)", width))
			t.Errorf("%s: got a page %d wide, want at most %d: %q", hash, got, width, wide)
		}
	}
}

func TestAPhoneShowsManyTicketsAtOnceAndMostOfAConversation(t *testing.T) {
	p := openList(t)
	for _, size := range [][2]int64{{360, 740}, {390, 844}} {
		p.Do(chromedp.EmulateViewport(size[0], size[1], chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2)))
		p.Visit("#/")
		p.WaitFor("document.querySelectorAll('.ticket').length === 7")
		shown := evaluate[int](p, `[...document.querySelectorAll('.ticket')].filter((e) => e.getBoundingClientRect().bottom <= document.querySelector('.nav').getBoundingClientRect().top + 1).length`)
		p.Shot(fmt.Sprintf("telefono-%d-lista", size[0]))
		if shown < 4 {
			t.Errorf("%dx%d: got %d whole tickets on the screen, want at least 4", size[0], size[1], shown)
		}
		p.Visit("#/ticket/12")
		p.WaitText(".log", "Av. Juárez 12")
		p.Shot(fmt.Sprintf("telefono-%d-conversacion", size[0]))
		if got := evaluate[float64](p, "document.querySelector('.log').clientHeight / innerHeight"); got < 0.5 {
			t.Errorf("%dx%d: got %.0f %% of the screen for the messages, want half of it", size[0], size[1], 100*got)
		}
	}
}
