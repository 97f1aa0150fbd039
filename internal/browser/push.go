package browser

import (
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"
)

// Grant lets the panel do what its person would be asked for, such as
// «notifications».
func (p *Tab) Grant(permission string) {
	p.Helper()
	_, err := chromedp.CallBrowser(p.ctx, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: permission}, Setting: browser.PermissionSettingGranted,
	})
	if err != nil {
		p.Fatal(err)
	}
}

// Push delivers text to the panel's service worker as the service of the
// browser's maker would.
func (p *Tab) Push(text string) {
	p.Helper()
	updates := chromedp.Events(p.ctx, serviceworker.WorkerRegistrationUpdated)
	if _, err := chromedp.Call(p.ctx, serviceworker.Enable, cdp.Empty{}); err != nil {
		p.Fatal(err)
	}
	for update, err := range updates {
		if err != nil {
			p.Fatal(err)
		}
		for _, registration := range update.Registrations {
			if registration.ScopeURL != p.url+"/" || registration.IsDeleted {
				continue
			}
			_, err := chromedp.Call(p.ctx, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{
				Origin: p.url, RegistrationID: registration.RegistrationID, Data: text,
			})
			if err != nil {
				p.Fatal(err)
			}
			return
		}
	}
}
