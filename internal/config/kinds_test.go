package config_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"mostrador/internal/config"
)

// taken are values of the server's variables with what becomes of them; refused
// are others, with a part of the sentence that says why.
var taken = []struct {
	name, text string
	got        func(c config.Server) any
	want       any
}{
	{"PUERTO", "0", func(c config.Server) any { return c.Address }, ":0"},
	{"PUERTO", "65535", func(c config.Server) any { return c.Address }, ":65535"},
	{"PUERTO", "08523", func(c config.Server) any { return c.Address }, ":8523"},
	{"DIRECCION", "::1", func(c config.Server) any { return c.Address }, "[::1]:8523"},
	{"DIRECCION", "127.0.0.1", func(c config.Server) any { return c.Address }, "127.0.0.1:8523"},
	{"IP_LAPTOP", "laptop.local", func(c config.Server) any { return c.BridgeURL }, "http://laptop.local:9000"},
	{"IP_LAPTOP", "fd00::2", func(c config.Server) any { return c.BridgeURL }, "http://[fd00::2]:9000"},
	{"MAX_IMAGE_SIZE", "1", func(c config.Server) any { return c.MaxImage }, int64(1)},
	{"ENVIOS_POR_MINUTO", "0", func(c config.Server) any { return c.SendsPerMinute }, 0},
	{"ENVIOS_POR_MINUTO", "65535", func(c config.Server) any { return c.SendsPerMinute }, 65535},
	{"PANEL_LOGIN", "OFF", func(c config.Server) any { return c.PanelOpen }, true},
	{"PANEL_LOGIN", "no", func(c config.Server) any { return c.PanelOpen }, true},
	{"PANEL_LOGIN", "0", func(c config.Server) any { return c.PanelOpen }, true},
	{"PANEL_LOGIN", "false", func(c config.Server) any { return c.PanelOpen }, true},
	{"PANEL_LOGIN", "Sí", func(c config.Server) any { return c.PanelOpen }, false},
	{"TICKET_POR_MENSAJE", "1", func(c config.Server) any { return c.TicketPerMessage }, true},
	{"TICKET_POR_MENSAJE", "true", func(c config.Server) any { return c.TicketPerMessage }, true},
	{"AVISOS_RED_LOCAL", "si", func(c config.Server) any { return c.NoticesLocal }, true},
	{"NIVEL_LOG", "WARN", func(c config.Server) any { return c.LogLevel }, "warn"},
	{"CARPETA_FOTOS", "/srv/fotos", func(c config.Server) any { return c.PhotoDir }, "/srv/fotos"},
	{"CARPETA_FOTOS", "otra/../fotos", func(c config.Server) any { return filepath.Base(c.PhotoDir) }, "fotos"},
	{"ALLOWED_ORIGINS", "*", func(c config.Server) any { return fmt.Sprint(c.Origins) }, "[*]"},
	{"ALLOWED_ORIGINS", " https://a.example/ ,, http://b.example:81", func(c config.Server) any { return fmt.Sprint(c.Origins) }, "[https://a.example http://b.example:81]"},
	{"PROXIES_CONFIABLES", ",", func(c config.Server) any { return len(c.Proxies) }, 0},
	{"RESPALDO", "OFF", func(c config.Server) any { return c.Backup.Place }, ""},
	{"RESPALDO", "/media/usb", func(c config.Server) any { return c.Backup.Place }, "/media/usb"},
	{"RESPALDO", "s3://C:S@h/b", func(c config.Server) any { return c.Backup.Place }, "s3://C:S@h/b"},
	{"RESPALDO_HORA", "0", func(c config.Server) any { return c.Backup.Hour }, 0},
	{"RESPALDO_HORA", "23", func(c config.Server) any { return c.Backup.Hour }, 23},
	{"RESPALDO_AGE", recipient, func(c config.Server) any { return fmt.Sprint(c.Backup.Recipient) }, recipient},
	{"DOMINIO", "tickets.example.com", func(c config.Server) any { return c.Domain }, "tickets.example.com"},
	{"PANEL_DIR", "web/static", func(c config.Server) any { return c.PanelDir }, "web/static"},
}

const (
	recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	identity  = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
)

