// Package config turns environment variables and a .env file into the typed,
// checked settings of the two programs.
//
// Its one rule: every problem is found before anything starts, and all of them
// are reported at once, in Spanish, naming the variable.
package config

import (
	"net"
	"net/netip"
	"time"
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
	defaultSilence  = "5m"
	shortestSilence = 2 * time.Minute
)

// Bridge is the laptop's configuration.
type Bridge struct {
	Dir       string // working folder; holds the session and the queue
	ServerURL string // SERVER_URL, without a slash at the end
	Address   string // DIRECCION and PUERTO_LOCAL, as host:port to listen on
	Token     string // API_TOKEN
	Link      LinkMode
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
	Link             LinkMode
	MaxImage         int64 // MAX_IMAGE_SIZE, bytes
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
	Domain           string // DOMINIO of docker-compose.yml: what the panel is called with HTTPS, empty without

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
	c, report := InspectBridge(getenv, nil, dir)
	return c, report.Err()
}

// LoadServer is LoadBridge for the server.
func LoadServer(getenv Getenv, dir string) (Server, error) {
	c, report := InspectServer(getenv, nil, dir)
	return c, report.Err()
}

// InspectBridge is LoadBridge with all there is to say about the configuration.
// What environ holds, as os.Environ has it, is looked through for misspelt names.
// The Bridge is only good if the Report has no Err.
func InspectBridge(getenv Getenv, environ []string, dir string) (Bridge, Report) {
	r := newReader(ForBridge, getenv, dir)
	mode := r.link("ENLACE")
	c := Bridge{
		Dir:       dir,
		ServerURL: r.serverURL("SERVER_URL"),
		Link:      mode,
		Address:   net.JoinHostPort(r.bridgeHost(mode), r.port("PUERTO_LOCAL")),
		Token:     r.token("API_TOKEN"),
		MaxImage:  r.bytes("MAX_IMAGE_SIZE"),
		Groups:    r.flag("GRUPOS"),
		PlainQR:   r.flag("QR_SIMPLE"),
		LogLevel:  r.logLevel("NIVEL_LOG"),
	}
	c.MetricsToken = r.metricsToken("METRICAS_TOKEN", c.Token)
	return c, r.report(environ)
}

// InspectServer is InspectBridge for the server.
func InspectServer(getenv Getenv, environ []string, dir string) (Server, Report) {
	r := newReader(ForServer, getenv, dir)
	c := Server{
		Dir:              dir,
		Address:          net.JoinHostPort(r.get("DIRECCION"), r.port("PUERTO")),
		BridgeURL:        r.bridgeURL(),
		Link:             r.link("ENLACE"),
		Token:            r.token("API_TOKEN"),
		MaxImage:         r.bytes("MAX_IMAGE_SIZE"),
		Origins:          r.origins("ALLOWED_ORIGINS"),
		PhotoDir:         r.path("CARPETA_FOTOS"),
		DatabaseURL:      r.database("DATABASE_URL"),
		PanelUser:        r.get("PANEL_USUARIO"),
		PanelPassword:    r.get("PANEL_CLAVE"),
		PanelOpen:        !r.flag("PANEL_LOGIN"),
		Proxies:          r.networks("PROXIES_CONFIABLES"),
		PanelDir:         r.get("PANEL_DIR"),
		TicketPerMessage: r.flag("TICKET_POR_MENSAJE"),
		SendsPerMinute:   r.count("ENVIOS_POR_MINUTO"),
		LogLevel:         r.logLevel("NIVEL_LOG"),
		SilenceAfter:     r.silence("AVISO_SILENCIO"),
		Backup:           r.backup(),
		Domain:           r.get("DOMINIO"),
	}
	c.MetricsToken = r.metricsToken("METRICAS_TOKEN", c.Token)
	c.LLM = r.llm()
	c.Transcription = r.transcription(c.LLM)
	if (c.PanelUser == "") != (c.PanelPassword == "") {
		r.fail("PANEL_USUARIO y PANEL_CLAVE van juntas: falta una de las dos.")
	}
	return c, r.report(environ)
}
