// Package wire is the JSON contract between the bridge and the server.
//
// Its one rule: these names are read by programs we did not write, so a key
// never changes its meaning and every new one is optional. The first three keys
// of Webhook are the whole message of the original system.
package wire

import (
	"strings"
	"time"
)

// Paths of the contract.
const (
	PathWebhook = "/webhook"        // server: a message of a customer
	PathHealth  = "/health"         // both: is the program well?
	PathSend    = "/enviar-mensaje" // bridge: a message to a customer
	PathPairing = "/vinculacion"    // bridge: the QR to show now, and the ways below it
	PathReceipt = "/recibos"        // server: how far messages to a customer have come
	PathBeat    = "/latido"         // server: the bridge's sign of life, once a minute
	PathParked  = "/cola/apartados" // bridge: GET what the server refused, POST to try it again
	PathLink    = "/enlace"         // server: a WebSocket of the bridge's, in which the server's calls travel
	PathStop    = "/detener"        // bridge, from its own machine only: POST ends the program
)

// The link: a bridge opens a WebSocket at PathLink, and inside it, multiplexed by
// yamux with the server as the client, travel the calls that would else go to
// the bridge's port. One bridge, by its token, has one link; the newest counts.
const (
	HeaderLinkBridge = "Enlace-Puente"   // names the running bridge; another one each time it starts
	HeaderLinkPolite = "Enlace-Si-Libre" // present: 409 while another bridge has the link
	LinkReplaced     = 4001              // closes the WebSocket of a bridge whose place another one took
)

// What the programs ask the server about itself, with the token, when they are
// looked over. The original has neither.
const (
	PathWho   = "/api/v1/yo"                 // who the token is; 401 if nobody
	PathState = "/api/v1/puente"             // what the server knows of the bridge
	PathWay   = "/api/v1/puente/vinculacion" // has the server call the bridge
)

// Ways to pair without being at the laptop, and to end the session; all of the
// bridge's and all POST. The server's administrators use them.
const (
	PathPairCode       = PathPairing + "/codigo"            // PairCode: asks for a code to type on the phone
	PathPasskey        = PathPairing + "/passkey"           // PasskeyAnswer: what web.whatsapp.com's console said
	PathPasskeyConfirm = PathPairing + "/passkey/confirmar" // the codes on phone and screen are the same
	PathUnpair         = PathPairing + "/cerrar"            // ends the session with WhatsApp
)

// UploadTime is the longest that a bridge takes for the body of a Webhook with a
// file; the server gives it a little more.
const UploadTime = 10 * time.Minute

// MaxID is the longest id of a message, in bytes: four times the longest that
// WhatsApp's programs make (32 hexadecimal digits).
const MaxID = 128