var refused = []struct{ name, text, why string }{
	{"PUERTO", "65536", "puerto"}, {"PUERTO", "-1", "puerto"}, {"PUERTO", "8523/", "puerto"}, {"PUERTO", "0x10", "puerto"},
	{"PUERTO_LAPTOP", "noventa", "puerto"},
	{"IP_LAPTOP", "10.0.0.1:9000", "sin http:// ni puerto"}, {"IP_LAPTOP", "a b", "sin http:// ni puerto"}, {"IP_LAPTOP", "x/y", "sin http:// ni puerto"},
	{"MAX_IMAGE_SIZE", "0", "mayor que cero"}, {"MAX_IMAGE_SIZE", "16MB", "mayor que cero"}, {"MAX_IMAGE_SIZE", "9223372036854775808", "mayor que cero"},
	{"ENVIOS_POR_MINUTO", "65536", "0 a 65535"}, {"ENVIOS_POR_MINUTO", "1.5", "0 a 65535"},
	{"PANEL_LOGIN", "apagado", "on u off"}, {"TICKET_POR_MENSAJE", "2", "on u off"}, {"AVISOS_RED_LOCAL", "y", "on u off"},
	{"NIVEL_LOG", "warning", "debug, info, warn o error"}, {"ENLACE", "reverse", "auto, directo o inverso"},
	{"ALLOWED_ORIGINS", "https://a.example/panel", "direcciones como"}, {"ALLOWED_ORIGINS", "a.example", "direcciones como"},
	{"ALLOWED_ORIGINS", "https://a.example, nada", "nada"},
	{"PROXIES_CONFIABLES", "10.0.0.0/33", "direcciones IP o redes"}, {"PROXIES_CONFIABLES", "127.0.0.1, caddy", "caddy"},
	{"DATABASE_URL", "mysql://u:p@h/d", "postgres://"},
	{"AVISO_SILENCIO", "119s", "2m o más"},
	{"RESPALDO", "ftp://h/c", "s3://"}, {"RESPALDO_HORA", "24", "0 a 23"}, {"RESPALDO_HORA", "3:00", "RESPALDO_HORA"},
	{"RESPALDO_AGE", "ssh-ed25519 AAAA", "age1"}, {"RESPALDO_AGE", identity, "age1"},
	{"LLM_URL", "http://u:p@h/v1", "LLM_URL"}, {"LLM_URL", "http://h/v1?x=1", "LLM_URL"}, {"LLM_URL", "http://h/v1#x", "LLM_URL"},
	{"PANEL_USUARIO", "ana", "PANEL_CLAVE"}, {"PANEL_CLAVE", "muy secreta", "PANEL_USUARIO"},
}

func TestEachSettingIsTakenInItsForms(t *testing.T) {
	for _, c := range taken {
		got, err := config.LoadServer(env(map[string]string{"API_TOKEN": goodToken, c.name: c.text}), t.TempDir())
		if err != nil || c.got(got) != c.want {
			t.Errorf("%s=%s: got %v, %v, want %v", c.name, c.text, c.got(got), err, c.want)
		}
	}
}

func TestEachSettingThatMakesNoSenseIsRefusedByNameWithWhatWouldDo(t *testing.T) {
	for _, c := range refused {
		vars := map[string]string{"API_TOKEN": goodToken, "LLM_MODEL": "m"}
		maps.Copy(vars, map[string]string{c.name: c.text})
		_, r := config.InspectServer(env(vars), nil, t.TempDir())
		if len(r.Problems) != 1 || !strings.Contains(r.Problems[0], c.name) || !strings.Contains(r.Problems[0], c.why) {
			t.Errorf("%s=%s: got %q, want one problem with %q", c.name, c.text, r.Problems, c.why)
		}
	}
}

func TestTheServersAddressIsOneThatTheTokenMayBeSentTo(t *testing.T) {
	for text, want := range map[string]string{
		"http://192.168.1.10:8523": "http://192.168.1.10:8523", "https://panel.example///": "https://panel.example", "http://x/mostrador/": "http://x/mostrador",
		"": "", "192.168.1.10:8523": "", "ftp://x": "", "http://": "", "http://u:p@x": "", "http://x?y=1": "", "http://[::1": "",
	} {
		c, err := config.LoadBridge(env(map[string]string{"API_TOKEN": goodToken, "SERVER_URL": text}), t.TempDir())
		if c.ServerURL != want || (err == nil) != (want != "") || err != nil && !strings.Contains(err.Error(), "SERVER_URL debe ser") {
			t.Errorf("%q: got %q, %v, want %q", text, c.ServerURL, err, want)
		}
	}
}

func TestOnlyTheOtherHalfOfAnAgeKeyRestores(t *testing.T) {
	if got, err := config.ParseIdentities("# created\n" + identity + "\n"); err != nil || len(got) != 1 {
		t.Errorf("got %v, %v, want one", got, err)
	}
	for _, text := range []string{"", "# nada\n", recipient, identity[:len(identity)-1]} {
		if got, err := config.ParseIdentities(text); err == nil || !strings.Contains(err.Error(), "--identidad") || strings.Contains(err.Error(), "1GFPYY") {
			t.Errorf("%q: got %v, %v, want a refusal that does not repeat it", text, got, err)
		}
	}
}
