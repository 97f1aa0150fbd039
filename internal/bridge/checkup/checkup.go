// Package checkup is what «bridge doctor» looks at.
//
// Its one rule: it changes nothing, and takes nothing away from a bridge that runs
// meanwhile.
package checkup

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/config"
	"mostrador/internal/doctor"
	"mostrador/internal/wire"
)

// Options is what there is to look at.
type Options struct {
	Config  config.Bridge
	Report  config.Report
	Session string // folder
	Queue   string // folder
	Library string // version of the WhatsApp library
	Now     func() time.Time
	Free    func(path string) (int64, error) // disk.Free
	Server  *http.Client                     // nil: directly
	// WhatsApp is the way to WhatsApp; nil: Go's own, with its proxies.
	WhatsApp *http.Client
}

// whatsAppSite is what must be within reach for pairing and messages.
const whatsAppSite = "https://web.whatsapp.com/"

// examiner asks each thing once, whatever how many checks want to know.
type examiner struct {
	Options
	server func(context.Context) doctor.Answer // the server's health
	who    func(context.Context) doctor.Answer // whether it takes the token
	way    func(context.Context) doctor.Answer // whether it reaches this bridge
	own    func(context.Context) doctor.Answer // the bridge that runs here
}

// Checks returns what is looked at, in the order of the report.
func Checks(o Options) []doctor.Check {
	e := &examiner{Options: o}
	caller := doctor.Caller{Token: o.Config.Token, Now: o.Now, Client: o.Server}
	ask := func(path string, withToken bool) func(context.Context) doctor.Answer {
		return doctor.Once(func(ctx context.Context) doctor.Answer {
			return caller.Ask(ctx, o.Config.ServerURL+path, withToken)
		})
	}
	e.server, e.who, e.way = ask(wire.PathHealth, false), ask(wire.PathWho, true), ask(wire.PathWay, true)
	e.own = doctor.Once(func(ctx context.Context) doctor.Answer {
		local := doctor.Caller{Token: o.Config.Token, Now: o.Now}
		return local.Ask(ctx, doctor.Here(o.Config.Address)+wire.PathHealth, true)
	})
	return []doctor.Check{
		{Name: "Configuración", Look: func(context.Context) doctor.Finding { return doctor.Configuration(o.Report) }},
		{Name: "Token", Look: func(context.Context) doctor.Finding { return doctor.Token(o.Config.Token) }},
		{Name: "Servidor", Look: e.reach},
		{Name: "Mismo token", Look: e.sameToken},
		{Name: "Cifrado", Look: e.encryption},
		{Name: "Vuelta", Look: e.back},
		{Name: "Reloj", Look: e.clock},
		{Name: "Programa", Look: e.program},
		{Name: "Sesión", Look: e.session},
		{Name: "WhatsApp", Look: e.whatsApp},
		{Name: "Biblioteca", Look: e.library},
		{Name: "Cola", Look: e.queue},
		{Name: "Disco", Look: func(context.Context) doctor.Finding { return doctor.Room(o.Free, o.Session, o.Queue) }},
		{Name: "Permisos", Look: e.permissions},
	}
}

const noAddress = "SERVER_URL no está bien puesta."

// reach finds out whether the server answers.
func (e *examiner) reach(ctx context.Context) doctor.Finding {
	if e.Config.ServerURL == "" {
		return doctor.Fail(noAddress, "Ponga la dirección del servidor, por ejemplo http://192.168.1.10:8523.")
	}
	a := e.server(ctx)
	var health wire.ServerHealth
	var down wire.ServerDown
	switch {
	case a.Err != nil:
		return doctor.Fail(doctor.Reason(a.Err, "SERVER_URL"))
	case a.Decode(&health) && health.Status == "ok":
		return doctor.OK("Contesta en " + e.Config.ServerURL + ".")
	case doctor.Answer{Status: http.StatusOK, Body: a.Body}.Decode(&down) && down.Status == "error":
		return doctor.Fail("El servidor contesta, pero no puede trabajar: "+down.Message, "Ejecute «server doctor» en el servidor.")
	}
	return doctor.Fail("En SERVER_URL contesta otro programa, o la dirección está incompleta.", "Ponga solo la dirección y el puerto, sin /webhook ni nada detrás.")
}

// sameToken finds out whether the server takes this bridge's token.
func (e *examiner) sameToken(ctx context.Context) doctor.Finding {
	switch a := e.who(ctx); {
	case e.Config.ServerURL == "" || a.Err != nil:
		return doctor.Skip("El servidor no contesta.")
	case a.Status == http.StatusOK:
		return doctor.OK("El servidor acepta el API_TOKEN de este puente.")
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden:
		return doctor.Fail("El servidor rechaza el API_TOKEN de este puente.", "Ponga el mismo en los dos archivos .env y reinicie los dos programas. Los mensajes esperan.")
	}
	return doctor.Skip("El servidor es de otra versión y no dice si acepta el token.")
}

func (e *examiner) encryption(ctx context.Context) doctor.Finding {
	if e.Config.ServerURL == "" {
		return doctor.Skip(noAddress)
	}
	return doctor.Encryption(e.Config.ServerURL, "SERVER_URL", e.server(ctx), e.Now())
}

