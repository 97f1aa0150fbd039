package config_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mostrador/internal/config"
)

// everywhere are all the ways to set a secret called name.
func everywhere(t *testing.T, name, secret string) map[string]func() (config.Report, string) {
	t.Helper()
	inspect := func(vars, files map[string]string) (config.Report, string) {
		t.Helper()
		_, r := config.InspectServer(env(vars), nil, folder(t, files))
		text := r.String()
		if err := r.Err(); err != nil {
			text += err.Error()
		}
		return r, text
	}
	return map[string]func() (config.Report, string){
		"environment": func() (config.Report, string) { return inspect(map[string]string{name: secret}, nil) },
		"file": func() (config.Report, string) {
			return inspect(nil, map[string]string{".env": name + "='" + secret + "'\n"})
		},
		"own file": func() (config.Report, string) {
			return inspect(map[string]string{name + "_FILE": "llave"}, map[string]string{"llave": secret + "\n"})
		},
	}
}

func TestEachSecretIsHiddenHoweverItIsSet(t *testing.T) {
	for _, v := range config.Variables(config.ForServer) {
		if v.Secrecy != config.Secret {
			continue
		}
		const secret = "zq9 'no' se debe ver"
		for way, set := range everywhere(t, v.Name, strings.ReplaceAll(secret, "'", "")) {
			r, text := set()
			if strings.Contains(text, "debe ver") || !strings.Contains(text, "********") {
				t.Errorf("%s in the %s: got %s, want it hidden", v.Name, way, text)
			}
			if got := value(t, r, v.Name); got.Text != "********" || got.From == config.FromDefault {
				t.Errorf("%s in the %s: got %+v, want that it is set", v.Name, way, got)
			}
			if !slices.Contains(r.Secrets(), "zq9 no se debe ver") {
				t.Errorf("%s in the %s: the secret would stay in texts for others", v.Name, way)
			}
		}
	}
}

func TestASecretsFileMayBeNamedFromAnywhereAndIsFoundFromTheWorkingFolder(t *testing.T) {
	dir := folder(t, map[string]string{".env": "API_TOKEN_FILE=llave\nLLM_KEY=de-env\n", "llave": "\n  " + goodToken + "\n\n", "otra": "sk-otra"})
	for name, c := range map[string]struct {
		vars map[string]string
		key  string
	}{
		"in .env alone": {nil, "de-env"},
		"empty is none": {map[string]string{"LLM_KEY_FILE": " "}, "de-env"},
		"whole path":    {map[string]string{"API_TOKEN_FILE": filepath.Join(dir, "llave")}, "de-env"},
	} {
		vars := map[string]string{"LLM_URL": "http://x/v1", "LLM_MODEL": "m"}
		for k, v := range c.vars {
			vars[k] = v
		}
		got, err := config.LoadServer(env(vars), dir)
		if err != nil || got.Token != goodToken || got.LLM.Key != c.key {
			t.Errorf("%s: got %q, %q, %v, want what the file says and %q", name, got.Token, got.LLM.Key, err, c.key)
		}
	}
	if _, err := config.LoadServer(env(map[string]string{"LLM_KEY_FILE": "otra"}), dir); err == nil || !strings.Contains(err.Error(), "LLM_KEY y LLM_KEY_FILE están las dos") || strings.Contains(err.Error(), "sk-otra") {
		t.Errorf("one in each: got %v, want to be asked which", err)
	}
	if _, r := config.InspectServer(env(map[string]string{"PUERTO_FILE": "otra"}), nil, dir); value(t, r, "PUERTO").Text != "8523" {
		t.Error("what is no secret was read from a file")
	}
}

func TestWhatIsNotSecretIsShownWithoutMovingTheCursor(t *testing.T) {
	_, r := config.InspectServer(env(map[string]string{"API_TOKEN": goodToken, "PANEL_DIR": "a\x1b[2J\u202eb", "DIRECCION": "10.0.0.1"}), []string{"PUERT\x1b=1"}, t.TempDir())
	text := r.String()
	if !strings.Contains(text, "10.0.0.1") || strings.ContainsAny(text, "\x1b\u202e") || !strings.Contains(text, "Avisos:") {
		t.Errorf("got %q, want the values on lines of their own, with the warning", text)
	}
}
