package server_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAMisspeltSettingIsWarnedOfAtTheStart(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte("TICKET_POR_MENSAGE=on\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, dir, nil)
	p.end()
	if got := p.out.String(); !strings.Contains(got, "TICKET_POR_MENSAGE") || !strings.Contains(got, "¿Quiso decir TICKET_POR_MENSAJE?") {
		t.Errorf("got %s, want the name that was meant", got)
	}
}
