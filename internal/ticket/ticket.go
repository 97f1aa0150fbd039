// Package ticket is the vocabulary of the help desk: what a ticket, a message
// and a contact are called and which values they may take.
//
// Its one rule: it does no input or output and imports only the standard
// library, so that every other package may import it.
package ticket

import "time"

// Status is where a ticket stands. The zero value is not a valid status.
type Status string

// The life of a ticket: pending → in progress → waiting for the customer →
// resolved. A new message of the customer reopens a resolved ticket.
const (
	StatusPending    Status = "pending"
	StatusInProgress Status = "in_progress"
	StatusWaiting    Status = "waiting"
	StatusResolved   Status = "resolved"
)

// Statuses returns every status in the order of a ticket's life.
func Statuses() []Status {
	return []Status{StatusPending, StatusInProgress, StatusWaiting, StatusResolved}
}

// Priority says how soon a ticket wants attention.
type Priority string

// From the most to the least pressing.
const (
	PriorityUrgent Priority = "urgent"
	PriorityHigh   Priority = "high"
	PriorityNormal Priority = "normal"
	PriorityLow    Priority = "low"
)

// Priorities returns every priority, the most pressing first.
func Priorities() []Priority {
	return []Priority{PriorityUrgent, PriorityHigh, PriorityNormal, PriorityLow}
}

// Source says who chose a ticket's category.
type Source string

// Whoever comes later in this list is believed over whoever comes earlier.
const (
	SourceRules  Source = "rules"
	SourceModel  Source = "model"
	SourceLLM    Source = "llm"
	SourcePerson Source = "person"
)

// Direction says which way a message went.
type Direction string

// Notes and events are never sent to a customer.
const (
	DirectionIn    Direction = "in"    // from the customer
	DirectionOut   Direction = "out"   // to the customer, from the panel or typed on the business's phone
	DirectionNote  Direction = "note"  // between the people at the counter
	DirectionEvent Direction = "event" // something that happened: an edit, a deletion, a reaction, a change of status
)

// Kind is what a message is made of.
type Kind string

// KindEdit, KindDeletion and KindReaction are the events a customer causes;
// they refer to an earlier message. KindUnreadable holds the place of a message
// that could not be decrypted yet.
const (
	KindText       Kind = "text"
	KindImage      Kind = "image"
	KindAudio      Kind = "audio"
	KindVoice      Kind = "voice"
	KindVideo      Kind = "video"
	KindDocument   Kind = "document"
	KindSticker    Kind = "sticker"
	KindLocation   Kind = "location"
	KindContact    Kind = "contact"
	KindEdit       Kind = "edit"
	KindDeletion   Kind = "deletion"
	KindReaction   Kind = "reaction"
	KindUnreadable Kind = "unreadable"
	KindOther      Kind = "other"
)

// Delivery is how far an outgoing message has come. Incoming messages have the
// zero value.
type Delivery string

// A reply waits (queued, limited, confirm), has left (sent, delivered, read, in
// this order) or was given up (failed, discarded). What has left never goes back;
// what was given up waits again only when a person says so, and has left when
// WhatsApp says that it had arrived after all.
const (
	DeliveryQueued    Delivery = "queued"
	DeliveryLimited   Delivery = "limited" // queued, but WhatsApp does not let it through for now
	DeliveryConfirm   Delivery = "confirm" // queued, but so late that a person has to say whether it still goes
	DeliverySent      Delivery = "sent"
	DeliveryDelivered Delivery = "delivered"
	DeliveryRead      Delivery = "read"
	DeliveryFailed    Delivery = "failed"
	DeliveryDiscarded Delivery = "discarded" // a person took it back before it had gone
)

// Waits reports whether the message is still to be sent.
func (d Delivery) Waits() bool {
	return d == DeliveryQueued || d == DeliveryLimited || d == DeliveryConfirm
}

// FileState says whether an attachment's bytes are here.
type FileState string

// A pending file is still being fetched by the bridge; an unavailable one will
// not come, and its note says why.
const (
	FileStored      FileState = "stored"
	FilePending     FileState = "pending"
	FileUnavailable FileState = "unavailable"
)

// Identity is everything one incoming message says about who wrote it. Phone
// and LID may each be empty, not both, unless Chat is a group.
type Identity struct {
	Phone string // digits of the number as WhatsApp gave it, without +
	LID   string // digits of the hidden identifier; never to be shown as a phone
	Chat  string // the address to answer to, as user@server
	Name  string // what the person calls themselves; hostile text
}

