package browser

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// watchRequests notes what the page asks for and how much comes.
func (p *Tab) watchRequests() {
	asked, finished := chromedp.Events(p.ctx, network.RequestWillBeSent), chromedp.Events(p.ctx, network.LoadingFinished)
	if _, err := chromedp.Call(p.ctx, network.Enable, network.EnableParams{}); err != nil {
		p.Fatal(err)
	}
	go func() {
		for event, err := range asked {
			if err != nil {
				return
			}
			p.mu.Lock()
			p.requests = append(p.requests, event.Request.URL)
			p.mu.Unlock()
		}
	}()
	go func() {
		for event, err := range finished {
			if err != nil {
				return
			}
			p.mu.Lock()
			p.received += int64(event.EncodedDataLength)
			p.mu.Unlock()
		}
	}()
}

// Requests returns the addresses that were asked for so far.
func (p *Tab) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// Received returns the bytes that came so far, compressed and with their headers.
func (p *Tab) Received() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.received
}

// Slow makes the processor that many times slower than it is; 1 undoes it.
func (p *Tab) Slow(times float64) {
	p.Helper()
	if _, err := chromedp.Call(p.ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: times}); err != nil {
		p.Fatal(err)
	}
}

// Zone puts the browser into a time zone, by its IANA name.
func (p *Tab) Zone(name string) {
	p.Helper()
	if _, err := chromedp.Call(p.ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: name}); err != nil {
		p.Fatal(err)
	}
}

// InstallProblems returns why the browser would not offer to install the page as
// an application; nothing when it would.
func (p *Tab) InstallProblems() []string {
	p.Helper()
	found, err := chromedp.Call(p.ctx, page.GetInstallabilityErrors, cdp.Empty{})
	if err != nil {
		p.Fatal(err)
	}
	var problems []string
	for _, problem := range found.InstallabilityErrors {
		text, err := json.Marshal(problem)
		if err != nil {
			text = fmt.Append(nil, problem)
		}
		problems = append(problems, string(text))
	}
	return problems
}

// ForgetCache empties the browser's cache.
func (p *Tab) ForgetCache() {
	p.Helper()
	if _, err := chromedp.Call(p.ctx, network.ClearBrowserCache, cdp.Empty{}); err != nil {
		p.Fatal(err)
	}
}

// AtStart has a script run in every page opened from now on, before its own.
func (p *Tab) AtStart(script string) {
	p.Helper()
	if _, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		p.Fatal(err)
	}
}

// Settle waits until everything that was asked for has come.
func (p *Tab) Settle() {
	p.Helper()
	EvaluateAsync[bool](p, `new Promise((done) => requestIdleCallback(() => setTimeout(() => requestIdleCallback(() => done(true)), 500)))`)
}

// Picture returns what the page looks like, as WebP.
func (p *Tab) Picture() []byte {
	p.Helper()
	shot, err := chromedp.Call(p.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: "webp", Quality: new(int64(88))})
	if err != nil {
		p.Fatal(err)
	}
	return shot.Data
}
