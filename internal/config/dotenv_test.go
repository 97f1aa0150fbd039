package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mostrador/internal/config"
)

func TestAnEnvFileIsReadHoweverItIsWritten(t *testing.T) {
	const rest = "API_TOKEN=" + goodToken + "\nPANEL_USUARIO=ana\n"
	for name, c := range map[string]struct{ file, want string }{
		"plain":                  {rest + "PANEL_CLAVE=muy secreta", "muy secreta"},
		"the mark of Windows":    {"\uFEFFPANEL_CLAVE=muy secreta\n" + rest, "muy secreta"},
		"its ends of lines":      {strings.ReplaceAll(rest+"PANEL_CLAVE=muy secreta\n", "\n", "\r\n"), "muy secreta"},
		"no end at the end":      {rest + "PANEL_CLAVE=x", "x"},
		"spaces around":          {rest + "  PANEL_CLAVE =  muy secreta  \n", "muy secreta"},
		"as for a shell":         {rest + "export PANEL_CLAVE=muy secreta", "muy secreta"},
		"with a colon":           {rest + "PANEL_CLAVE: muy secreta", "muy secreta"},
		"single quotes":          {rest + `PANEL_CLAVE='muy #secreta $A \n'`, `muy #secreta $A \n`},
		"double quotes":          {rest + `PANEL_CLAVE="muy #secreta"`, "muy #secreta"},
		"quotes inside":          {rest + `PANEL_CLAVE=muy'secreta"`, `muy'secreta"`},
		"a remark behind":        {rest + "PANEL_CLAVE=muy secreta # no la diga", "muy secreta"},
		"a # within a word":      {rest + "PANEL_CLAVE=muy#secreta", "muy#secreta"},
		"remarks and blanks":     {"# PANEL_CLAVE=otra\n\n" + rest + "\n#\nPANEL_CLAVE=muy secreta\n\n", "muy secreta"},
		"an = in it":             {rest + "PANEL_CLAVE=muy=secreta=", "muy=secreta="},
		"another alphabet":       {rest + "PANEL_CLAVE=contraseña", "contraseña"},
		"the last of two counts": {rest + "PANEL_CLAVE=otra\nPANEL_CLAVE=muy secreta", "muy secreta"},
	} {
		got, r := config.InspectServer(env(nil), nil, folder(t, map[string]string{".env": c.file}))
		if err := r.Err(); err != nil || got.PanelPassword != c.want || got.Token != goodToken || len(r.Warnings) > 0 {
			t.Errorf("%s: got %q, %v, %q, want %q and nothing to say", name, got.PanelPassword, err, r.Warnings, c.want)
		}
	}
}

func TestAPasswordWithADollarIsNotChangedUnsaid(t *testing.T) {
	for line, want := range map[string]struct {
		read   string
		warned bool
	}{
		`PANEL_CLAVE=pa$5Aword`:        {"paword", true},
		`PANEL_CLAVE="pa$5Aword"`:      {"paword", true},
		`PANEL_CLAVE=pa${TZ}word`:      {"paword", true},
		`PANEL_CLAVE='pa$5Aword'`:      {"pa$5Aword", false},
		`PANEL_CLAVE=pa\$5Aword`:       {"pa$5Aword", false},
		`PANEL_CLAVE=pa$word$`:         {"pa$word$", false},
		`PANEL_CLAVE="$PANEL_USUARIO"`: {"ana", true},
	} {
		c, r := config.InspectServer(env(map[string]string{"API_TOKEN": goodToken}), nil, folder(t, map[string]string{".env": "PANEL_USUARIO=ana\n" + line}))
		if err := r.Err(); err != nil || c.PanelPassword != want.read {
			t.Errorf("%s: got %q, %v, want %q", line, c.PanelPassword, err, want.read)
		}
		if warned := len(r.Warnings) == 1 && strings.HasPrefix(r.Warnings[0], "PANEL_CLAVE lleva un $"); warned != want.warned || strings.Contains(strings.Join(r.Warnings, " "), "word") {
			t.Errorf("%s: got %q, want a warning without the password: %v", line, r.Warnings, want.warned)
		}
	}
}

