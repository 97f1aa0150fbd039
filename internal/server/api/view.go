package api

import (
	"time"

	"mostrador/internal/address"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// ticketList answers GET /tickets.
type ticketList struct {
	Tickets []ticketView `json:"tickets"`
	Next    string       `json:"siguiente,omitempty"`
	Total   int64        `json:"total"`
}

// ticketView is a ticket as the panel reads it. The first seven keys are the
// original's columns.
type ticketView struct {
	Number      int64     `json:"id"`
	Customer    string    `json:"cliente"`
	Description string    `json:"descripcion"`
	Status      string    `json:"estado"`
	Category    string    `json:"categoria"`
	CreatedAt   time.Time `json:"fecha"`
	PhotoPath   *string   `json:"foto_path"`

	Title         string      `json:"titulo"`
	Phone         string      `json:"telefono"`
	Hidden        bool        `json:"numero_oculto"`
	Name          string      `json:"nombre"`
	Group         bool        `json:"grupo"`
	Priority      string      `json:"prioridad"`
	Source        string      `json:"fuente"`
	Confidence    float64     `json:"confianza"`
	Words         []string    `json:"palabras"`
	Unread        int         `json:"sin_leer"`
	Assignee      *personView `json:"asignado"`
	UpdatedAt     time.Time   `json:"actualizado"`
	FirstAnswerAt *time.Time  `json:"primera_respuesta"`
	ResolvedAt    *time.Time  `json:"resuelto"`
	Notice        *noticeView `json:"aviso"`
	Stuck         int         `json:"por_decidir"` // replies that wait for a person
}

// personView is somebody at the counter.
type personView struct {
	ID   int64  `json:"id"`
	Name string `json:"nombre"`
}

// noticeView is the state of a ticket's last «Notificar recibido».
type noticeView struct {
	ID       int64     `json:"id"`
	Delivery string    `json:"estado"`
	SentAt   time.Time `json:"fecha"`
	Failure  string    `json:"motivo"`
}

// conversationView answers GET /ticket/{id}/conversacion.
type conversationView struct {
	Ticket   ticketView    `json:"ticket"`
	Messages []messageView `json:"mensajes"`
}

// messageView is a message as the panel reads it.
type messageView struct {
	ID           int64      `json:"id"`
	Direction    string     `json:"direccion"`
	Kind         string     `json:"tipo"`
	Body         string     `json:"texto"`
	OriginalBody string     `json:"texto_original"`
	Author       string     `json:"autor"`
	WhatsAppID   string     `json:"wa_id"`
	RefersTo     string     `json:"responde_a"`
	FromPhone    bool       `json:"desde_telefono"`
	Delivery     string     `json:"entrega"`
	Failure      string     `json:"motivo"`
	SentAt       time.Time  `json:"fecha"`
	EditedAt     *time.Time `json:"editado"`
	DeletedAt    *time.Time `json:"borrado"`
	Files        []fileView `json:"archivos"`
}

// fileView is an attachment as the panel reads it.
type fileView struct {
	URL   *string `json:"url"`
	Name  string  `json:"nombre"`
	MIME  string  `json:"mime"`
	Size  int64   `json:"tamano"`
	State string  `json:"estado"`
	Note  string  `json:"motivo"`
}

func viewTicket(l store.Listed) ticketView {
	t := l.Ticket
	v := ticketView{
		Number: t.Number, Customer: t.Contact.Chat, Description: t.Description, Status: wire.StatusName(t.Status),
		Category: t.Category, CreatedAt: t.CreatedAt.UTC(), PhotoPath: filePath(t.Photo),
		Title: t.Title, Phone: address.Display(t.Contact.Phone), Hidden: t.Contact.Phone == "" && !t.Contact.Group,
		Name: t.Contact.Name, Group: t.Contact.Group, Priority: wire.PriorityName(t.Priority), Source: wire.SourceName(t.Source),
		Confidence: t.Confidence, Words: t.Words, Unread: t.Unread, UpdatedAt: t.UpdatedAt.UTC(),
		FirstAnswerAt: moment(t.FirstAnswerAt), ResolvedAt: moment(t.ResolvedAt),
		Stuck: l.Stuck,
	}
	if t.Assignee.ID != 0 {
		v.Assignee = &personView{t.Assignee.ID, t.Assignee.Name}
	}
	if v.Words == nil {
		v.Words = []string{}
	}
	if l.Notice != nil {
		v.Notice = &noticeView{ID: l.Notice.ID, Delivery: wire.DeliveryName(l.Notice.Delivery), SentAt: l.Notice.SentAt.UTC(), Failure: l.Notice.Failure}
	}
	return v
}

func viewMessage(m ticket.Message) messageView {
	v := messageView{
		ID: m.ID, Direction: wire.DirectionName(m.Direction), Kind: wire.KindName(m.Kind), Body: m.Body, OriginalBody: m.OriginalBody,
		Author: m.Author, WhatsAppID: m.WhatsAppID, RefersTo: m.RefersTo, FromPhone: m.FromPhone,
		Delivery: wire.DeliveryName(m.Delivery), Failure: m.Failure, SentAt: m.SentAt.UTC(),
		EditedAt: moment(m.EditedAt), DeletedAt: moment(m.DeletedAt), Files: make([]fileView, 0, len(m.Attachments)),
	}
	for _, a := range m.Attachments {
		v.Files = append(v.Files, fileView{
			URL: filePath(a.File), Name: a.Name, MIME: a.MIME, Size: a.Size, State: wire.FileStateName(a.State), Note: a.Note,
		})
	}
	return v
}

// filePath is where a stored file is served, nil without one.
func filePath(file string) *string {
	if file == "" {
		return nil
	}
	path := "/fotos/" + file
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
