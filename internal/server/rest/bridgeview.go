package rest

import (
	"cmp"
	"time"

	"mostrador/internal/address"
	"mostrador/internal/server/store"
	"mostrador/internal/server/watch"
	"mostrador/internal/wire"
)

// Bridge is the state of the bridge as the panel reads it. What only beats
// can tell is null without them.
type Bridge struct {
	Reachable bool   `json:"alcanzable"` // it gave a sign of life lately, or answers now
	WhatsApp  string `json:"whatsapp"`
	State     string `json:"estado"`
	Reason    string `json:"motivo"`
	Solution  string `json:"solucion"`
	Problem   string `json:"problema"` // what is wrong beside WhatsApp
	URL       string `json:"laptop_url"`

	Link      string     `json:"enlace" enum:"inverso,directo,ninguno" doc:"Por dónde llama el servidor a la laptop: por el enlace que ella abrió, a su dirección, o por ninguna parte."`
	LinkSince *time.Time `json:"enlace_desde"`
	LinkNote  string     `json:"enlace_motivo" doc:"Por qué la laptop no tiene el enlace, según ella."`

	LastBeat *time.Time `json:"ultima_senal"`
	Account  string     `json:"cuenta"`
	Version  string     `json:"version"`
	Library  string     `json:"version_whatsmeow"`
	Clock    *float64   `json:"diferencia_reloj"` // seconds the laptop's clock is ahead
	Started  *time.Time `json:"en_marcha_desde"`

	Received  *int64     `json:"recibidos"` // since the bridge started
	Delivered *int64     `json:"entregados"`
	Queue     int        `json:"cola_pendiente"`
	Oldest    *time.Time `json:"cola_mas_antiguo"` // since when the oldest has waited
	Files     int        `json:"cola_archivos"`
	Damaged   int        `json:"cola_danados"`
	Parked    int        `json:"cola_apartados"`

	Tray        []Parked   `json:"apartados"` // the oldest of those parked
	Replies     int64      `json:"respuestas_en_cola"`
	OldestReply *time.Time `json:"respuesta_mas_antigua"`
	Alerts      []Alert    `json:"alertas"`
}

// Values of Bridge.Link.
const (
	linkReverse = "inverso"
	linkDirect  = "directo"
	linkNone    = "ninguno"
)

// Parked is a message that the server refused, as the panel reads it.
type Parked struct {
	Key    string    `json:"clave"`
	Name   string    `json:"nombre"`
	Phone  string    `json:"telefono"`
	Hidden bool      `json:"numero_oculto"`
	Text   string    `json:"contenido"`
	Reason string    `json:"motivo"`
	At     time.Time `json:"recibido"`
}

// Alert is an open alert as the panel reads it.
type Alert struct {
	ID       int64     `json:"id"`
	Kind     string    `json:"tipo"`
	Sentence string    `json:"mensaje"`
	Solution string    `json:"solucion"`
	Since    time.Time `json:"desde"`
}

// alertNames are the kinds of alerts as the panel reads them.
var alertNames = map[string]string{store.AlertSilence: "silencio", watch.KindWhatsApp: "whatsapp", watch.KindProblem: "problema", store.AlertBackup: "respaldo"}

// addBeat puts what the last beat said into v. What it said of WhatsApp counts
// only while it is fresh.
func (v *Bridge) addBeat(b store.Beat, fresh bool) {
	r := b.Report
	if v.Reachable = fresh; fresh {
		v.State, v.Reason, v.Solution, v.Problem = b.State, r.Reason, r.Solution, cmp.Or(v.Problem, b.Problem)
		v.WhatsApp = whatsAppName(b.Connected)
	}
	if v.LinkSince == nil {
		v.LinkNote = r.Link
	}
	clock := r.Ahead.Seconds()
	v.LastBeat, v.Account, v.Version, v.Library, v.Clock = moment(b.At), address.Display(r.Account), r.Version, r.Library, &clock
	v.Started = ago(b.At, r.Uptime)
	v.Received, v.Delivered, v.Queue, v.Files, v.Damaged, v.Parked = &r.Received, &r.Delivered, r.Waiting, r.Files, r.Damaged, r.Parked
	if r.Waiting > 0 {
		v.Oldest = ago(b.At, r.Oldest)
	}
	for _, p := range r.Tray {
		phone := ""
		if sender, err := address.Parse(p.Sender); err == nil {
			phone = sender.Phone()
		}
		v.Tray = append(v.Tray, Parked{
			Key: p.Key, Name: p.Name, Phone: address.Display(phone), Hidden: phone == "", Text: p.Text, Reason: p.Reason, At: p.At,
		})
	}
}

// addHealth puts the bridge's own answer into v: the bridge works, whether or
// not its beats arrive.
func (v *Bridge) addHealth(h wire.BridgeHealth, now time.Time) {
	v.Reachable, v.WhatsApp, v.State, v.Reason, v.Solution = true, h.WhatsApp, h.State, h.Reason, h.Solution
	v.Queue, v.Parked, v.Oldest = h.Queue, h.Parked, nil
	if h.Queue > 0 && h.OldestQueue > 0 {
		v.Oldest = ago(now, seconds(h.OldestQueue))
	}
	if v.LastBeat != nil {
		v.Problem = "La laptop contesta, pero sus señales no llegan a este servidor: revise SERVER_URL y la red en la laptop."
	}
}

// seconds is s as a duration; a bridge's nonsense becomes a century.
func seconds(s float64) time.Duration {
	const century = 100 * 365 * 24 * 3600
	return time.Duration(min(s, century) * float64(time.Second))
}

func whatsAppName(connected bool) string {
	if connected {
		return wire.Connected
	}
	return wire.Disconnected
}

func ago(now time.Time, d time.Duration) *time.Time {
	return moment(now.Add(-max(d, 0)))
}

func viewAlerts(open []store.Alert) []Alert {
	views := make([]Alert, 0, len(open))
	for _, a := range open {
		views = append(views, Alert{ID: a.ID, Kind: alertNames[a.Kind], Sentence: a.Sentence, Solution: a.Solution, Since: a.Since.UTC()})
	}
	return views
}
