package original

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mostrador/internal/ticket"
)

// conversation makes messages of a row: what was said, or else the description,
// and a note with everything else the original knew.
func conversation(r row, c converted) []ticket.Message {
	said := history(r["historial_conversacion"], c.createdAt)
	if len(said) == 0 || said[0].Direction != ticket.DirectionIn {
		first := ticket.Message{Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: c.description, SentAt: c.createdAt}
		said = append([]ticket.Message{first}, said...)
	}
	key := keyOf(r)
	for i := range said {
		if said[i].Direction == ticket.DirectionIn {
			said[i].WhatsAppID = fmt.Sprintf("%s:%d", key, i)
		}
	}
	if note := details(r); note != "" {
		said = append(said, ticket.Message{Direction: ticket.DirectionNote, Kind: ticket.KindText, Body: note, SentAt: c.createdAt})
	}
	origin := fmt.Sprintf("Importado del sistema anterior, donde era el ticket %s.", r["id"])
	return append(said, ticket.Message{Direction: ticket.DirectionEvent, Kind: ticket.KindOther, Body: origin, SentAt: c.createdAt})
}

// fields are the second version's columns that go into the note.
var fields = []struct{ column, label string }{
	{"departamento", "Departamento"}, {"tipo_equipo", "Equipo"}, {"numero_activo", "Número de activo"}, {"falla_detallada", "Falla"},
	{"diagnostico_ia", "Diagnóstico de la IA"}, {"requiere_tecnico", "Requiere técnico"}, {"estado_conversacion", "Estado de la conversación"},
	{"log_file_path", "Archivo de registro"},
}

// details lists what the original knew and we have no column for.
func details(r row) string {
	var lines []string
	for _, f := range fields {
		value := strings.TrimSpace(r[f.column])
		if f.column == "requiere_tecnico" {
			value = yesNo(value)
		}
		if value != "" {
			lines = append(lines, f.label+": "+value)
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return "Datos del sistema anterior\n" + strings.Join(lines, "\n")
}

func yesNo(value string) string {
	switch strings.ToLower(value) {
	case "1", "true", "si", "sí":
		return "sí"
	case "0", "false", "no":
		return "no"
	}
	return value
}

// turn is one entry of the history, under the names that chat programs use.
type turn struct {
	Role, Rol, Sender, Remitente, De         string
	Content, Contenido, Text, Texto, Mensaje string
	Message, Timestamp, Fecha, Hora          string
}

// history reads the column historial_conversacion: JSON, or lines that may begin
// with who speaks. The turns that do not say when follow one another by a second.
func history(text string, from time.Time) []ticket.Message {
	text = strings.TrimSpace(text)
	if text == "" || text == "[]" || text == "{}" || strings.EqualFold(text, "null") {
		return nil
	}
	turns := jsonTurns(text)
	if turns == nil {
		turns = lineTurns(text)
	}
	var said []ticket.Message
	for i, t := range turns {
		body := strings.TrimSpace(cmp.Or(t.Content, t.Contenido, t.Text, t.Texto, t.Mensaje, t.Message))
		if body == "" {
			continue
		}
		at, ok := dateOf(cmp.Or(t.Timestamp, t.Fecha, t.Hora), from.Location())
		if !ok {
			at = from.Add(time.Duration(i) * time.Second)
		}
		m := ticket.Message{Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: body, SentAt: at}
		if speaksForUs(cmp.Or(t.Role, t.Rol, t.Sender, t.Remitente, t.De)) {
			m.Direction, m.Author, m.Delivery = ticket.DirectionOut, "Sistema anterior", ticket.DeliverySent
		}
		said = append(said, m)
	}
	return said
}

// jsonTurns reads a list of turns or of plain texts, nil for what is neither.
func jsonTurns(text string) []turn {
	var items []json.RawMessage
	if json.Unmarshal([]byte(text), &items) != nil {
		return nil
	}
	turns := []turn{}
	for _, item := range items {
		var t turn
		if json.Unmarshal(item, &t.Content) != nil && json.Unmarshal(item, &t) != nil {
			continue // a turn that is neither
		}
		turns = append(turns, t)
	}
	return turns
}

// lineTurns reads «Cliente: hola» and its like; a line without a known speaker
// goes on with what was said before.
func lineTurns(text string) []turn {
	var turns []turn
	for line := range strings.Lines(text) {
		who, body, ok := strings.Cut(strings.TrimSpace(line), ":")
		switch {
		case ok && (speaksForUs(who) || speaksAsCustomer(who)):
			turns = append(turns, turn{Role: who, Content: strings.TrimSpace(body)})
		case len(turns) > 0:
			turns[len(turns)-1].Content += "\n" + strings.TrimSpace(line)
		default:
			turns = append(turns, turn{Content: strings.TrimSpace(line)})
		}
	}
	return turns
}

func speaksForUs(who string) bool {
	switch strings.ToLower(strings.TrimSpace(who)) {
	case "assistant", "asistente", "bot", "ia", "ai", "system", "sistema", "agente", "agent", "admin", "administrador", "soporte", "tecnico", "técnico", "negocio":
		return true
	}
	return false
}

func speaksAsCustomer(who string) bool {
	switch strings.ToLower(strings.TrimSpace(who)) {
	case "user", "usuario", "cliente", "client", "customer", "human", "humano":
		return true
	}
	return false
}