// ValidID reports whether id is empty or can name a message of WhatsApp's: visible
// ASCII characters, MaxID at most. Ids come from the senders' programs, which may be
// anybody's.
func ValidID(id string) bool {
	return len(id) <= MaxID && strings.IndexFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// Webhook is one message, or one event about an earlier message, as the bridge
// hands it to the server.
type Webhook struct {
	Sender  string `json:"remitente"` // user@s.whatsapp.net, user@lid or digits
	Content string `json:"contenido"`
	Image   []byte `json:"imagen"` // base64 on the wire; null without a picture

	ID        string     `json:"id,omitempty"`   // WhatsApp's message id; a repeat of it is a duplicate
	Chat      string     `json:"chat,omitempty"` // address to answer to; default: Sender
	Phone     string     `json:"telefono,omitempty"`
	LID       string     `json:"lid,omitempty"`
	Name      string     `json:"nombre,omitempty"`
	Group     string     `json:"grupo,omitempty"` // the group's subject, when Chat is a group
	Date      *time.Time `json:"fecha,omitempty"` // when it was written; default: on arrival
	Kind      string     `json:"tipo,omitempty"`  // a Kind… name; default: texto, or imagen with a picture
	File      *File      `json:"archivo,omitempty"`
	ReplyTo   string     `json:"responde_a,omitempty"` // id of the message this one answers, edits, deletes or reacts to
	Edited    bool       `json:"editado,omitempty"`    // Content replaces the text of ReplyTo
	Deleted   bool       `json:"borrado,omitempty"`    // ReplyTo was deleted by its author
	Reaction  *string    `json:"reaccion,omitempty"`   // emoji put on ReplyTo; empty: taken away
	Own       bool       `json:"propio,omitempty"`     // typed on the business's own phone
	Undecoded bool       `json:"ilegible,omitempty"`   // could not be decrypted yet; the same id follows when it can
}

// File is an attachment that is not a picture, or news of a file that did not
// come along. Data is empty unless State is "".
type File struct {
	Name  string `json:"nombre,omitempty"`
	MIME  string `json:"mime,omitempty"`
	Data  []byte `json:"datos,omitempty"`  // base64 on the wire
	State string `json:"estado,omitempty"` // "", FilePending or FileGone
	Note  string `json:"motivo,omitempty"` // Spanish sentence, with FileGone
}

// States of a File whose bytes are not in the message.
const (
	FilePending = "pendiente"     // the same id follows with the bytes
	FileGone    = "no_disponible" // it will not come
)

// WebhookReply answers a Webhook that is durably stored.
type WebhookReply struct {
	Status    string `json:"status"` // "ok"
	Message   string `json:"mensaje"`
	TicketID  int64  `json:"ticket_id"`
	Duplicate bool   `json:"duplicado,omitempty"`
}

// Receipt is WhatsApp's word on messages that were sent to a customer.
type Receipt struct {
	IDs   []string `json:"ids"`    // WhatsApp ids of the messages
	State string   `json:"estado"` // ReceiptDelivered or ReceiptRead
}

// Values of Receipt.State.
const (
	ReceiptDelivered = "entregado"
	ReceiptRead      = "leido"
)

// ReceiptReply answers a Receipt that is durably stored.
type ReceiptReply struct {
	Status string `json:"status"` // "ok"
}

// Send asks the bridge to write to a customer.
type Send struct {
	To      string `json:"numero"` // digits or user@server
	Text    string `json:"texto"`
	ID      string `json:"id,omitempty"` // WhatsApp id to use; repeating it is safe
	File    *File  `json:"archivo,omitempty"`
	ReplyTo string `json:"responde_a,omitempty"`
}

// SendReply answers a Send that WhatsApp took.
type SendReply struct {
	OK      bool   `json:"ok"`
	Message string `json:"mensaje"`
	ID      string `json:"id"`
}

// BridgeError is the body of every refusal of the bridge.
type BridgeError struct {
	Error    string `json:"error"`
	Solution string `json:"solucion,omitempty"`
	Code     string `json:"codigo,omitempty"` // finer than the HTTP status: an Error… name
}

// Values of BridgeError.Code.
const (
	ErrorLimited    = "limitado"     // WhatsApp does not let the account write to this person, or as much, for now
	ErrorNoWhatsApp = "sin_whatsapp" // the number has no WhatsApp
)

// BridgeHealth answers PathHealth on the bridge. The fields after Uptime are
// only there for callers with the token.
type BridgeHealth struct {
	Status   string  `json:"status"`         // "ok"
	WhatsApp string  `json:"whatsapp"`       // Connected or Disconnected
	Queue    int     `json:"cola_pendiente"` // messages not yet at the server
	Uptime   float64 `json:"uptime"`         // seconds

	State       string  `json:"estado,omitempty"` // finer than WhatsApp
	Reason      string  `json:"motivo,omitempty"` // Spanish sentence
	Solution    string  `json:"solucion,omitempty"`
	Account     string  `json:"cuenta,omitempty"`            // the business's number, digits
	OldestQueue float64 `json:"cola_antiguedad,omitempty"`   // seconds the oldest message has waited
	Parked      int     `json:"cola_apartados,omitempty"`    // refused by the server, kept for a person
	Version     string  `json:"version,omitempty"`           // of the bridge
	Library     string  `json:"version_whatsmeow,omitempty"` // of the WhatsApp library
}

// Beat is the bridge's sign of life. A server that misses several in a row tells
// the people at the counter.
type Beat struct {
	BridgeHealth

	Time      time.Time `json:"hora"`          // the bridge's clock when it was sent
	Received  int64     `json:"recibidos"`     // messages taken from WhatsApp since the bridge started
	Delivered int64     `json:"entregados"`    // messages the server has taken since the bridge started
	Files     int       `json:"cola_archivos"` // messages at the server whose file is outstanding
	Damaged   int       `json:"cola_danados"`  // files of the queue that nobody can read
	Problem   string    `json:"problema"`      // Spanish sentence: the disk, the server, the link; empty when there is none
	Link      string    `json:"enlace"`        // why the bridge has no link to the server, as a Spanish sentence; empty when it has one, or is to have none
	Tray      []Parked  `json:"apartados"`     // the oldest parked messages, MaxTray at most
}

// MaxTray is how many parked messages a Beat lists.
const MaxTray = 50

// Parked is a message that the server refused, as people see it.
type Parked struct {
	Key    string    `json:"clave"` // names it in Retry.Keys
	Sender string    `json:"remitente"`
	Name   string    `json:"nombre"`
	Text   string    `json:"contenido"` // its beginning
	Reason string    `json:"motivo"`    // Spanish sentence
	At     time.Time `json:"recibido"`
}

// BeatReply answers a Beat.
type BeatReply struct {
	Status string    `json:"status"` // "ok"
	Time   time.Time `json:"hora"`   // the server's clock
}

// ParkedList answers a GET of PathParked.
type ParkedList struct {
	Total int      `json:"total"`
	Tray  []Parked `json:"apartados"` // the oldest, MaxTray at most
}

// Retry asks the bridge, at PathParked, to deliver parked messages again.
type Retry struct {
	Keys []string `json:"claves"` // empty: all of them
}

// RetryReply answers a Retry.
type RetryReply struct {
	Status  string `json:"status"` // "ok"
	Retried int    `json:"reintentados"`
}

// Values of BridgeHealth.WhatsApp.
const (
	Connected    = "conectado"
	Disconnected = "desconectado"
)

// Pairing answers PathPairing on the bridge.
type Pairing struct {
	State   string     `json:"estado"`
	QR      string     `json:"qr"`     // text of the code to show; empty when there is none
	Expires *time.Time `json:"vence"`  // end of QR's life; null without one
	Code    string     `json:"codigo"` // pairing code to type on the phone, when one was asked for

	Seconds  int      `json:"segundos,omitempty"` // QR's life from now on: clocks differ
	Reason   string   `json:"motivo,omitempty"`   // Spanish sentence
	Solution string   `json:"solucion,omitempty"` // Spanish sentence
	Account  string   `json:"cuenta,omitempty"`   // the business's number, digits
	Passkey  *Passkey `json:"passkey,omitempty"`  // only while WhatsApp asks for one
}

// Passkey is WhatsApp's demand for a passkey, which only a browser on WhatsApp's
// own page can meet.
type Passkey struct {
	Program string `json:"programa"` // to paste into the console of web.whatsapp.com; empty once answered
	Code    string `json:"codigo"`   // to compare with the phone's before confirming; empty until there is one
	Seconds int    `json:"segundos"` // until the demand is over
}

// PairCode asks for a pairing code.
type PairCode struct {
	Phone string `json:"telefono"` // the business's, with its country code
}

// PasskeyAnswer is what the program of a Passkey printed.
type PasskeyAnswer struct {
	Answer string `json:"respuesta"`
}

// ServerHealth answers PathHealth on the server when the database answers.
type ServerHealth struct {
	Status    string    `json:"status"` // "ok"
	Tickets   int64     `json:"total_tickets"`
	BridgeURL string    `json:"laptop_url"`
	Time      time.Time `json:"timestamp"`
}

// ServerDown answers PathHealth on the server when the database does not.
type ServerDown struct {
	Status  string `json:"status"` // "error"
	Message string `json:"message"`
}

// ReplySent answers a reply of the panel.
type ReplySent struct {
	Status   string `json:"status"` // "Enviado", or "Descartado" for one that was taken back
	TicketID int64  `json:"ticket_id"`
}
