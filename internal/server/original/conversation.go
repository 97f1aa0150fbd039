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
// and a note with everything else the original knew. It returns as well how many
// turns had no text that can be read.
func conversation(r row, c converted) (said []ticket.Message, unread int) {
	said, unread = history(r["historial_conversacion"], c.createdAt)
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
	return append(said, ticket.Message{Direction: ticket.DirectionEvent, Kind: ticket.KindOther, Body: origin, SentAt: c.createdAt}), unread
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
	Role, Rol, Sender, Remitente, De         loose
	Content, Contenido, Text, Texto, Mensaje loose
	Message, Parts, Timestamp, Fecha, Hora   loose
}

// loose is text that came as a JSON string, a number or a list of parts, "" for
// anything else: no field is a reason to lose the others.
type loose string

// UnmarshalJSON implements json.Unmarshaler; it does not fail.
func (l *loose) UnmarshalJSON(raw []byte) error {
	var text string
	var number json.Number
	var parts []json.RawMessage
	switch {
	case json.Unmarshal(raw, &text) == nil:
	case json.Unmarshal(raw, &number) == nil:
		text = number.String()
	case json.Unmarshal(raw, &parts) == nil:
		text = joined(parts)
	}
	*l = loose(text)
	return nil
}

// joined is the texts of a message's parts, which are strings or have a text.
func joined(parts []json.RawMessage) string {
	var texts []string
	for _, raw := range parts {
		var part struct{ Text string }
		if json.Unmarshal(raw, &part.Text) != nil && json.Unmarshal(raw, &part) != nil {
			continue
		}
		if part.Text != "" {
			texts = append(texts, part.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// history reads the column historial_conversacion: JSON, or lines that may begin
// with who speaks. The turns that do not say when follow one another by a second;
// those without a text are counted.
func history(text string, from time.Time) (said []ticket.Message, unread int) {
	text = strings.TrimSpace(text)
	if text == "" || text == "[]" || text == "{}" || strings.EqualFold(text, "null") {
		return nil, 0
	}
	turns := jsonTurns(text)
	if turns == nil {
		turns = lineTurns(text)
	}
	for i, t := range turns {
		body := strings.TrimSpace(string(cmp.Or(t.Content, t.Contenido, t.Text, t.Texto, t.Mensaje, t.Message, t.Parts)))
		if body == "" {
			unread++
			continue
		}
		at, ok := momentOf(string(cmp.Or(t.Timestamp, t.Fecha, t.Hora)), from.Location())
		if !ok {
			at = from.Add(time.Duration(i) * time.Second)
		}
		m := ticket.Message{Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: body, SentAt: at}
		who := string(cmp.Or(t.Role, t.Rol, t.Sender, t.Remitente, t.De))
		// In lines it would be the model of somebody's laptop.
		if speaksForUs(who) || strings.EqualFold(who, "model") {
			m.Direction, m.Author, m.Delivery = ticket.DirectionOut, "Sistema anterior", ticket.DeliverySent
		}
		said = append(said, m)
	}
	return said, unread
}

// jsonTurns reads a list of turns or of plain texts, nil for what is neither. What
// is neither within the list is a turn without a text.
func jsonTurns(text string) []turn {
	var items []json.RawMessage
	if json.Unmarshal([]byte(text), &items) != nil {
		return nil
	}
	turns := make([]turn, len(items))
	for i, item := range items {
		var plain string
		if json.Unmarshal(item, &plain) == nil {
			turns[i].Content = loose(plain)
			continue
		}
		_ = json.Unmarshal(item, &turns[i])
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
			turns = append(turns, turn{Role: loose(who), Content: loose(strings.TrimSpace(body))})
		case len(turns) > 0:
			turns[len(turns)-1].Content += "\n" + loose(strings.TrimSpace(line))
		default:
			turns = append(turns, turn{Content: loose(strings.TrimSpace(line))})
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