// Contact is a person, or a group, that the business talks with.
type Contact struct {
	ID    int64
	Name  string // may be empty
	Phone string // digits, empty when WhatsApp hides it
	LID   string // digits, empty when unknown
	Chat  string // where answers go, as user@server
	Group bool
}

// Person is somebody who works at the counter.
type Person struct {
	ID   int64
	Name string
}

// Ticket is one request of one contact. Number is the identifier people and
// programs use; it is unique within a business and never reused.
type Ticket struct {
	Number        int64
	Contact       Contact
	Title         string // one line
	Description   string // what the customer wrote until somebody answered
	Status        Status
	Priority      Priority
	Category      string
	Source        Source
	Confidence    float64  // of the category, 0 to 1
	Words         []string // what decided the category
	Doubt         Doubt
	Candidates    []Candidate // with DoubtUnsure
	Reason        Reason      // of the priority
	ReasonWords   []string
	Photo         string // stored name of the first picture, empty without one
	Assignee      Person // zero while nobody has it
	Unread        int    // messages of the customer that nobody answered
	MergedInto    int64  // number of the ticket that has its messages now; 0 for none
	CreatedAt     time.Time
	UpdatedAt     time.Time // last message in either direction, or last change
	FirstAnswerAt time.Time // zero while nobody answered
	ResolvedAt    time.Time // zero unless resolved
}

// Message is one entry of a conversation.
type Message struct {
	ID            int64
	Direction     Direction
	Kind          Kind
	Body          string
	OriginalBody  string // the first text, when the customer edited it since
	Transcription string // what is said in a voice note, found by a machine; hostile text
	Author        string // who wrote, in a group or at the counter; may be empty
	WhatsAppID    string // empty for notes, events of ours and the original bridge's messages
	RefersTo      string // WhatsApp id of the message answered, edited, deleted or reacted to
	FromPhone     bool   // outgoing, but typed on the business's own phone
	Delivery      Delivery
	Failure       string // Spanish sentence: why it waits, failed or was discarded; else empty
	SentAt        time.Time
	EditedAt      time.Time // zero unless edited
	DeletedAt     time.Time // zero unless the customer deleted it; the body stays
	Attachments   []Attachment
}

// Attachment is a file of a message. Name and MIME come from the sender and are
// hostile; File is the name under which the bytes are stored and is ours.
type Attachment struct {
	File  string // empty unless State is FileStored
	Name  string
	MIME  string
	Size  int64 // bytes
	State FileState
	Note  string // Spanish sentence saying why the file is not here
}

// Classification is what a classifier says of the text that opened a ticket.
type Classification struct {
	Category   string
	Source     Source
	Confidence float64  // of Category, 0 to 1
	Words      []string // the words that decided, at most a handful
	Priority   Priority
	Title      string      // one line
	Doubt      Doubt       // why Category is only the one for everything else
	Candidates []Candidate // the likeliest categories, best first, with DoubtUnsure

	Reason      Reason   // why Priority is what it is; empty if nothing speaks for another one than normal
	ReasonWords []string // the customer's words that say so
}

// Candidate is a category that a doubtful text may belong to.
type Candidate struct {
	Category   string
	Confidence float64 // 0 to 1
}

// Doubt says why a ticket is not classified. The zero value is that it is.
type Doubt string

// With DoubtUnsure there are the two best candidates to choose from; DoubtNoText
// is a picture or another file that came without words, DoubtVoice a voice note.
const (
	DoubtUnsure Doubt = "unsure"
	DoubtNoText Doubt = "no_text"
	DoubtVoice  Doubt = "voice"
)

// Reason says why a ticket's priority is what it is. The zero value is that
// nothing speaks for another one than normal, or that a person chose it.
type Reason string

// Of several reasons the most pressing one is told.
const (
	ReasonDanger   Reason = "danger"   // fire, smoke, electric shocks
	ReasonLocked   Reason = "locked"   // somebody cannot get in
	ReasonDeadline Reason = "deadline" // it has to be today
	ReasonStopped  Reason = "stopped"  // a business cannot work
	ReasonRepeated Reason = "repeated" // the customer asks again
	ReasonCategory Reason = "category" // tickets of this category are so
	ReasonWords    Reason = "words"    // how the customer puts it
)
