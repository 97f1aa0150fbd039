package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/config"
)

const goodToken = "kq3v7zt2m5x8n4w6"

func env(vars map[string]string) config.Getenv {
	return func(name string) string { return vars[name] }
}

func TestTheServerStartsWithNothingButAToken(t *testing.T) {
	dir := t.TempDir()
	got, err := config.LoadServer(env(map[string]string{"API_TOKEN": goodToken}), dir)
	if err != nil {
		t.Fatal(err)
	}
	want := config.Server{
		Dir: dir, Address: ":8523", Token: goodToken, Link: config.LinkAuto, MaxImage: config.DefaultMaxImage,
		PhotoDir: filepath.Join(dir, "fotos_evidencia"), DatabaseURL: filepath.Join(dir, "tickets.db"), LogLevel: "info",
		SilenceAfter:   5 * time.Minute,
		SendsPerMinute: config.DefaultSendsPerMinute,
		Backup:         config.Backup{Place: filepath.Join(dir, "respaldos"), Hour: 3},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestEveryVariableIsReadAndTheEnvironmentWinsOverTheFile(t *testing.T) {
	dir := t.TempDir()
	file := "SERVER_URL=http://10.0.0.1:8523/\nAPI_TOKEN=" + goodToken + "\nPUERTO_LOCAL=9001\nGRUPOS=on\n"
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := config.LoadBridge(env(map[string]string{"PUERTO_LOCAL": "9002", "MAX_IMAGE_SIZE": "5", "NIVEL_LOG": "debug", "QR_SIMPLE": "on"}), dir)
	if err != nil {
		t.Fatal(err)
	}
	want := config.Bridge{
		Dir: dir, ServerURL: "http://10.0.0.1:8523", Address: ":9002", Token: goodToken, Link: config.LinkAuto,
		MaxImage: 5, Groups: true, PlainQR: true, LogLevel: "debug",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestAllProblemsAreListedAtOnce(t *testing.T) {
	_, err := config.LoadServer(env(map[string]string{
		"PUERTO": "70000", "MAX_IMAGE_SIZE": "-1", "IP_LAPTOP": "http://x", "ALLOWED_ORIGINS": "panel",
		"PANEL_LOGIN": "quizá", "PANEL_USUARIO": "ana", "DATABASE_URL": "mysql://x", "NIVEL_LOG": "mucho", "ENVIOS_POR_MINUTO": "-1",
		"PROXIES_CONFIABLES": "localhost",
	}), t.TempDir())
	if err == nil {
		t.Fatal("got no error, want one")
	}
	for _, name := range []string{
		"API_TOKEN", "PUERTO", "MAX_IMAGE_SIZE", "IP_LAPTOP", "ALLOWED_ORIGINS", "PANEL_LOGIN", "PANEL_CLAVE", "DATABASE_URL", "NIVEL_LOG", "ENVIOS_POR_MINUTO",
		"PROXIES_CONFIABLES",
	} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("got %q, want it to name %s", err, name)
		}
	}
}

func TestWeakTokensAreRefusedWithAWayOut(t *testing.T) {
	for _, token := range []string{"", "short", "aaaaaaaaaaaaaaaaaaaaaaaa", "abc123abc123abc123xyz", "cambia-este-token-por-otro", "your_token_here_please"} {
		_, err := config.LoadBridge(env(map[string]string{"SERVER_URL": "http://x", "API_TOKEN": token}), t.TempDir())
		if err == nil || !strings.Contains(err.Error(), "bridge token") {
			t.Errorf("token %q: got %v, want a refusal that says how to make one", token, err)
		}
		if token != "" && err != nil && strings.Contains(err.Error(), token) {
			t.Errorf("token %q: the refusal repeats it: %v", token, err)
		}
	}
}

func TestMadeTokensAreAcceptedAndDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		token := config.MakeToken()
		if seen[token] {
			t.Fatalf("token %q came twice", token)
		}
		seen[token] = true
		if _, err := config.LoadServer(env(map[string]string{"API_TOKEN": token}), t.TempDir()); err != nil {
			t.Errorf("token %q: %v", token, err)
		}
	}
}

func TestABrokenEnvFileIsAProblemNotAPanic(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte("esto no es una línea válida\n=x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.LoadServer(env(nil), dir); err == nil || !strings.Contains(err.Error(), ".env") {
		t.Errorf("got %v, want an error that names .env", err)
	}
}

func TestTheSQLiteFileAndPostgresAreToldApart(t *testing.T) {
	dir := t.TempDir()
	for url, want := range map[string]string{
		"":                       filepath.Join(dir, "tickets.db"),
		"datos.db":               filepath.Join(dir, "datos.db"),
		"/var/lib/m/tickets.db":  "/var/lib/m/tickets.db",
		"postgres://u:p@h/d":     "postgres://u:p@h/d",
		"postgresql://u:p@h/d?x": "postgresql://u:p@h/d?x",
	} {
		got, err := config.LoadServer(env(map[string]string{"API_TOKEN": goodToken, "DATABASE_URL": url}), dir)
		if err != nil || got.DatabaseURL != want {
			t.Errorf("DATABASE_URL %q: got %q, %v, want %q", url, got.DatabaseURL, err, want)
		}
	}
}

func TestTheTimeUntilAnAlertIsOffOrLongerThanTwoBeats(t *testing.T) {
	load := func(text string) (config.Server, error) {
		return config.LoadServer(env(map[string]string{"API_TOKEN": goodToken, "AVISO_SILENCIO": text}), t.TempDir())
	}
	for text, want := range map[string]time.Duration{"": 5 * time.Minute, "0": 0, "off": 0, "0s": 0, "2m": 2 * time.Minute, "1H30M": 90 * time.Minute} {
		if got, err := load(text); err != nil || got.SilenceAfter != want {
			t.Errorf("%q: got %v, %v, want %v", text, got.SilenceAfter, err, want)
		}
	}
	for _, text := range []string{"5", "1m59s", "-5m", "mucho", "5 minutos"} {
		if _, err := load(text); err == nil || !strings.Contains(err.Error(), "AVISO_SILENCIO") {
			t.Errorf("%q: got %v, want a refusal that names the variable", text, err)
		}
	}
}

func TestTrustedProxiesAreAddressesOrNetworks(t *testing.T) {
	c, err := config.LoadServer(env(map[string]string{"API_TOKEN": config.MakeToken(), "PROXIES_CONFIABLES": " 127.0.0.1, 10.1.2.3/8,2001:db8::/32 ,"}), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(c.Proxies), "[127.0.0.1/32 10.0.0.0/8 2001:db8::/32]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTheTokenForMetricsIsAnotherOne(t *testing.T) {
	for token, part := range map[string]string{goodToken: "igual a API_TOKEN", "short": "demasiado corto", "zz99xx88cc77vv66": "", "": ""} {
		vars := env(map[string]string{"SERVER_URL": "http://x", "API_TOKEN": goodToken, "METRICAS_TOKEN": token})
		server, err := config.LoadServer(vars, t.TempDir())
		bridge, err2 := config.LoadBridge(vars, t.TempDir())
		for _, err := range []error{err, err2} {
			if (err != nil) != (part != "") || err != nil && (!strings.Contains(err.Error(), "METRICAS_TOKEN") || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), token+" ")) {
				t.Errorf("%q: got %v, want %q", token, err, part)
			}
		}
		if part == "" && (server.MetricsToken != token || bridge.MetricsToken != token) {
			t.Errorf("got %q and %q, want %q", server.MetricsToken, bridge.MetricsToken, token)
		}
	}
}
