package browser

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/chromedp/chromedp"
)

// clickAttempts bounds how often one click is made until it meets what it is for.
const clickAttempts = 20

// aim is a function that waits until what a selector finds is on the screen, has
// stopped moving and would be met by a click; then it watches where the next
// click goes, lets it through only there, and returns the point to click at.
const aim = `(async (selector, patience) => {
	const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 100) });
	const meets = (found, target) => found.contains(target) || target?.closest?.('label')?.control === found;
	const until = performance.now() + patience;
	for (let before = ''; performance.now() < until; await frame()) {
		const found = document.querySelector(selector);
		if (!found?.checkVisibility({ visibilityProperty: true }) || found.matches(':disabled')) { before = ''; continue }
		found.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
		const box = [...found.getClientRects()].find((one) => one.width && one.height) ?? found.getBoundingClientRect();
		const x = box.left + box.width / 2, y = box.top + box.height / 2, now = x + ' ' + y;
		if (now !== before) { before = now; continue }
		if (!meets(found, document.elementFromPoint(x, y))) {
			found.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
			continue;
		}
		const watched = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'];
		const watch = (event) => {
			const here = document.querySelector(selector);
			if (!event.isTrusted) return;
			if (!here || !meets(here, event.target)) { event.stopImmediatePropagation(); event.preventDefault() }
			else if (event.type === 'click') window.clickMet = true;
			if (event.type === 'click') window.clickOver();
		};
		window.clickMet = false;
		window.clickOver = () => watched.forEach((type) => removeEventListener(type, watch, true));
		watched.forEach((type) => addEventListener(type, watch, true));
		return [x, y];
	}
	return [];
})`

// Click clicks what selector finds, once it is visible, enabled and at rest. A page
// that moves, or replaces, it at that very moment gets the click again, and
// nothing else on the page gets any.
func (p *Tab) Click(selector string) {
	p.Helper()
	name, err := json.Marshal(selector)
	if err != nil {
		p.Fatal(err)
	}
	deadline := time.Now().Add(Patience)
	for range clickAttempts {
		left := max(time.Until(deadline), time.Second)
		point, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]float64](fmt.Sprintf("%s(%s, %d)", aim, name, left.Milliseconds()), chromedp.EvalAwaitPromise))
		switch {
		case err != nil && beganAgain(err):
			continue
		case err != nil || len(point) != 2:
			p.Shot("fallo")
			p.Fatalf("click %s: nothing to click at: %v; the page says: %s", selector, err, p.Text("body"))
		}
		p.Do(chromedp.MouseClickXY(point[0], point[1]))
		// Where the click led to another page, nobody has seen it fail.
		met, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("window.clickOver?.(), window.clickMet !== false"))
		if met || err != nil {
			return
		}
	}
	p.Shot("fallo")
	p.Fatalf("click %s: it never stays where it is", selector)
}
