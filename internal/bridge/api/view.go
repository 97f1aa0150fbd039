package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"strings"
	"time"
)

// view is what the page shows; its keys are the ones the page's script knows.
type view struct {
	Title     string `json:"titulo"`
	Tone      string `json:"tono"` // bien, espera or mal
	Reason    string `json:"motivo"`
	Solution  string `json:"solucion"`
	Account   string `json:"cuenta"`
	Recovered int    `json:"recuperados"`

	QR             string `json:"qr"` // changes with the code; empty without one
	QRSeconds      int    `json:"qr_segundos"`
	Code           string `json:"codigo"`
	Passkey        string `json:"passkey"` // what to paste on web.whatsapp.com
	PasskeySeconds int    `json:"passkey_segundos"`
	PasskeyCode    string `json:"passkey_codigo"`

	Server     string `json:"servidor"`
	ServerTone string `json:"servidor_tono"`
	Link       string `json:"enlace"`
	Waiting    int    `json:"esperan"`
	Oldest     string `json:"espera_desde"`
	Files      int    `json:"fotos"`
	Parked     int    `json:"apartados"`
	ParkedWhy  string `json:"apartados_motivo"`
	Damaged    int    `json:"danados"`
	Version    string `json:"version"`
}

// heading is how a state is put to people.
type heading struct{ title, tone string }

const (
	toneGood = "bien"
	toneWait = "espera"
	toneBad  = "mal"
)

var headings = map[string]heading{
	"iniciando":      {"Iniciando", toneWait},
	"vinculando":     {"Falta vincular el teléfono", toneWait},
	"passkey":        {"WhatsApp pide una llave de acceso", toneWait},
	"conectando":     {"Conectando con WhatsApp", toneWait},
	"conectado":      {"Conectado", toneGood},
	"degradado":      {"Conectado, pero WhatsApp no contesta", toneWait},
	"limitado":       {"Conectado, con límites de WhatsApp", toneWait},
	"sin_espacio":    {"No se puede escribir en el disco", toneBad},
	"sesion_cerrada": {"La sesión se cerró", toneBad},
	"reemplazado":    {"Otro programa usa esta sesión", toneBad},
	"suspendido":     {"WhatsApp suspendió la cuenta por un tiempo", toneBad},
	"desactualizado": {"Hace falta una versión más nueva", toneBad},
	"rechazado":      {"WhatsApp rechaza la conexión", toneBad},
	"detenido":       {"Detenido", toneBad},
}

// shownReasons is how many parked messages' reasons the page shows.
const shownReasons = 3

func (a *api) view() view {
	s := a.Status()
	head, ok := headings[s.State]
	if !ok {
		head = heading{s.State, toneWait}
	}
	v := view{
		Title: head.title, Tone: head.tone, Reason: s.Reason, Solution: s.Solution,
		Code: s.Code, Waiting: s.Waiting, Files: s.Files, Parked: s.Parked, Damaged: s.Damaged,
		Version: a.Version, Recovered: s.Recovered,
	}
	if s.Account != "" {
		v.Account = "+" + s.Account
	}
	if s.QR != "" {
		v.QR, v.QRSeconds = version(s.QR), a.secondsTo(s.QRExpires)
	}
	if p := s.Passkey; p != nil {
		v.PasskeySeconds, v.PasskeyCode = a.secondsTo(p.Expires), p.Code
		if p.Code == "" { // not answered yet
			v.Passkey = snippet(p.PublicKey)
		}
	}
	if s.Waiting > 0 {
		v.Oldest = "El más antiguo, desde hace " + Span(a.waited(s)) + "."
	}
	if s.Parked > 0 {
		var reasons []string
		for _, p := range a.Parked(shownReasons) {
			reasons = append(reasons, p.Reason)
		}
		v.ParkedWhy = strings.Join(reasons, " · ")
	}
	v.Server, v.ServerTone = a.serverLine(s)
	v.Link = a.linkLine(s)
	return v
}

func (a *api) serverLine(s Status) (text, tone string) {
	switch {
	case s.ServerError != "" && s.ServerReachable:
		return s.ServerError, toneBad
	case s.ServerError != "":
		return s.ServerError + " Los mensajes esperan y salen solos.", toneBad
	case !s.ServerReachable:
		return "Buscando el servidor.", toneWait
	case s.ServerSuccess.IsZero():
		return "El servidor contesta.", toneGood
	}
	return "El servidor recibe los mensajes; el último, hace " + Span(a.Now().Sub(s.ServerSuccess)) + ".", toneGood
}

func (a *api) linkLine(s Status) string {
	switch {
	case !s.LinkSince.IsZero():
		return "Enlace abierto desde hace " + Span(a.Now().Sub(s.LinkSince)) + ": las respuestas llegan por él."
	case s.LinkReason != "":
		return "Sin enlace. " + s.LinkReason
	}
	return ""
}

func (a *api) secondsTo(t time.Time) int {
	return int(math.Ceil(max(0, t.Sub(a.Now()).Seconds())))
}

// version tells one code from the next without being the code.
func version(text string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	return strconv.FormatUint(h.Sum64(), 36)
}

// Span says a duration roughly, in Spanish.
func Span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return Plural(int(d.Seconds()), "segundo", "segundos")
	case d < time.Hour:
		return Plural(int(d.Minutes()), "minuto", "minutos")
	case d < 48*time.Hour:
		return Plural(int(d.Hours()), "hora", "horas")
	}
	return Plural(int(d.Hours()/24), "día", "días")
}

// Plural is n with the word that goes with it.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// snippet is the program that answers the demand in a browser on WhatsApp's own
// page; "" if WhatsApp's demand is not JSON. JSON that HTMLEscape went over is
// also JavaScript.
func snippet(publicKey json.RawMessage) string {
	var compact, escaped bytes.Buffer
	if err := json.Compact(&compact, publicKey); err != nil {
		return ""
	}
	json.HTMLEscape(&escaped, compact.Bytes())
	return strings.Replace(readPage("passkey.js"), "PUBLIC_KEY", escaped.String(), 1)
}
