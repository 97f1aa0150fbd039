// Package config turns environment variables and a .env file into the typed,
// checked settings of the two programs.
//
// Its one rule: every problem is found before anything starts, and all of them
// are reported at once, in Spanish, naming the variable.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/joho/godotenv"

	"mostrador/internal/ticket"
)

// DefaultMaxImage is the largest picture taken unless MAX_IMAGE_SIZE says
// otherwise, in decoded bytes: WhatsApp's own limit as the original had it.
const DefaultMaxImage = 16_000_000

// DefaultSendsPerMinute is how many replies leave in a minute unless
// ENVIOS_POR_MINUTO says otherwise: more than people at a counter write, fewer
// than WhatsApp takes for a program.
const DefaultSendsPerMinute = 20

const (
	// defaultSilence and shortestSilence bound AVISO_SILENCIO: a bridge gives a
	// sign of life each minute, and one of them may get lost.
	defaultSilence  = 5 * time.Minute
	shortestSilence = 2 * time.Minute
)

// Bridge is the laptop's configuration.
type Bridge struct {
	Dir       string // working folder; holds the session and the queue
	ServerURL string // SERVER_URL, without a slash at the end
	Address   string // DIRECCION and PUERTO_LOCAL, as host:port to listen on
	Token     string // API_TOKEN
	MaxImage  int64  // MAX_IMAGE_SIZE, bytes
	Groups    bool   // GRUPOS: messages of groups become tickets too
	PlainQR   bool   // QR_SIMPLE: draw the QR code with letters only
	LogLevel  string // NIVEL_LOG

	MetricsToken string // METRICAS_TOKEN; empty: metrics are for this machine only
}

// Server is the configuration of the ticket server.
type Server struct {
	Dir              string // working folder
	Address          string // DIRECCION and PUERTO, as host:port to listen on
	BridgeURL        string // http://IP_LAPTOP:PUERTO_LAPTOP, empty without IP_LAPTOP
	Token            string // API_TOKEN
	MaxImage         int64  // MAX_IMAGE_SIZE, bytes
	Origins          []string
	PhotoDir         string // CARPETA_FOTOS, absolute or below Dir
	DatabaseURL      string // DATABASE_URL: postgres://… or the path of a SQLite file
	PanelUser        string // PANEL_USUARIO, empty to make one up
	PanelPassword    string // PANEL_CLAVE, empty to make one up
	PanelOpen        bool   // PANEL_LOGIN=off
	PanelDir         string // PANEL_DIR: serve the panel's files from here, for its developers
	TicketPerMessage bool   // TICKET_POR_MENSAJE=on: no conversations, as in the original
	SendsPerMinute   int    // ENVIOS_POR_MINUTO, of each bridge; 0: no limit
	LogLevel         string // NIVEL_LOG
	MetricsToken     string // METRICAS_TOKEN; empty: metrics are for this machine only
	Backup           Backup

	// SilenceAfter is AVISO_SILENCIO: how long a bridge may be silent or in
	// trouble without an alert; 0 means for ever.
	SilenceAfter time.Duration

	LLM           LLM
	Transcription Transcription
	// Proxies is PROXIES_CONFIABLES: whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
}

// Getenv looks a variable up; os.Getenv is one.
type Getenv func(name string) string

// LoadBridge reads the bridge's configuration from getenv and from .env in dir;
// the environment wins. The error lists every problem in Spanish.
func LoadBridge(getenv Getenv, dir string) (Bridge, error) {
	r, err := newReader(getenv, dir)
	if err != nil {
		return Bridge{}, err
	}
	c := Bridge{
		Dir:       dir,
		ServerURL: r.serverURL("SERVER_URL"),
		Address:   net.JoinHostPort(r.get("DIRECCION"), r.port("PUERTO_LOCAL", 9000)),
		Token:     r.token("API_TOKEN"),
		MaxImage:  r.bytes("MAX_IMAGE_SIZE", DefaultMaxImage),
		Groups:    r.flag("GRUPOS", false),
		PlainQR:   r.flag("QR_SIMPLE", false),
		LogLevel:  r.logLevel("NIVEL_LOG"),
	}
	c.MetricsToken = r.metricsToken("METRICAS_TOKEN", c.Token)
	return c, r.problem()
}

// LoadServer is LoadBridge for the server.
func LoadServer(getenv Getenv, dir string) (Server, error) {
	r, err := newReader(getenv, dir)
	if err != nil {
		return Server{}, err
	}
	c := Server{
		Dir:              dir,
		Address:          net.JoinHostPort(r.get("DIRECCION"), r.port("PUERTO", 8523)),
		BridgeURL:        r.bridgeURL(),
		Token:            r.token("API_TOKEN"),
		MaxImage:         r.bytes("MAX_IMAGE_SIZE", DefaultMaxImage),
		Origins:          r.origins("ALLOWED_ORIGINS"),
		PhotoDir:         r.path("CARPETA_FOTOS", "fotos_evidencia"),
		DatabaseURL:      r.database("DATABASE_URL"),
		PanelUser:        r.get("PANEL_USUARIO"),
		PanelPassword:    r.get("PANEL_CLAVE"),
		PanelOpen:        !r.flag("PANEL_LOGIN", true),
		Proxies:          r.networks("PROXIES_CONFIABLES"),
		PanelDir:         r.get("PANEL_DIR"),
		TicketPerMessage: r.flag("TICKET_POR_MENSAJE", false),
		SendsPerMinute:   r.count("ENVIOS_POR_MINUTO", DefaultSendsPerMinute),
		LogLevel:         r.logLevel("NIVEL_LOG"),
		SilenceAfter:     r.silence("AVISO_SILENCIO"),
		Backup:           r.backup(),
	}
	c.MetricsToken = r.metricsToken("METRICAS_TOKEN", c.Token)
	c.LLM = r.llm()
	c.Transcription = r.transcription(c.LLM)
	if (c.PanelUser == "") != (c.PanelPassword == "") {
		r.fail("PANEL_USUARIO y PANEL_CLAVE van juntas: falta una de las dos.")
	}
	return c, r.problem()
}

