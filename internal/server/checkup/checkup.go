// Package checkup is what «server doctor» looks at.
//
// Its one rule: it changes nothing, and asks a server that runs what only that one
// knows.
package checkup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mostrador/internal/config"
	"mostrador/internal/doctor"
	"mostrador/internal/httpx"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// Options is what there is to look at.
type Options struct {
	Config config.Server
	Report config.Report
	Now    func() time.Time
	Free   func(path string) (int64, error) // disk.Free
	// Newest is when the newest copy was made, or CodeNotFound; nil if nobody wants
	// copies.
	Newest func(ctx context.Context) (time.Time, error)
	Panel  *http.Client // for DOMINIO; nil: directly
}

// shelfTime is what the place of the copies, which may be far away, has to answer.
const shelfTime = 20 * time.Second

// checkFile is what to do about a SQLite file that is not damaged.
const checkFile = "Revise DATABASE_URL, que el archivo se pueda leer y que ningún otro programa lo tenga bloqueado; después, repita «server doctor»."

// examiner asks each thing once, however many checks want to know.
type examiner struct {
	Options
	own    func(context.Context) doctor.Answer // health of the server that runs here
	state  func(context.Context) doctor.Answer // what it knows of the bridge
	way    func(context.Context) doctor.Answer // what became of its calling the bridge
	bridge func(context.Context) doctor.Answer // the bridge, called from here
}

// Checks returns what is looked at, in the order of the report.
func Checks(o Options) []doctor.Check {
	e := &examiner{Options: o}
	caller := doctor.Caller{Token: o.Config.Token, Now: o.Now}
	ask := func(base, path string, withToken bool) func(context.Context) doctor.Answer {
		return doctor.Once(func(ctx context.Context) doctor.Answer { return caller.Ask(ctx, base+path, withToken) })
	}
	here := doctor.Here(o.Config.Address)
	e.own, e.state, e.way = ask(here, wire.PathHealth, false), ask(here, wire.PathState, true), ask(here, wire.PathWay, true)
	e.bridge = ask(o.Config.BridgeURL, wire.PathParked, true)
	return []doctor.Check{
		{Name: "Configuración", Look: func(context.Context) doctor.Finding { return doctor.Configuration(o.Report) }},
		{Name: "Token", Look: func(context.Context) doctor.Finding { return doctor.Token(o.Config.Token) }},
		{Name: "Panel", Look: e.panel},
		{Name: "Programa", Look: e.program},
		{Name: "Base de datos", Look: e.database},
		{Name: "Respaldo", Look: e.copies},
		{Name: "Disco", Look: func(context.Context) doctor.Finding { return doctor.Room(o.Free, e.folders()...) }},
		{Name: "Permisos", Look: e.permissions},
		{Name: "Cifrado", Look: e.encryption},
		{Name: "Laptop", Look: e.laptop},
		{Name: "Señales", Look: e.signs},
		{Name: "Reloj", Look: e.clock},
		{Name: "WhatsApp", Look: e.whatsApp},
		{Name: "Biblioteca", Look: e.library},
		{Name: "Colas", Look: e.queues},
	}
}

func (e *examiner) panel(context.Context) doctor.Finding {
	if e.Config.PanelOpen {
		return doctor.Warn("PANEL_LOGIN=off: quien alcance esta dirección lee y contesta todo.", "Quite PANEL_LOGIN=off si la red no es cerrada.")
	}
	return doctor.OK("Pide usuario y clave.")
}

// running reports whether a server of ours answers here, though it may be ill.
func (e *examiner) running(ctx context.Context) bool {
	if doctor.Here(e.Config.Address) == "" {
		return false
	}
	a := e.own(ctx)
	var health wire.ServerHealth
	return a.Decode(&health) && health.Status == "ok" || e.ill(ctx) != ""
}

// ill is why the server that runs cannot work, "" if it can or none runs.
func (e *examiner) ill(ctx context.Context) string {
	a := e.own(ctx)
	var down wire.ServerDown
	if a.Err == nil && a.Status == http.StatusServiceUnavailable && (doctor.Answer{Status: http.StatusOK, Body: a.Body}).Decode(&down) {
		return down.Message
	}
	return ""
}

// program finds out whether the server runs, or could.
func (e *examiner) program(ctx context.Context) doctor.Finding {
	switch {
	case doctor.Here(e.Config.Address) == "":
		return doctor.Skip("Con PUERTO=0 no se sabe dónde preguntar.")
	case !e.running(ctx):
		return doctor.Port(ctx, e.Config.Address, "server", "PUERTO")
	case e.ill(ctx) != "":
		return doctor.Fail("En marcha, pero no puede trabajar: "+e.ill(ctx), "Vea abajo la base de datos y el disco.")
	case e.state(ctx).Status == http.StatusUnauthorized:
		return doctor.Fail("El servidor en marcha tiene otro API_TOKEN que esta configuración.", "Reinicie el servidor.")
	}
	return doctor.OK("En marcha.")
}

// remote reports whether the database is a PostgreSQL.
func (e *examiner) remote() bool { return strings.Contains(e.Config.DatabaseURL, "://") }

// hurried is the database's address with the time a PostgreSQL has to let somebody
// in, unless it says that itself.
func hurried(address string) string {
	const option = "connect_timeout="
	switch {
	case !strings.Contains(address, "://"), strings.Contains(address, option):
		return address
	case strings.Contains(address, "?"):
		return address + "&" + option + "10"
	}
	return address + "?" + option + "10"
}

