package checkup

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"mostrador/internal/config"
	"mostrador/internal/doctor"
	"mostrador/internal/wire"
)

// slow is how long messages and replies may wait before it is said.
const slow = 10 * time.Minute

// passing are states of the bridge's session that end by themselves, or by what
// somebody does on the phone.
var passing = []string{"iniciando", "vinculando", "passkey", "conectando", "degradado", "limitado"}

const notRunning = "El servidor no está en marcha."

// known is what the server that runs knows of the bridge.
type known struct {
	Reachable   bool       `json:"alcanzable"`
	WhatsApp    string     `json:"whatsapp"`
	State       string     `json:"estado"`
	Reason      string     `json:"motivo"`
	Solution    string     `json:"solucion"`
	Problem     string     `json:"problema"`
	LastBeat    *time.Time `json:"ultima_senal"`
	Library     string     `json:"version_whatsmeow"`
	Clock       *float64   `json:"diferencia_reloj"`
	Queue       int        `json:"cola_pendiente"`
	Parked      int        `json:"cola_apartados"`
	Damaged     int        `json:"cola_danados"`
	Replies     int64      `json:"respuestas_en_cola"`
	OldestReply *time.Time `json:"respuesta_mas_antigua"`
}

// ask returns what the running server knows, or false if none tells.
func (e *examiner) ask(ctx context.Context) (known, bool) {
	var k known
	return k, e.running(ctx) && e.state(ctx).Decode(&k)
}

// callBridge is what to do when the bridge is not reached.
const callBridge = "Revise que la laptop esté encendida con el puente abierto y, si la llama sin enlace, IP_LAPTOP, PUERTO_LAPTOP y su firewall. Ejecute allí «bridge doctor»."

// laptop finds out whether replies reach the bridge, and it takes our token.
func (e *examiner) laptop(ctx context.Context) doctor.Finding {
	if e.running(ctx) && e.ill(ctx) == "" {
		switch a := e.way(ctx); {
		case a.Err == nil && a.Status == http.StatusOK:
			return doctor.OK("El puente contesta y acepta el token de este servidor.")
		case a.Status == http.StatusUnauthorized:
			return doctor.Skip("El servidor en marcha tiene otro token.")
		default:
			return doctor.Fail(a.Detail("El servidor no alcanza el puente."), callBridge)
		}
	}
	return e.straight(ctx)
}

// straight finds out the same without a server that runs, and so without a link.
func (e *examiner) straight(ctx context.Context) doctor.Finding {
	if e.Config.BridgeURL == "" && e.Config.Link == config.LinkDirect {
		return doctor.Warn("IP_LAPTOP no está puesta: el servidor no llama a la laptop.", "Ponga la dirección IP o el nombre de la laptop, o quite ENLACE=directo.")
	}
	if e.Config.BridgeURL == "" || e.Config.Link == config.LinkReverse {
		return doctor.Skip("La laptop abre su enlace cuando el servidor está en marcha.")
	}
	switch a := e.bridge(ctx); {
	case a.Err != nil:
		why, _ := doctor.Reason(a.Err, "IP_LAPTOP")
		return doctor.Fail(why, callBridge)
	case a.Status == http.StatusUnauthorized:
		return doctor.Fail("El puente rechaza el API_TOKEN de este servidor.", "Ponga el mismo en los dos archivos .env y reinicie los dos programas.")
	case a.Status == http.StatusOK:
		return doctor.OK("El puente contesta y acepta el token de este servidor.")
	case a.Status == http.StatusNotFound:
		return doctor.Skip("En IP_LAPTOP contesta un puente de otra versión, u otro programa.")
	}
	return doctor.Fail("En IP_LAPTOP contesta algo que no es el puente.", callBridge)
}

// signs finds out whether the bridge reaches this server.
func (e *examiner) signs(ctx context.Context) doctor.Finding {
	k, told := e.ask(ctx)
	switch {
	case !told:
		return doctor.Skip(notRunning)
	case k.LastBeat == nil:
		return doctor.Warn("La laptop nunca ha dado señales de vida.", "En la laptop, revise SERVER_URL y API_TOKEN, y ejecute «bridge doctor».")
	}
	age := doctor.Span(max(e.Now().Sub(*k.LastBeat), 0))
	if !k.Reachable || e.Now().Sub(*k.LastBeat) > slow {
		return doctor.Fail("La última señal de la laptop llegó hace "+age+".", "Despierte la laptop, revise su red y ejecute allí «bridge doctor». Los mensajes esperan.")
	}
	if k.Problem != "" {
		return doctor.Warn(k.Problem, "Ejecute «bridge doctor» en la laptop.")
	}
	return doctor.OK("La laptop dio señales hace " + age + ".")
}

// clock compares with the laptop's.
func (e *examiner) clock(ctx context.Context) doctor.Finding {
	if k, told := e.ask(ctx); told && k.Clock != nil {
		return doctor.ClockAhead(time.Duration(*k.Clock*float64(time.Second)), "de la laptop")
	}
	if e.Config.BridgeURL == "" {
		return doctor.Skip("Sin la laptop no hay con qué comparar el reloj.")
	}
	return doctor.Clock(e.bridge(ctx), "de la laptop")
}

// whatsApp is what the bridge says of its session.
func (e *examiner) whatsApp(ctx context.Context) doctor.Finding {
	k, told := e.ask(ctx)
	found := strings.TrimSpace("El estado es «" + k.State + "». " + k.Reason)
	do := cmp.Or(k.Solution, "Espere un minuto y repita la revisión.")
	switch {
	case !told:
		return doctor.Skip(notRunning)
	case !k.Reachable:
		return doctor.Skip("La laptop no contesta.")
	case k.WhatsApp == wire.Connected && k.Reason == "":
		return doctor.OK("Vinculado y conectado.")
	case k.WhatsApp == wire.Connected, slices.Contains(passing, k.State):
		return doctor.Warn(found, do)
	}
	return doctor.Fail(found, do)
}

func (e *examiner) library(ctx context.Context) doctor.Finding {
	k, told := e.ask(ctx)
	if !told || k.Library == "" {
		return doctor.Skip("La laptop no ha dicho qué versión tiene.")
	}
	return doctor.Age(k.Library, e.Now())
}

// queues finds out whether something is held up.
func (e *examiner) queues(ctx context.Context) doctor.Finding {
	k, told := e.ask(ctx)
	if !told {
		return doctor.Skip(notRunning)
	}
	var found, do []string
	if k.Replies > 0 {
		found = append(found, doctor.Plural(int(k.Replies), "respuesta espera", "respuestas esperan")+" para salir.")
		if k.OldestReply != nil && e.Now().Sub(*k.OldestReply) > slow {
			do = append(do, "Salen solas en cuanto la laptop y WhatsApp contesten.")
		}
	}
	if k.Queue > 0 {
		found = append(found, doctor.Plural(k.Queue, "mensaje espera", "mensajes esperan")+" en la laptop.")
	}
	if k.Parked > 0 {
		found = append(found, doctor.Plural(k.Parked, "mensaje apartado", "mensajes apartados")+" en la laptop.")
		do = append(do, "Lea los motivos en «WhatsApp» del panel, y reintente.")
	}
	if k.Damaged > 0 {
		found = append(found, doctor.Plural(k.Damaged, "archivo dañado", "archivos dañados")+" en la laptop.")
		do = append(do, "Ejecute allí «bridge queue export».")
	}
	return doctor.Sum(found, do, "Nada espera.")
}
