package web_test

import (
	"slices"
	"strings"
	"testing"

	"mostrador/internal/browser"
)

// tab is a browser window on the panel of a fake server.
type tab struct {
	*browser.Tab
	server *fake
}

func openTab(t *testing.T, server *fake) *tab {
	t.Helper()
	return &tab{Tab: browser.Open(t, server.URL), server: server}
}

func evaluate[T any](p *tab, expression string) T {
	p.Helper()
	return browser.Evaluate[T](p.Tab, expression)
}

func contains(t *testing.T, all []string, want string) {
	t.Helper()
	if !slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, want) }) {
		t.Errorf("got %q, want one that contains %q", all, want)
	}
}
