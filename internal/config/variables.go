package config

import (
	"slices"
	"strconv"
)

// Program is who reads a variable.
type Program uint8

// The programs; a Variable may be for several.
const (
	ForServer Program = 1 << iota
	ForBridge
	ForCompose // docker-compose.yml alone; neither program reads it
)

// Secrecy is what of a value people may see.
type Secrecy uint8

// How secret values are. What a program reads and is not Public may also be in a
// file, which NAME_FILE names.
const (
	Public Secrecy = iota
	Holds          // an address that may hold a password
	Secret         // nothing of it is ever shown
)

// Variable describes one setting. The table of them is all that the reader, the
// «config» command, the examples and the check for misspelt names know.
type Variable struct {
	Name    string
	For     Program
	Default string  // what counts when it is not set; empty: nothing
	Example string  // shown in the example files; empty: people make their own
	Help    string  // Spanish, for the example files; whole sentences
	Secrecy Secrecy // of its value
	Common  bool    // everybody sets it: the example files do not comment it out
	Hidden  bool    // for developers; in no example file and no guide
}

const both = ForServer | ForBridge

// variables is every setting there is, in the order people read them.
var variables = []Variable{
	{Name: "SERVER_URL", For: ForBridge, Example: "http://192.168.1.10:8523", Common: true, Help: "Dirección del servidor."},
	{Name: "API_TOKEN", For: both, Secrecy: Secret, Common: true, Help: "Secreto compartido, igual en servidor y laptop. Haga uno con «server token» o «bridge token»."},
	{Name: "ENLACE", For: both, Default: string(LinkAuto), Example: string(LinkReverse), Help: "Cómo llama el servidor a la laptop: auto (por el enlace que ella abre y, sin él, a IP_LAPTOP), inverso (solo por el enlace: nadie entra en la laptop) o directo (solo a IP_LAPTOP, como en el original)."},
	{Name: "IP_LAPTOP", For: ForServer, Example: "192.168.1.20", Help: "Solo para llamar a la laptop sin enlace: su dirección IP o nombre, sin http:// ni puerto."},
	{Name: "PUERTO_LAPTOP", For: ForServer, Default: "9000", Example: "9000", Help: "Solo para llamar a la laptop sin enlace: el puerto de su puente."},
	{Name: "PUERTO", For: ForServer, Default: "8523", Example: "8523", Common: true, Help: "Puerto del panel y del webhook."},
	{Name: "PUERTO_LOCAL", For: ForBridge, Default: "9000", Example: "9000", Common: true, Help: "Puerto del puente."},
	{Name: "DIRECCION", For: both, Example: "127.0.0.1", Help: "Dirección en la que se escucha; vacía son todas las de la máquina, o solo la propia en una laptop con ENLACE=inverso."},
	{Name: "MAX_IMAGE_SIZE", For: both, Default: strconv.Itoa(DefaultMaxImage), Example: "16000000", Common: true, Help: "Tamaño máximo de una imagen o un archivo, en bytes."},

	{Name: "ALLOWED_ORIGINS", For: ForServer, Example: "https://intranet.ejemplo.com", Help: "Otras páginas web que pueden llamar a la API, separadas por comas; * son todas, sin sesión."},
	{Name: "DATABASE_URL", For: ForServer, Default: "tickets.db", Example: "postgres://usuario:clave@servidor/base", Secrecy: Holds, Help: "Base de datos: un archivo SQLite o una dirección de PostgreSQL."}, //nolint:gosec // an example
	{Name: "CARPETA_FOTOS", For: ForServer, Default: "fotos_evidencia", Example: "fotos_evidencia", Help: "Carpeta de las fotos."},
	{Name: "PANEL_USUARIO", For: ForServer, Example: "ana", Help: "Nombre del primer usuario del panel, solo en una base de datos vacía y junto con PANEL_CLAVE. Sin ellas se llama admin, con una clave que se imprime una vez."},
	{Name: "PANEL_CLAVE", For: ForServer, Secrecy: Secret, Help: "Clave del primer usuario, de 10 caracteres o más."},
	{Name: "PANEL_LOGIN", For: ForServer, Default: "on", Example: "on", Help: "off deja el panel abierto, sin usuario ni clave: solo para una red cerrada."},
	{Name: "PANEL_DIR", For: ForServer, Hidden: true, Help: "Carpeta de la que se sirve el panel, para quien lo programa."},
	{Name: "PROXIES_CONFIABLES", For: ForServer, Example: "127.0.0.1", Help: "Proxies inversos delante del panel, por dirección o red: solo a ellos se les cree X-Forwarded-For."},
	{Name: "TICKET_POR_MENSAJE", For: ForServer, Default: "off", Example: "off", Help: "on crea un ticket por mensaje en vez de juntar la conversación en uno."},
	{Name: "AVISOS_RED_LOCAL", For: ForServer, Default: "off", Example: "on", Help: "on deja que los avisos vayan a esta máquina y a redes privadas (un Gotify o un servidor de correo propios)."},
	{Name: "AVISO_SILENCIO", For: ForServer, Default: defaultSilence, Example: "10m", Help: "Cuánto puede callar la laptop, o faltar WhatsApp, antes de que el panel avise (5m, 1h; 0 es nunca)."},
	{Name: "ENVIOS_POR_MINUTO", For: ForServer, Default: strconv.Itoa(DefaultSendsPerMinute), Example: "20", Help: "Respuestas que salen como mucho en un minuto; 0 quita el límite. Muchas de golpe pueden costarle el número."},

	{Name: "LLM_URL", For: ForServer, Example: "http://localhost:11434/v1", Help: "Modelo de lenguaje, opcional: cualquier API como la de OpenAI. Vea docs/CLASSIFICATION.md."},
	{Name: "LLM_MODEL", For: ForServer, Example: "qwen3", Help: "Nombre de ese modelo."},
	{Name: "LLM_KEY", For: ForServer, Secrecy: Secret, Help: "Clave de ese modelo, si la pide."},
	{Name: "LLM_USO", For: ForServer, Default: UseWhenUnsure, Example: UseWhenUnsure, Help: "Cuándo elige la categoría ese modelo: duda (solo si el clasificador propio no está seguro), siempre o no."},
	{Name: "TRANSCRIPCION_MODELO", For: ForServer, Example: "whisper-1", Help: "Modelo que transcribe las notas de voz, opcional: se encienden con él."},
	{Name: "TRANSCRIPCION_URL", For: ForServer, Example: "http://localhost:8000/v1", Help: "Dónde está; sin ella se usan LLM_URL y LLM_KEY."},
	{Name: "TRANSCRIPCION_KEY", For: ForServer, Secrecy: Secret, Help: "Su clave, si la pide."},

	{Name: "RESPALDO", For: ForServer, Default: "respaldos", Example: "s3://CLAVE:SECRETO@servidor/cubeta/carpeta", Secrecy: Holds, Help: "Respaldo de cada día: una carpeta, s3://… u off. Una carpeta en el mismo disco no salva de perder el disco."},
	{Name: "RESPALDO_HORA", For: ForServer, Default: "3", Example: "3", Help: "Hora desde la que se hace, de 0 a 23, según el reloj de la máquina."},
	{Name: "RESPALDO_AGE", For: ForServer, Example: "age1…", Help: "Clave pública de age (age1…) con la que se cifra; solo quien tenga la otra mitad puede restaurar."},

	{Name: "GRUPOS", For: ForBridge, Default: "off", Example: "on", Help: "on convierte también en tickets los mensajes de los grupos."},
	{Name: "QR_SIMPLE", For: ForBridge, Default: "off", Example: "on", Help: "on dibuja el código QR solo con letras, para terminales que lo muestran mal."},
	{Name: "NIVEL_LOG", For: both, Default: "info", Example: "debug", Help: "Detalle del registro: debug, info, warn o error. En debug aparecen textos de mensajes."},

	{Name: "METRICAS_TOKEN", For: both, Secrecy: Secret, Help: "Secreto con el que Prometheus lee /metrics, distinto de API_TOKEN. Sin él, /metrics solo contesta en esta misma máquina."},

	{Name: "COMPOSE_PROFILES", For: ForCompose, Example: "https", Help: "Solo con Docker: qué más arranca, separado por comas. https pone Caddy con certificados delante del panel; puente, un puente sin laptop; backup copia la base de datos sin pausa; monitoring pone Prometheus y Grafana (pide METRICAS_TOKEN)."},
	{Name: "DOMINIO", For: ForServer | ForCompose, Example: "tickets.ejemplo.com", Help: "Solo con Docker y https: el nombre del servidor en internet; sin él, localhost."},
	{Name: "COPIA_SERVIDOR", For: ForCompose, Example: "https://s3.ejemplo.com", Help: "Solo con Docker y backup: servidor S3 al que va cada cambio de la base de datos."},
	{Name: "COPIA_CUBETA", For: ForCompose, Example: "cubeta", Help: "Su cubeta."},
	{Name: "COPIA_CARPETA", For: ForCompose, Default: "mostrador", Example: "mostrador", Help: "Carpeta dentro de ella; cada servidor usa la suya."},
	{Name: "COPIA_REGION", For: ForCompose, Default: "us-east-1", Example: "us-east-1", Help: "Su región."},
	{Name: "COPIA_CLAVE", For: ForCompose, Secrecy: Secret, Help: "Su clave de acceso."},
	{Name: "COPIA_SECRETO", For: ForCompose, Secrecy: Secret, Help: "El secreto de esa clave."},
}

// outsiders are variables that others read: they are nobody's mistake.
var outsiders = []string{
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "TZ", "LANG", "LC_ALL", "LC_CTYPE",
	"GOGC", "GOMEMLIMIT", "GODEBUG", "VERSION", "COMPOSE_PROJECT_NAME", "COMPOSE_FILE",
}

// fileSuffix makes the name of the variable that names a secret's file.
const fileSuffix = "_FILE"

// Variables returns what the programs in who read, in the order people read them.
func Variables(who Program) []Variable {
	var chosen []Variable
	for _, v := range variables {
		if v.For&who != 0 {
			chosen = append(chosen, v)
		}
	}
	return chosen
}

// InFile reports whether NAME_FILE may stand for the variable.
func (v Variable) InFile() bool { return v.Secrecy != Public && v.For != ForCompose }

func variable(name string) Variable {
	if i := slices.IndexFunc(variables, func(v Variable) bool { return v.Name == name }); i >= 0 {
		return variables[i]
	}
	return Variable{Name: name}
}