// reader looks variables up and collects what is wrong with them.
type reader struct {
	dir      string
	getenv   Getenv
	file     map[string]string
	problems []string
}

func newReader(getenv Getenv, dir string) (*reader, error) {
	file, err := godotenv.Read(filepath.Join(dir, ".env"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, ticket.NewError(ticket.CodeInvalid, "No se puede leer el archivo .env: revise que cada línea sea NOMBRE=valor y que el archivo se pueda abrir.")
	}
	return &reader{dir: dir, getenv: getenv, file: file}, nil
}

func (r *reader) get(name string) string {
	if v := r.getenv(name); v != "" {
		return strings.TrimSpace(v)
	}
	return strings.TrimSpace(r.file[name])
}

func (r *reader) fail(sentence string) { r.problems = append(r.problems, sentence) }

func (r *reader) problem() error {
	if len(r.problems) == 0 {
		return nil
	}
	return ticket.NewError(ticket.CodeInvalid, "La configuración no está completa:\n  - "+strings.Join(r.problems, "\n  - "))
}

func (r *reader) port(name string, def int) string {
	text := r.get(name)
	if text == "" {
		return strconv.Itoa(def)
	}
	if n, err := strconv.ParseUint(text, 10, 16); err != nil {
		r.fail(fmt.Sprintf("%s debe ser un puerto de 1 a 65535 (0: uno libre), no %q.", name, text))
	} else {
		text = strconv.FormatUint(n, 10)
	}
	return text
}

func (r *reader) bytes(name string, def int64) int64 {
	text := r.get(name)
	if text == "" {
		return def
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		r.fail(fmt.Sprintf("%s debe ser un número de bytes mayor que cero, no %q.", name, text))
		return def
	}
	return n
}

func (r *reader) count(name string, def int) int {
	text := r.get(name)
	if text == "" {
		return def
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		r.fail(fmt.Sprintf("%s debe ser un número de 0 a 65535, no %q.", name, text))
		return def
	}
	return int(n)
}

func (r *reader) flag(name string, def bool) bool {
	switch text := strings.ToLower(r.get(name)); text {
	case "":
		return def
	case "on", "1", "true", "si", "sí":
		return true
	case "off", "0", "false", "no":
		return false
	default:
		r.fail(fmt.Sprintf("%s debe ser on u off, no %q.", name, text))
		return def
	}
}

func (r *reader) silence(name string) time.Duration {
	text := strings.ToLower(r.get(name))
	if text == "" {
		return defaultSilence
	}
	if text == "off" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d != 0 && d < shortestSilence {
		r.fail(fmt.Sprintf("%s debe ser un tiempo de 2m o más, como 5m o 1h (0: sin avisos), no %q.", name, text))
	}
	return d
}

func (r *reader) logLevel(name string) string {
	switch text := strings.ToLower(r.get(name)); text {
	case "":
		return "info"
	case "debug", "info", "warn", "error":
		return text
	default:
		r.fail(fmt.Sprintf("%s debe ser debug, info, warn o error, no %q.", name, text))
		return "info"
	}
}

func (r *reader) path(name, def string) string {
	text := r.get(name)
	if text == "" {
		text = def
	}
	if filepath.IsAbs(text) {
		return text
	}
	return filepath.Join(r.dir, text)
}

func (r *reader) database(name string) string {
	text := r.get(name)
	if strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://") {
		return text
	}
	if strings.Contains(text, "://") {
		r.fail(name + " debe ser postgres://… o la ruta de un archivo SQLite.")
	}
	return r.path(name, "tickets.db")
}

func (r *reader) serverURL(name string) string {
	text := strings.TrimRight(r.get(name), "/")
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" {
		r.fail(name + " debe ser la dirección del servidor, por ejemplo http://192.168.1.10:8523.")
		return ""
	}
	return text
}

func (r *reader) bridgeURL() string {
	host, port := r.get("IP_LAPTOP"), r.port("PUERTO_LAPTOP", 9000)
	if host == "" {
		return ""
	}
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}
	if parsed, err := url.Parse(u.String()); err != nil || parsed.Hostname() != host {
		r.fail(fmt.Sprintf("IP_LAPTOP debe ser una dirección IP o un nombre de equipo, sin http:// ni puerto, no %q.", host))
	}
	return u.String()
}

func (r *reader) networks(name string) []netip.Prefix {
	var networks []netip.Prefix
	for text := range strings.SplitSeq(r.get(name), ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		network, err := netip.ParsePrefix(text)
		if address, single := netip.ParseAddr(text); single == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			r.fail(fmt.Sprintf("%s debe ser una lista de direcciones IP o redes como 127.0.0.1, 10.0.0.0/8, no %q.", name, text))
			continue
		}
		networks = append(networks, network.Masked())
	}
	return networks
}

func (r *reader) origins(name string) []string {
	var origins []string
	for text := range strings.SplitSeq(r.get(name), ",") {
		text = strings.TrimRight(strings.TrimSpace(text), "/")
		if text == "" {
			continue
		}
		u, err := url.Parse(text)
		if text != "*" && (err != nil || u.Scheme == "" || u.Host == "" || u.Path != "") {
			r.fail(fmt.Sprintf("%s debe ser * o una lista de direcciones como https://panel.ejemplo.com, no %q.", name, text))
		}
		origins = append(origins, text)
	}
	return origins
}
