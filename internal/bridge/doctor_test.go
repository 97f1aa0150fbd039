package bridge_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAMisspeltSettingIsWarnedOfAtTheStart(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte("GRUPO=on\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, simulator(t), dir, newTicketServer(t).url)
	if got := p.out.String(); !strings.Contains(got, "¿Quiso decir GRUPOS?") {
		t.Errorf("got %s, want the name that was meant", got)
	}
}
