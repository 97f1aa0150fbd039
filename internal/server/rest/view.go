package rest

import (
	"time"

	"mostrador/internal/address"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// TicketList is one page of tickets, the newest first.
type TicketList struct {
	Tickets []Ticket `json:"tickets"`
	Next    string   `json:"siguiente,omitempty" doc:"Para «antes» de la página que sigue; falta en la última."`
	Total   int64    `json:"total" doc:"Cuántos hay en todas las páginas; -1 cuando contarlos sería mirar cada uno."`
}

// Ticket is a ticket as the panel reads it. The first seven keys are the
// original's columns.
type Ticket struct {
	Number      int64     `json:"id"`
	Customer    string    `json:"cliente"`
	Description string    `json:"descripcion"`
	Status      string    `json:"estado"`
	Category    string    `json:"categoria"`
	CreatedAt   time.Time `json:"fecha"`
	PhotoPath   *string   `json:"foto_path"`

	Title      string   `json:"titulo"`
	Phone      string   `json:"telefono"`
	Hidden     bool     `json:"numero_oculto"`
	Name       string   `json:"nombre"`
	Group      bool     `json:"grupo"`
	Priority   string   `json:"prioridad"`
	Source     string   `json:"fuente"`
	Confidence float64  `json:"confianza"`
	Words      []string `json:"palabras"`

	Doubt       string      `json:"duda" enum:",sin_clasificar,sin_texto,nota_de_voz" doc:"Por qué la categoría es solo la que recibe lo demás."`
	Candidates  []Candidate `json:"candidatas" doc:"Con «sin_clasificar», las dos más probables."`
	Reason      string      `json:"prioridad_motivo" enum:",peligro,bloqueado,plazo,parado,insiste,categoria,texto" doc:"Por qué la prioridad es la que es; vacío si nada habla por otra."`
	ReasonWords []string    `json:"prioridad_palabras"`

	Unread        int        `json:"sin_leer"`
	Assignee      *Person    `json:"asignado"`
	UpdatedAt     time.Time  `json:"actualizado"`
	FirstAnswerAt *time.Time `json:"primera_respuesta"`
	ResolvedAt    *time.Time `json:"resuelto"`
	Notice        *Notice    `json:"aviso"`
	Stuck         int        `json:"por_decidir"` // replies that wait for a person
	ContactID     int64      `json:"cliente_id"`
	MergedInto    int64      `json:"unido_a,omitempty" doc:"Número del ticket que tiene ahora sus mensajes."`
}

// Person is somebody at the counter.
type Person struct {
	ID   int64  `json:"id"`
	Name string `json:"nombre"`
}

// Candidate is a category that a doubtful ticket may belong to.
type Candidate struct {
	Category   string  `json:"categoria"`
	Confidence float64 `json:"confianza"`
}

// Notice is the state of a ticket's last «Notificar recibido».
type Notice struct {
	ID       int64     `json:"id"`
	Delivery string    `json:"estado"`
	SentAt   time.Time `json:"fecha"`
	Failure  string    `json:"motivo"`
}

// Conversation is a ticket with its messages, the oldest first.
type Conversation struct {
	Ticket   Ticket    `json:"ticket"`
	Messages []Message `json:"mensajes"`
}

// Message is a message as the panel reads it.
type Message struct {
	ID           int64      `json:"id"`
	Direction    string     `json:"direccion"`
	Kind         string     `json:"tipo"`
	Body         string     `json:"texto"`
	OriginalBody string     `json:"texto_original"`
	Transcript   string     `json:"transcripcion" doc:"Lo que dice una nota de voz, según una máquina."`
	Author       string     `json:"autor"`
	WhatsAppID   string     `json:"wa_id"`
	RefersTo     string     `json:"responde_a"`
	FromPhone    bool       `json:"desde_telefono"`
	Delivery     string     `json:"entrega"`
	Failure      string     `json:"motivo"`
	SentAt       time.Time  `json:"fecha"`
	EditedAt     *time.Time `json:"editado"`
	DeletedAt    *time.Time `json:"borrado"`
	Files        []File     `json:"archivos"`
}

// File is an attachment as the panel reads it.
type File struct {
	URL   *string `json:"url"`
	Name  string  `json:"nombre"`
	MIME  string  `json:"mime"`
	Size  int64   `json:"tamano"`
	State string  `json:"estado"`
	Note  string  `json:"motivo"`
}

// TicketListOf makes a TicketList of a page, out of total tickets.
func TicketListOf(page store.Page, total int64) TicketList {
	list := TicketList{Tickets: make([]Ticket, 0, len(page.Tickets)), Next: page.Next, Total: total}
	for _, t := range page.Tickets {
		list.Tickets = append(list.Tickets, TicketOf(t))
	}
	return list
}

// ConversationOf makes a Conversation of a ticket and its messages.
func ConversationOf(t store.Listed, messages []ticket.Message) Conversation {
	c := Conversation{Ticket: TicketOf(t), Messages: make([]Message, 0, len(messages))}
	for _, m := range messages {
		c.Messages = append(c.Messages, messageOf(m))
	}
	return c
}

// TicketOf makes a Ticket of one the store listed.
func TicketOf(l store.Listed) Ticket {
	t := l.Ticket
	v := Ticket{
		Number: t.Number, Customer: t.Contact.Chat, Description: t.Description, Status: wire.StatusName(t.Status),
		Category: t.Category, CreatedAt: t.CreatedAt.UTC(), PhotoPath: filePath(t.Photo),
		Title: t.Title, Phone: address.Display(t.Contact.Phone), Hidden: t.Contact.Phone == "" && !t.Contact.Group,
		Name: t.Contact.Name, Group: t.Contact.Group, Priority: wire.PriorityName(t.Priority), Source: wire.SourceName(t.Source),
		Confidence: t.Confidence, Unread: t.Unread, UpdatedAt: t.UpdatedAt.UTC(),
		FirstAnswerAt: moment(t.FirstAnswerAt), ResolvedAt: moment(t.ResolvedAt),
		Stuck: l.Stuck, ContactID: t.Contact.ID, MergedInto: t.MergedInto,
	}
	if t.Assignee.ID != 0 {
		v.Assignee = &Person{ID: t.Assignee.ID, Name: t.Assignee.Name}
	}
	v.Words, v.ReasonWords = emptyIfNil(t.Words), emptyIfNil(t.ReasonWords)
	v.Doubt, v.Reason, v.Candidates = wire.DoubtName(t.Doubt), wire.ReasonName(t.Reason), make([]Candidate, 0, len(t.Candidates))
	for _, c := range t.Candidates {
		v.Candidates = append(v.Candidates, Candidate{c.Category, c.Confidence})
	}
	if l.Notice != nil {
		v.Notice = &Notice{ID: l.Notice.ID, Delivery: wire.DeliveryName(l.Notice.Delivery), SentAt: l.Notice.SentAt.UTC(), Failure: l.Notice.Failure}
	}
	return v
}

// emptyIfNil is list for JSON, where an empty one is not null.
func emptyIfNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func messageOf(m ticket.Message) Message {
	v := Message{
		ID: m.ID, Direction: wire.DirectionName(m.Direction), Kind: wire.KindName(m.Kind), Body: m.Body, OriginalBody: m.OriginalBody, Transcript: m.Transcription,
		Author: m.Author, WhatsAppID: m.WhatsAppID, RefersTo: m.RefersTo, FromPhone: m.FromPhone,
		Delivery: wire.DeliveryName(m.Delivery), Failure: m.Failure, SentAt: m.SentAt.UTC(),
		EditedAt: moment(m.EditedAt), DeletedAt: moment(m.DeletedAt), Files: make([]File, 0, len(m.Attachments)),
	}
	for _, a := range m.Attachments {
		v.Files = append(v.Files, File{
			URL: filePath(a.File), Name: a.Name, MIME: a.MIME, Size: a.Size, State: wire.FileStateName(a.State), Note: a.Note,
		})
	}
	return v
}

// filePrefix is where the path of every stored file begins.
const filePrefix = "/fotos/"

// filePath is where a stored file is served, nil without one.
func filePath(file string) *string {
	if file == "" {
		return nil
	}
	path := filePrefix + file
	return &path
}

// moment is t for JSON: null when it never happened.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
