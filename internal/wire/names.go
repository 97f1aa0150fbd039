package wire

import "mostrador/internal/ticket"

var kinds = map[ticket.Kind]string{
	ticket.KindText:       "texto",
	ticket.KindImage:      "imagen",
	ticket.KindAudio:      "audio",
	ticket.KindVoice:      "nota_de_voz",
	ticket.KindVideo:      "video",
	ticket.KindDocument:   "documento",
	ticket.KindSticker:    "sticker",
	ticket.KindLocation:   "ubicacion",
	ticket.KindContact:    "contacto",
	ticket.KindEdit:       "edicion",
	ticket.KindDeletion:   "borrado",
	ticket.KindReaction:   "reaccion",
	ticket.KindUnreadable: "ilegible",
	ticket.KindOther:      "otro",
}

var statuses = map[ticket.Status]string{
	ticket.StatusPending:    "pendiente",
	ticket.StatusInProgress: "en_proceso",
	ticket.StatusWaiting:    "esperando_cliente",
	ticket.StatusResolved:   "resuelto",
}

var priorities = map[ticket.Priority]string{
	ticket.PriorityUrgent: "urgente",
	ticket.PriorityHigh:   "alta",
	ticket.PriorityNormal: "normal",
	ticket.PriorityLow:    "baja",
}

var deliveries = map[ticket.Delivery]string{
	ticket.DeliveryQueued:    "en_cola",
	ticket.DeliverySent:      "enviado",
	ticket.DeliveryDelivered: ReceiptDelivered,
	ticket.DeliveryRead:      ReceiptRead,
	ticket.DeliveryFailed:    "fallo",
	ticket.DeliveryLimited:   ErrorLimited,
	ticket.DeliveryConfirm:   "por_confirmar",
	ticket.DeliveryDiscarded: "descartado",
}

var directions = map[ticket.Direction]string{
	ticket.DirectionIn:    "entrada",
	ticket.DirectionOut:   "salida",
	ticket.DirectionNote:  "nota",
	ticket.DirectionEvent: "evento",
}

var sources = map[ticket.Source]string{
	ticket.SourceRules:  "reglas",
	ticket.SourceModel:  "modelo",
	ticket.SourceLLM:    "llm",
	ticket.SourcePerson: "persona",
}

var doubts = map[ticket.Doubt]string{
	ticket.DoubtUnsure: "sin_clasificar",
	ticket.DoubtNoText: "sin_texto",
	ticket.DoubtVoice:  "nota_de_voz",
}

var reasons = map[ticket.Reason]string{
	ticket.ReasonDanger:   "peligro",
	ticket.ReasonLocked:   "bloqueado",
	ticket.ReasonDeadline: "plazo",
	ticket.ReasonStopped:  "parado",
	ticket.ReasonRepeated: "insiste",
	ticket.ReasonCategory: "categoria",
	ticket.ReasonWords:    "texto",
}

var fileStates = map[ticket.FileState]string{
	ticket.FileStored:      "guardado",
	ticket.FilePending:     FilePending,
	ticket.FileUnavailable: FileGone,
}

// KindName returns the wire name of k, "otro" for an unknown one.
func KindName(k ticket.Kind) string {
	if name, ok := kinds[k]; ok {
		return name
	}
	return kinds[ticket.KindOther]
}

// ParseKind is the inverse of KindName; ok is false for an unknown name.
func ParseKind(name string) (k ticket.Kind, ok bool) { return parse(kinds, name) }

// StatusName returns the wire name of s, "" for an unknown one.
func StatusName(s ticket.Status) string { return statuses[s] }

// ParseStatus is the inverse of StatusName.
func ParseStatus(name string) (s ticket.Status, ok bool) { return parse(statuses, name) }

// PriorityName returns the wire name of p, "" for an unknown one.
func PriorityName(p ticket.Priority) string { return priorities[p] }

// ParsePriority is the inverse of PriorityName.
func ParsePriority(name string) (p ticket.Priority, ok bool) { return parse(priorities, name) }

// DeliveryName returns the wire name of d, "" for the zero value.
func DeliveryName(d ticket.Delivery) string { return deliveries[d] }

// DirectionName returns the wire name of d, "" for an unknown one.
func DirectionName(d ticket.Direction) string { return directions[d] }

// SourceName returns the wire name of s, "" for an unknown one.
func SourceName(s ticket.Source) string { return sources[s] }

// DoubtName returns the wire name of d, "" for the zero value.
func DoubtName(d ticket.Doubt) string { return doubts[d] }

// ReasonName returns the wire name of r, "" for the zero value.
func ReasonName(r ticket.Reason) string { return reasons[r] }

// FileStateName returns the wire name of s, "" for an unknown one.
func FileStateName(s ticket.FileState) string { return fileStates[s] }

func parse[T ~string](names map[T]string, name string) (T, bool) {
	for value, n := range names {
		if n == name {
			return value, true
		}
	}
	return "", false
}

// SessionStates returns the states that BridgeHealth.State may tell of.
func SessionStates() []string {
	return []string{
		"iniciando", "vinculando", "passkey", "conectando", "conectado", "degradado", "limitado", "sin_espacio",
		"sesion_cerrada", "reemplazado", "suspendido", "desactualizado", "rechazado", "detenido",
	}
}
