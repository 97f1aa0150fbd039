package config_test

import (
	"strings"
	"testing"

	"mostrador/internal/config"
)

func TestEnlaceDecidesWhereTheBridgeListens(t *testing.T) {
	for _, tt := range []struct {
		mode, host, address string
		want                config.LinkMode
	}{
		{"", "", ":9000", config.LinkAuto},
		{"AUTO", "", ":9000", config.LinkAuto},
		{"directo", "", ":9000", config.LinkDirect},
		{"inverso", "", "127.0.0.1:9000", config.LinkReverse},
		{"inverso", "0.0.0.0", "0.0.0.0:9000", config.LinkReverse},
	} {
		vars := map[string]string{"ENLACE": tt.mode, "DIRECCION": tt.host, "API_TOKEN": "3f9c1e7a5b2d4860", "SERVER_URL": "http://192.168.1.10:8523"}
		c, err := config.LoadBridge(func(name string) string { return vars[name] }, t.TempDir())
		if err != nil || c.Link != tt.want || c.Address != tt.address {
			t.Errorf("ENLACE=%s, DIRECCION=%s: got %q at %q, %v, want %q at %q", tt.mode, tt.host, c.Link, c.Address, err, tt.want, tt.address)
		}
	}
	vars := map[string]string{"ENLACE": "al revés", "API_TOKEN": "3f9c1e7a5b2d4860"}
	if _, err := config.LoadServer(func(name string) string { return vars[name] }, t.TempDir()); err == nil || !strings.Contains(err.Error(), "ENLACE") {
		t.Errorf("got %v, want ENLACE named", err)
	}
}
