package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/config"
)

// folder is a working folder with these files in it.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// value is how the report shows a variable.
func value(t *testing.T, r config.Report, name string) config.Value {
	t.Helper()
	i := slices.IndexFunc(r.Values, func(v config.Value) bool { return v.Name == name })
	if i < 0 {
		t.Fatalf("the report has no %s", name)
	}
	return r.Values[i]
}

func TestTheReportSaysWhereEachValueComesFrom(t *testing.T) {
	dir := folder(t, map[string]string{".env": "PUERTO=9001\nIP_LAPTOP=10.0.0.9\nLLM_KEY_FILE=llave\n", "llave": "sk-de-la-llave\n"})
	c, r := config.InspectServer(env(map[string]string{"API_TOKEN": goodToken, "PUERTO": "9002"}), nil, dir)
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []config.Value{
		{Name: "API_TOKEN", Text: "********", From: "entorno"},
		{Name: "PUERTO", Text: "9002", From: "entorno"},
		{Name: "IP_LAPTOP", Text: "10.0.0.9", From: ".env"},
		{Name: "LLM_KEY", Text: "********", From: "archivo llave"},
		{Name: "CARPETA_FOTOS", Text: "fotos_evidencia", From: "por omisión"},
		{Name: "PROXIES_CONFIABLES", From: "por omisión"},
	} {
		if got := value(t, r, want.Name); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if c.Address != ":9002" || c.BridgeURL != "http://10.0.0.9:9000" {
		t.Errorf("got %s and %s, want what the report says", c.Address, c.BridgeURL)
	}
	if text := r.String(); strings.Contains(text, goodToken) || strings.Contains(text, "PANEL_DIR") || !strings.Contains(text, "por omisión") {
		t.Errorf("got %s, want a table without secrets", text)
	}
}

func TestNoPartOfASecretIsShown(t *testing.T) {
	for text, want := range map[string]string{
		"postgres://ana:hunter2@db.local/tickets?sslmode=disable&password=hunter2": "********",
		"postgres://ana:hunter2@db.local:5432/tickets":                             "postgres://********@db.local:5432/tickets",
		"postgresql://ana:hunter2@db/t?sslmode=require":                            "postgresql://********@db/t?********",
		"postgres://db/hunter2@x":                                                  "********",
		"postgres://ana:hunter2%@db/t":                                             "********",
		"host=db password=hunter2":                                                 "********",
		"datos.db":                                                                 "datos.db",
	} {
		_, r := config.InspectServer(env(map[string]string{"API_TOKEN": goodToken, "DATABASE_URL": text}), nil, t.TempDir())
		if got := value(t, r, "DATABASE_URL").Text; got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
		if whole := r.String(); strings.Contains(whole, "hunter2") {
			t.Errorf("%s: got %s, want no password", text, whole)
		}
	}
	_, r := config.InspectServer(env(map[string]string{"RESPALDO_AGE": "AGE-SECRET-KEY-1QQ", "LLM_KEY": "abc", "RESPALDO": "s3://CLAVE:SE/CRETO@host/cubeta"}), nil, t.TempDir())
	if text := r.String(); strings.Contains(text, "KEY-1") || strings.Contains(text, "abc") || strings.Contains(text, "CRETO") {
		t.Errorf("got %s, want no secret", text)
	}
	_, other := config.InspectBridge(env(nil), nil, folder(t, map[string]string{".env": "COPIA_SECRETO=de-docker\nLLM_KEY=\n"}))
	if !slices.Contains(other.Secrets(), "de-docker") || slices.Contains(other.Secrets(), "") {
		t.Errorf("got %d secrets, want those of the other programs too", len(other.Secrets()))
	}
	if !slices.Contains(r.Secrets(), "AGE-SECRET-KEY-1QQ") || !slices.Contains(r.Secrets(), "abc") {
		t.Errorf("got %d secrets, want all that is secret", len(r.Secrets()))
	}
}

func TestASecretMayBeInAFile(t *testing.T) {
	dir := folder(t, map[string]string{"token": goodToken + "\r\n", "base": "\uFEFFpostgres://u:p@h/d\n"})
	c, r := config.InspectServer(env(map[string]string{"API_TOKEN_FILE": "token", "DATABASE_URL_FILE": filepath.Join(dir, "base")}), nil, dir)
	if err := r.Err(); err != nil || c.Token != goodToken || c.DatabaseURL != "postgres://u:p@h/d" {
		t.Errorf("got %q, %q, %v, want what the files say", c.Token, c.DatabaseURL, err)
	}
	if len(r.Warnings) > 0 {
		t.Errorf("got %q, want no warnings", r.Warnings)
	}
}

func TestASecretsFileThatIsNoneIsRefusedByName(t *testing.T) {
	dir := folder(t, map[string]string{"vacio": "\n", "enorme": strings.Repeat("k", 17<<10), "token": goodToken})
	for name, c := range map[string]struct {
		vars map[string]string
		want string
	}{
		"missing": {map[string]string{"API_TOKEN_FILE": "falta"}, "no se puede leer"},
		"folder":  {map[string]string{"API_TOKEN_FILE": "."}, "no se puede leer"},
		"empty":   {map[string]string{"API_TOKEN_FILE": "vacio"}, "vacío"},
		"large":   {map[string]string{"API_TOKEN_FILE": "enorme"}, "demasiado grande"},
		"both":    {map[string]string{"API_TOKEN_FILE": "token", "API_TOKEN": goodToken}, "API_TOKEN y API_TOKEN_FILE están las dos"},
	} {
		_, err := config.LoadServer(env(c.vars), dir)
		if err == nil || !strings.Contains(err.Error(), "API_TOKEN_FILE") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want a refusal with %q", name, err, c.want)
		}
	}
}

