package browser

import (
	"github.com/chromedp/cdproto/backgroundservice"
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
// browser's maker would, and returns what the worker shows people then: title,
// body and tag, as the browser's own record has them.
func (p *Tab) Push(text string) (title, body, tag string) {
	p.Helper()
	shown := chromedp.Events(p.ctx, backgroundservice.BackgroundServiceEventReceived)
	p.watchNotices()
	p.deliver(text)
	for event, err := range shown {
		if err != nil {
			p.Fatal(err)
		}
		e := event.BackgroundServiceEvent
		if e.Service != backgroundservice.ServiceNameNotifications || e.EventName != "Notification displayed" {
			continue
		}
		for _, one := range e.EventMetadata {
			switch one.Key {
			case "Title":
				title = one.Value
			case "Body":
				body = one.Value
			}
		}
		return title, body, e.InstanceID
	}
	p.Fatal("the browser ended before it showed anything")
	return "", "", ""
}

func (p *Tab) watchNotices() {
	p.Helper()
	_, err := chromedp.Call(p.ctx, backgroundservice.StartObserving, backgroundservice.StartObservingParams{Service: backgroundservice.ServiceNameNotifications})
	if err == nil {
		_, err = chromedp.Call(p.ctx, backgroundservice.SetRecording, backgroundservice.SetRecordingParams{ShouldRecord: true, Service: backgroundservice.ServiceNameNotifications})
	}
	if err != nil {
		p.Fatal(err)
	}
}

func (p *Tab) deliver(text string) {
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
