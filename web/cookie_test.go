//go:build axe || figures

package web_test

import (
	"fmt"
	"net/http"
	"strings"
)

// cookie logs in as a program does that acts as a browser.
func (d *desk) cookie() string {
	d.t.Helper()
	resp, err := http.Post(d.url+"/entrar", "application/json", strings.NewReader(fmt.Sprintf(`{"usuario":%q,"clave":%q}`, deskUser, deskPassword)))
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	for _, cookie := range resp.Cookies() {
		return cookie.Name + "=" + cookie.Value
	}
	d.t.Fatal("no session cookie")
	return ""
}