func TestASecretsFileThatEverybodyMayReadIsWarnedAbout(t *testing.T) {
	dir := folder(t, map[string]string{"token": goodToken})
	path := filepath.Join(dir, "token")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if !config.OthersMayRead(path) {
		t.Skip("this system keeps permissions elsewhere") // only Windows
	}
	_, r := config.InspectServer(env(map[string]string{"API_TOKEN_FILE": path}), nil, dir)
	if r.Err() != nil || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "chmod 600") {
		t.Errorf("got %v and %q, want one warning", r.Err(), r.Warnings)
	}
}

func TestMisspeltNamesAreWarnedAboutWithTheOneThatWasMeant(t *testing.T) {
	file := "API_TOKEN=" + goodToken + "\nIP_LAPTO=10.0.0.1\npuerto=1\nTRANSCRIPCION_MODEL=w\nCOLOR=azul\n" +
		"SERVER_URL=http://x\nCOMPOSE_PROFILES=https\nDOMINIO=x\nTZ=UTC\nLLM_KEY_FILE=\nHTTPS_PROXY=http://p:1\n"
	environ := []string{"ENVIOS_POR_MINUTOS=3", "HOME=/root", "http_proxy=x", "PATH=/bin", "LANG=C", "COLORS=8", "GROUPS=1", "PANEL_LOGN=off", "API_TOKEM=x", "=C:=x", ""}
	_, r := config.InspectServer(env(nil), environ, folder(t, map[string]string{".env": file}))
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"COLOR está en .env, pero no es ninguna variable de Mostrador.",
		"HTTPS_PROXY no tiene efecto en .env: póngala en el entorno del programa.",
		"IP_LAPTO está en .env, pero no es ninguna variable de Mostrador. ¿Quiso decir IP_LAPTOP?",
		"TRANSCRIPCION_MODEL está en .env, pero no es ninguna variable de Mostrador. ¿Quiso decir TRANSCRIPCION_MODELO?",
		"puerto está en .env, pero no es ninguna variable de Mostrador. ¿Quiso decir PUERTO?",
		"ENVIOS_POR_MINUTOS está en el entorno, pero no es ninguna variable de Mostrador. ¿Quiso decir ENVIOS_POR_MINUTO?",
		"PANEL_LOGN está en el entorno, pero no es ninguna variable de Mostrador. ¿Quiso decir PANEL_LOGIN?",
		"API_TOKEM está en el entorno, pero no es ninguna variable de Mostrador. ¿Quiso decir API_TOKEN?",
	}
	if diff := cmp.Diff(want, r.Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestAMissingVariableIsExplainedByItsMisspeltName(t *testing.T) {
	_, err := config.LoadBridge(env(nil), folder(t, map[string]string{".env": "SERVER_URL=http://x\nAPI_TOKE=" + goodToken}))
	if err == nil || !strings.Contains(err.Error(), "API_TOKEN falta") || !strings.Contains(err.Error(), "¿Quiso decir API_TOKEN?") || strings.Contains(err.Error(), goodToken) {
		t.Errorf("got %v, want both sentences and no token", err)
	}
}

func TestTheMistakesOfWindowsEditorsAreUnderstoodOrNamed(t *testing.T) {
	if _, err := config.LoadServer(env(nil), folder(t, map[string]string{".env": "\uFEFFAPI_TOKEN=" + goodToken + "\r\nPUERTO=9001\r\n"})); err != nil {
		t.Errorf("a byte order mark: got %v, want none", err)
	}
	utf16 := "\xff\xfe" + strings.Join(strings.Split("API_TOKEN="+goodToken, ""), "\x00") + "\x00"
	if _, err := config.LoadServer(env(nil), folder(t, map[string]string{".env": utf16})); err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("UTF-16: got %v, want a refusal that names UTF-8", err)
	}
	if _, err := config.LoadServer(env(nil), folder(t, map[string]string{".env.txt": "API_TOKEN=" + goodToken})); err == nil || !strings.Contains(err.Error(), ".env.txt") {
		t.Errorf("a hidden ending: got %v, want a refusal that names it", err)
	}
}

func FuzzReports(f *testing.F) {
	f.Add("API_TOKEN=kq3v7zt2m5x8n4w6\nDATABASE_URL=postgres://u:clave@h/d\n")
	f.Add("A\x00=\x1b[2J\nPUERTO='9\n'")
	f.Fuzz(func(t *testing.T, file string) {
		const secret = "zq9-secreto-zq9"
		_, r := config.InspectServer(env(map[string]string{"API_TOKEN": secret}), strings.Split(file, "\n"), folder(t, map[string]string{".env": file}))
		text := r.String()
		if strings.Contains(text, secret) || strings.ContainsAny(text, "\x1b\x00\a") {
			t.Errorf("got %q, want no secret and nothing that moves a cursor", text)
		}
	})
}