// database finds out whether the data are whole and of this program.
func (e *examiner) database(ctx context.Context) doctor.Finding {
	found, err := store.Examine(ctx, hurried(e.Config.DatabaseURL), true)
	switch {
	case ctx.Err() != nil && (found.Engine != "" || !e.remote()):
		return doctor.Skip("Es tan grande que no se alcanzó a revisar entera.")
	case ticket.CodeOf(err) == ticket.CodeNotFound:
		return doctor.Skip("Todavía no hay base de datos: se crea al arrancar.")
	case err != nil:
		return e.unreadable(err)
	case found.Damage != "":
		return doctor.Fail("Está dañada.", "Detenga el servidor, copie el archivo aparte y ejecute «server restore ultimo --reemplazar».")
	case found.Schema > found.Known:
		return doctor.Fail("Es de una versión más nueva de este programa.", "Instale la versión nueva; con esta no se puede abrir sin perder datos.")
	case found.Schema < found.Known && found.Schema > 0 && e.running(ctx):
		return doctor.Warn("Es de una versión más vieja que este programa: lo que está en marcha es otra versión.", "Reinicie el servidor para actualizarla.")
	}
	return doctor.OK(describe(found))
}

// unreadable is the finding that the database could not be read because of err.
func (e *examiner) unreadable(err error) doctor.Finding {
	switch {
	case e.remote():
		return doctor.Fail("No se puede leer la base de datos.", "Revise DATABASE_URL, y que PostgreSQL esté en marcha y acepte ese usuario.")
	case damaged(err):
		return doctor.Fail("Está dañada, o no es una base de datos.", "Revise DATABASE_URL; si es ese archivo, detenga el servidor, cópielo aparte y ejecute «server restore ultimo --reemplazar».")
	case ticket.CodeOf(err) == ticket.CodeInternal:
		return doctor.Fail("No se puede leer la base de datos.", checkFile)
	}
	return doctor.Fail(httpx.Message(err), checkFile)
}

// damaged reports whether SQLite says that the file itself is at fault.
func damaged(err error) bool {
	const corrupt, notDatabase = 11, 26 // sqlite.org/rescode.html
	coded, ok := errors.AsType[interface {
		error
		Code() int
	}](err)
	return ok && (coded.Code()&0xff == corrupt || coded.Code()&0xff == notDatabase)
}

func describe(e store.Examination) string {
	text := fmt.Sprintf("%s, esquema %d", e.Engine, e.Schema)
	if e.Schema < e.Known {
		text = e.Engine + ", se actualiza al arrancar"
	}
	text += ", " + doctor.Size(e.Bytes) + ", " + doctor.Plural(int(e.Rows["tickets"]), "ticket", "tickets")
	if !e.Skipped {
		text += "; entera"
	}
	return text + "."
}

// copies finds out whether there is a copy to go back to.
func (e *examiner) copies(ctx context.Context) doctor.Finding {
	const old = 48 * time.Hour
	if e.Newest == nil {
		if e.remote() {
			return doctor.Skip("De PostgreSQL no hace respaldos este programa: use pg_dump.")
		}
		return doctor.Warn("RESPALDO está en off: nadie hace respaldos.", "Ponga una carpeta en otro disco, o una cubeta de S3.")
	}
	ctx, cancel := context.WithTimeout(ctx, shelfTime)
	defer cancel()
	at, err := e.Newest(ctx)
	switch {
	case ticket.CodeOf(err) == ticket.CodeNotFound && e.empty():
		return doctor.Skip("Todavía no hay nada que copiar.")
	case ticket.CodeOf(err) == ticket.CodeNotFound:
		return doctor.Warn("Todavía no hay ningún respaldo.", "Se hace uno cada día; ahora mismo, con «server backup».")
	case err != nil:
		return doctor.Fail("No se llega al lugar de los respaldos.", "Revise RESPALDO: la carpeta y sus permisos, o la dirección y las claves.")
	}
	age := max(e.Now().Sub(at), 0)
	if age > old {
		return doctor.Warn("El último respaldo es de hace "+doctor.Span(age)+".", "Pruebe «server backup»: dirá por qué no se hacen.")
	}
	return doctor.OK("El último es de hace " + doctor.Span(age) + ".")
}

// empty reports whether there is no database's file yet.
func (e *examiner) empty() bool {
	_, err := os.Stat(e.Config.DatabaseURL)
	return errors.Is(err, fs.ErrNotExist)
}

// folders are those that are written to.
func (e *examiner) folders() []string {
	folders := []string{e.Config.PhotoDir}
	if !e.remote() {
		folders = append(folders, filepath.Dir(e.Config.DatabaseURL))
	}
	if place := e.Config.Backup.Place; place != "" && !strings.Contains(place, "://") {
		folders = append(folders, place)
	}
	return folders
}

func (e *examiner) permissions(context.Context) doctor.Finding {
	private := []string{doctor.EnvFile(e.Config.Dir)}
	if database := e.Config.DatabaseURL; !e.remote() {
		private = append(private, database, database+"-wal")
	}
	return doctor.Permissions(e.folders(), private)
}

// encryption looks at the panel as a browser sees it from outside.
func (e *examiner) encryption(ctx context.Context) doctor.Finding {
	if e.Config.Domain == "" || e.Config.Domain == "localhost" {
		return doctor.OK("Sin DOMINIO el panel va sin HTTPS: solo para la red propia.")
	}
	address := "https://" + e.Config.Domain
	answer := doctor.Caller{Now: e.Now, Client: e.Panel}.Ask(ctx, address+wire.PathHealth, false)
	return doctor.Encryption(address, "DOMINIO", answer, e.Now())
}

// Facts are figures for the bundle.
func Facts(o Options) func(ctx context.Context) any {
	return func(ctx context.Context) any {
		found, _ := store.Examine(ctx, hurried(o.Config.DatabaseURL), false) // what could be counted
		return struct {
			Database store.Examination `json:"base_de_datos"`
		}{found}
	}
}