// back has the server call this bridge, by whatever way it has.
func (e *examiner) back(ctx context.Context) doctor.Finding {
	a := e.way(ctx)
	switch {
	case e.Config.ServerURL == "" || a.Err != nil:
		return doctor.Skip("El servidor no contesta.")
	case a.Status == http.StatusOK:
		return doctor.OK("El servidor alcanza este puente: las respuestas pueden salir.")
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden:
		return doctor.Skip("El servidor rechaza el token.")
	case a.Status == http.StatusNotFound:
		return doctor.Skip("El servidor es de otra versión.")
	case e.running(ctx) == nil:
		return doctor.Skip("El puente no está en marcha.")
	}
	return doctor.Fail("El servidor no alcanza este puente. "+a.Detail(""), "La página local dice por qué no hay enlace. Si el servidor llama sin él, revise allí IP_LAPTOP y PUERTO_LAPTOP, y abra el puerto en el firewall de esta laptop. Las respuestas esperan.")
}

func (e *examiner) clock(ctx context.Context) doctor.Finding {
	return doctor.Clock(e.server(ctx), "del servidor")
}

// running is how the bridge that runs here is, nil if none answers.
func (e *examiner) running(ctx context.Context) *wire.BridgeHealth {
	var health wire.BridgeHealth
	if doctor.Here(e.Config.Address) == "" || !e.own(ctx).Decode(&health) || health.Status != "ok" || health.WhatsApp == "" {
		return nil
	}
	return &health
}

// program finds out whether the bridge runs, or could.
func (e *examiner) program(ctx context.Context) doctor.Finding {
	if doctor.Here(e.Config.Address) == "" {
		return doctor.Skip("Con PUERTO_LOCAL=0 no se sabe dónde preguntar.")
	}
	health := e.running(ctx)
	switch {
	case health != nil && health.Version == "":
		return doctor.Fail("El puente en marcha tiene otro API_TOKEN que esta configuración.", "Reinicie el puente.")
	case health != nil:
		return doctor.OK("En marcha desde hace " + doctor.Span(time.Duration(health.Uptime)*time.Second) + ".")
	}
	if seen, err := whatsapp.Inspect(ctx, e.Session); err == nil && seen.InUse {
		return doctor.Fail("El puente está abierto, pero no contesta en "+e.Config.Address+".", "Reinícielo; si cambió PUERTO_LOCAL o DIRECCION, también.")
	}
	return doctor.Port(ctx, e.Config.Address, "bridge", "PUERTO_LOCAL")
}

// troubles are the states of a session that do not pass by themselves.
var troubles = map[string]bool{
	string(whatsapp.StateLoggedOut): true, string(whatsapp.StateReplaced): true, string(whatsapp.StateBanned): true,
	string(whatsapp.StateOutdated): true, string(whatsapp.StateRefused): true, string(whatsapp.StateNoSpace): true,
}

// session finds out whether a phone is linked.
func (e *examiner) session(ctx context.Context) doctor.Finding {
	seen, err := whatsapp.Inspect(ctx, e.Session)
	if err != nil || seen.Damage != "" {
		return doctor.Fail("El archivo de la sesión no se puede leer o está dañado.", "Detenga el puente, guarde aparte la carpeta "+filepath.Base(e.Session)+" y vincule el teléfono de nuevo.")
	}
	if health := e.running(ctx); health != nil && health.State != "" {
		return judge(*health)
	}
	switch {
	case !seen.Exists, !seen.Paired:
		return doctor.Warn("Todavía no hay un teléfono vinculado.", "Arranque el puente y escanee el código QR con el teléfono.")
	case seen.InUse:
		return doctor.Skip("Hay un teléfono vinculado, pero el puente abierto no dice cómo está.")
	}
	return doctor.OK("Hay un teléfono vinculado. Si la sesión sigue abierta se sabe al arrancar.")
}

// judge is what a bridge says of its session.
func judge(h wire.BridgeHealth) doctor.Finding {
	found := strings.TrimSpace("El estado es «" + h.State + "». " + h.Reason)
	do := cmp.Or(h.Solution, "Espere un minuto y repita la revisión.")
	switch {
	case h.State == string(whatsapp.StateConnected):
		return doctor.OK("Vinculada y conectada.")
	case troubles[h.State]:
		return doctor.Fail(found, do)
	case h.State == string(whatsapp.StatePairing) && h.Solution == "":
		return doctor.Warn(found, "Escanee el código QR con el teléfono: está en la página del puente.")
	}
	return doctor.Warn(found, do)
}

// whatsApp finds out whether WhatsApp is within reach.
func (e *examiner) whatsApp(ctx context.Context) doctor.Finding {
	if health := e.running(ctx); health != nil && health.WhatsApp == wire.Connected {
		return doctor.OK("Hay conexión.")
	}
	client := e.WhatsApp
	if client == nil {
		client = http.DefaultClient
	}
	if a := (doctor.Caller{Now: e.Now, Client: client}).Ask(ctx, whatsAppSite, false); a.Status == 0 {
		return doctor.Fail("No se llega a "+whatsAppSite, "Revise la conexión a internet, la hora de esta máquina y, si hay un proxy, HTTPS_PROXY en el entorno.")
	}
	return doctor.OK("Se llega a WhatsApp.")
}

func (e *examiner) library(ctx context.Context) doctor.Finding {
	if health := e.running(ctx); health != nil && health.State == string(whatsapp.StateOutdated) {
		return doctor.Fail("WhatsApp ya no acepta esta versión. "+health.Reason, "Instale una versión nueva de Mostrador; los mensajes esperan.")
	}
	return doctor.Age(e.Library, e.Now())
}

func (e *examiner) permissions(context.Context) doctor.Finding {
	dir := e.Config.Dir
	private := []string{doctor.EnvFile(dir)}
	sessions, _ := filepath.Glob(filepath.Join(e.Session, "*")) // the pattern is right
	for _, path := range sessions {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && filepath.Ext(path) != ".lock" {
			private = append(private, path)
		}
	}
	return doctor.Permissions([]string{e.Session, e.Queue}, private)
}
