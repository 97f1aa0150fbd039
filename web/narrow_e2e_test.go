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