func TestABackslashInDoubleQuotesIsNotChangedUnsaid(t *testing.T) {
	for line, want := range map[string]struct {
		read   string
		warned bool
	}{
		`PANEL_CLAVE="D:\datos\respaldos"`:        {"D:datos\respaldos", true},
		`PANEL_CLAVE="a\bcdefghijk"`:              {"abcdefghijk", true},
		`PANEL_CLAVE="a\nb"`:                      {"a\nb", true},
		"PANEL_CLAVE=\"a\\\nb\"":                  {"a\nb", true},
		`PANEL_CLAVE="\\nas\copias"`:              {`\nascopias`, true},
		`PANEL_CLAVE="a\b\$TZ"`:                   {"ab$TZ", true},
		`PANEL_CLAVE="dice \"hola\" por 5\$"`:     {`dice "hola" por 5$`, false},
		`PANEL_CLAVE="\\\\nas\\copias"`:           {`\\nas\copias`, false},
		`PANEL_CLAVE="sin nada"`:                  {"sin nada", false},
		`PANEL_CLAVE='D:\datos\respaldos'`:        {`D:\datos\respaldos`, false},
		`PANEL_CLAVE=D:\datos\respaldos\`:         {`D:\datos\respaldos\`, false},
		`PANEL_CLAVE=D:\datos # antes "E:\datos"`: {`D:\datos`, false},
	} {
		c, r := config.InspectServer(env(map[string]string{"API_TOKEN": goodToken}), nil, folder(t, map[string]string{".env": "PANEL_USUARIO=ana\n" + line + "\n"}))
		if err := r.Err(); err != nil || c.PanelPassword != want.read {
			t.Errorf("%s: got %q, %v, want %q", line, c.PanelPassword, err, want.read)
		}
		said := strings.Join(r.Warnings, " ")
		if warned := len(r.Warnings) == 1 && strings.HasPrefix(said, `PANEL_CLAVE lleva una \ entre comillas dobles`); warned != want.warned || len(r.Warnings) > 1 || strings.Contains(said, want.read) {
			t.Errorf("%s: got %q, want a warning without the password: %v", line, r.Warnings, want.warned)
		}
	}
}

func TestABackslashThatKeepsQuotesOpenIsRefusedByName(t *testing.T) {
	for name, file := range map[string]string{
		"nothing behind":          `CARPETA_FOTOS="D:\fotos\"`,
		"the ends of Windows":     "CARPETA_FOTOS=\"D:\\fotos\\\"\r\nPUERTO=8523\r\n",
		"single quotes":           `CARPETA_FOTOS='D:\fotos\'`,
		"a remark behind":         `export CARPETA_FOTOS = "D:\fotos\" # las "fotos"` + "\n",
		"it swallows the others":  "CARPETA_FOTOS=\"D:\\fotos\\\"\nPANEL_CLAVE=muy secreta\n# de \"Ana\nPUERTO=8523\n",
		"it is read all the same": "CARPETA_FOTOS=\"D:\\fotos\\\"\nPANEL_CLAVE=muy secreta\nPANEL_USUARIO=\"\nPUERTO=8523\n",
	} {
		_, r := config.InspectServer(env(map[string]string{"API_TOKEN": goodToken}), nil, folder(t, map[string]string{".env": file}))
		said := strings.Join(append(r.Problems, r.Warnings...), " ")
		if len(r.Problems) != 1 || !strings.HasPrefix(said, "CARPETA_FOTOS termina en") || strings.Contains(said, "secreta") {
			t.Errorf("%s: got %q, %q, want CARPETA_FOTOS and what to do", name, r.Problems, r.Warnings)
		}
	}
}

func TestAnEnvFileThatCannotBeReadIsOneProblemAmongTheOthers(t *testing.T) {
	for name, file := range map[string]string{
		"an open quote":      "PUERTO='9001\nIP_LAPTOP=x\n",
		"words behind one":   "PANEL_CLAVE='it''s'\n",
		"a name with a dash": "PANEL-CLAVE=x\n",
	} {
		_, r := config.InspectServer(env(map[string]string{"PUERTO": "mil"}), nil, folder(t, map[string]string{".env": file}))
		if len(r.Problems) != 3 || !strings.Contains(r.Problems[0], "NOMBRE=valor") || r.NoFile {
			t.Errorf("%s: got %q, want the file, PUERTO and API_TOKEN", name, r.Problems)
		}
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".env"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, r := config.InspectServer(env(map[string]string{"API_TOKEN": goodToken}), nil, dir); len(r.Problems) != 1 || r.NoFile {
		t.Errorf("a folder: got %q, no file: %v, want it said", r.Problems, r.NoFile)
	}
	_, r := config.InspectServer(env(map[string]string{"API_TOKEN": goodToken}), nil, folder(t, map[string]string{".env": goodToken}))
	if r.Err() != nil || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "sin NOMBRE=") || strings.Contains(r.Warnings[0], goodToken) {
		t.Errorf("a value without a name: got %v, %q, want a warning that does not repeat it", r.Err(), r.Warnings)
	}
}

func TestWhatIsSetToNothingIsNotSet(t *testing.T) {
	dir := folder(t, map[string]string{".env": "API_TOKEN=" + goodToken + "\nPUERTO=9001\nNIVEL_LOG=\nGRUPOS=\" \"\n"})
	c, r := config.InspectServer(env(map[string]string{"PUERTO": "  ", "API_TOKEN": ""}), nil, dir)
	if err := r.Err(); err != nil || c.Address != ":9001" || c.LogLevel != "info" || c.Token != goodToken {
		t.Errorf("got %s, %s, %v, want .env and the defaults", c.Address, c.LogLevel, err)
	}
	if got := value(t, r, "NIVEL_LOG").From; got != config.FromDefault {
		t.Errorf("got NIVEL_LOG from %q, want %q", got, config.FromDefault)
	}
	if _, r := config.InspectServer(env(nil), nil, t.TempDir()); !r.NoFile || len(r.Problems) != 1 {
		t.Errorf("nothing at all: got %q, no file: %v, want API_TOKEN to be missing and no file", r.Problems, r.NoFile)
	}
}
