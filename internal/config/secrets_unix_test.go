//go:build unix

package config_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mostrador/internal/config"
)

func TestASecretsFileThatWouldKeepTheProgramWaitingIsNotOpened(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "tubo"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.LoadServer(env(map[string]string{"API_TOKEN_FILE": "tubo"}), dir); err == nil || !strings.Contains(err.Error(), "API_TOKEN_FILE: no se puede leer") {
		t.Errorf("got %v, want it refused", err)
	}
}
