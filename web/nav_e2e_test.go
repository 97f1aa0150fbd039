package web_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func TestTheWaysToThePagesAreThereOnDesktopAndPhone(t *testing.T) {
	d := openDesk(t)
	p := d.open("#/ajustes")
	p.WaitText(".settings h1", "Ajustes")
	p.WaitText(".nav [aria-current]", "Ajustes")
	p.Shot("ajustes-marco")
	p.Accessible("settings")
	p.Dark(true)
	p.Shot("ajustes-marco-oscuro")
	p.Accessible("settings, dark")
	p.Dark(false)
	evaluate[bool](&tab{Tab: p}, "document.querySelector('.brand').focus(), true")
	p.Press(kb.Tab)
	p.WaitFor("document.activeElement?.innerText === 'Tickets'")
	p.Press(kb.Enter)
	p.WaitText(".nav [aria-current]", "Tickets")
	p.Phone(true)
	p.WaitFor("document.querySelector('.nav').getBoundingClientRect().bottom >= innerHeight - 1")
	p.Shot("telefono-barra")
	p.Click(".nav li:last-child a")
	p.WaitText(".settings h1", "Ajustes")
	p.Shot("telefono-ajustes")
	p.Accessible("settings on a phone")
	if wide := evaluate[bool](&tab{Tab: p}, "document.documentElement.scrollWidth > innerWidth"); wide {
		t.Error("the settings are wider than a phone")
	}
}
